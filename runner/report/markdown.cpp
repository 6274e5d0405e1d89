#include <algorithm>
#include <cctype>

#include "report/display_text.hpp"
#include "report/format.hpp"

namespace tidemark::report {
namespace {

bool is_word(char letter) {
    return std::isalnum(static_cast<unsigned char>(letter)) != 0;
}

/// Text that Markdown takes as it is: nothing in it can end a cell or begin a tag, a link or an emphasis. An
/// underscore within a word begins none, and `batch_size` shall stay readable.
std::string escaped(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        const bool within_word =
            at > 0 && at + 1 < text.size() && is_word(text[at - 1]) && is_word(text[at + 1]);
        if (letter == '<') {
            out += "&lt;";
            continue;
        }
        const bool special = std::string_view("|\\`*[]").find(letter) != std::string_view::npos;
        if (special || (letter == '_' && !within_word)) out += '\\';
        out += letter;
    }
    return out;
}

}  // namespace

void render_markdown(const Table& table, std::ostream& out) {
    Presentation shown = present(table);
    std::vector<std::size_t> widths;
    for (std::size_t column = 0; column < shown.columns.size(); ++column) {
        constexpr std::size_t kNarrowest = 3;  // of the line below the headings
        shown.columns[column].heading = escaped(shown.columns[column].heading);
        std::size_t width = std::max(kNarrowest, display_width(shown.columns[column].heading));
        for (auto& row : shown.rows) {
            row[column] = escaped(row[column]);
            width = std::max(width, display_width(row[column]));
        }
        widths.push_back(width);
    }
    if (!table.title.empty()) out << "### " << escaped(visible(table.title)) << "\n\n";
    for (std::size_t column = 0; column < widths.size(); ++column) {
        out << "| " << padded(shown.columns[column].heading, widths[column], shown.columns[column].numeric)
            << ' ';
    }
    out << "|\n";
    for (std::size_t column = 0; column < widths.size(); ++column) {
        const bool numeric = shown.columns[column].numeric;
        out << "| " << std::string(widths[column] - (numeric ? 1 : 0), '-') << (numeric ? ":" : "") << ' ';
    }
    out << "|\n";
    for (const auto& row : shown.rows) {
        for (std::size_t column = 0; column < widths.size(); ++column) {
            out << "| " << padded(row[column], widths[column], shown.columns[column].numeric) << ' ';
        }
        out << "|\n";
    }
    for (const std::string& note : table.notes) out << '\n' << escaped(visible(note)) << '\n';
}

}  // namespace tidemark::report
