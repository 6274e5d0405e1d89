#include "cli/help_text.hpp"

#include <algorithm>
#include <sstream>
#include <vector>

#include "terminal/terminal.hpp"
#include "terminal/wrapping.hpp"

namespace tidemark::cli {
namespace {

/// Where the meaning of an option begins; 0 in lines that are text as a whole.
std::size_t beginning_of_meaning(const std::string& line) {
    if (!line.starts_with("  ")) return 0;
    const std::size_t name = line.find_first_not_of(' ');
    const std::size_t gap = line.find("  ", name);
    constexpr std::size_t kFarIn = 20;  // a line that goes on from an option of a long name
    if (name >= kFarIn) return name;
    return gap == std::string::npos ? 0 : line.find_first_not_of(' ', gap);
}

std::string broken(const std::string& line, std::size_t width) {
    constexpr std::size_t kNarrowest = 20;
    if (line.size() <= width) return line + '\n';
    const std::size_t begin = beginning_of_meaning(line);
    const std::size_t room = std::max(width - std::min(width, begin), kNarrowest);
    std::string text = line.substr(0, begin);
    bool is_first = true;
    for (const std::string& part : terminal::wrapped(line.substr(begin), room)) {
        text += (is_first ? "" : std::string(begin, ' ')) + part + '\n';
        is_first = false;
    }
    return text;
}

}  // namespace

std::string fitted_help(const std::string& text, int descriptor) {
    if (!terminal::is_terminal(descriptor)) return text;
    std::istringstream lines(text);
    std::string fitted;
    for (std::string line; std::getline(lines, line);)
        fitted += broken(line, terminal::terminal_width(descriptor));
    return fitted;
}

}  // namespace tidemark::cli
