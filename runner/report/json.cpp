#include "report/format.hpp"
#include "report/json_row.hpp"
#include "report/row_stream.hpp"

namespace tidemark::report {

void JsonStream::add(const std::vector<Cell>& row) {
    out_ << (is_empty_ ? "[\n " : ",\n ") << json_values(columns_, row);
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
