#pragma once

#include <vector>

#include "sweep/expansion/sweep_parameters.hpp"
#include "sweep/expansion/workload_candidates.hpp"

namespace tidemark::sweep {

/// Refuses names that differ in capitals alone, which are one name to SQL.
void refuse_names_alike(const Definition& definition, const std::vector<SweepParameter>& columns,
                        Problems& problems);

/// All parameters of a sweep, without values: those of the file in its order, those of --set, those that the
/// workloads have besides.
std::vector<SweepParameter> collect_columns(const Definition& definition,
                                            const WorkloadCandidates& candidates);

}  // namespace tidemark::sweep
