#include "analysis/check.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tidemark::analysis {
namespace {

using Repeat = store::CurrentResults::Row;

bool is_ok(const Repeat& repeat) {
    return repeat.status == "ok";
}

bool has_value(const Repeat& repeat) {
    return repeat.value && !std::isnan(*repeat.value);
}

/// Why the repeat decides nothing.
std::string why_not(const Repeat& repeat, std::string_view metric) {
    if (!is_ok(repeat)) return fmt::format("repeat {}: {}, {}", repeat.repeat, repeat.status, repeat.reason);
    return fmt::format("repeat {} has no {}: {}", repeat.repeat, metric,
                       repeat.missing.empty() ? "it has not told it" : repeat.missing);
}

std::string why_gaps(const CheckedRun& run) {
    const std::vector<int>& gaps = run.gaps;
    if (run.repeats.empty()) return "not measured with the present program and parameters";
    return fmt::format("not measured with the present program and parameters: repeat{} {}",
                       gaps.size() == 1 ? "" : "s", fmt::join(gaps, ", "));
}

bool exceeds(const Bound& bound, double value) {
    return bound.kind == Bound::Kind::Maximum ? value > bound.value : value < bound.value;
}

/// Whether the repeat breaks the bound for certain.
bool breaks(const Bound& bound, const Repeat& repeat) {
    const bool maximum = bound.kind == Bound::Kind::Maximum;
    if (maximum && bound.of_memory && repeat.status == "oom") return true;
    if (!has_value(repeat) || !exceeds(bound, *repeat.value)) return false;
    return maximum || is_ok(repeat);
}

std::string breach(const Bound& bound, const Repeat& repeat, const FigureText& figure) {
    if (repeat.status == "oom")
        return fmt::format("repeat {} ran out of memory: {}", repeat.repeat, repeat.reason);
    return fmt::format("repeat {}: {} is {} {}", repeat.repeat, figure(*repeat.value),
                       bound.kind == Bound::Kind::Maximum ? "above" : "below", figure(bound.value));
}

std::optional<double> worst(const Bound& bound, const CheckedRun& run) {
    std::optional<double> found;
    for (const Repeat& repeat : run.repeats) {
        if (!has_value(repeat)) continue;
        const bool worse =
            !found || (bound.kind == Bound::Kind::Maximum ? *repeat.value > *found : *repeat.value < *found);
        if (worse) found = repeat.value;
    }
    return found;
}

std::vector<Pair> paired(const CheckedRun& run, const std::vector<store::BaselineValue>& before) {
    std::vector<Pair> pairs;
    for (const Repeat& repeat : run.repeats) {
        const auto old = std::ranges::find(before, repeat.repeat, &store::BaselineValue::repeat);
        if (old != before.end() && old->value) pairs.push_back({*old->value, *repeat.value});
    }
    return pairs;
}

/// Times that were taken on two different machines; empty: they were not, or it is not known.
std::string other_machine(const DriftLimit& limit, const CheckedRun& run,
                          const std::vector<store::BaselineValue>& before) {
    if (limit.noise != Noise::CpuTime && limit.noise != Noise::WallTime) return {};
    for (const Repeat& repeat : run.repeats) {
        const auto old = std::ranges::find(before, repeat.repeat, &store::BaselineValue::repeat);
        if (old == before.end() || old->machine.empty() || repeat.machine.empty()) continue;
        if (old->machine != repeat.machine) {
            return fmt::format(
                "times of two machines say nothing about the program: {}, and {} of baseline '{}'",
                repeat.machine, old->machine, limit.baseline);
        }
    }
    return {};
}

/// Why the run cannot be held against the baseline at all; empty: it can.
std::string why_incomparable(const DriftLimit& limit, const CheckedRun& run,
                             const std::vector<store::BaselineValue>& before) {
    if (before.empty()) return fmt::format("baseline '{}' has no run of this name", limit.baseline);
    const auto is_own = [&](const Repeat& repeat) {
        return std::ranges::find(before, repeat.run_id, &store::BaselineValue::run_id) != before.end();
    };
    if (std::ranges::any_of(run.repeats, is_own)) {
        return fmt::format("these results are those of baseline '{}' themselves; --fresh makes new ones",
                           limit.baseline);
    }
    if (!run.gaps.empty()) return why_gaps(run);
    const auto bad = std::ranges::find_if(
        run.repeats, [](const Repeat& repeat) { return !is_ok(repeat) || !has_value(repeat); });
    return bad == run.repeats.end() ? other_machine(limit, run, before) : why_not(*bad, limit.metric);
}

}  // namespace

std::string_view to_text(Verdict verdict) {
    switch (verdict) {
        case Verdict::Pass:
            return "pass";
        case Verdict::Broken:
            return "broken";
        case Verdict::Undecided:
            break;
    }
    return "undecided";
}

Finding decide_bound(const Bound& bound, const CheckedRun& run, const FigureText& figure) {
    Finding finding;
    finding.measured = worst(bound, run);
    const auto broken =
        std::ranges::find_if(run.repeats, [&](const Repeat& repeat) { return breaks(bound, repeat); });
    if (broken != run.repeats.end()) {
        finding.verdict = Verdict::Broken;
        finding.explanation = breach(bound, *broken, figure);
        return finding;
    }
    const auto open = std::ranges::find_if(
        run.repeats, [](const Repeat& repeat) { return !is_ok(repeat) || !has_value(repeat); });
    if (open != run.repeats.end()) {
        finding.explanation = why_not(*open, bound.metric);
    } else if (!run.gaps.empty()) {
        finding.explanation = why_gaps(run);
    } else {
        finding.verdict = Verdict::Pass;
    }
    return finding;
}

Finding decide_drift(const DriftLimit& limit, const CheckedRun& run,
                     const std::vector<store::BaselineValue>& before) {
    Finding finding;
    finding.explanation = why_incomparable(limit, run, before);
    if (!finding.explanation.empty()) return finding;
    const MeasuredChange measured = measure_change(paired(run, before), limit.noise);
    if (!measured.change) {
        finding.explanation = measured.problem;
        return finding;
    }
    finding.change = measured.change;
    finding.measured = measured.change->after;
    finding.explanation = to_text(*measured.change);
    const Interval& interval = measured.change->interval;
    if (interval.low > limit.max_increase) {
        finding.verdict = Verdict::Broken;
    } else if (stays_below(*measured.change, limit.max_increase)) {
        finding.verdict = Verdict::Pass;
    } else {
        finding.explanation +=
            fmt::format("; too noisy to tell whether it is more than {}, more repeats narrow it",
                        share_text(limit.max_increase));
    }
    return finding;
}

}  // namespace tidemark::analysis
