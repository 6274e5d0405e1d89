#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/table.hpp"
#include "results/units.hpp"

namespace tidemark::tables {

/// A figure of one commit.
struct Revision {
    std::string revision;    ///< `+` behind it: files were changed
    std::string started_at;  ///< of its first execution
    std::vector<double> values;
};

/// A figure of one run over the commits, in the order in which they were measured first.
struct History {
    std::string run;
    std::vector<Revision> revisions;
};

/// For people: a table of each run, with a sparkline above and the steps below.
std::vector<report::Table> history_for_people(const std::vector<History>& histories,
                                              const std::string& column, const results::Units& units);
/// For machines: a row for each run and commit, unrounded.
report::Table history_for_machines(const std::vector<History>& histories, const std::string& column,
                                   const results::Units& units);

}  // namespace tidemark::tables
