#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/change.hpp"
#include "store/run_groups.hpp"

namespace tidemark::analysis {

/// What became of one figure of a run.
struct FigureChange {
    std::string name;              ///< column of `results`, or `cpu_s`
    std::optional<double> before;  ///< median of the repeats that ended ok; none: no such figure
    std::optional<double> after;
    std::optional<Change> change;  ///< none where there are too few repeats
    std::string problem;           ///< why there is none

    Direction direction(double threshold) const {
        return change ? direction_of(*change, threshold) : Direction::Unclear;
    }
};

/// All figures that either side has: peak memory and times first, then metrics by name. Repeats that did not
/// end ok are left out; those with the same number are pairs.
std::vector<FigureChange> compare(const store::RunGroup& before, const store::RunGroup& after);

/// `peak memory rose by 5.1 % (95 % interval +4.8 % to +5.3 %)`, as one would say it. `name` is the figure's
/// as people read it.
std::string sentence(const std::string& name, const FigureChange& figure, double threshold);

}  // namespace tidemark::analysis
