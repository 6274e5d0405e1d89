#include "cli/adaptive_repeats.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "analysis/statistics.hpp"
#include "cli/said.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::cli {
namespace {

std::string percent(double share) {
    return fmt::format("{:.3g} %", share * 100);
}

/// The same of all runs; nothing where they differ.
std::optional<sweep::Repeats> common_repeats(const sweep::Sweep& sweep) {
    const sweep::Repeats& first = sweep.repeats(sweep.runs().front());
    const bool alike = std::ranges::all_of(
        sweep.runs(), [&](const sweep::RunSpec& run) { return sweep.repeats(run) == first; });
    return alike ? std::optional(first) : std::nullopt;
}

}  // namespace

std::string described_repeats(const sweep::Sweep& sweep) {
    if (sweep.runs().empty() || sweep.repeat() == 1) return {};
    const auto common = common_repeats(sweep);
    if (common && !common->until) return std::to_string(common->most);
    int least = sweep.repeat();
    for (const sweep::RunSpec& run : sweep.runs()) least = std::min(least, sweep.repeats(run).least);
    std::string text = fmt::format("{} to {}", least, sweep.repeat());
    if (common)
        text += fmt::format(", until the median of {} is known to {}", common->until->metric,
                            percent(common->until->share));
    return text;
}

AdaptiveRepeats::AdaptiveRepeats(const sweep::Sweep& sweep, sql::Connection& connection)
    : sweep_(sweep), connection_(connection) {
    any_ = std::ranges::any_of(
        sweep.runs(), [&](const sweep::RunSpec& run) { return sweep.repeats(run).until.has_value(); });
    if (any_) known_.resize(sweep.runs().size());
}

void AdaptiveRepeats::extend(Plan& plan) {
    if (!any_) return;
    const store::ColumnRegistry registry(connection_);
    std::set<std::pair<std::size_t, int>> to_make;
    for (const run::PlannedRun& planned : plan.runs) to_make.emplace(planned.spec, planned.repeat);
    for (std::size_t spec = 0; spec < known_.size(); ++spec) {
        if (!sweep_.repeats(sweep_.runs()[spec]).until) continue;
        known_[spec].planned = plan.repeats[spec];
        for (int repeat = 1; repeat <= plan.repeats[spec]; ++repeat) {
            if (!to_make.contains({spec, repeat})) take(registry, spec, repeat);
        }
        if (const auto another = next(spec)) plan.runs.push_back(*another);
    }
}

std::vector<run::PlannedRun> AdaptiveRepeats::after(const run::PlannedRun& done) {
    if (!any_ || !sweep_.repeats(sweep_.runs()[done.spec]).until) return {};
    take(store::ColumnRegistry(connection_), done.spec, done.repeat);  // it may have added columns
    const auto another = next(done.spec);
    return another ? std::vector{*another} : std::vector<run::PlannedRun>{};
}

/// What is stored of it, where that is ok.
void AdaptiveRepeats::take(const store::ColumnRegistry& registry, std::size_t spec, int repeat) {
    const sweep::RunSpec& run = sweep_.runs()[spec];
    const auto row = connection_.reuse(
        fmt::format("SELECT {} FROM main.runs AS r WHERE r.sweep = ? AND r.cell = ? AND r.repeat = ? AND "
                    "r.latest = 1 AND r.status = 'ok'",
                    registry.expression(sweep_.repeats(run).until->column, "r")));
    const std::string cell = to_text(run.cell);
    row->bind_all(std::string_view(sweep_.name()), std::string_view(cell), repeat);
    if (!row->step()) return;
    Known& known = known_[spec];
    ++known.done;
    const Value value = row->value(0);
    if (const auto* whole = std::get_if<std::int64_t>(&value))
        known.values.push_back(static_cast<double>(*whole));
    else if (const auto* real = std::get_if<double>(&value); real != nullptr && std::isfinite(*real))
        known.values.push_back(*real);
}

std::optional<run::PlannedRun> AdaptiveRepeats::next(std::size_t spec) {
    const sweep::Repeats& repeats = sweep_.repeats(sweep_.runs()[spec]);
    Known& known = known_[spec];
    const auto reported = static_cast<int>(known.values.size());
    if (known.done < known.planned || reported < known.done || known.planned >= repeats.most)
        return std::nullopt;
    if (analysis::median_doubt(known.values) <= repeats.until->share) return std::nullopt;
    return run::PlannedRun{spec, ++known.planned};
}

std::vector<std::string> AdaptiveRepeats::shortfalls() const {
    constexpr std::size_t kTold = 10;
    std::vector<std::string> sentences;
    std::size_t more = 0;
    for (std::size_t spec = 0; spec < known_.size(); ++spec) {
        std::string sentence = shortfall(spec);
        if (sentence.empty()) continue;
        if (sentences.size() < kTold)
            sentences.push_back(std::move(sentence));
        else
            ++more;
    }
    if (more > 0)
        sentences.push_back(fmt::format("and {} more are not known as well either", plural(more, "run")));
    return sentences;
}

std::string AdaptiveRepeats::shortfall(std::size_t spec) const {
    const sweep::RunSpec& run = sweep_.runs()[spec];
    const sweep::Repeats& repeats = sweep_.repeats(run);
    const Known& known = known_[spec];
    // one that failed, or was not made, is told elsewhere
    if (!repeats.until || known.done == 0 || known.done < known.planned) return {};
    const std::string name = terminal::visible(run.run);
    const std::string& metric = repeats.until->metric;
    if (static_cast<int>(known.values.size()) < known.done) {
        return fmt::format(
            "run '{}' does not report a finite '{}' each time, so it is not repeated until that is known",
            name, metric);
    }
    const double doubt = analysis::median_doubt(known.values);
    if (doubt <= repeats.until->share) return {};
    const std::string after = fmt::format("run '{}': after {} the median of {} is", name,
                                          plural(static_cast<std::size_t>(known.done), "repeat"), metric);
    if (!std::isfinite(doubt)) return after + " 0, or too near to it for a share of it; name another figure";
    const std::string wanted = percent(repeats.until->share);
    return fmt::format("{} known to {}, not to {}; more repeats: repeat: {{until: {}, metric: {}, max: {}}}",
                       after, percent(doubt), wanted, wanted, metric,
                       std::min(2 * repeats.most, sweep::kMostRepeats));
}

}  // namespace tidemark::cli
