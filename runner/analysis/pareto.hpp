#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace tidemark::analysis {

/// Which of the points are on the Pareto front, where less is better in both coordinates: those for which no
/// other point is at most as large in both and smaller in one. Equal points are on it together.
std::vector<bool> pareto_front(const std::vector<std::pair<double, double>>& points);

}  // namespace tidemark::analysis
