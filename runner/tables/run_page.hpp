#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/table.hpp"
#include "results/advice.hpp"
#include "store/queries.hpp"
#include "sweep/workload_catalogue.hpp"

namespace tidemark::tables {

/// What helps a run that ran out of memory, and what the other run is called.
struct AdvisedRun {
    results::Advice advice;
    std::string name;
};

/// Everything about one attempt, a table for each part. `command` is how the user calls tidemark, for the
/// lines that say how to repeat it and how to try what helps.
std::vector<report::Table> run_page(const store::StoredRun& stored, const sweep::WorkloadCatalogue& catalogue,
                                    const std::string& command,
                                    const std::optional<AdvisedRun>& advised = {});

/// For CSV and JSON: all sections in one table.
report::Table run_page_for_machines(const std::vector<report::Table>& sections);

}  // namespace tidemark::tables
