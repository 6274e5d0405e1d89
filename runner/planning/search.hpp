#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "planning/regression.hpp"
#include "planning/space.hpp"

namespace tidemark::planning {

/// A figure may not be above `most` nor below `least`.
struct Bound {
    std::size_t figure = 0;
    std::optional<double> most{};
    std::optional<double> least{};
    std::vector<bool> applies{};  ///< to which cells; empty: to all
    bool is_of(std::size_t cell) const { return applies.empty() || applies[cell]; }
};

/// What is looked for. Figures are numbered by whoever asks.
struct Goal {
    std::size_t figure = 0;  ///< that is to be as large or as small as can be
    bool maximise = true;
    std::vector<Bound> bounds{};
};

/// What a run has shown of a cell: of each figure its value, or what it lies above.
struct Shown {
    std::map<std::size_t, double> values;
    std::map<std::size_t, double> more_than{};
    bool never_holds = false;  ///< whatever the values are: it ran out of memory, or nothing bounds its peak
};

/// A cell that is worth a run, and why.
struct Suggestion {
    std::size_t cell = 0;
    double expected_gain = 0;  ///< over the best that is known to hold, as a share; infinite without one
    bool explores = false;     ///< chosen to see the space, before anything can be said of it
};

/// Looks for the best cell that holds all bounds, with few runs: first a handful far from each other, then
/// always the one with the greatest expected gain, weighed with the chance that it holds the bounds
/// (Schonlau, Welch and Jones 1998; Gardner et al. 2014).
class Search {
  public:
    Search(const Space& space, Goal goal);

    /// What is known of the cell from now on.
    void tell(std::size_t cell, const Shown& shown);
    /// It says nothing, and is not to be suggested again.
    void leave_out(std::size_t cell);

    /// The cell to run next; nothing where all were tried.
    std::optional<Suggestion> next();

    /// The best of those that were measured to hold all bounds.
    std::optional<std::size_t> best() const;
    /// Those that do, from the best on.
    std::vector<std::size_t> holding() const;
    bool holds(std::size_t cell) const;

    /// Those that were not tried; of a large space a part that is spread evenly, another one each time that
    /// more is known.
    std::vector<std::size_t> candidates() const;
    /// How many there are in all.
    std::size_t untried() const;

    /// Of what is known until now; null where nothing was measured of the figure.
    const Regression* regression(std::size_t figure);
    /// How likely the cell is to hold all bounds.
    double chance_of_holding(std::size_t cell);
    bool is_known(std::size_t cell) const { return known_.contains(cell) || left_out_.contains(cell); }
    const std::map<std::size_t, Shown>& known() const { return known_; }
    const Goal& goal() const { return goal_; }

  private:
    std::size_t explorations() const;
    std::size_t farthest() const;
    void learn();

    const Space& space_;
    Goal goal_;
    std::map<std::size_t, Shown> known_;
    std::set<std::size_t> left_out_;
    std::map<std::size_t, Regression> regressions_;
    bool learnt_ = false;               ///< all that is known
    std::size_t learnt_carefully_ = 0;  ///< of how many cells
};

}  // namespace tidemark::planning
