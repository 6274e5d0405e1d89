#include "terminal/visible_stream.hpp"

#include <cstdlib>
#include <streambuf>

#include "terminal/display_text.hpp"

namespace tidemark::terminal {
namespace {

/// Set by GitHub's runner in each step (https://docs.github.com/en/actions/reference/workflow-commands).
bool github_reads_along() {
    const char* const value = std::getenv("GITHUB_ACTIONS");
    return value != nullptr && *value != '\0';
}

void defuse_commands(std::string& text) {
    constexpr std::string_view kOldCommand = "##[";
    for (std::size_t at = 0; (at = text.find(kOldCommand, at)) != std::string::npos;)
        text.replace(at + 1, 1, "\\x23");
    for (std::size_t line = 0; line < text.size();) {
        const std::size_t begin = text.find_first_not_of(" \t", line);
        if (begin != std::string::npos && text.compare(begin, 2, "::") == 0) text.replace(begin, 1, "\\x3a");
        const std::size_t end = text.find('\n', line);
        if (end == std::string::npos) break;
        line = end + 1;
    }
}

}  // namespace

std::string printable(std::string_view text) {
    std::string out = visible_lines(text);
    if (github_reads_along()) defuse_commands(out);
    return out;
}

/// Passes on line by line, so that no character is cut in two and each line is known whole.
class VisibleStream::Filter : public std::streambuf {
  public:
    explicit Filter(std::streambuf* target) : target_(target) {}

    bool pass_on() {
        const std::string text = printable(waiting_);
        waiting_.clear();
        const auto size = static_cast<std::streamsize>(text.size());
        return target_->sputn(text.data(), size) == size;
    }

  protected:
    int_type overflow(int_type letter) override {
        if (traits_type::eq_int_type(letter, traits_type::eof())) return traits_type::not_eof(letter);
        const char own = traits_type::to_char_type(letter);
        return xsputn(&own, 1) == 1 ? letter : traits_type::eof();
    }
    std::streamsize xsputn(const char* text, std::streamsize count) override {
        waiting_.append(text, static_cast<std::size_t>(count));
        return waiting_.find('\n') == std::string::npos || pass_on_whole_lines() ? count : 0;
    }
    int sync() override { return target_->pubsync(); }

  private:
    bool pass_on_whole_lines() {
        const std::size_t end = waiting_.rfind('\n') + 1;
        const std::string rest = waiting_.substr(end);
        waiting_.resize(end);
        const bool done = pass_on();
        waiting_ = rest;
        return done;
    }

    std::streambuf* target_;
    std::string waiting_;
};

VisibleStream::VisibleStream(std::ostream& stream)
    : stream_(stream), former_(stream.rdbuf()), filter_(std::make_unique<Filter>(former_)) {
    const std::ios::iostate state = stream_.rdstate();
    stream_.rdbuf(filter_.get());
    stream_.setstate(state);
}

VisibleStream::~VisibleStream() {
    const bool done = filter_->pass_on();
    const std::ios::iostate state = stream_.rdstate();
    stream_.rdbuf(former_);  // which forgets the state
    stream_.setstate(done ? state : state | std::ios::badbit);
}

}  // namespace tidemark::terminal
