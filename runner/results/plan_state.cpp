#include "results/plan_state.hpp"

#include <algorithm>

#include "base/median.hpp"
#include "protocol/peak_memory.hpp"

namespace tidemark::results {
namespace {

bool is_peak(const sweep::GoalFigure& figure) {
    return figure.column == protocol::kPeakMemory.name;
}

void widen(std::optional<Interval>& interval, double low, double high) {
    if (!interval) {
        interval = Interval{low, high};
        return;
    }
    interval->low = std::min(interval->low, low);
    interval->high = std::max(interval->high, high);
}

}  // namespace

planning::Space space_of(const sweep::Sweep& sweep) {
    const std::vector<std::string>& names = sweep.varying();
    std::vector<std::vector<Value>> cells;
    cells.reserve(sweep.runs().size());
    for (const sweep::RunSpec& run : sweep.runs()) {
        std::vector<Value> own(names.size());
        for (const auto& [name, value] : sweep.parameters(run)) {
            const auto place = std::ranges::find(names, name);
            if (place != names.end()) own[static_cast<std::size_t>(place - names.begin())] = value;
        }
        cells.push_back(std::move(own));
    }
    return {names, cells};
}

planning::Goal search_goal(const sweep::GoalDefinition& goal, std::size_t runs) {
    planning::Goal out;
    out.maximise = goal.maximise;
    for (std::size_t i = 0; i < goal.bounds.size(); ++i) {
        const sweep::GoalBound& bound = goal.bounds[i];
        planning::Bound own{1 + i, bound.most, bound.least, {}};
        if (bound.runs.size() < runs) {
            own.applies.assign(runs, false);
            for (const std::size_t run : bound.runs) own.applies[run] = true;
        }
        out.bounds.push_back(std::move(own));
    }
    return out;
}

std::vector<std::string> columns_of(const sweep::GoalDefinition& goal) {
    std::vector<std::string> columns{goal.figure.column};
    for (const sweep::GoalBound& bound : goal.bounds) columns.push_back(bound.figure.column);
    return columns;
}

PlanState::PlanState(const sweep::Sweep& sweep, const planning::Space& space, std::size_t wanted)
    : sweep_(sweep), space_(space), wanted_(wanted) {
    search_.emplace(space_, search_goal(goal(), sweep.runs().size()));
}

const PlannedCell* PlanState::find(std::size_t run) const {
    const auto found = cells_.find(run);
    return found == cells_.end() ? nullptr : &found->second;
}

bool PlanState::is_proven(std::size_t run) const {
    const PlannedCell* const cell = find(run);
    return cell != nullptr && cell->measured >= wanted_ && search_->holds(run);
}

std::size_t PlanState::unproven_repeats(std::size_t run) const {
    const PlannedCell* const cell = find(run);
    const std::size_t measured = cell == nullptr ? 0 : cell->measured;
    return measured >= wanted_ ? 0 : wanted_ - measured;
}

int PlanState::next_repeat(std::size_t run, std::size_t making) const {
    const auto found = last_repeat_.find({run, making});
    return found == last_repeat_.end() ? 1 : found->second + 1;
}

void PlanState::take(const std::vector<KnownRepeat>& known, const std::vector<Making>& makings,
                     const std::string& goal_text, const std::string& since) {
    cells_.clear();
    probes_.clear();
    last_repeat_.clear();
    made_ = 0;
    for (const KnownRepeat& own : known) {
        if (!own.ok && !own.out_of_memory && own.started_at < since) continue;
        int& last = last_repeat_[{own.run, own.making}];
        last = std::max(last, own.repeat);
        if (own.plan == goal_text) ++made_;
        add(own, makings[own.making].is_probe);
    }
    // what a probe shows stands for the run until the run itself was made
    for (const auto& [run, probe] : probes_) {
        const auto [own, is_new] = cells_.try_emplace(run, probe);
        if (!is_new) own->second.probed = probe.probed;
    }
    for (const auto& [run, cell] : cells_) {
        const planning::Shown own = shown(run, cell);
        if (own.values.empty() && own.more_than.empty())
            search_->leave_out(run);
        else
            search_->tell(run, own);
    }
}

void PlanState::add(const KnownRepeat& own, bool is_probe) {
    PlannedCell& cell = (is_probe ? probes_ : cells_)[own.run];
    cell.bounds.resize(goal().bounds.size());
    cell.values.resize(goal().bounds.size());
    if (own.out_of_memory) {
        cell.out_of_memory = true;
        const auto least = own.memory_limit ? own.memory_limit : own.peak_low;
        if (least) cell.more_than = std::max(cell.more_than.value_or(0), *least);
        return;
    }
    if (!own.ok) {
        cell.failure = own.reason;
        return;
    }
    ++(is_probe ? cell.probed : cell.measured);
    if (own.figures.front())
        cell.objective.push_back(*own.figures.front());
    else
        cell.lacks_goal = true;
    for (std::size_t i = 0; i < goal().bounds.size(); ++i) {
        const auto& value = own.figures[1 + i];
        if (!value) {
            cell.lacks_bound = true;
            continue;
        }
        cell.values[i].push_back(*value);
        if (is_peak(goal().bounds[i].figure)) {
            cell.without_upper_bound = cell.without_upper_bound || !own.peak_high;
            widen(cell.bounds[i], own.peak_low.value_or(*value), own.peak_high.value_or(*value));
        } else {
            widen(cell.bounds[i], *value, *value);
        }
    }
}

/// The worst repeat counts for a bound, the median for what is looked for.
planning::Shown PlanState::shown(std::size_t, const PlannedCell& cell) const {
    planning::Shown out;
    if (cell.out_of_memory) {
        out.never_holds = true;
        if (!cell.more_than) return out;
        if (is_peak(goal().figure)) out.more_than[0] = *cell.more_than;
        for (std::size_t i = 0; i < goal().bounds.size(); ++i) {
            if (is_peak(goal().bounds[i].figure)) out.more_than[1 + i] = *cell.more_than;
        }
        return out;
    }
    if (cell.measured + cell.probed == 0 || cell.objective.empty() || cell.lacks_goal) return out;
    // one that fails now and then is no answer
    out.never_holds = !cell.failure.empty() || cell.lacks_bound || cell.without_upper_bound;
    out.values[0] = *median(cell.objective);
    for (std::size_t i = 0; i < goal().bounds.size(); ++i) {
        if (!cell.bounds[i]) continue;
        out.values[1 + i] = goal().bounds[i].most ? cell.bounds[i]->high : cell.bounds[i]->low;
        // of a bound from both sides the other side, too
        if (goal().bounds[i].most && goal().bounds[i].least && cell.bounds[i]->low < *goal().bounds[i].least)
            out.never_holds = true;
    }
    return out;
}

}  // namespace tidemark::results
