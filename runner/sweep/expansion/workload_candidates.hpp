#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/description.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/file/problems.hpp"
#include "sweep/workload_catalogue.hpp"

namespace tidemark::sweep {

/// The workloads that runs of a sweep may have.
struct WorkloadCandidates {
    std::vector<std::string> choosers;  ///< parameters that stand in `workload: "{engine}"`
    std::vector<const protocol::WorkloadDescription*> all;  ///< none: the sweep has a command

    /// Whether the parameter is one of the choosers.
    bool are_chosen_by(std::string_view parameter) const;
    /// Of the parameter, in the workloads that know it. None for one that chooses the workload.
    std::vector<const protocol::ParameterDescription*> descriptions(std::string_view parameter) const;
};

/// Adds a problem for each workload that there is not. The candidates point into `workloads`.
WorkloadCandidates find_candidates(const Definition& definition, const WorkloadCatalogue& workloads,
                                   Problems& problems);

}  // namespace tidemark::sweep
