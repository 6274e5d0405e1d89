#include "planning/space.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string_view>

namespace tidemark::planning {
namespace {

/// From which ratio of the largest to the smallest number on the ratios count, not the differences.
constexpr double kRatioOfLogarithmic = 4;
/// Of two values it makes no difference whether they are numbers.
constexpr std::size_t kFewestNumbers = 3;

/// 1024 for `K`, as sizes are written to programs: `64M`, `512 MiB`, `1g`.
std::optional<double> factor_of(std::string_view suffix) {
    constexpr std::string_view kLetters = "kmgt";
    constexpr double kStep = 1024;
    while (!suffix.empty() && suffix.front() == ' ') suffix.remove_prefix(1);
    if (suffix.empty() || suffix == "B") return 1;
    const auto place = kLetters.find(static_cast<char>(std::tolower(static_cast<unsigned char>(suffix[0]))));
    const std::string_view rest = suffix.substr(1);
    if (place == std::string_view::npos || (!rest.empty() && rest != "B" && rest != "iB"))
        return std::nullopt;
    return std::pow(kStep, static_cast<double>(place + 1));
}

/// The number that the value is, also a text that is a size.
std::optional<double> magnitude(const Value& value) {
    if (std::holds_alternative<bool>(value)) return std::nullopt;
    if (const auto number = number_of(value)) return number;
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return std::nullopt;
    double number = 0;
    const char* const end = text->data() + text->size();
    const auto parsed = std::from_chars(text->data(), end, number);
    if (parsed.ec != std::errc{}) return std::nullopt;
    const auto factor = factor_of({parsed.ptr, static_cast<std::size_t>(end - parsed.ptr)});
    return factor ? std::optional(number * *factor) : std::nullopt;
}

struct Coordinates {
    SpaceAxis axis;
    std::vector<double> of_cells;
};

/// Nothing where one of them is no finite number.
std::optional<std::vector<double>> numbers_of(const std::vector<std::vector<Value>>& cells,
                                              std::size_t name) {
    std::vector<double> numbers;
    numbers.reserve(cells.size());
    for (const auto& cell : cells) {
        const auto number = magnitude(cell[name]);
        if (!number || !std::isfinite(*number)) return std::nullopt;
        numbers.push_back(*number);
    }
    return numbers;
}

Coordinates scaled(std::vector<double> numbers, SpaceAxis axis) {
    const auto [least, most] = std::ranges::minmax(numbers);
    const bool ratios = least > 0 && most / least >= kRatioOfLogarithmic;
    axis.kind = ratios ? SpaceAxis::Kind::Logarithmic : SpaceAxis::Kind::Linear;
    const auto place = [&](double number) { return ratios ? std::log(number) : number; };
    const double low = place(least), span = place(most) - low;
    if (ratios) axis.span = span;
    for (double& number : numbers) number = (place(number) - low) / span;
    return {std::move(axis), std::move(numbers)};
}

Coordinates coordinates(const std::string& name, std::size_t index,
                        const std::vector<std::vector<Value>>& cells) {
    std::map<std::string, std::size_t> choices;
    std::vector<double> of_cells;
    of_cells.reserve(cells.size());
    for (const auto& cell : cells) {
        const auto at = choices.try_emplace(to_text(cell[index]), choices.size()).first->second;
        of_cells.push_back(static_cast<double>(at));
    }
    SpaceAxis axis{name, SpaceAxis::Kind::Choice, choices.size()};
    if (choices.size() < kFewestNumbers) return {axis, std::move(of_cells)};
    if (auto numbers = numbers_of(cells, index)) {
        axis.levels = std::set<double>(numbers->begin(), numbers->end()).size();
        if (axis.levels >= kFewestNumbers) return scaled(std::move(*numbers), axis);
        axis.levels = choices.size();
    }
    return {axis, std::move(of_cells)};
}

}  // namespace

Space::Space(const std::vector<std::string>& names, const std::vector<std::vector<Value>>& cells)
    : size_(cells.size()) {
    std::vector<std::vector<double>> columns;
    for (std::size_t i = 0; i < names.size(); ++i) {
        Coordinates own = coordinates(names[i], i, cells);
        if (own.axis.levels < 2) continue;
        axes_.push_back(std::move(own.axis));
        columns.push_back(std::move(own.of_cells));
    }
    points_.reserve(size_ * axes_.size());
    for (std::size_t cell = 0; cell < size_; ++cell) {
        for (const auto& column : columns) points_.push_back(column[cell]);
    }
}

double Space::distance(std::size_t axis, const double* a, const double* b) const {
    const double apart = std::abs(a[axis] - b[axis]);
    if (axes_[axis].kind == SpaceAxis::Kind::Choice) return apart > 0 ? 1 : 0;
    return apart;
}

}  // namespace tidemark::planning
