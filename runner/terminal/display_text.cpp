#include "terminal/display_text.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

namespace tidemark::terminal {
namespace {

struct Character {
    utf8proc_int32_t code = -1;  ///< -1: not UTF-8
    std::size_t bytes = 1;
    std::size_t width = 1;
};

Character first_of(std::string_view text) {
    utf8proc_int32_t code = -1;
    const auto* bytes = static_cast<const utf8proc_uint8_t*>(static_cast<const void*>(text.data()));
    const utf8proc_ssize_t count = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size()), &code);
    if (count <= 0) return {};
    return {code, static_cast<std::size_t>(count), static_cast<std::size_t>(utf8proc_charwidth(code))};
}

bool is_control(utf8proc_int32_t code) {
    const utf8proc_category_t category = utf8proc_category(code);
    // line and paragraph separators and bidirectional overrides can forge what a reader sees, too
    return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP || (code >= 0x202a && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

}  // namespace

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const Character character = first_of(text);
        width += character.width;
        text.remove_prefix(character.bytes);
    }
    return width;
}

std::string visible(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const Character character = first_of(text);
        if (character.code < 0) {
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
        } else if (character.code == '\n') {
            out += "\\n";
        } else if (character.code == '\t') {
            out += "\\t";
        } else if (is_control(character.code)) {
            out += character.code < 0x100 ? fmt::format("\\x{:02x}", character.code)
                                          : fmt::format("\\u{:04x}", character.code);
        } else {
            out += text.substr(0, character.bytes);
        }
        text.remove_prefix(character.bytes);
    }
    return out;
}

std::string visible_lines(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = text.find_first_of("\n\t");
        out += visible(text.substr(0, end));
        if (end == std::string_view::npos) break;
        out += text[end];
        text.remove_prefix(end + 1);
    }
    return out;
}

std::string shortened(std::string_view text, std::size_t width) {
    if (display_width(text) <= width) return std::string(text);
    if (width == 0) return {};
    std::size_t used = 0;
    std::size_t end = 0;
    while (end < text.size()) {
        const Character character = first_of(text.substr(end));
        if (used + character.width > width - 1) break;
        used += character.width;
        end += character.bytes;
    }
    return std::string(text.substr(0, end)) + "…";
}

std::string shortened_in_middle(std::string_view text, std::size_t width) {
    if (display_width(text) <= width || width < 3) return shortened(text, width);
    const std::size_t before = width / 2;
    std::string begin = shortened(text, before + 1);
    // what does not fit is left out at its beginning
    std::size_t rest = display_width(text);
    while (rest > width - before - 1) {
        const Character character = first_of(text);
        rest -= character.width;
        text.remove_prefix(character.bytes);
    }
    return begin + std::string(text);
}

std::string padded(std::string_view text, std::size_t width, bool to_the_right) {
    const std::size_t own = display_width(text);
    const std::string fill(own < width ? width - own : 0, ' ');
    return to_the_right ? fill + std::string(text) : std::string(text) + fill;
}

}  // namespace tidemark::terminal
