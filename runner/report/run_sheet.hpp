#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "report/table.hpp"

namespace tidemark::report {

/// Which of two figures one would rather have.
enum class Better { Unknown, Less, More };

enum class ColumnKind { Name, Parameter, Text, Figure };

/// What a page must know of a column of the sheet beside what the table says.
struct SheetColumn {
    ColumnKind kind = ColumnKind::Text;
    Better better = Better::Unknown;
    bool shown = true;  ///< until the reader chooses otherwise
};

/// A part of all that is known of a run: a small table, or the text of a file.
struct DetailSection {
    std::string title;
    std::vector<std::string> headings;  ///< empty ones: each row is a name and a value
    std::vector<std::vector<std::string>> rows;
    std::string text;  ///< instead of rows
    bool operator<(const DetailSection& other) const;
};

/// A run of the sheet, beside its row.
struct SheetRun {
    std::string name;
    bool ok = false;
    std::optional<double> peak_low;     ///< at least one repeat took that much, as far as it is known
    std::optional<double> peak_high;    ///< no repeat took more; nothing where that is not known of each
    std::vector<std::size_t> sections;  ///< of RunSheet::sections
};

/// Memory that runs are held under.
struct Ceiling {
    double bytes = 0;
    std::string source;  ///< `check: fits in 1 GiB`, `limits`
};

/// What a check of the sweep file says of one run.
struct SheetCheck {
    std::string check;
    std::string requirement;
    std::string run;  ///< empty: of none
    std::string verdict;
    Tone tone = Tone::None;
    std::string explanation;
};

/// All runs of a sweep with all that was measured of them, for a page that one works with: a row each.
struct RunSheet {
    Table table;  ///< its first column has the names of the runs
    std::vector<SheetColumn> columns;
    std::vector<SheetRun> runs;
    std::vector<std::size_t> best;  ///< columns that the page begins with, the most telling first
    std::vector<Ceiling> ceilings;
    std::vector<SheetCheck> checks;
    std::vector<DetailSection> sections;  ///< each once, whatever runs have it
    std::vector<DetailSection> files;     ///< of the sweep itself
    /// It has all that the tables of the document have, which nobody has declared.
    bool replaces_tables = false;
};

}  // namespace tidemark::report
