#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/change.hpp"
#include "protocol/status.hpp"

namespace tidemark::analysis {

/// The figures of one repeat, as a comparison sees them.
struct MeasuredRepeat {
    std::string run_id;
    int number = 1;
    protocol::Status status = protocol::Status::Ok;
    std::map<std::string, double, std::less<>> figures;  ///< by name, without those that it has not
};

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

/// All figures that either side has: those of protocol::kComparedFigures first, then metrics by name. Repeats
/// that did not end ok are left out; those with the same number are pairs. `noise_of` says by what kind of
/// noise each is disturbed.
std::vector<FigureChange> compare(const std::vector<MeasuredRepeat>& before,
                                  const std::vector<MeasuredRepeat>& after,
                                  const std::function<Noise(const std::string& name)>& noise_of);

/// `peak memory rose by 5.1 % (95 % interval +4.8 % to +5.3 %)`, as one would say it. `name` is the figure's
/// as people read it.
std::string sentence(const std::string& name, const FigureChange& figure, double threshold);

}  // namespace tidemark::analysis
