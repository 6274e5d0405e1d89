#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tidemark::capture {

/// A regular expression over a line, of RE2: it takes time in proportion to the line, whatever it is.
class Pattern {
  public:
    /// `problem`, if given, gets what is wrong with it; then it matches nothing.
    explicit Pattern(const std::string& expression, std::string* problem = nullptr);
    Pattern(Pattern&&) noexcept;
    ~Pattern();

    struct Match {
        std::string_view value;  ///< the group `value`, else the first other than `epoch`, else all
        std::optional<std::string_view> epoch;  ///< the group `epoch`, where the expression has one
    };

    /// The first match in the line; it lies within the line.
    std::optional<Match> in(std::string_view line) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tidemark::capture
