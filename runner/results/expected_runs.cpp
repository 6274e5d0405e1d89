#include "results/expected_runs.hpp"

#include <algorithm>

namespace tidemark::results {
namespace {

/// The names of the parameters that have their workload's default.
std::vector<std::string> defaults_of(const protocol::Parameters& parameters,
                                     const protocol::WorkloadDescription* workload) {
    std::vector<std::string> names;
    for (const auto& [name, value] : parameters) {
        const auto* described = workload == nullptr ? nullptr : workload->parameter(name);
        if (described != nullptr && described->default_value == value) names.push_back(name);
    }
    return names;
}

}  // namespace

run::Observing observing_of(const sweep::Sweep& sweep) {
    return {sweep.folder(), sweep.observe().on, sweep.observe().except};
}

Expectation expectation_of(const sweep::Sweep& sweep, Program program) {
    Expectation expected{sweep.name(), {}, {}, program, {}, observing_of(sweep)};
    expected.by_repeat = sweep.by_repeat();
    expected.runs.reserve(sweep.runs().size());
    for (const sweep::RunSpec& run : sweep.runs()) {
        const sweep::ResolvedRun resolved = sweep.resolve(run);
        ExpectedRun& own =
            expected.runs.emplace_back(ExpectedRun{run.run, to_text(run.cell), {}, resolved.parameters()});
        own.told = resolved.told();
        own.repeats = sweep.repeats(run).least;
        own.most_repeats = sweep.repeats(run).most;
        if (program == Program::Any) {
            own.defaults = defaults_of(own.parameters, resolved.workload());
            continue;
        }
        own.key = to_text(resolved.key());
        own.measured_key = to_text(resolved.measured_key());
    }
    const auto add_metric = [&](const std::string& name) {
        if (std::ranges::find(expected.metrics, name) == expected.metrics.end())
            expected.metrics.push_back(name);
    };
    for (const auto* workload : sweep.workloads()) {
        for (const auto& metric : workload->metrics) add_metric(metric.name);
    }
    for (const auto& metric : sweep.captured()) add_metric(metric.name);
    return expected;
}

}  // namespace tidemark::results
