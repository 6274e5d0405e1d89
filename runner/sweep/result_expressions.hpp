#pragma once

#include "sweep/columns.hpp"
#include "sweep/definition.hpp"

namespace tidemark::sweep {

/// Compiles the SQL of checks and tables against the columns that `results` will have. Which metrics a
/// `command:` will bring is not known before it has run, so unknown names are problems only where a workload
/// describes its metrics.
void check_result_expressions(const Definition& definition, const Columns& columns,
                              const WorkloadCatalogue& workloads, Problems& problems);

}  // namespace tidemark::sweep
