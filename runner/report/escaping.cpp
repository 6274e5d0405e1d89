#include "report/escaping.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "report/table.hpp"

namespace tidemark::report {
namespace {

bool is_word(char letter) {
    return std::isalnum(static_cast<unsigned char>(letter)) != 0;
}

/// By OWASP's list, with the wide forms that East Asian editions take for the same.
bool begins_formula(std::string_view text) {
    constexpr std::array<std::string_view, 11> kBeginnings{"=",  "+",  "-",  "@",  "\t", "\r",
                                                           "\n", "＝", "＋", "－", "＠"};
    return std::ranges::any_of(kBeginnings, [&](std::string_view one) { return text.starts_with(one); });
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char letter : text) {
        if (letter == '"') out += '"';
        out += letter;
    }
    return out + '"';
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

std::string csv_field(const std::string& text, CsvTexts texts) {
    const bool safe = texts == CsvTexts::SafeInSpreadsheets;
    const std::string shown = safe && begins_formula(text) ? "'" + text : text;
    const bool has_separator = shown.find_first_of(safe ? ",\"\r\n;\t" : ",\"\r\n") != std::string::npos;
    return has_separator ? quoted(shown) : shown;
}

std::string csv_value(const Cell& cell, CsvTexts texts) {
    if (is_null(cell.value)) return {};
    const bool is_text = std::holds_alternative<std::string>(cell.value);
    return csv_field(cell.told.empty() ? to_text(cell.value) : cell.told,
                     is_text ? texts : CsvTexts::AsTheyAre);
}

}  // namespace tidemark::report
