#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "report/table.hpp"

namespace tidemark::report {

enum class Format { Text, Markdown, Html, Csv, SpreadsheetCsv, Json };

/// The names of --format, in the order of their documentation.
const std::vector<std::string>& format_names();
Format format_from_name(std::string_view name);  ///< the name must be one of format_names()

/// Writes the table in the format. Text, Markdown and HTML are for people and rounded; CSV and JSON are for
/// machines, unrounded, with nulls for missing values.
void render(const Table& table, Format format, std::ostream& out);

// One file each:
void render_text(const Table& table, std::ostream& out);  ///< aligned columns, also for wide characters
void render_markdown(const Table& table,
                     std::ostream& out);  ///< a GitHub table that also reads well as it stands
void render_html(const Table& table,
                 std::ostream& out);  ///< a page like that of a report, all content escaped
void render_csv(const Table& table, std::ostream& out);  ///< RFC 4180's quoting, LF line ends, a heading line
void render_spreadsheet_csv(const Table& table,
                            std::ostream& out);           ///< the same, and no text in it is a formula
void render_json(const Table& table, std::ostream& out);  ///< an array of objects, one per row

}  // namespace tidemark::report
