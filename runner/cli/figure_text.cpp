#include "cli/figure_text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/units.hpp"

namespace tidemark::cli {
namespace {

using protocol::Unit;

std::string_view suffix_of(Unit unit) {
    switch (unit) {
        case Unit::Bytes:
            return "_bytes";
        case Unit::Seconds:
            return "_s";
        case Unit::PerSecond:
            return "_per_s";
        default:
            return "";
    }
}

}  // namespace

std::string figure_text(double value, Unit unit) {
    if (!std::isfinite(value)) return std::isnan(value) ? "NaN" : value > 0 ? "∞" : "-∞";
    switch (unit) {
        case Unit::Bytes:
            return to_text(Bytes{std::llround(value)});
        case Unit::Seconds:
            return to_text(Seconds{value});
        case Unit::Fraction:
            return fmt::format("{:.1f} %", value * 100);
        case Unit::PerSecond:
            return fmt::format("{:.{}f} per s", value, value < 100 ? 1 : 0);
        default:
            return fmt::format("{:.4g}", value);
    }
}

std::string exact_text(double value) {
    constexpr double kLargestExact = 9007199254740992.0;  // 2^53
    if (value == std::floor(value) && std::abs(value) <= kLargestExact) return fmt::format("{:.0f}", value);
    return fmt::format("{}", value);
}

std::string named_figure(std::string_view name, double value, Unit unit) {
    const std::string heading = heading_of(name, unit);
    if (unit != Unit::PerSecond || !std::isfinite(value)) return heading + " " + figure_text(value, unit);
    return fmt::format("{:.{}f} {}/s", value, value < 100 ? 1 : 0, heading);
}

Unit unit_of_column(std::string_view name) {
    if (name.ends_with("_bytes")) return Unit::Bytes;
    if (name.ends_with("_per_s")) return Unit::PerSecond;
    if (name.ends_with("_s")) return Unit::Seconds;
    return name == "accuracy" ? Unit::Fraction : Unit::None;
}

std::string heading_of(std::string_view name, Unit unit) {
    const std::string_view suffix = suffix_of(unit);
    if (name.size() > suffix.size() && name.ends_with(suffix)) name.remove_suffix(suffix.size());
    std::string heading(name);
    std::ranges::replace(heading, '_', ' ');
    return heading;
}

}  // namespace tidemark::cli
