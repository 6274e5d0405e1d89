#pragma once

#include <optional>
#include <string>
#include <vector>

#include "results/estimates.hpp"

namespace tidemark::results {

/// A parameter that is another in two runs, with its values as commands are told them.
struct ChangedParameter {
    std::string name;
    std::string before;
    std::string after;
};

/// What helps a run most that ran out of memory, of all that changes one parameter, and what follows from it.
struct Advice {
    std::size_t run = 0;                    ///< that takes less, by its index
    std::vector<ChangedParameter> changes;  ///< one, and what the sweep derives from it or links with it
    EstimatedFigure peak;                   ///< of that run: measured, or predicted with its interval
    std::optional<Interval> peak_bounds;    ///< where it is measured: what it can have been
    double more_than = 0;                   ///< what the run that failed took at least
    std::size_t measured_runs = 0;          ///< that predictions rest on
};

/// For the run by that index. Nothing where it did not run out of memory, or where of no run that differs in
/// one parameter it was measured, or is expected with the confidence of its interval, that it takes less.
std::optional<Advice> advice_for(const sweep::Sweep& sweep, const std::vector<Estimate>& estimates,
                                 std::size_t failed);

/// The same for the runs by these names, as far as there is any for them, from what is stored and current of
/// the sweep as it is; by name. Nothing for sweeps that are too large to predict all of within a moment.
std::vector<std::pair<std::string, Advice>> advice_for(sql::Connection& connection, const sweep::Sweep& sweep,
                                                       const std::vector<std::string>& failed);

}  // namespace tidemark::results
