#include "cli/comparison_table.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "analysis/summary.hpp"
#include "cli/figure_text.hpp"

namespace tidemark::cli {
namespace {

using analysis::Figure;
using analysis::RunSummary;
using protocol::Unit;
using report::Cell;

template <typename Use>
void for_each_caveat(const protocol::WorkloadDescription* workload, const protocol::Parameters& parameters,
                     Use use) {
    if (workload == nullptr) return;
    for (const auto& [name, value] : parameters) {
        const auto* parameter = workload->parameter(name);
        if (parameter == nullptr) continue;
        const auto caveat = parameter->caveats.find(to_text(value));
        if (caveat != parameter->caveats.end()) use(caveat->second);
    }
}

class Builder {
  public:
    Builder(const sweep::Sweep& sweep, const std::vector<store::ResultRow>& results, bool everything)
        : sweep_(sweep), summaries_(analysis::summarise(results)), everything_(everything) {
        for (const store::ResultRow& row : results) {
            if (row.status != "ok") all_ok_ = false;
            if (row.missing.contains("peak_rss_high_bytes") && row.peak_rss_bytes) lower_bounds_ = true;
        }
    }

    report::Table build() {
        table_.title = sweep_.name();
        const std::vector<std::string> parameters = shown_parameters();
        add_identity(parameters);
        add_parameters(parameters);
        if (everything_ || !all_ok_)
            add("status", "status", Unit::None, [this](const auto& run) { return status_of(run); });
        if (everything_) {
            add("repeats", "repeats", Unit::None, [this](const auto& run) {
                const RunSummary* summary = find(run);
                return Cell{
                    summary == nullptr ? std::int64_t{0} : static_cast<std::int64_t>(summary->repeats), {}};
            });
        }
        add("peak_rss_bytes", "peak memory", Unit::Bytes, [this](const auto& run) {
            return figure(run, [](const RunSummary& s) { return s.peak_rss_bytes; });
        });
        add("wall_s", "time", Unit::Seconds,
            [this](const auto& run) { return figure(run, [](const RunSummary& s) { return s.wall_s; }); });
        add_metrics();
        add_notes();
        return std::move(table_);
    }

  private:
    template <typename CellOf>
    void add(const std::string& name, const std::string& heading, Unit unit, CellOf cell_of) {
        table_.columns.push_back({name, heading, unit, false});
        table_.rows.resize(sweep_.runs().size());
        for (std::size_t i = 0; i < sweep_.runs().size(); ++i)
            table_.rows[i].push_back(cell_of(sweep_.runs()[i]));
    }

    std::vector<std::string> shown_parameters() const {
        std::vector<std::string> names;
        if (everything_) {
            for (const auto& [name, value] : sweep_.constant()) names.push_back(name);
        }
        for (std::size_t i = 0; i < sweep_.varying().size(); ++i) {
            if (everything_ || differs(i)) names.push_back(sweep_.varying()[i]);
        }
        return names;
    }

    /// Where no run was given a name, the parameters tell which is which, if there are any that differ.
    void add_identity(const std::vector<std::string>& parameters) {
        const bool all_names = everything_ || parameters.empty();
        if (!all_names && std::ranges::none_of(sweep_.runs(), &sweep::RunSpec::named)) return;
        add("run", "run", Unit::None, [&](const sweep::RunSpec& run) {
            return Cell{all_names || run.named ? run.run : std::string(), {}};
        });
    }

    void add_parameters(const std::vector<std::string>& names) {
        std::vector<protocol::Parameters> all;
        for (const sweep::RunSpec& run : sweep_.runs()) all.push_back(sweep_.parameters(run));
        for (const std::string& name : names) {
            table_.columns.push_back({name, name, Unit::None, true});
            table_.rows.resize(all.size());
            for (std::size_t i = 0; i < all.size(); ++i) {
                const auto own = std::ranges::find(all[i], name, &std::pair<std::string, Value>::first);
                table_.rows[i].push_back(own == all[i].end() ? Cell{} : Cell{own->second, {}});
            }
        }
    }

    bool differs(std::size_t varying) const {
        const auto& runs = sweep_.runs();
        return std::ranges::any_of(
            runs, [&](const auto& run) { return run.values[varying] != runs.front().values[varying]; });
    }

    void add_metrics() {
        for (const protocol::MetricDescription& metric : metrics()) {
            add(metric.name, heading_of(metric.name, metric.unit), metric.unit, [&](const auto& run) {
                return figure(run, [&](const RunSummary& summary) {
                    const auto found = summary.metrics.find(metric.name);
                    return found == summary.metrics.end() ? Figure{} : found->second;
                });
            });
        }
    }

