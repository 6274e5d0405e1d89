#include <nlohmann/json.hpp>

#include "report/format.hpp"

namespace tidemark::report {

void render_json(const Table& table, std::ostream& out) {
    using nlohmann::ordered_json;
    // row by row, so that a large table never stands in memory as a second, larger one
    out << '[';
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        ordered_json object = ordered_json::object();
        for (std::size_t column = 0; column < table.columns.size(); ++column) {
            object[table.columns[column].name] = to_json(table.rows[row][column].value);
        }
        out << (row > 0 ? ",\n " : "\n ")
            << object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    }
    out << (table.rows.empty() ? "]\n" : "\n]\n");
}

}  // namespace tidemark::report
