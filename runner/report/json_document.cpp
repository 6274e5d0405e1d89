#include <nlohmann/json.hpp>

#include "report/document.hpp"
#include "report/json_row.hpp"

namespace tidemark::report {
namespace {

using nlohmann::ordered_json;

std::string text_of(const ordered_json& json) {
    return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

ordered_json columns_of(const Table& table) {
    ordered_json columns = ordered_json::array();
    for (const Column& column : table.columns) {
        columns.push_back({{"name", column.name},
                           {"heading", column.heading},
                           {"unit", std::string(protocol::to_text(column.unit))}});
    }
    return columns;
}

/// The values by column, plain; beside them what some of them have more.
std::string row_of(const Table& table, const std::vector<Cell>& cells) {
    ordered_json intervals;
    ordered_json missing;
    ordered_json units;
    ordered_json disturbed;
    for (std::size_t column = 0; column < cells.size(); ++column) {
        const std::string& name = table.columns[column].name;
        const Cell& cell = cells[column];
        if (cell.interval)
            intervals[name] = {to_json(Value(cell.interval->low)), to_json(Value(cell.interval->high))};
        if (is_null(cell.value) && !cell.missing.empty()) missing[name] = cell.missing;
        if (cell.disturbed) disturbed.push_back(name);
        if (cell.unit) units[name] = std::string(protocol::to_text(*cell.unit));
    }
    ordered_json row = ordered_json::object();
    if (!intervals.is_null()) row["intervals"] = std::move(intervals);
    if (!missing.is_null()) row["missing"] = std::move(missing);
    if (!units.is_null()) row["units"] = std::move(units);
    if (!disturbed.is_null()) row["disturbed"] = std::move(disturbed);
    const std::string values = "{\"values\":" + json_values(table.columns, cells);
    return row.empty() ? values + '}' : values + ',' + text_of(row).substr(1);
}

void write_table(const Table& table, std::ostream& out) {
    out << "{\"title\":" << text_of(table.title) << ",\"columns\":" << text_of(columns_of(table))
        << ",\"notes\":" << text_of(table.notes) << ",\"rows\":[";
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        out << (row > 0 ? ",\n  " : "\n  ") << row_of(table, table.rows[row]);
    }
    out << "]}";
}

}  // namespace

void render_json_document(const Document& document, std::ostream& out) {
    ordered_json origin = ordered_json::object();
    for (const auto& [name, value] : document.origin) origin[name] = value;
    ordered_json notes = ordered_json::array();
    for (const Note& note : document.notes) notes.push_back(note.text);
    out << "{\"title\":" << text_of(document.title) << ",\"description\":" << text_of(document.description)
        << ",\"notes\":" << text_of(notes) << ",\"origin\":" << text_of(origin) << ",\"tables\":[";
    for (std::size_t i = 0; i < document.tables.size(); ++i) {
        out << (i > 0 ? ",\n " : "\n ");
        write_table(document.tables[i], out);
    }
    out << "]}\n";
}

}  // namespace tidemark::report
