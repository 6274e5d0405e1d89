#include "analysis/limit_search.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include <boost/math/distributions/normal.hpp>

#include "analysis/statistics.hpp"

namespace tidemark::analysis {
namespace {

constexpr std::int64_t kStep = 64 * kKibibyte;
constexpr double kWantedShare = 0.01;
constexpr double kWantedBytes = 4.0 * kMebibyte;

/// The least need that is thought of, as a share of what is enough: pages of files can be dropped.
constexpr double kLeast = 1.0 / 64;
constexpr int kMeans = 1500;  // about 0.3 % apart
constexpr std::array kDeviations{0.0003, 0.001, 0.002, 0.004, 0.008, 0.016, 0.03, 0.06};
/// Below what cannot be reclaimed: swap, and samples that caught a moment's more, make it possible.
constexpr double kWeightBelow = 0.02;
constexpr double kSharePassing = 0.999;

/// How likely the scatter of the peaks is where the need's deviation is this: that of a normal distribution,
/// whose mean is any.
double likelihood_of_scatter(const std::vector<double>& peaks, double deviation) {
    const auto scatter = standard_deviation(peaks);
    if (!scatter) return 1;
    const auto degrees = static_cast<double>(peaks.size() - 1);
    const double mean = std::accumulate(peaks.begin(), peaks.end(), 0.0) / static_cast<double>(peaks.size());
    // what is below the grid is as its first point
    const double ratio = std::max(*scatter / mean, kDeviations.front()) / deviation;
    return std::pow(ratio, degrees) * std::exp(-degrees * ratio * ratio / 2);
}

double up_to_step(double bytes) {
    return std::ceil(bytes / static_cast<double>(kStep)) * static_cast<double>(kStep);
}

}  // namespace

LimitSearch::LimitSearch(const KnownNeed& known) {
    // what is charged without a limit is enough, but for the pages that are charged ahead and so may be
    // missing
    constexpr double kAbove = 1.02;
    const double enough = std::ranges::max(known.peaks) * kAbove + kWantedBytes;
    const double ratio = std::pow(1 / kLeast, 1.0 / (kMeans - 1));
    double mean = enough * kLeast;
    for (int i = 0; i < kMeans; ++i, mean *= ratio) {
        const bool below = mean < static_cast<double>(known.cannot_be_reclaimed.value);
        for (const double deviation : kDeviations)
            pairs_.push_back({mean, deviation,
                              (below ? kWeightBelow : 1) * likelihood_of_scatter(known.peaks, deviation)});
    }
    normalise();
}

void LimitSearch::normalise() {
    double sum = 0;
    for (const Pair& pair : pairs_) sum += pair.weight;
    for (Pair& pair : pairs_) pair.weight /= sum;
}

void LimitSearch::add(const LimitTrial& trial) {
    // a run may end otherwise for a reason that no model has: no trial makes anything impossible
    constexpr double kAnythingElse = 0.002;
    const boost::math::normal standard;
    for (Pair& pair : pairs_) {
        const double limit = static_cast<double>(trial.limit.value);
        const double errors = (limit - pair.mean) / (pair.deviation * pair.mean);
        const double ends_well = boost::math::cdf(standard, std::clamp(errors, -30.0, 30.0));
        pair.weight *=
            kAnythingElse + (1 - 2 * kAnythingElse) * (trial.ended_well ? ends_well : 1 - ends_well);
    }
    normalise();
    if (!trial.ended_well) largest_failed_ = std::max(largest_failed_, trial.limit);
}

double LimitSearch::mean_at(double share) const {
    double sum = 0;
    for (const Pair& pair : pairs_) {
        sum += pair.weight;
        if (sum >= share) return pair.mean;
    }
    return pairs_.back().mean;
}

Bytes LimitSearch::next() const {
    return {static_cast<std::int64_t>(up_to_step(mean_at(0.5)))};
}

Interval LimitSearch::mean_need() const {
    return {mean_at((1 - kConfidence) / 2), mean_at((1 + kConfidence) / 2)};
}

bool LimitSearch::is_known() const {
    const Interval need = mean_need();
    return need.high - need.low <= std::max(kWantedShare * need.high, kWantedBytes);
}

Bytes LimitSearch::recommended() const {
    const double errors = boost::math::quantile(boost::math::normal(), kSharePassing);
    std::vector<std::pair<double, double>> limits;  // each with its probability
    limits.reserve(pairs_.size());
    for (const Pair& pair : pairs_)
        limits.emplace_back(pair.mean * (1 + errors * pair.deviation), pair.weight);
    std::ranges::sort(limits);
    double sum = 0;
    const auto found = std::ranges::find_if(limits, [&](const auto& limit) {
        sum += limit.second;
        return sum >= kConfidence;
    });
    const double limit = found == limits.end() ? limits.back().first : found->first;
    const auto above_failed = static_cast<double>(largest_failed_.value + kStep);
    return {static_cast<std::int64_t>(up_to_step(std::max(limit, above_failed)))};
}

}  // namespace tidemark::analysis
