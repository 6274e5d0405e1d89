#pragma once

#include "sweep/columns.hpp"
#include "sweep/definition.hpp"
#include "sweep/problems.hpp"
#include "sweep/sweep.hpp"
#include "sweep/workload_catalogue.hpp"

namespace tidemark::sweep {

/// Finds all parameters of the sweep and the workloads of its runs, checks each given value of the definition
/// against them, brings it to its parameter's type, and makes paths absolute. Problems are added.
Columns make_columns(Definition& definition, const WorkloadCatalogue& workloads, const LoadOptions& options,
                     Problems& problems);

}  // namespace tidemark::sweep
