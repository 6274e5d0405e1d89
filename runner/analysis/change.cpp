#include "analysis/change.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "protocol/peak_memory.hpp"

namespace tidemark::analysis {
namespace {

/// The medians of the bounds: the median of the truth lies between them. Nothing where a pair has none.
std::optional<Interval> median_bounds(const std::vector<Pair>& pairs, std::optional<Interval> Pair::*side) {
    std::vector<double> lows, highs;
    for (const Pair& pair : pairs) {
        if (!(pair.*side)) return std::nullopt;
        lows.push_back((pair.*side)->low);
        highs.push_back((pair.*side)->high);
    }
    return Interval{*median(lows), *median(highs)};
}

bool is_in_doubt(const Interval& bounds) {
    const auto high = std::isinf(bounds.high) ? std::nullopt : std::optional(bounds.high);
    return protocol::doubt_of_peak(bounds.low, high).has_value();
}

/// By how much a figure can have changed that lay in `before` and lies in `after`.
Interval allowed_change(const Interval& before, const Interval& after) {
    const double infinity = std::numeric_limits<double>::infinity();
    const double least = std::isinf(before.high) || before.high <= 0 ? -1 : after.low / before.high - 1;
    const double most = std::isinf(after.high) || before.low <= 0 ? infinity : after.high / before.low - 1;
    return {least, most};
}

void hold_to_bounds(Change& change, const std::vector<Pair>& pairs, Evidence evidence) {
    const auto before = median_bounds(pairs, &Pair::before_bounds);
    const auto after = median_bounds(pairs, &Pair::after_bounds);
    if (!before || !after) return;
    change.may_be_none = before->low <= after->high && after->low <= before->high;
    const bool close = !is_in_doubt(*before) && !is_in_doubt(*after);
    if (close && evidence == Evidence::BestGuess) return;
    const Interval allowed = allowed_change(*before, *after);
    change.by_bounds = true;
    change.interval = {std::max(-1.0, allowed.low - (change.relative - change.interval.low)),
                       allowed.high + (change.interval.high - change.relative)};
}

std::string signed_share(double share) {
    const double percent = share * 100;
    constexpr double kSmallest = 0.05;  // that one decimal shows
    return fmt::format("{:+.{}f} %", percent, percent != 0 && std::abs(percent) < kSmallest ? 3 : 1);
}

}  // namespace

double least_reach(Noise noise, Order order) {
    const bool in_turn = order == Order::InTurn;
    switch (noise) {
        case Noise::Memory:
            return 0.005;
        case Noise::CpuTime:
            return in_turn ? 0.04 : 0.10;
        case Noise::WallTime:
            return in_turn ? 0.06 : 0.15;
        case Noise::None:
            break;
    }
    return 0;
}

Order order_of(const std::vector<Pair>& pairs) {
    std::vector<Interval> starts;
    for (const Pair& pair : pairs) {
        if (!pair.started) return Order::Apart;
        starts.push_back(*pair.started);
    }
    std::ranges::sort(starts, {}, &Interval::low);
    const auto overlaps_next = [](const Interval& one, const Interval& next) { return one.high > next.low; };
    return std::ranges::adjacent_find(starts, overlaps_next) == starts.end() ? Order::InTurn : Order::Apart;
}

MeasuredChange measure_change(const std::vector<Pair>& pairs, Noise noise, Evidence evidence) {
    const auto is_odd = [](const Pair& pair) {
        return !std::isfinite(pair.before) || !std::isfinite(pair.after);
    };
    if (std::ranges::any_of(pairs, is_odd)) return {{}, "not all repeats are numbers"};
    if (pairs.size() < kFewestForAnInterval) {
        return {{},
                fmt::format(
                    "a change needs at least {} repeats on both sides, and there {} {}; `repeat: 5` makes "
                    "enough",
                    kFewestForAnInterval, pairs.size() == 1 ? "is" : "are", pairs.size()),
                pairs.size()};
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
        if (std::ranges::all_of(before, is_zero) && std::ranges::all_of(after, is_zero)) {
            hold_to_bounds(change, pairs, evidence);
            return {change, {}};
        }
        return {{}, "it was 0 before, of which nothing is a share; give it a `max` instead"};
    }
    std::vector<double> differences;
    for (const Pair& pair : pairs) differences.push_back((pair.after - pair.before) / whole);
    change.relative = (change.after - change.before) / whole;
    change.scatter = *standard_deviation(differences);
    change.extremes = {std::ranges::min(differences), std::ranges::max(differences)};
    const double middle = *median(differences);
    const Interval measured = *median_interval(differences);
    change.order = order_of(pairs);
    const bool is_time = noise == Noise::CpuTime || noise == Noise::WallTime;
    change.may_be_the_machines = is_time && change.order == Order::Apart;
    const double least = least_reach(noise, change.order);
    if (measured.high - middle < least) change.least_reach = least;
    const double reach = std::max(measured.high - middle, least);
    change.interval = {std::min(middle - reach, change.relative), std::max(middle + reach, change.relative)};
    hold_to_bounds(change, pairs, evidence);
    return {change, {}};
}

bool stays_below(const Change& change, double limit) {
    constexpr std::size_t kEnoughPairs = 5;
    const bool each_pair = !change.by_bounds && change.pairs >= kEnoughPairs && change.extremes.high <= limit;
    return change.interval.high <= limit || (each_pair && change.relative <= limit);
}

bool exceeds(const Change& change, double limit) {
    return change.interval.low > limit && !change.may_be_none;
}

std::string share_text(double share) {
    return fmt::format("{:.4g} %", share * 100);
}

std::string to_text(const Change& change) {
    if (change.by_bounds) {
        const std::string low = signed_share(change.interval.low);
        const std::string pairs = fmt::format("by the bounds ({} pairs)", change.pairs);
        if (std::isinf(change.interval.high)) return fmt::format("{} or more {}", low, pairs);
        return fmt::format("{} to {} {}", low, signed_share(change.interval.high), pairs);
    }
    return fmt::format("{} ({:.0f} % interval {} to {}, {} pairs)", signed_share(change.relative),
                       kConfidence * 100, signed_share(change.interval.low),
                       signed_share(change.interval.high), change.pairs);
}

Direction direction_of(const Change& change, double threshold) {
    if (exceeds(change, threshold)) return Direction::Rise;
    if (change.interval.high < -threshold && !change.may_be_none) return Direction::Fall;
    Change mirrored = change;
    mirrored.relative = -change.relative;
    mirrored.interval = {-change.interval.high, -change.interval.low};
    mirrored.extremes = {-change.extremes.high, -change.extremes.low};
    if (stays_below(change, threshold) && stays_below(mirrored, threshold)) return Direction::Same;
    return Direction::Unclear;
}

std::string why_no_closer(const Change& change) {
    if (!change.least_reach) return {};
    const std::string least = share_text(*change.least_reach);
    if (change.order == Order::InTurn)
        return fmt::format("repeats made in turn tell a change to {} and no closer", least);
    return fmt::format(
        "repeats made at two occasions tell a change to {} and no closer; those of one sweep, made in turn, "
        "tell more",
        least);
}

std::string machines_part(const Change& change) {
    return change.may_be_the_machines
               ? "; it may be the machine's speed that changed, for both sides were made at two occasions"
               : "";
}

std::string repeats_that_a_change_needs() {
    return fmt::format("A change needs at least {} repeats on both sides; `repeat: 5` makes enough.",
                       kFewestForAnInterval);
}

}  // namespace tidemark::analysis
