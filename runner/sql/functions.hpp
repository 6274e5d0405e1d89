#pragma once

struct sqlite3;

namespace tidemark::sql {

/// What SQLite lacks, for all expressions and statements:
///
/// `text REGEXP 'expression'`, and `regexp('expression', text)`: whether a regular expression of RE2 is found
/// in the text. `has_tag(tags, 'paper')`: whether the list, `draft, paper`, has just that word; a list that
/// is null has none. `stddev(x)`, of a sample, and `geomean(x)`: aggregates like avg(x).
void register_functions(sqlite3* connection);

}  // namespace tidemark::sql
