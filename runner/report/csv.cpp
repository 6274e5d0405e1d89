#include "report/escaping.hpp"
#include "report/format.hpp"
#include "report/row_stream.hpp"

namespace tidemark::report {
CsvStream::CsvStream(std::vector<Column> columns, std::ostream& out, CsvTexts texts)
    : RowStream(std::move(columns), out), texts_(texts) {
    for (std::size_t column = 0; column < columns_.size(); ++column)
        out_ << (column > 0 ? "," : "") << csv_field(columns_[column].name, texts_);
    out_ << '\n';
}

void CsvStream::add(const std::vector<Cell>& row) {
    for (std::size_t column = 0; column < row.size(); ++column)
        out_ << (column > 0 ? "," : "") << csv_value(row[column], texts_);
    out_ << '\n';
}

void render_csv(const Table& table, std::ostream& out) {
    CsvStream stream(table.columns, out);
    for (const auto& row : table.rows) stream.add(row);
}

void render_spreadsheet_csv(const Table& table, std::ostream& out) {
    CsvStream stream(table.columns, out, CsvTexts::SafeInSpreadsheets);
    for (const auto& row : table.rows) stream.add(row);
}

}  // namespace tidemark::report
