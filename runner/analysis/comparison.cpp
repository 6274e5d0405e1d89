#include "analysis/comparison.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

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

std::vector<Pair> pairs_of(const Repeats& before, const Repeats& after, const std::string& name) {
    std::vector<Pair> pairs;
    for (const MeasuredRepeat& repeat : before) {
        const auto other = std::ranges::find(after, repeat.number, &MeasuredRepeat::number);
        if (other == after.end()) continue;
        const auto old = figure_of(repeat, name);
        const auto now = figure_of(*other, name);
        if (old && now) pairs.push_back({*old, *now});
    }
    return pairs;
}

}  // namespace

std::vector<FigureChange> compare(const Repeats& before, const Repeats& after,
                                  const std::function<Noise(const std::string& name)>& noise_of) {
    std::vector<FigureChange> out;
    for (const std::string& name : names_of(before, after)) {
        FigureChange figure{name, median_of(before, name), median_of(after, name), {}, {}};
        if (!figure.before && !figure.after) continue;
        if (!figure.before || !figure.after) {
            figure.problem = figure.before ? "only the first has it" : "only the second has it";
        } else {
            MeasuredChange measured = measure_change(pairs_of(before, after, name), noise_of(name));
            figure.change = measured.change;
            figure.problem = std::move(measured.problem);
        }
        out.push_back(std::move(figure));
    }
    return out;
}

std::string sentence(const std::string& name, const FigureChange& figure, double threshold) {
    if (!figure.change) return fmt::format("{}: {}", name, figure.problem);
    const Change& change = *figure.change;
    const auto percent = [](double share) { return fmt::format("{:.1f} %", std::abs(share) * 100); };
    switch (figure.direction(threshold)) {
        case Direction::Rise:
            return fmt::format("{} rose by {}", name, percent(change.relative));
        case Direction::Fall:
            return fmt::format("{} fell by {}", name, percent(change.relative));
        case Direction::Same:
            return fmt::format("{} is the same within {}", name, share_text(threshold));
        case Direction::Unclear:
            break;
    }
    if (change.interval.low > 0 || change.interval.high < 0) {
        return fmt::format("{} {}, but whether by more than {} cannot be told", name,
                           change.relative > 0 ? "rose" : "fell", share_text(threshold));
    }
    return fmt::format("whether {} changed cannot be told: its repeats scatter by {}", name,
                       percent(change.scatter));
}

}  // namespace tidemark::analysis
