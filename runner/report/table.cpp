#include "report/table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include "base/units.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::report {
namespace {

using protocol::Unit;

struct Scale {
    double divisor = 1;
    std::string_view unit;     ///< for the heading; empty: none
    int decimals = -1;         ///< -1: as the number needs
    int digits = 0;            ///< no figure has more of them that mean something; 0: it may
    bool significant = false;  ///< every figure has kSignificantDigits of them
};

struct Step {
    double from = 0;  ///< used where the largest figure of the column reaches this
    Scale scale;
};

constexpr std::array kByteSteps{Step{10.0 * kGibibyte, {1.0 * kGibibyte, "GiB", 2}},
                                Step{1.0 * kMebibyte, {1.0 * kMebibyte, "MiB", 1}},
                                Step{1.0 * kKibibyte, {1.0 * kKibibyte, "KiB", 1}}, Step{0, {1, "B", 0}}};
constexpr std::array kByteRateSteps{Step{10.0 * kGibibyte, {1.0 * kGibibyte, "GiB/s", 2}},
                                    Step{1.0 * kMebibyte, {1.0 * kMebibyte, "MiB/s", 1}},
                                    Step{1.0 * kKibibyte, {1.0 * kKibibyte, "KiB/s", 1}},
                                    Step{0, {1, "B/s", 1}}};
constexpr std::array kTimeSteps{Step{36000, {3600, "h", 1}}, Step{7200, {60, "min", 1}},
                                Step{10, {1, "s", 1}}, Step{1, {1, "s", 2}}, Step{0, {1e-3, "ms", 2}}};
constexpr std::array kFractionSteps{Step{0, {1e-2, "%", 2}}};
constexpr std::array kRateSteps{Step{100, {1, "/s", 0}}, Step{0, {1, "/s", 2}}};

/// Nobody measures a time to a tenth of a percent.
constexpr int kDigitsOfTimes = 3;

/// What is read at a glance.
constexpr int kSignificantDigits = 3;

/// `6040`, `292`, `0.143`, `1.50`
std::string significant_text(double scaled) {
    if (scaled == 0) return "0";
    const auto exponent = [](double value) {
        return static_cast<int>(std::floor(std::log10(std::abs(value))));
    };
    const double unit = std::pow(10, exponent(scaled) - kSignificantDigits + 1);
    const double rounded = std::round(scaled / unit) * unit;
    constexpr int kMostDecimals = 9;
    return fmt::format("{:.{}f}", rounded,
                       std::clamp(kSignificantDigits - 1 - exponent(rounded), 0, kMostDecimals));
}

double magnitude(const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::abs(static_cast<double>(*number));
    if (const auto* real = std::get_if<double>(&value)) return std::isfinite(*real) ? std::abs(*real) : 0;
    return 0;
}

/// Of the figures that stand in the unit of the column; nothing where there are none.
std::optional<double> largest(const Table& table, std::size_t column) {
    std::optional<double> found;
    for (const auto& row : table.rows) {
        const Cell& cell = row[column];
        if (!is_number(cell.value) || cell.unit) continue;
        found = std::max(found.value_or(0), magnitude(cell.value));
    }
    return found;
}

Scale scale_for(Unit unit, double largest) {
    std::span<const Step> steps;
    switch (unit) {
        case Unit::Bytes:
            steps = kByteSteps;
            break;
        case Unit::Seconds:
            steps = kTimeSteps;
            break;
        case Unit::Fraction:
            steps = kFractionSteps;
            break;
        case Unit::PerSecond:
            steps = kRateSteps;
            break;
        case Unit::BytesPerSecond:
            steps = kByteRateSteps;
            break;
        case Unit::None:
        case Unit::Count:
            return {};
    }
    return std::ranges::find_if(steps, [&](const Step& step) { return largest >= step.from; })->scale;
}

std::string with_thousands(std::int64_t number) {
    std::string digits = fmt::format("{}", number);
    const std::size_t first = number < 0 ? 1 : 0;
    for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, 1, ',');
    return digits;
}

constexpr const char* kNaN = "NaN";

bool is_nan(const Value& value) {
    const auto* real = std::get_if<double>(&value);
    return real != nullptr && std::isnan(*real);
}

bool is_infinite(const Value& value) {
    const auto* real = std::get_if<double>(&value);
    return real != nullptr && std::isinf(*real);
}

/// With no more digits than are known, and no more decimals than its column has.
std::string rounded_text(double scaled, const Scale& scale) {
    const auto digits_before_point = [](double value) {
        return static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
    };
    const double unit = std::pow(10, digits_before_point(scaled) - scale.digits);
    const double rounded = std::round(scaled / unit) * unit;
    const int known = std::max(0, scale.digits - digits_before_point(rounded));
    const bool vanishes = std::abs(scaled) < 0.5 * std::pow(10, -scale.decimals);
    return vanishes ? fmt::format("{:.2g}", scaled)
                    : fmt::format("{:.{}f}", rounded, std::min(known, scale.decimals));
}

