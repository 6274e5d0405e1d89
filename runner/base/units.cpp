#include "base/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "base/suggestion.hpp"

namespace tidemark {
namespace {

struct Unit {
    std::string_view name;
    double factor;
};

constexpr std::array kByteUnits{Unit{"B", 1},
                                Unit{"kB", 1e3},
                                Unit{"KiB", 1024},
                                Unit{"MB", 1e6},
                                Unit{"MiB", 1048576},
                                Unit{"GB", 1e9},
                                Unit{"GiB", 1073741824.0},
                                Unit{"TB", 1e12},
                                Unit{"TiB", 1099511627776.0}};
constexpr std::array kTimeUnits{Unit{"ms", 1e-3}, Unit{"s", 1}, Unit{"min", 60}, Unit{"h", 3600},
                                Unit{"d", 86400}};

/// For what programs write and what is held against it; as a limit nobody would give them.
constexpr std::array kSmallTimeUnits{Unit{"us", 1e-6}, Unit{"µs", 1e-6}, Unit{"μs", 1e-6}, Unit{"ns", 1e-9}};

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

struct NumberAndUnit {
    double number = 0;
    std::string_view unit;
};

std::optional<NumberAndUnit> split(std::string_view text) {
    text = trimmed(text);
    NumberAndUnit parts;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parts.number);
    if (error != std::errc{} || !std::isfinite(parts.number)) return std::nullopt;
    parts.unit = trimmed(text.substr(static_cast<std::size_t>(end - text.data())));
    return parts;
}

std::string unit_names(std::span<const Unit> units) {
    std::string names;
    for (const Unit& unit : units) names += (names.empty() ? "" : ", ") + std::string(unit.name);
    return names;
}

struct Scaled {
    std::optional<double> number;
    std::string problem;
};

/// What people write for a unit of ours, and which one they most likely mean.
constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kLikelyUnits{
    {{"k", "KiB"},       {"K", "KiB"},  {"Ki", "KiB"},   {"M", "MiB"},     {"Mi", "MiB"},   {"G", "GiB"},
     {"Gi", "GiB"},      {"g", "GiB"},  {"T", "TiB"},    {"Ti", "TiB"},    {"m", "MiB"},    {"m", "min"},
     {"sec", "s"},       {"secs", "s"}, {"second", "s"}, {"seconds", "s"}, {"mins", "min"}, {"minute", "min"},
     {"minutes", "min"}, {"hr", "h"},   {"hour", "h"},   {"hours", "h"},   {"day", "d"},    {"days", "d"}}};

/// ` (did you mean '1 GiB'?)`: the same number with a unit that there is.
std::string meant(std::string_view number, std::string_view unit,
                  const std::vector<std::string_view>& names) {
    for (const auto& [written, likely] : kLikelyUnits) {
        if (written == unit && std::ranges::find(names, likely) != names.end())
            return fmt::format(" (did you mean '{} {}'?)", number, likely);
    }
    return did_you_mean(unit, names);
}

/// `rare`: units that are understood, too, and not proposed.
Scaled parse_with_units(std::string_view text, std::span<const Unit> units, std::string_view example,
                        std::span<const Unit> rare = {}) {
    const auto parts = split(text);
    if (!parts)
        return {std::nullopt, fmt::format("'{}' is not a number with a unit, such as '{}'", text, example)};
    if (parts->number < 0) return {std::nullopt, fmt::format("'{}' is negative", text)};
    if (parts->unit.empty()) return {parts->number, {}};
    for (const Unit& unit : rare) {
        if (unit.name == parts->unit) return {parts->number * unit.factor, {}};
    }
    std::vector<std::string_view> names;
    for (const Unit& unit : units) {
        if (unit.name == parts->unit) return {parts->number * unit.factor, {}};
        names.push_back(unit.name);
    }
    const std::string_view whole = trimmed(text);
    const std::string_view number = trimmed(whole.substr(0, whole.size() - parts->unit.size()));
    return {std::nullopt, fmt::format("unknown unit '{}' in '{}'{}; units are {}", parts->unit, text,
                                      meant(number, parts->unit, names), unit_names(units))};
}

}  // namespace

ParsedQuantity<Bytes> parse_bytes(std::string_view text) {
    const Scaled scaled = parse_with_units(text, kByteUnits, "512 MiB");
    if (!scaled.number) return {std::nullopt, scaled.problem};
    constexpr double kLargest = 9.2e18;  // below 2^63, so that the conversion is defined
    if (*scaled.number > kLargest) return {std::nullopt, fmt::format("'{}' is too large", text)};
    if (*scaled.number != std::floor(*scaled.number) && *scaled.number < 1024) {
        return {std::nullopt, fmt::format("'{}' is not a whole number of bytes", text)};
    }
    return {Bytes{static_cast<std::int64_t>(std::llround(*scaled.number))}, {}};
}

ParsedQuantity<Seconds> parse_seconds(std::string_view text) {
    const Scaled scaled = parse_with_units(text, kTimeUnits, "90 s", kSmallTimeUnits);
    if (!scaled.number) return {std::nullopt, scaled.problem};
    return {Seconds{*scaled.number}, {}};
}

ParsedQuantity<double> parse_share(std::string_view text) {
    const auto parts = split(text);
    if (!parts) return {std::nullopt, fmt::format("'{}' is not a share, such as '85 %' or '0.85'", text)};
    if (parts->unit == "%") return {parts->number / 100, {}};
    if (!parts->unit.empty()) {
        return {std::nullopt, fmt::format("unknown unit '{}' in '{}'; a share is written '85 %' or '0.85'",
                                          parts->unit, text)};
    }
    if (parts->number > 1) {
        return {std::nullopt,
                fmt::format("'{0}' is above 1 for a share; did you mean '{0} %'?", trimmed(text))};
    }
    return {parts->number, {}};
}

std::string to_text(Bytes amount) {
    constexpr std::array kNames{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double number = static_cast<double>(amount.value);
    std::size_t unit = 0;
    while (std::abs(number) >= 1024 && unit + 1 < kNames.size()) {
        number /= 1024;
        ++unit;
    }
    if (unit == 0) return fmt::format("{} B", amount.value);
    const int decimals = std::abs(number) < 10 ? 2 : std::abs(number) < 100 ? 1 : 0;
    return fmt::format("{:.{}f} {}", number, decimals, kNames[unit]);
}

std::string to_text(Seconds span) {
    const double seconds = span.value;
    const double size = std::abs(seconds);
    constexpr double kLongest = 1e12;  // nobody counts longer ones by the hour
    if (size >= kLongest) return fmt::format("{:.3g} s", seconds);
    if (size > 0 && size < 0.9995e-6) return fmt::format("{:.3g} ns", seconds * 1e9);
    if (size > 0 && size < 0.9995e-3) return fmt::format("{:.3g} µs", seconds * 1e6);
    if (seconds < 0.9995) return fmt::format("{:.0f} ms", seconds * 1e3);
    if (seconds < 59.95) return fmt::format("{:.1f} s", seconds);
    const auto whole = std::llround(seconds);
    if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
    return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace tidemark
