#include "analysis/trend.hpp"

#include <algorithm>
#include <cmath>

#include <boost/math/distributions/normal.hpp>

#include "analysis/statistics.hpp"

namespace tidemark::analysis {
namespace {

/// From here on the normal distribution is as good, and half a million slopes need not be sorted.
constexpr std::size_t kMostExact = 40;
constexpr std::size_t kMostPoints = 500;

/// How many of the N slopes lie below the true one is distributed as the inversions of a random order. The
/// largest r for which r or more slopes lie on either side of it with kConfidence: P(inversions < r) ≤ α/2.
std::size_t exact_rank(std::size_t n) {
    std::vector<double> share{1};  // of all orders of so many, those with 0, 1, … inversions
    for (std::size_t size = 2; size <= n; ++size) {
        std::vector<double> next(share.size() + size - 1, 0);
        for (std::size_t inversions = 0; inversions < share.size(); ++inversions) {
            for (std::size_t more = 0; more < size; ++more)
                next[inversions + more] += share[inversions] / static_cast<double>(size);
        }
        share = std::move(next);
    }
    double below = 0;
    std::size_t rank = 0;
    while ((below += share[rank]) <= (1 - kConfidence) / 2) ++rank;
    return rank;
}

/// The same by the normal distribution with the variance of Kendall's S.
std::size_t normal_rank(std::size_t n) {
    const auto points = static_cast<double>(n);
    const double slopes = points * (points - 1) / 2;
    const double deviation = std::sqrt(points * (points - 1) * (2 * points + 5) / 18);
    const double reach = boost::math::quantile(boost::math::normal(), (1 + kConfidence) / 2) * deviation;
    return static_cast<std::size_t>(std::floor((slopes - reach) / 2));
}

void leave_out_some(std::vector<std::pair<double, double>>& points) {
    if (points.size() <= kMostPoints) return;
    std::vector<std::pair<double, double>> kept;
    for (std::size_t i = 0; i < kMostPoints; ++i)
        kept.push_back(points[i * (points.size() - 1) / (kMostPoints - 1)]);
    points = std::move(kept);
}

}  // namespace

std::optional<Trend> trend_of(std::vector<std::pair<double, double>> points) {
    if (points.size() < kFewestForATrend) return std::nullopt;
    std::ranges::sort(points);
    leave_out_some(points);
    std::vector<double> slopes;
    for (std::size_t i = 0; i < points.size(); ++i) {
        for (std::size_t j = i + 1; j < points.size(); ++j) {
            slopes.push_back((points[j].second - points[i].second) / (points[j].first - points[i].first));
            if (!std::isfinite(slopes.back())) return std::nullopt;
        }
    }
    std::ranges::sort(slopes);
    const std::size_t rank =
        points.size() <= kMostExact ? exact_rank(points.size()) : normal_rank(points.size());
    return Trend{median_of_sorted(slopes), {slopes[rank - 1], slopes[slopes.size() - rank]}};
}

}  // namespace tidemark::analysis
