#include "analysis/change.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace tidemark::analysis {

double least_reach(Noise noise) {
    switch (noise) {
        case Noise::Memory:
            return 0.005;
        case Noise::CpuTime:
            return 0.04;
        case Noise::WallTime:
            return 0.06;
        case Noise::None:
            break;
    }
    return 0;
}

MeasuredChange measure_change(const std::vector<Pair>& pairs, Noise noise) {
    const auto is_odd = [](const Pair& pair) {
        return !std::isfinite(pair.before) || !std::isfinite(pair.after);
    };
    if (std::ranges::any_of(pairs, is_odd)) return {{}, "not all repeats are numbers"};
    if (pairs.size() < kFewestForAnInterval) {
        return {{},
                fmt::format(
                    "a change needs at least {} repeats on both sides, and there {} {}; `repeat: 5` makes "
                    "enough",
                    kFewestForAnInterval, pairs.size() == 1 ? "is" : "are", pairs.size())};
    }
    std::vector<double> before, after;
    for (const Pair& pair : pairs) {
        before.push_back(pair.before);
        after.push_back(pair.after);
    }
    Change change;
    change.before = *median(before);
    change.after = *median(after);
    change.pairs = pairs.size();
    const double whole = std::abs(change.before);
    if (whole == 0) {
        const auto is_zero = [](double value) { return value == 0; };
        if (std::ranges::all_of(before, is_zero) && std::ranges::all_of(after, is_zero)) return {change, {}};
        return {{}, "it was 0 before, of which nothing is a share; give it a `max` instead"};
    }
    std::vector<double> differences;
    for (const Pair& pair : pairs) differences.push_back((pair.after - pair.before) / whole);
    change.relative = (change.after - change.before) / whole;
    change.scatter = *standard_deviation(differences);
    change.extremes = {std::ranges::min(differences), std::ranges::max(differences)};
    const double middle = *median(differences);
    const Interval measured = *median_interval(differences);
    const double reach = std::max(measured.high - middle, least_reach(noise));
    change.interval = {std::min(middle - reach, change.relative), std::max(middle + reach, change.relative)};
    return {change, {}};
}

bool stays_below(const Change& change, double limit) {
    constexpr std::size_t kEnoughPairs = 5;
    const bool each_pair = change.pairs >= kEnoughPairs && change.extremes.high <= limit;
    return change.interval.high <= limit || (each_pair && change.relative <= limit);
}

std::string share_text(double share) {
    return fmt::format("{:.4g} %", share * 100);
}

std::string to_text(const Change& change) {
    const auto signed_share = [](double share) {
        const double percent = share * 100;
        constexpr double kSmallest = 0.05;  // that one decimal shows
        return fmt::format("{:+.{}f} %", percent, percent != 0 && std::abs(percent) < kSmallest ? 3 : 1);
    };
    return fmt::format("{} ({:.0f} % interval {} to {}, {} pairs)", signed_share(change.relative),
                       kConfidence * 100, signed_share(change.interval.low),
                       signed_share(change.interval.high), change.pairs);
}

Direction direction_of(const Change& change, double threshold) {
    if (change.interval.low > threshold) return Direction::Rise;
    if (change.interval.high < -threshold) return Direction::Fall;
    Change mirrored = change;
    mirrored.relative = -change.relative;
    mirrored.interval = {-change.interval.high, -change.interval.low};
    mirrored.extremes = {-change.extremes.high, -change.extremes.low};
    if (stays_below(change, threshold) && stays_below(mirrored, threshold)) return Direction::Same;
    return Direction::Unclear;
}

}  // namespace tidemark::analysis
