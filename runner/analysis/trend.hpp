#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "base/interval.hpp"

namespace tidemark::analysis {

/// Of fewer points no order is so rare that an interval of kConfidence could be had: of five, one in 120.
inline constexpr std::size_t kFewestForATrend = 5;

/// By how much a figure rises from one place to the next, and where that lies with kConfidence.
struct Trend {
    double slope = 0;
    Interval interval;
};

/// The median of the slopes between all pairs of points, and the two of them that bound the true one: P. K.
/// Sen, "Estimates of the regression coefficient based on Kendall's tau", Journal of the American Statistical
/// Association 63 (1968), 1379–1389. It assumes nothing of how the figures scatter but that it is alike at
/// all places, and 29 % of them may be anything. `points`: place and figure, each place once; of many some
/// are left out, evenly. Nothing of fewer than kFewestForATrend, or of what is not finite.
std::optional<Trend> trend_of(std::vector<std::pair<double, double>> points);

}  // namespace tidemark::analysis
