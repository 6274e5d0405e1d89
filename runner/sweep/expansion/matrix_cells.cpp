#include "sweep/expansion/matrix_cells.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sweep/expansion/given_values.hpp"

namespace tidemark::sweep {

double count_cells(const Definition& definition) {
    double cells = 1;
    for (const Axis& axis : definition.matrix) cells *= static_cast<double>(axis.points.size());
    return cells;
}

MatrixCells::MatrixCells(const Definition& definition, const SweepParameters& columns, ValuePool& values,
                         Problems& problems)
    : definition_(definition),
      columns_(columns),
      values_(values),
      at_(definition.matrix.size(), 0),
      name_ends_(definition.matrix.size() + 1, 0),
      value_ends_(definition.matrix.size() + 1, 0),
      by_axes_(columns.all().size(), false) {
    for (const Axis& axis : definition.matrix) add_axis(axis);
    for (const GivenAddition& addition : definition.additions) add_addition(addition, problems);
    given_.is_explicit = by_axes_;
}

void MatrixCells::add_axis(const Axis& axis) {
    const std::string& key = keys_.emplace_back("matrix." + axis.key);
    std::vector<Point>& points = axes_.emplace_back();
    const char* const comma = axes_.size() > 1 ? "," : "";
    for (const AxisPoint& given : axis.points) {
        Point& point = points.emplace_back();
        for (std::size_t i = 0; i < axis.names.size(); ++i) {
            const GivenValue& value = given.values[i];
            point.values.push_back({*columns_.find(axis.names[i].name), &value, kept(values_, value), &key});
            point.in_name += fmt::format("{}{}={}", i == 0 ? comma : ",", axis.names[i].name, value.text);
        }
    }
    for (const AxisName& name : axis.names) by_axes_[*columns_.find(name.name)] = true;
}

void MatrixCells::add_addition(const GivenAddition& given, Problems& problems) {
    Addition addition{std::vector<std::vector<bool>>(axes_.size()), {}};
    std::string condition;
    bool is_set = false;
    bool is_for_any = true;
    for (const GivenParameter& parameter : given.parameters) {
        const auto axis = std::ranges::find_if(
            definition_.matrix, [&](const Axis& own) { return own.find(parameter.name).has_value(); });
        if (axis == definition_.matrix.end()) {
            addition.values.push_back({*columns_.find(parameter.name), &parameter.value,
                                       kept(values_, parameter.value),
                                       &keys_.emplace_back("matrix.include." + parameter.name)});
            continue;
        }
        const auto number = static_cast<std::size_t>(axis - definition_.matrix.begin());
        const std::size_t place = *axis->find(parameter.name);
        std::vector<bool> points = points_with(number, place, parameter.value.value);
        std::vector<bool>& own = addition.points[number];
        for (std::size_t i = 0; i < own.size(); ++i) points[i] = points[i] && own[i];
        own = std::move(points);
        is_for_any = is_for_any && std::ranges::find(own, true) != own.end();
        is_set = is_set || std::ranges::any_of(axis->points, [&](const AxisPoint& point) {
                     return !point.values[place].option.empty();
                 });
        condition +=
            fmt::format("{}{} = {}", condition.empty() ? "" : " and ", parameter.name, parameter.value.text);
    }
    if (condition.empty()) {
        problems.add(given.position, "matrix.include",
                     "names no axis, so it would add to every cell; such values belong to 'parameters'");
    } else if (addition.values.empty()) {
        problems.add(given.position, "matrix.include",
                     "adds nothing: all its keys are axes of the matrix; a run of its own belongs to 'runs'");
    } else if (!is_for_any && !is_set) {
        problems.add(
            given.position, "matrix.include",
            fmt::format("the matrix has no cell with {}; a run of its own belongs to 'runs'", condition));
    }
    additions_.push_back(std::move(addition));
}

std::vector<bool> MatrixCells::points_with(std::size_t axis, std::size_t place, const Value& value) const {
    std::vector<bool> with;
    for (const AxisPoint& point : definition_.matrix[axis].points)
        with.push_back(as_number(point.values[place].value) == as_number(value));
    return with;
}

bool MatrixCells::is_for(const Addition& addition) const {
    for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
        if (!addition.points[axis].empty() && !addition.points[axis][at_[axis]]) return false;
    }
    return true;
}

bool MatrixCells::turn_to(std::uint64_t number) {
    for (std::size_t axis = axes_.size(); axis-- > 0;) {
        const std::size_t size = axes_[axis].size();
        if (size == 0) return false;
        at_[axis] = number % size;
        number /= size;
    }
    lay_out(0);
    return true;
}

bool MatrixCells::turn() {
    std::size_t turned = axes_.size();
    while (turned > 0 && ++at_[turned - 1] == axes_[turned - 1].size()) at_[--turned] = 0;
    if (turned == 0) return false;
    lay_out(turned - 1);
    return true;
}

/// Name and values from that axis on.
void MatrixCells::lay_out(std::size_t first_axis) {
    given_.name.resize(name_ends_[first_axis]);
    given_.values.resize(value_ends_[first_axis]);
    for (std::size_t axis = first_axis; axis < axes_.size(); ++axis) {
        const Point& point = axes_[axis][at_[axis]];
        given_.name += point.in_name;
        given_.values.insert(given_.values.end(), point.values.begin(), point.values.end());
        name_ends_[axis + 1] = given_.name.size();
        value_ends_[axis + 1] = given_.values.size();
    }
}

/// With what `include` adds; of several that add the same the last counts.
const Given& MatrixCells::given() {
    if (additions_.empty()) return given_;
    given_.values.resize(value_ends_.back());
    given_.is_explicit = by_axes_;
    for (const Addition& addition : additions_) {
        if (!is_for(addition)) continue;
        for (const Explicit& value : addition.values) {
            const auto earlier = std::find_if(
                given_.values.begin() + static_cast<std::ptrdiff_t>(value_ends_.back()), given_.values.end(),
                [&](const Explicit& other) { return other.column == value.column; });
            if (earlier == given_.values.end())
                given_.values.push_back(value);
            else
                *earlier = value;
            given_.is_explicit[value.column] = true;
        }
    }
    return given_;
}

}  // namespace tidemark::sweep
