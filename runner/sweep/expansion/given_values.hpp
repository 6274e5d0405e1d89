#pragma once

#include "sweep/expansion/sweep_parameters.hpp"
#include "sweep/expansion/value_pool.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/file/problems.hpp"
#include "sweep/load_options.hpp"
#include "sweep/workload_catalogue.hpp"

namespace tidemark::sweep {

/// 2.0 and 2 are one number.
Value as_number(const Value& value);

/// Finds all parameters of the sweep and the workloads of its runs, checks each given value of the definition
/// against them, brings it to its parameter's type, and makes paths absolute. Values of all runs are kept in
/// `values`; problems are added.
SweepParameters make_columns(Definition& definition, const WorkloadCatalogue& workloads,
                             const LoadOptions& options, ValuePool& values, Problems& problems);

}  // namespace tidemark::sweep