std::string number_text(double number, const Scale& scale) {
    if (!std::isfinite(number)) return std::isnan(number) ? kNaN : number > 0 ? "∞" : "-∞";
    if (scale.decimals < 0) return fmt::format("{:.4g}", number);
    const double scaled = number / scale.divisor;
    if (scale.significant) return significant_text(scaled);
    if (scale.digits > 0 && scaled != 0) return rounded_text(scaled, scale);
    const bool vanishes = scaled != 0 && std::abs(scaled) < 0.5 * std::pow(10, -scale.decimals);
    return vanishes ? fmt::format("{:.2g}", scaled) : fmt::format("{:.{}f}", scaled, scale.decimals);
}

/// A number in the unit of its column, which the heading names.
std::string figure_text(const Value& value, Unit unit, const Scale& scale) {
    const bool whole = std::holds_alternative<std::int64_t>(value);
    const double number = *number_of(value);
    // the median of counts may lie between two of them
    if (unit == Unit::Count && std::isfinite(number) && number == std::floor(number))
        return with_thousands(whole ? std::get<std::int64_t>(value) : std::llround(number));
    if (unit == Unit::None && whole && scale.decimals < 0) return to_text(value);
    return number_text(number, scale);
}

Scale scale_of(const Column& column, Unit unit, double largest, Digits digits) {
    Scale scale = scale_for(unit, largest);
    // a byte has no parts
    scale.significant =
        digits == Digits::Three && !column.decimals && !scale.unit.empty() && scale.unit != "B";
    // of a byte there are no tenths
    if (column.decimals && scale.unit != "B")
        scale.decimals = *column.decimals;
    else if (unit == Unit::Seconds || unit == Unit::PerSecond)
        scale.digits = kDigitsOfTimes;
    return scale;
}

std::string interval_text(const Interval& interval, Unit unit, const Scale& scale) {
    return fmt::format(" ({}–{})", figure_text(interval.low, unit, scale),
                       figure_text(interval.high, unit, scale));
}

std::string doubt_text(const Interval& doubt, Unit unit, const Scale& scale) {
    const std::string low = figure_text(doubt.low, unit, scale);
    return std::isinf(doubt.high) ? "≥ " + low
                                  : fmt::format("{}–{}", low, figure_text(doubt.high, unit, scale));
}

/// The figure, or where it may lie.
std::string known_text(const Cell& cell, Unit unit, const Scale& scale) {
    return cell.doubt ? doubt_text(*cell.doubt, unit, scale) : figure_text(cell.value, unit, scale);
}

std::string mark_of(const Cell& cell) {
    return cell.disturbed ? kDisturbedMark : "";
}

/// A number with its unit beside it, for a column that mixes them.
std::string figure_with_unit(const Cell& cell, const Column& column, Digits digits) {
    const Scale scale = scale_of(column, *cell.unit, magnitude(cell.value), digits);
    std::string text = known_text(cell, *cell.unit, scale);
    if (!scale.unit.empty()) text += fmt::format(" {}", scale.unit);
    if (cell.interval) text += interval_text(*cell.interval, *cell.unit, scale);
    return text + mark_of(cell);
}

std::string cell_text(const Cell& cell, const Column& column, const Scale& scale, Digits digits) {
    if (is_null(cell.value)) return cell.missing.empty() ? "–" : terminal::visible(cell.missing);
    if (is_nan(cell.value)) return kNaN;
    if (is_infinite(cell.value)) return number_text(std::get<double>(cell.value), scale) + mark_of(cell);
    if (!cell.told.empty()) return terminal::visible(cell.told);
    if (!is_number(cell.value) || (column.exact && !cell.unit))
        return terminal::visible(to_text(cell.value)) + mark_of(cell);
    if (cell.unit) return figure_with_unit(cell, column, digits);
    std::string text = known_text(cell, column.unit, scale);
    if (cell.interval) text += interval_text(*cell.interval, column.unit, scale);
    return text + mark_of(cell);
}

/// `peak memory (MiB)`, but `images/s`.
std::string with_unit(const std::string& heading, std::string_view unit) {
    if (unit.empty()) return heading;
    return unit.starts_with('/') ? heading + std::string(unit) : fmt::format("{} ({})", heading, unit);
}

bool is_numeric(const Table& table, std::size_t column) {
    bool any = false;
    for (const auto& row : table.rows) {
        if (is_null(row[column].value)) continue;
        if (row[column].unit) continue;  // beside its unit it is aligned as a text
        if (!is_number(row[column].value)) return false;
        any = true;
    }
    return any;
}

}  // namespace

Presentation present(const Table& table, Digits digits) {
    Presentation out;
    out.rows.assign(table.rows.size(), std::vector<std::string>(table.columns.size()));
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        const Column& source = table.columns[column];
        const std::optional<double> most = largest(table, column);
        const Scale scale = most ? scale_of(source, source.unit, *most, digits) : Scale{};
        const std::string heading = terminal::visible(source.heading);
        out.columns.push_back({with_unit(heading, scale.unit), is_numeric(table, column), scale.divisor,
                               std::string(scale.unit)});
        for (std::size_t row = 0; row < table.rows.size(); ++row) {
            out.rows[row][column] = cell_text(table.rows[row][column], source, scale, digits);
        }
    }
    return out;
}

}  // namespace tidemark::report
