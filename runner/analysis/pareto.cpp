#include "analysis/pareto.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace tidemark::analysis {

std::vector<bool> pareto_front(const std::vector<std::pair<double, double>>& points) {
    std::vector<std::size_t> order(points.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return points[i]; });
    std::vector<bool> on_front(points.size(), false);
    double least = std::numeric_limits<double>::infinity();  // of the second coordinate, so far
    for (std::size_t at = 0; at < order.size(); ++at) {
        const auto& point = points[order[at]];
        const bool equals_the_last = at > 0 && points[order[at - 1]] == point;
        on_front[order[at]] = equals_the_last ? on_front[order[at - 1]] : point.second < least;
        least = std::min(least, point.second);
    }
    return on_front;
}

}  // namespace tidemark::analysis
