#include "sweep/file/tabs.hpp"

#include <algorithm>
#include <sstream>
#include <string_view>

namespace tidemark::sweep {
namespace {

/// Goes through a text line by line and knows in what each line begins. Less than a parser: what is no YAML
/// is told by one afterwards.
class Outline {
  public:
    /// Whether the line's indentation has a meaning; then goes past the line.
    bool indents(std::string_view line) {
        const std::size_t content = line.find_first_not_of(" \t\r");
        if (content == std::string_view::npos) return false;
        const std::size_t blanks = line.find_first_not_of(' ');
        if (in_block_ && continues_block(blanks)) return false;
        in_block_ = false;
        const bool means_something = depth_ == 0 && quote_ == 0;
        pass(line, blanks);
        return means_something;
    }

  private:
    bool continues_block(std::size_t blanks) {
        if (block_indentation_ == kNotYetKnown && blanks > block_parent_) block_indentation_ = blanks;
        return block_indentation_ != kNotYetKnown && blanks >= block_indentation_;
    }

    void pass(std::string_view line, std::size_t blanks) {
        bool at_start = true;  // of a value: only there a quote or a bracket is more than a letter
        for (std::size_t at = 0; at < line.size(); ++at) {
            const char letter = line[at];
            if (quote_ != 0) {
                pass_quoted(line, at);
                at_start = false;
            } else if (letter == ' ' || letter == '\t' || letter == '\r') {
                continue;
            } else if (letter == '#' && (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t')) {
                return;
            } else if (at_start &&
                       (letter == '&' || letter == '!')) {  // an anchor, a tag: the value comes yet
                at = std::min(line.find_first_of(" \t", at), line.size()) - 1;
            } else if (at_start && (letter == '"' || letter == '\'')) {
                quote_ = letter;
            } else if ((at_start || depth_ > 0) && (letter == '[' || letter == '{')) {
                ++depth_;
                at_start = true;
            } else if (depth_ > 0 && (letter == ']' || letter == '}')) {
                --depth_;
                at_start = false;
            } else if (at_start && depth_ == 0 && (letter == '|' || letter == '>')) {
                begin_block(blanks);
                return;
            } else {
                at_start = begins_value(line, at);
            }
        }
    }

    void begin_block(std::size_t blanks) {
        in_block_ = true;
        block_parent_ = blanks;
        block_indentation_ = kNotYetKnown;
    }

    /// A doubled single quote and what follows a backslash do not end a quoted text.
    void pass_quoted(std::string_view line, std::size_t& at) {
        if (quote_ == '"' && line[at] == '\\') {
            ++at;
        } else if (line[at] == quote_) {
            const bool doubled = quote_ == '\'' && at + 1 < line.size() && line[at + 1] == quote_;
            if (doubled)
                ++at;
            else
                quote_ = 0;
        }
    }

    /// After `key: `, `- `, `? ` and a comma.
    bool begins_value(std::string_view line, std::size_t at) const {
        if (depth_ > 0 && (line[at] == ',' || line[at] == ':')) return true;
        const bool before_blank = at + 1 < line.size() && (line[at + 1] == ' ' || line[at + 1] == '\t');
        return before_blank && (line[at] == ':' || line[at] == '-' || line[at] == '?');
    }

    int depth_ = 0;   ///< of `[` and `{`
    char quote_ = 0;  ///< which one is open; 0: none

    static constexpr std::size_t kNotYetKnown = std::string_view::npos;

    bool in_block_ = false;                         ///< below a line that ends in `key: |`
    std::size_t block_parent_ = 0;                  ///< how far that line is indented
    std::size_t block_indentation_ = kNotYetKnown;  ///< of the block's own first line
};

}  // namespace

std::vector<Position> tabs_in_indentation(const std::string& text) {
    std::vector<Position> found;
    std::istringstream lines(text);
    std::string line;
    Outline outline;
    for (int number = 1; std::getline(lines, line); ++number) {
        const std::size_t content = line.find_first_not_of(" \t\r");
        const std::size_t tab = line.find('\t');
        if (outline.indents(line) && tab != std::string::npos && tab < content)
            found.push_back({number, static_cast<int>(tab) + 1});
    }
    return found;
}

}  // namespace tidemark::sweep
