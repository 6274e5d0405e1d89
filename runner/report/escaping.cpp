#include "report/escaping.hpp"

#include <cctype>

namespace tidemark::report {
namespace {

bool is_word(char letter) {
    return std::isalnum(static_cast<unsigned char>(letter)) != 0;
}

}  // namespace

std::string markdown_escaped(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        const bool within_word =
            at > 0 && at + 1 < text.size() && is_word(text[at - 1]) && is_word(text[at + 1]);
        const bool begins_tag =
            letter == '<' && at + 1 < text.size() &&
            (is_word(text[at + 1]) || std::string_view("/!?").find(text[at + 1]) != std::string_view::npos);
        if (begins_tag) {
            out += "&lt;";
            continue;
        }
        const bool special = std::string_view("|\\`*[]").find(letter) != std::string_view::npos;
        if (special || (letter == '_' && !within_word)) out += '\\';
        out += letter;
    }
    return out;
}

std::string csv_field(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char letter : text) {
        if (letter == '"') out += '"';
        out += letter;
    }
    return out + '"';
}

}  // namespace tidemark::report
