#pragma once

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>

#include "base/interval.hpp"

namespace tidemark::protocol {

/// A figure that is a best guess, and lies between two others.
struct BoundedFigure {
    std::string_view name;
    std::string_view low;
    std::string_view high;
    std::string_view method;  ///< the column that tells how it was measured; empty: there is none
};
inline constexpr BoundedFigure kPeakMemory{"peak_rss_bytes", "peak_rss_low_bytes", "peak_rss_high_bytes",
                                           "memory_method"};
inline constexpr BoundedFigure kGrowth{
    "growth_bytes_per_epoch", "growth_low_bytes_per_epoch", "growth_high_bytes_per_epoch", {}};

/// Null where the figure is what it is.
constexpr const BoundedFigure* find_bounded(std::string_view name) {
    return name == kPeakMemory.name ? &kPeakMemory : name == kGrowth.name ? &kGrowth : nullptr;
}

/// From where to where such a figure may lie, in bytes; infinity where nothing bounds it from above. Nothing
/// where the bounds are so close (2 MiB, or 2 %) that the best guess says it all, and where there are none.
constexpr std::optional<Interval> doubt_of_peak(std::optional<double> low, std::optional<double> high) {
    constexpr double kClose = 2.0 * 1024 * 1024;
    constexpr double kShare = 0.02;
    if (!low) return std::nullopt;
    if (!high) return Interval{*low, std::numeric_limits<double>::infinity()};
    if (*high - *low <= std::max(kClose, *high * kShare)) return std::nullopt;
    return Interval{*low, *high};
}

}  // namespace tidemark::protocol
