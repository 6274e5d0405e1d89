#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "report/charts.hpp"
#include "report/format.hpp"
#include "report/language.hpp"
#include "report/run_sheet.hpp"
#include "report/table.hpp"

namespace tidemark::report {

/// A sentence above all tables.
struct Note {
    std::string text;
    bool is_warning = false;  ///< not how the figures are to be read, but what may be wrong with them
};

/// A whole report: tables, what must be said of them, charts (which only HTML draws), and how it was made.
struct Document {
    Language language = Language::English;
    std::string title;
    std::string description;
    std::vector<Note> notes;
    std::vector<Table> tables;
    std::optional<RunSheet> sheet{};  ///< only HTML has it
    Charts charts;
    std::vector<std::pair<std::string, std::string>> origin;  ///< of the figures: machine, versions, date
};

/// Tables without more, titled as the first of them.
Document document_of(std::vector<Table> tables);

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
