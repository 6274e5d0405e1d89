#include "analysis/check.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tidemark::analysis {
namespace {

using Repeat = RepeatFigure;
using protocol::Status;

bool is_ok(const Repeat& repeat) {
    return repeat.status == Status::Ok;
}

bool is_nan(const Repeat& repeat) {
    return repeat.value && std::isnan(*repeat.value);
}

bool has_value(const Repeat& repeat) {
    return repeat.value && !is_nan(repeat);
}

/// It lies on neither side of a bound: what it was told of has gone wrong, and holds nothing.
std::string breach_by_nan(const Repeat& repeat, std::string_view metric) {
    return fmt::format("repeat {}: {} is NaN, which breaks every bound", repeat.repeat, metric);
}

bool is_infinite(const Repeat& repeat) {
    return repeat.value && std::isinf(*repeat.value);
}

std::string infinity_text(const Repeat& repeat, std::string_view metric) {
    return fmt::format("{} is {}", metric, *repeat.value > 0 ? "∞" : "-∞");
}

/// Why the repeat decides nothing.
std::string why_not(const Repeat& repeat, std::string_view metric) {
    if (!is_ok(repeat))
        return fmt::format("repeat {}: {}, {}", repeat.repeat, to_text(repeat.status), repeat.reason);
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
    return bound.kind == BoundKind::Maximum ? value > bound.value : value < bound.value;
}

/// The figure as far as it speaks for the run: the least that a peak can have been, say, against a maximum.
std::optional<double> for_the_run(const Bound& bound, const Repeat& repeat) {
    if (!has_value(repeat)) return std::nullopt;
    if (!repeat.bounds) return repeat.value;
    return bound.kind == BoundKind::Maximum ? repeat.bounds->low : repeat.bounds->high;
}

/// The same as far as it speaks against it; nothing where it may be anything.
std::optional<double> against_the_run(const Bound& bound, const Repeat& repeat) {
    if (!has_value(repeat)) return std::nullopt;
    if (!repeat.bounds) return repeat.value;
    return bound.kind == BoundKind::Maximum ? repeat.bounds->high : repeat.bounds->low;
}

/// Whether the repeat breaks the bound for certain.
bool breaks(const Bound& bound, const Repeat& repeat) {
    const bool maximum = bound.kind == BoundKind::Maximum;
    if (is_nan(repeat)) return true;
    if (maximum && bound.of_memory && repeat.status == Status::Oom) return true;
    const auto value = for_the_run(bound, repeat);
    return value && exceeds(bound, *value) && (maximum || is_ok(repeat));
}

/// It ended ok, and whether it holds the bound lies between what is known.
bool is_too_uncertain(const Bound& bound, const Repeat& repeat) {
    const auto value = against_the_run(bound, repeat);
    return !value || exceeds(bound, *value);
}

/// How closer bounds can be had.
std::string way_out(const KnownBounds& bounds) {
    if (!bounds.way_out.empty()) return bounds.way_out;
    if (bounds.method.starts_with("cgroup"))
        return "files that it shares with other programs, and page cache, keep its bounds apart";
    return "a memory cgroup gives closer bounds, and `tidemark doctor` tells how to get one";
}

std::string why_uncertain(const Bound& bound, const Repeat& repeat, const FigureText& figure) {
    const KnownBounds& bounds = *repeat.bounds;
    if (!bounds.high) {
        const std::string why = bounds.why_no_high.empty() ? "it was not measured" : bounds.why_no_high;
        return fmt::format("repeat {}: at least {}, and nothing bounds it from above: {}; {}", repeat.repeat,
                           bounds.low ? figure(*bounds.low) : figure(0), why, way_out(bounds));
    }
    return fmt::format("repeat {}: between {} and {}, so nobody knows whether it is {} {}; {}", repeat.repeat,
                       figure(bounds.low.value_or(0)), figure(*bounds.high),
                       bound.kind == BoundKind::Maximum ? "above" : "below", figure(bound.value),
                       way_out(bounds));
}

std::string breach(const Bound& bound, const Repeat& repeat, const FigureText& figure) {
    if (repeat.status == Status::Oom) {
        constexpr std::string_view kSaidAlready = "out of memory: ";
        const std::string_view reason = repeat.reason;
        return fmt::format("repeat {} ran out of memory: {}", repeat.repeat,
                           reason.substr(reason.starts_with(kSaidAlready) ? kSaidAlready.size() : 0));
    }
    if (is_nan(repeat)) return breach_by_nan(repeat, bound.metric);
    const std::string_view least = !repeat.bounds                     ? ""
                                   : bound.kind == BoundKind::Maximum ? "at least "
                                                                      : "at most ";
    return fmt::format("repeat {}: {}{} is {} {}", repeat.repeat, least, figure(*for_the_run(bound, repeat)),
                       bound.kind == BoundKind::Maximum ? "above" : "below", figure(bound.value));
}

/// Null where none has the figure.
const Repeat* worst(const Bound& bound, const CheckedRun& run) {
    const Repeat* found = nullptr;
    for (const Repeat& repeat : run.repeats) {
        if (is_nan(repeat)) return &repeat;
        if (!has_value(repeat)) continue;
        const bool worse =
            found == nullptr || (bound.kind == BoundKind::Maximum ? *repeat.value > *found->value
                                                                  : *repeat.value < *found->value);
        if (worse) found = &repeat;
    }
    return found;
}

std::vector<Pair> paired(const CheckedRun& run, const std::vector<Repeat>& before) {
    std::vector<Pair> pairs;
    for (const Repeat& repeat : run.repeats) {
        const auto old = std::ranges::find(before, repeat.repeat, &Repeat::repeat);
        if (old == before.end() || !old->value) continue;
        const auto bounds_of = [](const Repeat& of) {
            return of.bounds ? std::optional(of.bounds->interval()) : std::nullopt;
        };
        pairs.push_back({*old->value, *repeat.value, bounds_of(*old), bounds_of(repeat),
                         starts_of(old->origin, repeat.origin)});
    }
    return pairs;
}

/// The medians of the bounds of all repeats; nothing where the figure is not known by bounds.
std::optional<KnownBounds> median_bounds(const CheckedRun& run) {
    std::vector<double> lows, highs;
    for (const Repeat& repeat : run.repeats) {
        if (!repeat.bounds) return std::nullopt;
        lows.push_back(repeat.bounds->interval().low);
        highs.push_back(repeat.bounds->interval().high);
    }
    KnownBounds bounds{median(std::move(lows)), median(std::move(highs))};
    if (bounds.high && std::isinf(*bounds.high)) bounds.high.reset();
    return bounds;
}

/// Why a drift is neither within its limit nor beyond it.
std::string why_open(const Change& change, double limit) {
    if (change.by_bounds) {
        return fmt::format("; the bounds of the peaks do not tell whether it is more than {}",
                           share_text(limit));
    }
    if (change.may_be_none && change.interval.low > limit)
        return "; the bounds of the peaks overlap, so nobody knows whether it rose at all";
    if (const std::string why = why_no_closer(change); !why.empty())
        return fmt::format("; whether it is more than {} cannot be told: {}", share_text(limit), why);
    return fmt::format("; too noisy to tell whether it is more than {}, more repeats narrow it",
                       share_text(limit));
}

/// Why the run cannot be held against the baseline at all; empty: it can.
std::string why_incomparable(const DriftLimit& limit, const CheckedRun& run,
                             const std::vector<Repeat>& before) {
    if (before.empty()) return fmt::format("baseline '{}' has no run of this name", limit.baseline);
    const auto is_own = [&](const Repeat& repeat) {
        return std::ranges::find(before, repeat.run_id, &Repeat::run_id) != before.end();
    };
    if (std::ranges::any_of(run.repeats, is_own)) {
        return fmt::format("these results are those of baseline '{}' themselves; --fresh makes new ones",
                           limit.baseline);
    }
    if (!run.gaps.empty()) return why_gaps(run);
    const auto odd = std::ranges::find_if(before, is_nan);
    if (odd != before.end())
        return fmt::format("repeat {} of baseline '{}': {} is NaN", odd->repeat, limit.baseline,
                           limit.metric);
    const auto infinite = std::ranges::find_if(before, is_infinite);
    if (infinite != before.end())
        return fmt::format("repeat {} of baseline '{}': {}, of which nothing is a share", infinite->repeat,
                           limit.baseline, infinity_text(*infinite, limit.metric));
    const auto bad = std::ranges::find_if(
        run.repeats, [](const Repeat& repeat) { return !is_ok(repeat) || !has_value(repeat); });
    if (bad != run.repeats.end()) return why_not(*bad, limit.metric);
    return comparability_of(run, before).obstacle(limit.column, limit.noise);
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

std::string_view to_text(BoundKind kind) {
    switch (kind) {
        case BoundKind::Maximum:
            return "max";
        case BoundKind::Minimum:
            return "min";
        case BoundKind::MaximumIncrease:
            break;
    }
    return "max_increase";
}

Finding decide_bound(const Bound& bound, const CheckedRun& run, const FigureText& figure) {
    Finding finding;
    if (const Repeat* repeat = worst(bound, run)) {
        finding.measured = repeat->value;
        finding.bounds = repeat->bounds;
    }
    const auto broken =
        std::ranges::find_if(run.repeats, [&](const Repeat& repeat) { return breaks(bound, repeat); });
    if (broken != run.repeats.end()) {
        finding.verdict = Verdict::Broken;
        finding.explanation = breach(bound, *broken, figure);
        return finding;
    }
    const auto open = std::ranges::find_if(
        run.repeats, [](const Repeat& repeat) { return !is_ok(repeat) || !has_value(repeat); });
    const auto uncertain = std::ranges::find_if(
        run.repeats, [&](const Repeat& repeat) { return is_too_uncertain(bound, repeat); });
    if (open != run.repeats.end()) {
        finding.explanation = why_not(*open, bound.metric);
    } else if (uncertain != run.repeats.end()) {
        finding.explanation = why_uncertain(bound, *uncertain, figure);
    } else if (!run.gaps.empty()) {
        finding.explanation = why_gaps(run);
    } else {
        finding.verdict = Verdict::Pass;
    }
    return finding;
}

Comparability comparability_of(const CheckedRun& run, const std::vector<Repeat>& before) {
    Comparability comparability;
    for (const Repeat& repeat : before) comparability.add_before(repeat.origin);
    for (const Repeat& repeat : run.repeats) comparability.add_after(repeat.origin);
    return comparability;
}

Finding decide_drift(const DriftLimit& limit, const CheckedRun& run, const std::vector<Repeat>& before) {
    Finding finding;
    const Comparability comparability = comparability_of(run, before);
    finding.differences = comparability.differences();
    if (const auto nan = std::ranges::find_if(run.repeats, is_nan); nan != run.repeats.end()) {
        finding.verdict = Verdict::Broken;
        finding.measured = nan->value;
        finding.explanation = breach_by_nan(*nan, limit.metric);
        return finding;
    }
    finding.explanation = why_incomparable(limit, run, before);
    if (!finding.explanation.empty()) return finding;
    const auto infinite = std::ranges::find_if(run.repeats, is_infinite);
    if (infinite != run.repeats.end()) {
        finding.verdict = *infinite->value > 0 ? Verdict::Broken : Verdict::Undecided;
        finding.measured = infinite->value;
        finding.explanation = fmt::format("repeat {}: {}, and that of the baseline is finite",
                                          infinite->repeat, infinity_text(*infinite, limit.metric));
        return finding;
    }
    const MeasuredChange measured = measure_change(
        paired(run, before), limit.noise,
        comparability.by_bounds_alone(limit.column) ? Evidence::BoundsAlone : Evidence::BestGuess);
    if (!measured.change) {
        finding.explanation = measured.problem;
        return finding;
    }
    finding.change = measured.change;
    finding.measured = measured.change->after;
    finding.bounds = median_bounds(run);
    finding.explanation = to_text(*measured.change);
    if (exceeds(*measured.change, limit.max_increase)) {
        finding.verdict = Verdict::Broken;
        finding.explanation += machines_part(*measured.change);
    } else if (stays_below(*measured.change, limit.max_increase)) {
        finding.verdict = Verdict::Pass;
    } else {
        finding.explanation += why_open(*measured.change, limit.max_increase);
    }
    finding.explanation += comparability.caveat(limit.column, limit.noise);
    return finding;
}

}  // namespace tidemark::analysis
