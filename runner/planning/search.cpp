#include "planning/search.hpp"

#include <algorithm>
#include <limits>

namespace tidemark::planning {
namespace {

constexpr std::size_t kLeastExplorations = 4;
/// Of a larger space a part is looked at for each run.
constexpr std::size_t kMostCandidates = 20'000;
/// Parameters are looked for anew when so much more is known than the last time.
constexpr double kMuchMore = 1.25;

}  // namespace

Search::Search(const Space& space, Goal goal) : space_(space), goal_(std::move(goal)) {}

void Search::tell(std::size_t cell, const Shown& shown) {
    known_[cell] = shown;
    learnt_ = false;
}

void Search::leave_out(std::size_t cell) {
    left_out_.insert(cell);
}

bool Search::holds(std::size_t cell) const {
    const auto found = known_.find(cell);
    if (found == known_.end() || !found->second.values.contains(goal_.figure)) return false;
    if (found->second.never_holds) return false;
    return std::ranges::all_of(goal_.bounds, [&](const Bound& bound) {
        if (!bound.is_of(cell)) return true;
        const auto value = found->second.values.find(bound.figure);
        return value != found->second.values.end() && (!bound.most || value->second <= *bound.most) &&
               (!bound.least || value->second >= *bound.least);
    });
}

std::vector<std::size_t> Search::holding() const {
    std::vector<std::size_t> cells;
    for (const auto& [cell, shown] : known_) {
        if (holds(cell)) cells.push_back(cell);
    }
    std::ranges::stable_sort(cells, [&](std::size_t a, std::size_t b) {
        const double first = known_.at(a).values.at(goal_.figure);
        const double second = known_.at(b).values.at(goal_.figure);
        return goal_.maximise ? first > second : first < second;
    });
    return cells;
}

std::optional<std::size_t> Search::best() const {
    const auto cells = holding();
    return cells.empty() ? std::nullopt : std::optional(cells.front());
}

std::vector<std::size_t> Search::candidates() const {
    const std::size_t stride = 1 + space_.size() / kMostCandidates;
    std::vector<std::size_t> cells;
    for (std::size_t cell = known_.size() % stride; cell < space_.size(); cell += stride) {
        if (!is_known(cell)) cells.push_back(cell);
    }
    for (std::size_t cell = 0; cells.empty() && cell < space_.size(); ++cell) {
        if (!is_known(cell)) cells.push_back(cell);
    }
    return cells;
}

std::size_t Search::untried() const {
    std::size_t left_out = 0;
    for (const std::size_t cell : left_out_) left_out += known_.contains(cell) ? 0 : 1;
    return space_.size() - known_.size() - left_out;
}

std::size_t Search::explorations() const {
    return std::min(std::max(kLeastExplorations, space_.axes().size()), (space_.size() + 3) / 4);
}

/// From all that are known, so that the first runs see all of the space.
std::size_t Search::farthest() const {
    std::size_t chosen = space_.size();
    double most = -1;
    for (const std::size_t cell : candidates()) {
        double nearest = std::numeric_limits<double>::max();
        for (const auto& [other, shown] : known_) {
            double apart = 0;
            for (std::size_t axis = 0; axis < space_.axes().size(); ++axis)
                apart += space_.distance(axis, space_.point(cell), space_.point(other));
            nearest = std::min(nearest, apart);
        }
        if (nearest > most) {
            most = nearest;
            chosen = cell;
        }
    }
    return chosen;
}

void Search::learn() {
    if (learnt_) return;
    std::map<std::size_t, std::vector<Observation>> observations;
    for (const auto& [cell, shown] : known_) {
        for (const auto& [figure, value] : shown.values) observations[figure].push_back({cell, value, false});
        for (const auto& [figure, value] : shown.more_than)
            observations[figure].push_back({cell, value, true});
    }
    const bool careful =
        static_cast<double>(known_.size()) >= kMuchMore * static_cast<double>(learnt_carefully_);
    if (careful) learnt_carefully_ = known_.size();
    for (const auto& [figure, all] : observations) {
        auto& regression = regressions_.try_emplace(figure, space_).first->second;
        regression.learn(all, careful);
    }
    learnt_ = true;
}

const Regression* Search::regression(std::size_t figure) {
    learn();
    const auto found = regressions_.find(figure);
    return found == regressions_.end() || !found->second.any() ? nullptr : &found->second;
}

double Search::chance_of_holding(std::size_t cell) {
    learn();
    double chance = 1;
    for (const Bound& bound : goal_.bounds) {
        const auto found = regressions_.find(bound.figure);
        if (found == regressions_.end() || !bound.is_of(cell)) continue;
        if (bound.most) chance *= found->second.chance_of_at_most(cell, *bound.most);
        if (bound.least) chance *= 1 - found->second.chance_of_at_most(cell, *bound.least);
    }
    return chance;
}

std::optional<Suggestion> Search::next() {
    if (known_.size() < explorations()) {
        const std::size_t cell = farthest();
        if (cell == space_.size()) return std::nullopt;
        return Suggestion{cell, std::numeric_limits<double>::infinity(), true};
    }
    const Regression* const objective = regression(goal_.figure);
    const auto best_cell = best();
    const std::vector<std::size_t> cells = candidates();
    double incumbent = 0;
    if (best_cell) {
        incumbent = known_.at(*best_cell).values.at(goal_.figure);
    } else if (objective != nullptr) {  // worse than all, so that a gain is expected everywhere
        bool any = false;
        for (const std::size_t cell : cells) {
            const double value = objective->predict(cell).value;
            if (!any || (goal_.maximise ? value < incumbent : value > incumbent)) incumbent = value;
            any = true;
        }
    }
    std::optional<Suggestion> chosen;
    for (const std::size_t cell : cells) {
        const double gain =
            objective == nullptr ? 1 : objective->expected_gain(cell, incumbent, goal_.maximise);
        const double score = gain * chance_of_holding(cell);
        if (!chosen || score > chosen->expected_gain) chosen = Suggestion{cell, score, false};
    }
    if (chosen && !best_cell) chosen->expected_gain = std::numeric_limits<double>::infinity();
    return chosen;
}

}  // namespace tidemark::planning
