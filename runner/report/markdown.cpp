#include <algorithm>

#include "report/escaping.hpp"
#include "report/format.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::report {
void render_markdown(const Table& table, std::ostream& out) {
    Presentation shown = present(table);
    std::vector<std::size_t> widths;
    for (std::size_t column = 0; column < shown.columns.size(); ++column) {
        constexpr std::size_t kNarrowest = 3;  // of the line below the headings
        shown.columns[column].heading = markdown_escaped(shown.columns[column].heading);
        std::size_t width = std::max(kNarrowest, terminal::display_width(shown.columns[column].heading));
        for (auto& row : shown.rows) {
            row[column] = markdown_escaped(row[column]);
            width = std::max(width, terminal::display_width(row[column]));
        }
        widths.push_back(width);
    }
    if (!table.title.empty()) out << "### " << markdown_escaped(terminal::visible(table.title)) << "\n\n";
    for (std::size_t column = 0; column < widths.size(); ++column) {
        out << "| "
            << terminal::padded(shown.columns[column].heading, widths[column], shown.columns[column].numeric)
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
            out << "| " << terminal::padded(row[column], widths[column], shown.columns[column].numeric)
                << ' ';
        }
        out << "|\n";
    }
    for (const std::string& note : table.notes)
        out << '\n' << markdown_escaped(terminal::visible(note)) << '\n';
}

}  // namespace tidemark::report
