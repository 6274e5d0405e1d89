#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "base/interval.hpp"
#include "planning/regression.hpp"
#include "results/known_runs.hpp"

namespace tidemark::results {

/// What is estimated, in the order of Estimate::figures.
inline constexpr std::array<std::string_view, 2> kEstimatedFigures{"peak_rss_bytes", "wall_s"};

struct EstimatedFigure {
    double value = 0;
    std::optional<Interval> interval{};  ///< of repeats, or where a measurement will lie
    bool measured = false;
};

/// What a run of a sweep takes, measured or predicted from the others.
struct Estimate {
    std::array<std::optional<EstimatedFigure>, kEstimatedFigures.size()> figures;
    std::size_t repeats = 0;          ///< that ended ok
    std::optional<double> more_than;  ///< its peak, where it ran out of memory
    /// Of a measured peak: from the least that any repeat can have taken to the most; nothing where one has
    /// no bound.
    std::optional<Interval> peak_bounds{};
};

/// Fewer measured runs predict too little of others.
inline constexpr std::size_t kFewestForEstimates = 4;

/// Of all runs of the first making's sweep. The others are of the same runs under other limits.
std::vector<Estimate> estimates(sql::Connection& connection, store::CurrentSets& sets,
                                const std::vector<Making>& makings);

}  // namespace tidemark::results
