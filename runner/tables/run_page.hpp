#pragma once

#include <string>
#include <vector>

#include "report/table.hpp"
#include "store/queries.hpp"
#include "sweep/workload_catalogue.hpp"

namespace tidemark::tables {

/// Everything about one attempt, a table for each part. `command` is how the user calls tidemark, for the
/// line that says how to repeat it.
std::vector<report::Table> run_page(const store::StoredRun& stored, const sweep::WorkloadCatalogue& catalogue,
                                    const std::string& command);

/// For CSV and JSON: all sections in one table.
report::Table run_page_for_machines(const std::vector<report::Table>& sections);

}  // namespace tidemark::tables
