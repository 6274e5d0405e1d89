#include "tables/shown_metrics.hpp"

#include <algorithm>

namespace tidemark::tables {

std::vector<std::string> shown_metrics(const sweep::Sweep& sweep, const results::CurrentResults& results,
                                       bool everything) {
    std::vector<std::string> names;
    const auto add_new = [&](const std::string& name) {
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    };
    const auto workloads = sweep.workloads();
    for (const auto* workload : workloads) {
        for (const auto& metric : workload->metrics) {
            if (everything || metric.headline) add_new(metric.name);
        }
    }
    for (const auto& metric : sweep.captured()) add_new(metric.name);
    if (everything || workloads.empty()) {
        for (const std::string& name : results.reported()) add_new(name);
    }
    return names;
}

std::vector<std::string> differing_parameters(const sweep::Sweep& sweep) {
    const auto& runs = sweep.runs();
    std::vector<std::string> names;
    for (std::size_t i = 0; i < sweep.varying().size(); ++i) {
        const auto differs = [&](const sweep::RunSpec& run) {
            return run.values[i] != runs.front().values[i];
        };
        if (std::ranges::any_of(runs, differs)) names.push_back(sweep.varying()[i]);
    }
    return names;
}

}  // namespace tidemark::tables
