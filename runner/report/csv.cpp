#include "report/format.hpp"

namespace tidemark::report {
namespace {

std::string field(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char letter : text) {
        if (letter == '"') out += '"';
        out += letter;
    }
    return out + '"';
}

}  // namespace

void render_csv(const Table& table, std::ostream& out) {
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        out << (column > 0 ? "," : "") << field(table.columns[column].name);
    }
    out << '\n';
    for (const auto& row : table.rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            out << (column > 0 ? "," : "")
                << (is_null(row[column].value) ? "" : field(to_text(row[column].value)));
        }
        out << '\n';
    }
}

}  // namespace tidemark::report
