#pragma once

struct sqlite3;

namespace tidemark::sql {

/// What SQLite lacks, for all expressions and statements:
///
/// `text REGEXP 'expression'`, and `regexp('expression', text)`: whether a regular expression of RE2 is found
/// in the text. `stddev(x)`, of a sample, and `geomean(x)`: aggregates like avg(x).
void register_functions(sqlite3* connection);

}  // namespace tidemark::sql
