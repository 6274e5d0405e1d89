#include "analysis/comparison.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace tidemark::analysis {
namespace {

constexpr std::array<std::string_view, 4> kFirst{"peak_rss_bytes", "cpu_s", "wall_s", "peak_swap_bytes"};

using Repeat = store::RunGroup::Repeat;

std::optional<double> figure_of(const Repeat& repeat, const std::string& name) {
    if (repeat.status != "ok") return std::nullopt;
    const auto found = repeat.figures.find(name);
    return found == repeat.figures.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> names_of(const store::RunGroup& before, const store::RunGroup& after) {
    std::vector<std::string> names(kFirst.begin(), kFirst.end());
    std::vector<std::string> metrics;
    for (const store::RunGroup* group : {&before, &after}) {
        for (const Repeat& repeat : group->repeats) {
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

std::optional<double> median_of(const store::RunGroup& group, const std::string& name) {
    std::vector<double> values;
    for (const Repeat& repeat : group.repeats) {
        if (const auto value = figure_of(repeat, name)) values.push_back(*value);
    }
    return median(std::move(values));
}

std::vector<Pair> pairs_of(const store::RunGroup& before, const store::RunGroup& after,
                           const std::string& name) {
    std::vector<Pair> pairs;
    for (const Repeat& repeat : before.repeats) {
        const auto other = std::ranges::find(after.repeats, repeat.number, &Repeat::number);
        if (other == after.repeats.end()) continue;
        const auto old = figure_of(repeat, name);
        const auto now = figure_of(*other, name);
        if (old && now) pairs.push_back({*old, *now});
    }
    return pairs;
}

}  // namespace

std::vector<FigureChange> compare(const store::RunGroup& before, const store::RunGroup& after) {
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
