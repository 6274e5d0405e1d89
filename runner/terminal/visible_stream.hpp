#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <string_view>

namespace tidemark::terminal {

/// What may be printed of a text of several lines, wherever it comes from: visible_lines, and where GitHub
/// Actions reads along, no line that would be a command to it (`::error …`, `##[error] …`).
std::string printable(std::string_view text);

/// As long as it lives, all that is written to the stream becomes printable: the one place that keeps text
/// from outside from steering a terminal, so that no message has to think of it.
class VisibleStream {
  public:
    explicit VisibleStream(std::ostream& stream);
    VisibleStream(const VisibleStream&) = delete;
    VisibleStream& operator=(const VisibleStream&) = delete;
    ~VisibleStream();

  private:
    class Filter;
    std::ostream& stream_;
    std::streambuf* former_;
    std::unique_ptr<Filter> filter_;
};

}  // namespace tidemark::terminal
