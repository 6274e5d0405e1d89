#include "tables/figure_text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/units.hpp"

namespace tidemark::tables {
using protocol::Unit;

namespace {

constexpr double kMostBytes = 9.2e18;  // below 2^63, so that the conversion is defined

/// Three digits at most: a rate is a time, and none is known more closely.
std::string rate_text(double value) {
    const double size = std::abs(value);
    if (size < 100) return fmt::format("{:.1f}", value);
    const double unit = std::pow(10, std::floor(std::log10(size)) - 2);
    return fmt::format("{:.0f}", std::round(value / unit) * unit);
}

}  // namespace

std::string figure_text(double value, Unit unit) {
    if (!std::isfinite(value)) return std::isnan(value) ? "NaN" : value > 0 ? "∞" : "-∞";
    switch (unit) {
        case Unit::Bytes:
            if (std::abs(value) >= kMostBytes) return fmt::format("{:.4g} B", value);
            return to_text(Bytes{std::llround(value)});
        case Unit::Seconds:
            return to_text(Seconds{value});
        case Unit::Fraction:
            return fmt::format("{:.1f} %", value * 100);
        case Unit::PerSecond:
            return fmt::format("{} per s", rate_text(value));
        case Unit::BytesPerSecond:
            return figure_text(value, Unit::Bytes) + "/s";
        default:
            return fmt::format("{:.4g}", value);
    }
}

std::string doubt_text(const Interval& doubt, Unit unit) {
    std::string low = figure_text(doubt.low, unit);
    if (std::isinf(doubt.high)) return "≥ " + low;
    const std::string high = figure_text(doubt.high, unit);
    // the unit once, where it is the same
    const std::size_t blank = low.rfind(' ');
    if (blank != std::string::npos && high.ends_with(low.substr(blank))) low.resize(blank);
    return fmt::format("{}–{}", low, high);
}

std::string exact_text(double value) {
    constexpr double kLargestExact = 9007199254740992.0;  // 2^53
    if (!std::isfinite(value)) return figure_text(value, Unit::None);
    if (value == std::floor(value) && std::abs(value) <= kLargestExact) return fmt::format("{:.0f}", value);
    return fmt::format("{}", value);
}

std::string named_figure(std::string_view name, double value, Unit unit) {
    const std::string heading = protocol::heading_of(name, unit);
    if (unit != Unit::PerSecond || !std::isfinite(value)) return heading + " " + figure_text(value, unit);
    return fmt::format("{} {}/s", rate_text(value), heading);
}

}  // namespace tidemark::tables
