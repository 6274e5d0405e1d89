#include "analysis/comparison.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "protocol/peak_memory.hpp"

namespace tidemark::analysis {
namespace {

using Repeats = std::vector<MeasuredRepeat>;

std::optional<double> figure_of(const MeasuredRepeat& repeat, const std::string& name) {
    if (repeat.status != protocol::Status::Ok) return std::nullopt;
    const auto found = repeat.figures.find(name);
    return found == repeat.figures.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> names_of(const Repeats& before, const Repeats& after) {
    std::vector<std::string> names(protocol::kComparedFigures.begin(), protocol::kComparedFigures.end());
    std::vector<std::string> metrics;
    for (const Repeats* group : {&before, &after}) {
        for (const MeasuredRepeat& repeat : *group) {
            for (const auto& [name, value] : repeat.figures) {
                if (std::ranges::find(names, name) == names.end() &&
                    std::ranges::find(metrics, name) == metrics.end())
                    metrics.push_back(name);
            }
        }
    }
    std::ranges::sort(metrics);
    names.insert(names.end(), metrics.begin(), metrics.end());
    return names;
}

std::optional<double> median_of(const Repeats& group, const std::string& name) {
    std::vector<double> values;
    for (const MeasuredRepeat& repeat : group) {
        const auto value = figure_of(repeat, name);
        if (value && std::isnan(*value)) return value;  // of it and anything there is no median
        if (value) values.push_back(*value);
    }
    return median(std::move(values));
}

bool is_ok(const MeasuredRepeat& repeat) {
    return repeat.status == protocol::Status::Ok;
}

std::optional<Interval> bounds_of(const MeasuredRepeat& repeat, std::string_view name) {
    if (name != protocol::kPeakMemory.name || !repeat.peak) return std::nullopt;
    return repeat.peak->interval();
}

/// The medians of the bounds of the repeats that have the figure; nothing where it is not known by bounds.
std::optional<Interval> bounds_of(const Repeats& group, const std::string& name) {
    std::vector<double> lows, highs;
    for (const MeasuredRepeat& repeat : group) {
        const auto bounds = bounds_of(repeat, name);
        if (!bounds || !figure_of(repeat, name)) continue;
        lows.push_back(bounds->low);
        highs.push_back(bounds->high);
    }
    if (lows.empty()) return std::nullopt;
    return Interval{*median(std::move(lows)), *median(std::move(highs))};
}

/// Where it lies, as far as the best guess does not say that.
std::optional<Interval> doubt_of(const std::optional<Interval>& bounds) {
    if (!bounds) return std::nullopt;
    return protocol::doubt_of_peak(bounds->low,
                                   std::isinf(bounds->high) ? std::nullopt : std::optional(bounds->high));
}

void add_bounds(FigureChange& figure, const Repeats& before, const Repeats& after) {
    const auto first = bounds_of(before, figure.name);
    const auto second = bounds_of(after, figure.name);
    figure.before_doubt = doubt_of(first);
    figure.after_doubt = doubt_of(second);
    figure.may_be_none = first && second && first->low <= second->high && second->low <= first->high;
}

std::vector<Pair> pairs_of(const Repeats& before, const Repeats& after, const std::string& name) {
    std::vector<Pair> pairs;
    for (const MeasuredRepeat& repeat : before) {
        const auto other = std::ranges::find(after, repeat.number, &MeasuredRepeat::number);
        if (other == after.end()) continue;
        const auto old = figure_of(repeat, name);
        const auto now = figure_of(*other, name);
        if (!old || !now) continue;
        pairs.push_back({*old, *now, bounds_of(repeat, name), bounds_of(*other, name),
                         starts_of(repeat.origin, other->origin)});
    }
    return pairs;
}

}  // namespace

Comparability comparability_of(const Repeats& before, const Repeats& after) {
    Comparability comparability;
    for (const MeasuredRepeat& repeat : before) {
        if (is_ok(repeat)) comparability.add_before(repeat.origin);
    }
    for (const MeasuredRepeat& repeat : after) {
        if (is_ok(repeat)) comparability.add_after(repeat.origin);
    }
    return comparability;
}

std::vector<FigureChange> compare(const Repeats& before, const Repeats& after,
                                  const std::function<Noise(const std::string& name)>& noise_of) {
    const Comparability comparability = comparability_of(before, after);
    std::vector<FigureChange> out;
    for (const std::string& name : names_of(before, after)) {
        FigureChange figure{name, median_of(before, name), median_of(after, name), {}, {}};
        if (!figure.before && !figure.after) continue;
        add_bounds(figure, before, after);
        const Noise noise = noise_of(name);
        if (!figure.before || !figure.after) {
            figure.problem = figure.before ? "only the first has it" : "only the second has it";
        } else if (std::string obstacle = comparability.obstacle(name, noise); !obstacle.empty()) {
            figure.comparable = false;
            figure.problem = std::move(obstacle);
        } else {
            const bool by_bounds = comparability.by_bounds_alone(name);
            MeasuredChange measured = measure_change(pairs_of(before, after, name), noise,
                                                     by_bounds ? Evidence::BoundsAlone : Evidence::BestGuess);
            figure.change = measured.change;
            figure.problem = std::move(measured.problem);
            figure.too_few = measured.too_few;
            figure.caveat = comparability.caveat(name, noise);
            figure.may_be_none = figure.may_be_none || by_bounds;
        }
        out.push_back(std::move(figure));
    }
    return out;
}

namespace {

/// Of a change that the bounds alone tell.
std::string sentence_by_bounds(const std::string& name, const Change& change, Direction direction,
                               double threshold) {
    const auto percent = [](double share) { return fmt::format("{:.1f} %", std::abs(share) * 100); };
    switch (direction) {
        case Direction::Rise:
            return fmt::format("{} rose by at least {}", name, percent(change.interval.low));
        case Direction::Fall:
            return fmt::format("{} fell by at least {}", name, percent(change.interval.high));
        case Direction::Same:
            return fmt::format("{} is the same within {}", name, share_text(threshold));
        case Direction::Unclear:
            break;
    }
    return fmt::format("whether {} changed by more than {} cannot be told: it is known by bounds alone", name,
                       share_text(threshold));
}

std::string bare_sentence(const std::string& name, const FigureChange& figure, double threshold) {
    if (!figure.change) return fmt::format("{}: {}", name, figure.problem);
    const Change& change = *figure.change;
    const auto percent = [](double share) { return fmt::format("{:.1f} %", std::abs(share) * 100); };
    const Direction direction = figure.direction(threshold);
    if (change.by_bounds) return sentence_by_bounds(name, change, direction, threshold);
    switch (direction) {
        case Direction::Rise:
            return fmt::format("{} rose by {}{}", name, percent(change.relative), machines_part(change));
        case Direction::Fall:
            return fmt::format("{} fell by {}{}", name, percent(change.relative), machines_part(change));
        case Direction::Same:
            return fmt::format("{} is the same within {}", name, share_text(threshold));
        case Direction::Unclear:
            break;
    }
    if (change.may_be_none && (change.interval.low > 0 || change.interval.high < 0))
        return fmt::format("whether {} changed cannot be told: the bounds of both sides overlap", name);
    if (change.interval.low > 0 || change.interval.high < 0) {
        return fmt::format("{} {}, but whether by more than {} cannot be told", name,
                           change.relative > 0 ? "rose" : "fell", share_text(threshold));
    }
    if (const std::string why = why_no_closer(change); !why.empty())
        return fmt::format("whether {} changed by more than {} cannot be told: {}", name,
                           share_text(threshold), why);
    return fmt::format("whether {} changed cannot be told: its repeats scatter by {}", name,
                       percent(change.scatter));
}

}  // namespace

std::string sentence(const std::string& name, const FigureChange& figure, double threshold) {
    return bare_sentence(name, figure, threshold) + figure.caveat;
}

}  // namespace tidemark::analysis
