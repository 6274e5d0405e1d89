#include "analysis/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace tidemark::analysis {
namespace {

/// By Price and Bonett: the order statistics c from both ends are as far apart as so many standard errors of
/// a normal distribution as their coverage of the median tells.
double standard_error_of_median(const std::vector<double>& sorted) {
    const auto n = static_cast<double>(sorted.size());
    const auto c = std::max(1L, std::lround((n + 1) / 2 - std::sqrt(n)));
    const double outside = 2 * boost::math::cdf(boost::math::binomial(n, 0.5), static_cast<double>(c - 1));
    const double errors = boost::math::quantile(boost::math::normal(), 1 - outside / 2);
    const auto rank = static_cast<std::size_t>(c);
    return (sorted[sorted.size() - rank] - sorted[rank - 1]) / (2 * errors);
}

}  // namespace

std::optional<double> standard_deviation(const std::vector<double>& values) {
    if (values.size() < 2) return std::nullopt;
    const auto n = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double squares = 0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    return std::sqrt(squares / (n - 1));
}

std::optional<Interval> median_interval(std::vector<double> values) {
    if (values.size() < kFewestForAnInterval) return std::nullopt;
    if (!std::ranges::all_of(values, [](double value) { return std::isfinite(value); })) return std::nullopt;
    std::ranges::sort(values);
    const boost::math::students_t student(static_cast<double>(values.size() - 1));
    const double reach =
        boost::math::quantile(student, (1 + kConfidence) / 2) * standard_error_of_median(values);
    const double middle = median_of_sorted(values);
    return Interval{middle - reach, middle + reach};
}

double median_doubt(const std::vector<double>& values) {
    const auto interval = median_interval(values);
    if (!interval) return std::numeric_limits<double>::infinity();
    const double reach = (interval->high - interval->low) / 2;  // the median is in the middle
    if (reach == 0) return 0;
    const double middle = std::abs(interval->low + reach);
    return middle == 0 ? std::numeric_limits<double>::infinity() : reach / middle;
}

}  // namespace tidemark::analysis
