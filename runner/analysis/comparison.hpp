#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/change.hpp"
#include "analysis/comparability.hpp"
#include "analysis/known_bounds.hpp"
#include "protocol/status.hpp"

namespace tidemark::analysis {

/// The figures of one repeat, as a comparison sees them.
struct MeasuredRepeat {
    std::string run_id;
    int number = 1;
    protocol::Status status = protocol::Status::Ok;
    std::map<std::string, double, std::less<>> figures;  ///< by name, without those that it has not
    Origin origin{};
    std::optional<KnownBounds> peak{};  ///< of its peak memory
};

/// What became of one figure of a run.
struct FigureChange {
    std::string name;              ///< column of `results`, or `cpu_s`
    std::optional<double> before;  ///< median of the repeats that ended ok; none: no such figure
    std::optional<double> after;
    std::optional<Change> change;            ///< none where there are too few repeats
    std::string problem;                     ///< why there is none
    bool comparable = true;                  ///< false: `problem` says why nothing is said of a change
    std::optional<std::size_t> too_few{};    ///< how many repeats both sides share, where they are too few
    std::string caveat{};                    ///< what differs beside the program and may have changed it
    std::optional<Interval> before_doubt{};  ///< where it may lie, of a peak that is not known for certain
    std::optional<Interval> after_doubt{};
    bool may_be_none = false;  ///< the bounds of both sides overlap

    /// Whether the guesses alone, without an interval, say something of a change.
    bool has_guess() const {
        return comparable && before && after && !before_doubt && !after_doubt && !may_be_none;
    }

    Direction direction(double threshold) const {
        return change ? direction_of(*change, threshold) : Direction::Unclear;
    }
};

/// What is unlike in how the repeats that ended ok were measured.
Comparability comparability_of(const std::vector<MeasuredRepeat>& before,
                               const std::vector<MeasuredRepeat>& after);

/// All figures that either side has: those of protocol::kComparedFigures first, then metrics by name. Repeats
/// that did not end ok are left out; those with the same number are pairs. `noise_of` says by what kind of
/// noise each is disturbed. A figure that cannot be compared has no change, and a peak none that its bounds
/// do not allow.
std::vector<FigureChange> compare(const std::vector<MeasuredRepeat>& before,
                                  const std::vector<MeasuredRepeat>& after,
                                  const std::function<Noise(const std::string& name)>& noise_of);

/// `peak memory rose by 5.1 % (95 % interval +4.8 % to +5.3 %)`, as one would say it. `name` is the figure's
/// as people read it.
std::string sentence(const std::string& name, const FigureChange& figure, double threshold);

}  // namespace tidemark::analysis
