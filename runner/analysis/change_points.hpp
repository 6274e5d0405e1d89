#pragma once

#include <cstddef>
#include <vector>

namespace tidemark::analysis {

/// Fewer values on one side than these make no step.
inline constexpr std::size_t kFewestOfALevel = 3;

/// Where a series of values steps to another level: the index of the first value of each new level, in order.
///
/// E-divisive means, as it is used for the performance of programs: D. S. Matteson and N. A. James, "A
/// nonparametric approach for multiple change point analysis of multivariate data", Journal of the American
/// Statistical Association 109 (2014), 334–345; D. Daly et al., "The use of change point detection to
/// identify software performance regressions in a continuous integration system", ICPE 2020. The series is
/// split where the energy distance of both sides is greatest, as long as fewer than 1 in 20 of its
/// permutations has a greater one; then each side by itself. The permutations are drawn with a fixed seed, so
/// that the same series gives the same steps.
std::vector<std::size_t> change_points(const std::vector<double>& values);

}  // namespace tidemark::analysis
