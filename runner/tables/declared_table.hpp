#pragma once

#include "base/language.hpp"
#include "report/table.hpp"
#include "results/current_results.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::tables {

/// The rows of a declared table. Where the SQL gives a column `run`, rows of the same run are repeats, and
/// become one row: numbers their median, with the interval from the smallest to the largest, of those that
/// ended ok, or of all where none did. Not so where the table says `rows: each`, or where the SQL gives a
/// column that tells repeats apart (`repeat`, `run_id`, `started_at`, …). A null says why it is one, as far
/// as its run and column are known.
///
/// Columns of the SQL that are called as a declared column with one of these at the end belong to it: `_low`
/// and `_high` are its interval, `_why` says why it is null, `_unit` is the unit of this field alone, and
/// `_zh` its Chinese text.
///
/// Throws UsageError, `file:line:column: tables[0].sql: …`, where SQLite refuses the SQL.
report::Table declared_table(const sweep::Sweep& sweep, std::size_t number,
                             const sweep::TableDefinition& definition, results::CurrentResults& results,
                             Language language);

}  // namespace tidemark::tables
