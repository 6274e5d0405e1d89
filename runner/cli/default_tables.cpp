#include "cli/default_tables.hpp"

#include <algorithm>
#include <map>

#include "cli/figure_text.hpp"
#include "report/language.hpp"
#include "sql/connection.hpp"

namespace tidemark::cli {
namespace {

/// A table of runs as one would declare it.
sweep::TableDefinition default_table(const char* title, const std::vector<std::string>& parameters,
                                     const std::vector<std::string>& measured,
                                     const std::vector<std::string>& metrics) {
    sweep::TableDefinition table;
    table.title = {title, report::translated(title, report::Language::Chinese)};
    table.sql = "SELECT run";
    for (const auto* names : {&parameters, &measured, &metrics}) {
        for (const std::string& name : *names) table.sql += ", " + sql::quoted_name(name);
    }
    table.sql += " FROM results";
    return table;
}

/// The parameters that are not the same in all runs.
std::vector<std::string> differing(const sweep::Sweep& sweep) {
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

}  // namespace

std::vector<const protocol::WorkloadDescription*> workloads_of(const sweep::Sweep& sweep) {
    std::vector<const protocol::WorkloadDescription*> found;
    for (const sweep::RunSpec& run : sweep.runs()) {
        const auto* workload = sweep.workload(run);
        if (workload != nullptr && std::ranges::find(found, workload) == found.end())
            found.push_back(workload);
    }
    return found;
}

std::string heading_for(const std::string& name, protocol::Unit unit) {
    static const std::map<std::string, std::string> kHeadings{{"peak_rss_bytes", "peak memory"},
                                                              {"peak_rss_low_bytes", "at least"},
                                                              {"peak_rss_high_bytes", "at most"},
                                                              {"initial_rss_bytes", "memory at the start"},
                                                              {"final_rss_bytes", "memory at the end"},
                                                              {"peak_swap_bytes", "peak of swap"},
                                                              {"major_faults", "major page faults"},
                                                              {"wall_s", "time"},
                                                              {"user_s", "CPU time, user"},
                                                              {"system_s", "CPU time, system"}};
    const auto known = kHeadings.find(name);
    return known == kHeadings.end() ? heading_of(name, unit) : known->second;
}

std::vector<sweep::TableDefinition> tables_of(const sweep::Sweep& sweep, const store::SweepResults& results) {
    if (!sweep.tables().empty()) return sweep.tables();
    std::vector<std::string> metrics;
    for (const auto* workload : workloads_of(sweep)) {
        for (const auto& metric : workload->metrics) {
            if (metric.headline && std::ranges::find(metrics, metric.name) == metrics.end())
                metrics.push_back(metric.name);
        }
    }
    // a command tells nothing about its metrics: all that came
    if (metrics.empty()) metrics = results.reported();
    return {default_table("Comparison", differing(sweep), {"status", "peak_rss_bytes", "wall_s"}, metrics),
            default_table("Memory", {"status"},
                          {"peak_rss_bytes", "peak_rss_low_bytes", "peak_rss_high_bytes", "final_rss_bytes",
                           "peak_swap_bytes", "major_faults"},
                          {}),
            default_table("Time", {"status"}, {"wall_s", "user_s", "system_s"}, {})};
}

}  // namespace tidemark::cli
