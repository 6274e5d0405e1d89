#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/language.hpp"
#include "protocol/description.hpp"
#include "sweep/file/against.hpp"
#include "sweep/file/problems.hpp"

namespace tidemark::sweep {

/// One entry of `checks:`. Which of the bounds there are says what kind of check it is.
struct CheckDefinition {
    std::string name;
    std::string where;         ///< SQL condition over `results`
    std::string metric;        ///< as written, e.g. `peak_rss`
    std::string column;        ///< of `results`: `peak_rss_bytes`; or protocol::kCpuTime
    std::string drift_column;  ///< the same for max_increase, where `time` is CPU time
    protocol::Unit unit = protocol::Unit::None;
    std::optional<double> maximum;  ///< in bytes, seconds or as a fraction
    std::optional<double> minimum;
    std::optional<double> max_increase;  ///< a fraction of the baseline
    std::optional<Against> against;      ///< what that refers to
    Position position;
    Position where_position;
};

struct TableColumn {
    std::string name;  ///< of the statement's column
    LocalText heading;
    protocol::Unit unit = protocol::Unit::None;
    std::optional<int> decimals;
    std::vector<std::pair<std::string, std::string>> translations;  ///< of its texts: English → Chinese
};

/// What the rows of a table's SQL are.
enum class TableRows {
    Runs,  ///< rows with the same `run` are repeats, and become one
    Each   ///< each is a row of the table
};

/// One entry of `tables:`.
struct TableDefinition {
    LocalText title;
    LocalText note;   ///< what is to be said below it; may be empty
    std::string sql;  ///< one SELECT over `results`
    TableRows rows = TableRows::Runs;
    std::vector<TableColumn> columns;
    Position position;
    Position sql_position;
};

}  // namespace tidemark::sweep
