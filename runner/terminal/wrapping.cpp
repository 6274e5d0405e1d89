#include "terminal/wrapping.hpp"

#include <algorithm>

#include "terminal/display_text.hpp"

namespace tidemark::terminal {
namespace {

constexpr std::string_view kBreakBehind = "/,=-";

/// How many bytes of the word stand in a line of its own: at least a character.
std::size_t part_of_word(std::string_view word, std::size_t width) {
    std::size_t end = 0, used = 0, good = 0;
    while (end < word.size()) {
        std::size_t next = end + 1;
        while (next < word.size() && (static_cast<unsigned char>(word[next]) & 0xc0) == 0x80) ++next;
        const std::size_t own = display_width(word.substr(end, next - end));
        if (end > 0 && used + own > width) break;
        used += own;
        end = next;
        if (kBreakBehind.find(word[end - 1]) != std::string_view::npos) good = end;
    }
    return good > 0 && end < word.size() ? good : end;
}

template <typename Use>
void for_each_word(std::string_view text, Use use) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        if (end > at) use(text.substr(at, end - at));
        at = end + 1;
    }
}

}  // namespace

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
    width = std::max<std::size_t>(width, 1);
    if (display_width(text) <= width) return {std::string(text)};
    std::vector<std::string> lines(1);
    std::size_t used = 0;
    // what a line begins with is kept: it may be an indentation
    const std::size_t indentation = std::min(text.find_first_not_of(' '), width / 2);
    lines.back().assign(indentation, ' ');
    used = indentation;
    bool is_begun = false;
    for_each_word(text, [&](std::string_view word) {
        const std::size_t own = display_width(word);
        if (is_begun && used + 1 + own <= width) {
            lines.back() += ' ';
            ++used;
        } else if (is_begun) {
            lines.emplace_back();
            used = 0;
        }
        is_begun = true;
        while (used + display_width(word) > width) {
            const std::size_t part = part_of_word(word, width - std::min(used, width - 1));
            lines.back() += word.substr(0, part);
            word.remove_prefix(part);
            if (word.empty()) return;
            lines.emplace_back();
            used = 0;
        }
        lines.back() += word;
        used += display_width(word);
    });
    return lines;
}

std::size_t longest_word(std::string_view text) {
    std::size_t longest = 0;
    for_each_word(text, [&](std::string_view word) { longest = std::max(longest, display_width(word)); });
    return longest;
}

}  // namespace tidemark::terminal
