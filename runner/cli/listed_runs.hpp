#pragma once

#include <filesystem>
#include <string>

#include "report/table.hpp"
#include "sql/connection.hpp"

namespace tidemark::cli {

/// Which runs are listed, and what of each: SQL of the user's.
struct ListedRuns {
    std::string sweep;    ///< empty: of all
    std::string where;    ///< a condition over `results`; empty: all
    std::string columns;  ///< of `results`, or expressions over them; empty: the usual ones
    std::string sort;     ///< as after ORDER BY; empty: the newest first
    int limit = 0;        ///< 0: all
    bool for_machines = false;
    std::string from = "results";  ///< or `attempts`
};

/// A row for each, with the units that their figures have. Throws UsageError, which shows the part that is
/// wrong.
report::Table listed_runs(sql::Connection& connection, const ListedRuns& options,
                          const std::filesystem::path& workloads);

}  // namespace tidemark::cli
