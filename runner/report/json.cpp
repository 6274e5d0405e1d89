#include <nlohmann/json.hpp>

#include "report/format.hpp"
#include "report/row_stream.hpp"

namespace tidemark::report {

void JsonStream::add(const std::vector<Cell>& row) {
    using nlohmann::ordered_json;
    ordered_json object = ordered_json::object();
    for (std::size_t column = 0; column < row.size(); ++column)
        object[columns_[column].name] = to_json(row[column].value);
    out_ << (is_empty_ ? "[\n " : ",\n ")
         << object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    is_empty_ = false;
}

void JsonStream::finish() {
    out_ << (is_empty_ ? "[]\n" : "\n]\n");
}

void render_json(const Table& table, std::ostream& out) {
    JsonStream stream(table.columns, out);
    for (const auto& row : table.rows) stream.add(row);
    stream.finish();
}

}  // namespace tidemark::report
