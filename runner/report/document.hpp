#pragma once

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "report/charts.hpp"
#include "report/format.hpp"
#include "report/language.hpp"
#include "report/table.hpp"

namespace tidemark::report {

/// A whole report: tables, what must be said of them, charts (which only HTML draws), and how it was made.
struct Document {
    Language language = Language::English;
    std::string title;
    std::string description;
    std::vector<std::string> notes;
    std::vector<Table> tables;
    Charts charts;
    std::vector<std::pair<std::string, std::string>> origin;  ///< of the figures: machine, versions, date
};

/// Text and Markdown one table after the other; HTML a page that needs nothing else; JSON an object; CSV one
/// line for each field of each table, because tables have different columns.
void render(const Document& document, Format format, std::ostream& out);

// One file each:
void render_text_document(const Document& document, std::ostream& out);
void render_markdown_document(const Document& document, std::ostream& out);
void render_html_document(const Document& document, std::ostream& out);
void render_csv_document(const Document& document, std::ostream& out);
void render_spreadsheet_csv_document(const Document& document, std::ostream& out);
void render_json_document(const Document& document, std::ostream& out);

}  // namespace tidemark::report
