#pragma once

#include <string>
#include <string_view>

namespace tidemark::report {

struct Cell;

/// Spreadsheet programs compute what begins like a formula, whoever wrote it: a file's name, a log's last
/// line.
enum class CsvTexts { AsTheyAre, SafeInSpreadsheets };

/// The value as it was told, as a field of CSV; empty for none. A number is one in spreadsheets, too.
std::string csv_value(const Cell& cell, CsvTexts texts = CsvTexts::AsTheyAre);

/// Text that Markdown takes as it is: nothing in it can end a cell or begin a tag, a link or an emphasis. An
/// underscore within a word begins none, and `batch_size` shall stay readable.
std::string markdown_escaped(std::string_view text);

/// A field of a CSV line: quoted where RFC 4180 says so. What is safe in spreadsheets begins with an
/// apostrophe where it would begin a formula, and is quoted also for what some of them take for the end of a
/// field.
std::string csv_field(const std::string& text, CsvTexts texts = CsvTexts::AsTheyAre);

}  // namespace tidemark::report
