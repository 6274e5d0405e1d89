#include <algorithm>

#include "report/format.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::report {
namespace {

constexpr std::string_view kGap = "  ";

std::string line_of(const std::vector<std::string>& cells, const Presentation& shown,
                    const std::vector<std::size_t>& widths) {
    std::string line;
    for (std::size_t column = 0; column < cells.size(); ++column) {
        if (column > 0) line += kGap;
        line += terminal::padded(cells[column], widths[column], shown.columns[column].numeric);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

}  // namespace

void render_text(const Table& table, std::ostream& out) {
    const Presentation shown = present(table);
    std::vector<std::string> headings;
    std::vector<std::size_t> widths;
    for (std::size_t column = 0; column < shown.columns.size(); ++column) {
        headings.push_back(shown.columns[column].heading);
        std::size_t width = terminal::display_width(headings.back());
        for (const auto& row : shown.rows) width = std::max(width, terminal::display_width(row[column]));
        widths.push_back(width);
    }
    std::size_t total = widths.empty() ? 0 : (widths.size() - 1) * kGap.size();
    for (const std::size_t width : widths) total += width;

    // a list of facts needs no headings, and stands close to its title
    const bool has_headings =
        std::ranges::any_of(headings, [](const std::string& heading) { return !heading.empty(); });
    if (!table.title.empty()) out << terminal::visible(table.title) << (has_headings ? "\n\n" : "\n");
    if (has_headings) out << line_of(headings, shown, widths) << '\n';
    for (std::size_t column = 0; column < total; ++column) out << "─";
    out << '\n';
    for (const auto& row : shown.rows) out << line_of(row, shown, widths) << '\n';
    if (!table.notes.empty()) out << '\n';
    for (const std::string& note : table.notes) out << terminal::visible(note) << '\n';
}

}  // namespace tidemark::report