    /// The headlines of the workloads; of a command, which tells nothing about its metrics, all that came.
    std::vector<protocol::MetricDescription> metrics() const {
        std::vector<protocol::MetricDescription> found;
        const auto add_new = [&](const protocol::MetricDescription& metric) {
            if (std::ranges::find(found, metric.name, &protocol::MetricDescription::name) == found.end())
                found.push_back(metric);
        };
        bool has_command = false;
        std::set<const protocol::WorkloadDescription*> seen;
        for (const sweep::RunSpec& run : sweep_.runs()) {
            const auto* workload = sweep_.workload(run);
            has_command = has_command || workload == nullptr;
            if (workload == nullptr || !seen.insert(workload).second) continue;
            for (const auto& metric : workload->metrics) {
                if (everything_ || metric.headline) add_new(metric);
            }
        }
        for (const auto& metric : sweep_.captured()) add_new(metric);
        for (const auto& [cell, summary] : summaries_) {
            for (const auto& [name, value] : summary.metrics) {
                if ((everything_ || has_command) && value.median)
                    add_new({name, protocol::Unit::None, {}, true});
            }
        }
        return found;
    }

    const RunSummary* find(const sweep::RunSpec& run) const {
        const auto found = summaries_.find(to_text(run.cell));
        return found == summaries_.end() ? nullptr : &found->second;
    }

    Cell status_of(const sweep::RunSpec& run) const {
        const RunSummary* summary = find(run);
        if (summary == nullptr) return {Value(), "not run"};
        return {summary->status, {}};
    }

    template <typename Choose>
    Cell figure(const sweep::RunSpec& run, Choose choose) const {
        const RunSummary* summary = find(run);
        if (summary == nullptr) return {Value(), "not run"};
        const Figure chosen = choose(*summary);
        if (chosen.median) return {number(*chosen.median), {}};
        return {Value(), summary->status != "ok" ? summary->status : chosen.missing};
    }

    /// A median of whole numbers most often is one, and is written as one.
    static Value number(double value) {
        constexpr double kLargestExact = 9007199254740992.0;  // 2^53
        if (value == std::floor(value) && std::abs(value) <= kLargestExact)
            return static_cast<std::int64_t>(value);
        return value;
    }

    void add_notes() {
        if (sweep_.repeat() > 1)
            table_.notes.push_back(fmt::format("Figures are medians of {} repeats.", sweep_.repeat()));
        for (const sweep::RunSpec& run : sweep_.runs()) {
            const RunSummary* summary = find(run);
            if (summary == nullptr || summary->status == "ok") continue;
            const std::size_t bad = summary->repeats - summary->ok;
            const std::string which =
                summary->repeats > 1 ? fmt::format(" ({} of {} repeats)", bad, summary->repeats) : "";
            table_.notes.push_back(
                fmt::format("{}: {}, {}{}", run.run, summary->status, summary->reason, which));
        }
        if (lower_bounds_) {
            table_.notes.push_back(
                "Peak memory of runs with several processes is the largest value seen, a lower bound.");
        }
        for (std::string caveat : caveats(sweep_)) {
            caveat[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(caveat[0])));
            table_.notes.push_back(caveat + ".");
        }
    }

    const sweep::Sweep& sweep_;
    std::map<std::string, RunSummary> summaries_;
    bool everything_;
    bool all_ok_ = true;
    bool lower_bounds_ = false;
    report::Table table_;
};

}  // namespace

report::Table comparison_table(const sweep::Sweep& sweep, const std::vector<store::ResultRow>& results,
                               bool everything) {
    return Builder(sweep, results, everything).build();
}

report::Table expansion_table(const sweep::Sweep& sweep) {
    report::Table table;
    table.columns.push_back({"run", "run", Unit::None, false});
    for (const std::string& name : sweep.varying()) table.columns.push_back({name, name, Unit::None, true});
    table.rows.reserve(sweep.runs().size());
    for (const sweep::RunSpec& run : sweep.runs()) {
        std::vector<Cell>& row = table.rows.emplace_back();
        row.reserve(table.columns.size());
        row.push_back({run.run, {}});
        for (const Value& value : run.values) row.push_back({value, {}});
    }
    return table;
}

std::vector<std::string> caveats(const sweep::Sweep& sweep) {
    std::vector<std::string> found;
    for (const sweep::RunSpec& run : sweep.runs()) {
        for_each_caveat(sweep.workload(run), sweep.parameters(run), [&](const std::string& caveat) {
            if (std::ranges::find(found, caveat) == found.end()) found.push_back(caveat);
        });
    }
    return found;
}

std::vector<std::string> short_caveats(const protocol::WorkloadDescription* workload,
                                       const protocol::Parameters& parameters) {
    std::vector<std::string> found;
    for_each_caveat(workload, parameters, [&](const std::string& caveat) {
        found.push_back(caveat.substr(0, caveat.find_first_of(",:;")));
    });
    return found;
}

}  // namespace tidemark::cli
