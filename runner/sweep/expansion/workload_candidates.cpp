#include "sweep/expansion/workload_candidates.hpp"

#include <algorithm>

namespace tidemark::sweep {
namespace {

void add_candidate(WorkloadCandidates& candidates, const WorkloadCatalogue& workloads,
                   const std::string& name, Position position, const std::string& option,
                   Problems& problems) {
    const auto* description = workloads.find(name);
    if (description == nullptr)
        problems.add_given(position, "workload", option, workloads.explain_missing(name));
    else if (std::ranges::find(candidates.all, description) == candidates.all.end())
        candidates.all.push_back(description);
}

}  // namespace

bool WorkloadCandidates::are_chosen_by(std::string_view parameter) const {
    return std::ranges::find(choosers, parameter) != choosers.end();
}

std::vector<const protocol::ParameterDescription*> WorkloadCandidates::descriptions(
    std::string_view parameter) const {
    std::vector<const protocol::ParameterDescription*> found;
    if (are_chosen_by(parameter)) return found;
    for (const auto* workload : all) {
        if (const auto* description = workload->parameter(std::string(parameter)))
            found.push_back(description);
    }
    return found;
}

WorkloadCandidates find_candidates(const Definition& definition, const WorkloadCatalogue& workloads,
                                   Problems& problems) {
    WorkloadCandidates candidates;
    if (!definition.workload) return candidates;
    const GivenTemplate& given = *definition.workload;
    candidates.choosers = given.text.names();
    if (candidates.choosers.empty()) {
        add_candidate(candidates, workloads, given.text.fill({}), given.position, {}, problems);
    } else if (candidates.choosers.size() == 1) {
        for_each_value(definition, candidates.choosers.front(), [&](const GivenValue& value) {
            const std::string name = given.text.fill([&](std::string_view) { return to_text(value.value); });
            add_candidate(candidates, workloads, name, value.position, value.option, problems);
        });
    } else {
        // which combinations there are, only the expansion knows
        for (const std::string_view name : workloads.names()) candidates.all.push_back(workloads.find(name));
    }
    for (const GivenExpression& derived : definition.derive) {
        if (!candidates.are_chosen_by(derived.name)) continue;
        problems.add(derived.position, "derive." + derived.name,
                     "chooses the workload and cannot be derived, for what is derived depends on the "
                     "workload's defaults; give it in parameters, matrix or runs");
    }
    return candidates;
}

}  // namespace tidemark::sweep
