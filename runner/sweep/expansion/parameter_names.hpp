#pragma once

#include <vector>

#include "sweep/expansion/sweep_parameters.hpp"
#include "sweep/expansion/workload_candidates.hpp"

namespace tidemark::sweep {

/// All parameters of a sweep, without values: those of the file in its order, those of --set, those that the
/// workloads have besides.
std::vector<SweepParameter> collect_columns(const Definition& definition,
                                            const WorkloadCandidates& candidates);

}  // namespace tidemark::sweep
