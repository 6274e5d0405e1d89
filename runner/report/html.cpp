#include "report/format.hpp"
#include "report/markup.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::report {
namespace {

void write_cell(std::ostream& out, const char* tag, bool numeric, const std::string& text) {
    out << '<' << tag << (numeric ? " class=\"number\"" : "") << '>' << escaped_for_markup(text) << "</"
        << tag << '>';
}

}  // namespace

void render_html(const Table& table, std::ostream& out) {
    const Presentation shown = present(table);
    out << "<table>\n";
    if (!table.title.empty())
        out << "<caption>" << escaped_for_markup(terminal::visible(table.title)) << "</caption>\n";
    out << "<thead><tr>";
    for (const auto& column : shown.columns) write_cell(out, "th", column.numeric, column.heading);
    out << "</tr></thead>\n<tbody>\n";
    for (const auto& row : shown.rows) {
        out << "<tr>";
        for (std::size_t column = 0; column < row.size(); ++column) {
            write_cell(out, "td", shown.columns[column].numeric, row[column]);
        }
        out << "</tr>\n";
    }
    out << "</tbody>\n</table>\n";
    for (const std::string& note : table.notes)
        out << "<p>" << escaped_for_markup(terminal::visible(note)) << "</p>\n";
}

}  // namespace tidemark::report
