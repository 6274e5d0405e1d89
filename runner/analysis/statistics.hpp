#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/interval.hpp"
#include "base/median.hpp"

namespace tidemark::analysis {

/// Square root of the unbiased variance; nothing of fewer than two values.
std::optional<double> standard_deviation(const std::vector<double>& values);

/// Fewer values than these say nothing of their own scatter.
inline constexpr std::size_t kFewestForAnInterval = 3;

/// The confidence of every interval that is shown or that decides: two-sided.
inline constexpr double kConfidence = 0.95;

/// Where the median of what the values are drawn from lies, with kConfidence; nothing of fewer than
/// kFewestForAnInterval values or of values that are not finite.
///
/// The standard error of the median is had from two order statistics, without any assumption on the
/// distribution: R. M. Price and D. G. Bonett, "Estimating the variance of the sample median", Journal of
/// Statistical Computation and Simulation 68 (2001), 295–305. It is multiplied by the quantile of Student's t
/// with n − 1 degrees of freedom instead of the normal one that they use, which covers too seldom with three
/// to five values. tests/benchmarks/false_alarms.cpp shows how often it errs.
std::optional<Interval> median_interval(std::vector<double> values);

/// How far off the median of what the values are drawn from may lie, by median_interval, as a share of their
/// own median; infinite where there is no interval, or where that is 0 and they are not all alike.
double median_doubt(const std::vector<double>& values);

}  // namespace tidemark::analysis
