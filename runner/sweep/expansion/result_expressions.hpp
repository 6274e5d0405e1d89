#pragma once

#include "sweep/expansion/sweep_parameters.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/file/problems.hpp"
#include "sweep/workload_catalogue.hpp"

namespace tidemark::sweep {

/// Compiles the SQL of checks and tables against the columns that `results` will have. Which metrics a
/// `command:` will bring is not known before it has run, so unknown names are problems only where a workload
/// describes its metrics.
void check_result_expressions(const Definition& definition, const SweepParameters& columns,
                              const WorkloadCatalogue& workloads, Problems& problems);

}  // namespace tidemark::sweep
