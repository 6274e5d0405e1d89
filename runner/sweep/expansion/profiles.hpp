#pragma once

#include <vector>

#include "sweep/expansion/sweep_parameters.hpp"
#include "sweep/expansion/value_pool.hpp"
#include "sweep/expansion/workload_candidates.hpp"

namespace tidemark::sweep {

/// A profile for each candidate; that of a command where there is none. The columns have the values that are
/// given to all runs. Problems with those are added.
std::vector<Profile> make_profiles(const Definition& definition, const WorkloadCatalogue& workloads,
                                   const WorkloadCandidates& candidates,
                                   const std::vector<SweepParameter>& columns, ValuePool& values,
                                   Problems& problems);

}  // namespace tidemark::sweep
