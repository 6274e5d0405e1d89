#include "results/estimates.hpp"

#include <algorithm>

#include "base/median.hpp"
#include "results/plan_state.hpp"

namespace tidemark::results {
namespace {

constexpr std::size_t kPeak = 0;

struct Measured {
    std::array<std::vector<double>, kEstimatedFigures.size()> values;
    std::size_t repeats = 0;
    std::optional<double> more_than;
    std::optional<Interval> bounds{};
    bool has_open_bound = false;

    void widen(const std::optional<double>& low, const std::optional<double>& high) {
        has_open_bound = has_open_bound || !low || !high;
        if (has_open_bound) return;
        if (!bounds) bounds = Interval{*low, *high};
        bounds->low = std::min(bounds->low, *low);
        bounds->high = std::max(bounds->high, *high);
    }
};

std::vector<Measured> measured_of(const std::vector<KnownRepeat>& known, std::size_t runs) {
    std::vector<Measured> all(runs);
    for (const KnownRepeat& own : known) {
        Measured& run = all[own.run];
        const auto least = own.memory_limit ? own.memory_limit : own.peak_low;
        if (own.out_of_memory && least) run.more_than = std::max(run.more_than.value_or(0), *least);
        if (!own.ok) continue;
        ++run.repeats;
        run.widen(own.peak_low, own.peak_high);
        for (std::size_t i = 0; i < kEstimatedFigures.size(); ++i) {
            if (own.figures[i]) run.values[i].push_back(*own.figures[i]);
        }
    }
    return all;
}

EstimatedFigure figure_of(const std::vector<double>& values) {
    EstimatedFigure figure{*median(values), {}, true};
    const auto [low, high] = std::ranges::minmax(values);
    if (low < high) figure.interval = Interval{low, high};
    return figure;
}

void predict(std::size_t figure, const planning::Space& space, const std::vector<Measured>& measured,
             std::vector<Estimate>& out) {
    std::vector<planning::Observation> observations;
    std::size_t exact = 0;
    for (std::size_t run = 0; run < measured.size(); ++run) {
        if (!measured[run].values[figure].empty()) {
            observations.push_back({run, *median(measured[run].values[figure]), false});
            ++exact;
        } else if (figure == kPeak && measured[run].more_than) {
            observations.push_back({run, *measured[run].more_than, true});
        }
    }
    if (exact < kFewestForEstimates) return;
    planning::Regression regression(space);
    regression.learn(observations, true);
    for (std::size_t run = 0; run < out.size(); ++run) {
        if (out[run].figures[figure]) continue;
        const planning::Prediction predicted = regression.predict(run);
        out[run].figures[figure] = EstimatedFigure{predicted.value, predicted.interval, false};
    }
}

}  // namespace

std::vector<Estimate> estimates(sql::Connection& connection, store::CurrentSets& sets,
                                const std::vector<Making>& makings) {
    const sweep::Sweep& sweep = *makings.front().sweep;
    const std::vector<std::string> columns(kEstimatedFigures.begin(), kEstimatedFigures.end());
    const auto measured = measured_of(known_repeats(connection, sets, makings, columns), sweep.runs().size());
    std::vector<Estimate> out(measured.size());
    for (std::size_t run = 0; run < out.size(); ++run) {
        out[run].repeats = measured[run].repeats;
        out[run].more_than = measured[run].more_than;
        if (!measured[run].has_open_bound) out[run].peak_bounds = measured[run].bounds;
        for (std::size_t i = 0; i < kEstimatedFigures.size(); ++i) {
            if (!measured[run].values[i].empty()) out[run].figures[i] = figure_of(measured[run].values[i]);
        }
    }
    const planning::Space space = space_of(sweep);
    for (std::size_t i = 0; i < kEstimatedFigures.size(); ++i) predict(i, space, measured, out);
    return out;
}

}  // namespace tidemark::results
