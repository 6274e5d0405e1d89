#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/interval.hpp"
#include "planning/search.hpp"
#include "results/known_runs.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::results {

/// The runs of a sweep as a space, by the parameters that are not the same in all.
planning::Space space_of(const sweep::Sweep& sweep);

/// What a search is to learn of a goal: figure 0 is what is looked for, figure 1 + n what bound n is about.
planning::Goal search_goal(const sweep::GoalDefinition& goal, std::size_t runs);

/// The columns that known_repeats() must be asked for, in the order of those figures.
std::vector<std::string> columns_of(const sweep::GoalDefinition& goal);

/// What is known of one run.
struct PlannedCell {
    std::vector<double> objective;  ///< of the repeats with the run's own parameters, in their order
    std::vector<std::optional<Interval>>
        bounds;  ///< of each bound, over the repeats; of a peak with its own bounds
    std::vector<std::vector<double>> values;  ///< of each bound's figure, of each repeat
    std::size_t measured = 0;                 ///< repeats with the run's own parameters that ended ok
    std::size_t probed = 0;                   ///< repeats of its probe that did
    bool out_of_memory = false;
    std::optional<double> more_than;   ///< its peak, where it ran out of memory
    std::string failure;               ///< the reason of another failure
    bool lacks_goal = false;           ///< one ended ok and did not report what is looked for
    bool lacks_bound = false;          ///< the same of a bound
    bool without_upper_bound = false;  ///< nothing bounds its peak from above
};

/// Where a plan stands, by what the database holds: the database is its only memory, so that it goes on
/// wherever it ended.
class PlanState {
  public:
    /// `wanted`: how many repeats prove an answer. The space and the sweep must outlive it.
    PlanState(const sweep::Sweep& sweep, const planning::Space& space, std::size_t wanted);

    /// All that is stored and current; `goal_text` is that of the plan, whose own runs are counted. What
    /// failed before `since`, for another reason than memory, is tried again.
    void take(const std::vector<KnownRepeat>& known, const std::vector<Making>& makings,
              const std::string& goal_text, const std::string& since);

    planning::Search& search() { return *search_; }
    const sweep::Sweep& sweep() const { return sweep_; }
    const sweep::GoalDefinition& goal() const { return *sweep_.goal(); }
    const PlannedCell* find(std::size_t run) const;
    const std::map<std::size_t, PlannedCell>& cells() const { return cells_; }
    const planning::Space& space() const { return space_; }

    /// Runs that this plan has made.
    std::size_t made() const { return made_; }
    std::size_t wanted() const { return wanted_; }
    /// Whether enough repeats of the run with its own parameters hold all bounds.
    bool is_proven(std::size_t run) const;
    /// How many runs are to be made yet until it is.
    std::size_t unproven_repeats(std::size_t run) const;
    /// The number that the next repeat of the run gets in a making.
    int next_repeat(std::size_t run, std::size_t making) const;

  private:
    void add(const KnownRepeat& own, bool is_probe);
    planning::Shown shown(std::size_t run, const PlannedCell& cell) const;

    const sweep::Sweep& sweep_;
    const planning::Space& space_;
    std::size_t wanted_;
    std::optional<planning::Search> search_;
    std::map<std::size_t, PlannedCell> cells_;
    std::map<std::size_t, PlannedCell> probes_;
    std::map<std::pair<std::size_t, std::size_t>, int> last_repeat_;  ///< by run and making
    std::size_t made_ = 0;
};

}  // namespace tidemark::results
