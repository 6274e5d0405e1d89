#include "report/document.hpp"

#include "report/escaping.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::report {
namespace {

std::string in_language(const Document& document, std::string_view english) {
    return translated(english, document.language);
}

std::string origin_line(const Document& document) {
    std::string line;
    for (const auto& [name, value] : document.origin)
        line += (line.empty() ? "" : "; ") + in_language(document, name) + " " + value;
    return line;
}

/// One line for each field of each table.
void write_fields(const Document& document, CsvTexts texts, std::ostream& out) {
    out << "table,row,column,unit,value,low,high,missing,disturbed\n";
    for (std::size_t number = 0; number < document.tables.size(); ++number) {
        const Table& table = document.tables[number];
        for (std::size_t row = 0; row < table.rows.size(); ++row) {
            for (std::size_t column = 0; column < table.columns.size(); ++column) {
                const Cell& cell = table.rows[row][column];
                const auto bound = [&](double Interval::*which) {
                    return cell.interval ? to_text(Value((*cell.interval).*which)) : std::string();
                };
                out << csv_field(table.title, texts) << ',' << row + 1 << ','
                    << csv_field(table.columns[column].name, texts) << ','
                    << protocol::to_text(cell.unit.value_or(table.columns[column].unit)) << ','
                    << csv_value(cell, texts) << ',' << bound(&Interval::low) << ',' << bound(&Interval::high)
                    << ',' << csv_field(cell.missing, texts) << ',' << (cell.disturbed ? "1" : "") << '\n';
            }
        }
    }
}

}  // namespace

Document document_of(std::vector<Table> tables) {
    Document document;
    document.title = tables.empty() || tables.front().title.empty() ? "Tidemark" : tables.front().title;
    document.tables = std::move(tables);
    return document;
}

void render(const Document& document, Format format, std::ostream& out) {
    switch (format) {
        case Format::Text:
            return render_text_document(document, out);
        case Format::Markdown:
            return render_markdown_document(document, out);
        case Format::Html:
            return render_html_document(document, out);
        case Format::Csv:
            return render_csv_document(document, out);
        case Format::SpreadsheetCsv:
            return render_spreadsheet_csv_document(document, out);
        case Format::Json:
            return render_json_document(document, out);
    }
}

void render_text_document(const Document& document, std::ostream& out) {
    const std::string title = terminal::visible(document.title);
    out << title << '\n';
    for (std::size_t column = 0; column < terminal::display_width(title); ++column) out << "═";
    out << '\n';
    if (!document.description.empty()) out << terminal::visible(document.description) << '\n';
    for (const Note& note : document.notes) out << terminal::visible(note.text) << '\n';
    for (const Table& table : document.tables) {
        out << '\n';
        render_text(table, out);
    }
    if (!document.origin.empty()) out << '\n' << terminal::visible(origin_line(document)) << '\n';
}

void render_markdown_document(const Document& document, std::ostream& out) {
    out << "# " << markdown_escaped(terminal::visible(document.title)) << "\n\n";
    if (!document.description.empty())
        out << markdown_escaped(terminal::visible(document.description)) << "\n\n";
    for (const Note& note : document.notes)
        out << "- " << markdown_escaped(terminal::visible(note.text)) << '\n';
    if (!document.notes.empty()) out << '\n';
    for (std::size_t i = 0; i < document.tables.size(); ++i) {
        if (i > 0) out << '\n';
        render_markdown(document.tables[i], out);
    }
    if (!document.origin.empty())
        out << "\n---\n\n" << markdown_escaped(terminal::visible(origin_line(document))) << '\n';
}

void render_csv_document(const Document& document, std::ostream& out) {
    write_fields(document, CsvTexts::AsTheyAre, out);
}

void render_spreadsheet_csv_document(const Document& document, std::ostream& out) {
    write_fields(document, CsvTexts::SafeInSpreadsheets, out);
}

}  // namespace tidemark::report
