#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/value.hpp"
#include "sql/connection.hpp"

namespace tidemark::store {

/// A run of a sweep file as it stands now.
struct PlannedResult {
    std::string run;
    std::string cell;
    std::string key;
    std::vector<Value> parameters;  ///< in the order of `PlannedSweep::parameters`
};

struct PlannedSweep {
    std::string name;
    int repeats = 1;
    std::vector<std::string> parameters;
    std::vector<PlannedResult> runs;
};

/// What checks and tables of a sweep file see: as long as it lives, `results` of this connection holds the
/// file's sweep and the keys of its present expansion only, so that nothing measured of another program or
/// with other parameters counts. The database itself is not touched: the narrower view is a temporary one.
class CurrentResults {
  public:
    CurrentResults(sql::Connection& connection, const PlannedSweep& sweep);
    CurrentResults(const CurrentResults&) = delete;
    CurrentResults& operator=(const CurrentResults&) = delete;
    ~CurrentResults();

    /// Whether anything of the sweep is there.
    bool any() const;

    bool has_column(const std::string& name) const;
    std::vector<std::string> columns() const;

    /// A repeat that is there.
    struct Row {
        std::string run_id;
        std::string run;
        int repeat = 1;
        std::string status;
        std::string reason;
        std::optional<double> value;  ///< of the expression
        std::string missing;          ///< why there is none
        std::string machine{};        ///< as that of a BaselineValue
    };
    /// Those for which the condition holds, with the value of `expression` (SQL over `results`) and what
    /// `missing` says of `column`. Throws sql::SqlError, whose message is SQLite's.
    std::vector<Row> rows(const std::string& where, const std::string& expression, const std::string& column);

    /// A repeat that is not.
    struct Gap {
        std::string run;
        int repeat = 1;
    };
    /// Those for which the condition holds by what is known of them: name and parameters.
    std::vector<Gap> gaps(const std::string& where);

  private:
    sql::Connection& connection_;
};

}  // namespace tidemark::store
