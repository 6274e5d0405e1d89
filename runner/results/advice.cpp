#include "results/advice.hpp"

#include <algorithm>
#include <set>

#include "results/expected_runs.hpp"
#include "store/current_sets.hpp"

namespace tidemark::results {
namespace {

constexpr std::size_t kPeak = 0;
constexpr std::size_t kMostRuns = 5000;

using Names = std::set<std::string>;

/// The varying parameters of each run.
class Parameters {
  public:
    explicit Parameters(const sweep::Sweep& sweep) : sweep_(sweep) {
        for (const sweep::RunSpec& run : sweep.runs()) all_.push_back(sweep.parameters(run));
    }

    Names differing(std::size_t a, std::size_t b) const {
        Names names;
        for (const std::string& name : sweep_.varying()) {
            if (value(a, name) != value(b, name)) names.insert(name);
        }
        return names;
    }

    std::string told(std::size_t run, const std::string& name) const {
        const sweep::ResolvedRun resolved = sweep_.resolve(sweep_.runs()[run]);
        const std::string written = resolved.written(name);
        return written.empty() ? to_text(value(run, name)) : written;
    }

  private:
    Value value(std::size_t run, const std::string& name) const {
        const auto own = std::ranges::find(all_[run], name, &std::pair<std::string, Value>::first);
        return own == all_[run].end() ? Value() : own->second;
    }

    const sweep::Sweep& sweep_;
    std::vector<protocol::Parameters> all_;
};

/// Of those that differ from the run: where no other differs in a part of that alone. What is derived from a
/// parameter or linked with it changes with it, and is no second change.
std::vector<std::pair<std::size_t, Names>> one_change_away(const Parameters& parameters, std::size_t run,
                                                           std::size_t count) {
    std::vector<std::pair<std::size_t, Names>> others;
    std::set<Names> all;
    for (std::size_t other = 0; other < count; ++other) {
        if (other == run) continue;
        others.emplace_back(other, parameters.differing(run, other));
        all.insert(others.back().second);
    }
    const auto is_smallest = [&](const Names& names) {
        return std::ranges::none_of(all, [&](const Names& part) {
            return !part.empty() && part.size() < names.size() && std::ranges::includes(names, part);
        });
    };
    std::set<Names> smallest;
    for (const Names& names : all) {
        if (!names.empty() && is_smallest(names)) smallest.insert(names);
    }
    std::erase_if(others, [&](const auto& other) { return !smallest.contains(other.second); });
    return others;
}

/// What it surely does not exceed, as far as a measurement or a prediction can be sure; nothing where nobody
/// knows.
std::optional<double> upper(const Estimate& estimate) {
    const auto& peak = estimate.figures[kPeak];
    if (!peak) return std::nullopt;
    const auto& sure = peak->measured ? estimate.peak_bounds : peak->interval;
    return sure ? std::optional(sure->high) : std::nullopt;
}

}  // namespace

std::optional<Advice> advice_for(const sweep::Sweep& sweep, const std::vector<Estimate>& estimates,
                                 std::size_t failed) {
    const auto& limit = estimates[failed].more_than;
    if (!limit) return std::nullopt;
    const Parameters parameters(sweep);
    std::optional<Advice> best;
    for (auto& [run, names] : one_change_away(parameters, failed, estimates.size())) {
        const auto most = upper(estimates[run]);
        const bool failed_too = estimates[run].more_than.has_value();
        if (!most || failed_too || *most >= *limit) continue;
        const EstimatedFigure& peak = *estimates[run].figures[kPeak];
        if (best && peak.value >= best->peak.value) continue;
        best = Advice{run, {}, peak, peak.measured ? estimates[run].peak_bounds : std::nullopt, *limit, 0};
        for (const std::string& name : names)
            best->changes.push_back({name, parameters.told(failed, name), parameters.told(run, name)});
    }
    if (!best) return std::nullopt;
    best->measured_runs = static_cast<std::size_t>(
        std::ranges::count_if(estimates, [](const Estimate& own) { return own.repeats > 0; }));
    return best;
}

std::vector<std::pair<std::string, Advice>> advice_for(sql::Connection& connection, const sweep::Sweep& sweep,
                                                       const std::vector<std::string>& failed) {
    if (failed.empty() || sweep.runs().size() > kMostRuns) return {};
    store::CurrentSets sets(connection, sweep.name(), observing_of(sweep));
    const std::vector<Estimate> known = estimates(connection, sets, {{&sweep, false}});
    std::vector<std::pair<std::string, Advice>> all;
    for (const std::string& name : failed) {
        const auto run = std::ranges::find(sweep.runs(), name, &sweep::RunSpec::run);
        if (run == sweep.runs().end()) continue;
        auto advice = advice_for(sweep, known, static_cast<std::size_t>(run - sweep.runs().begin()));
        if (advice) all.emplace_back(name, std::move(*advice));
    }
    return all;
}

}  // namespace tidemark::results
