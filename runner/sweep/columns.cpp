#include "sweep/columns.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/suggestion.hpp"

namespace tidemark::sweep {

Columns::Columns(Definition& definition, const WorkloadCatalogue& workloads, const LoadOptions& options,
                 Problems& problems)
    : workloads_(workloads),
      options_(options),
      problems_(problems),
      folder_(definition.folder),
      has_workload_(definition.workload.has_value()) {
    if (definition.workload) chooses_workload_ = definition.workload->text.names();
    collect_workloads(definition);
    collect_names(definition);
    for (GivenParameter& parameter : definition.parameters)
        check_parameter(parameter, "parameters." + parameter.name);
    for (Axis& axis : definition.matrix) {
        for (GivenValue& value : axis.values)
            check_value(axis.name, value, "matrix." + axis.name, axis.position);
    }
    for (NamedRun& run : definition.runs) {
        for (GivenParameter& parameter : run.parameters) {
            check_parameter(parameter, fmt::format("runs.{}.{}", run.name, parameter.name));
        }
    }
    for (const GivenExpression& derived : definition.derive) {
        Column& column = columns_[*find(derived.name)];
        if (has_workload_ && column.description == nullptr && !candidates_.empty() &&
            !chooses_workload(derived.name)) {
            refuse_unknown(derived.name, {}, "derive." + derived.name, derived.position);
        }
    }
    for (const GivenParameter& parameter : definition.parameters) {
        Column& column = columns_[*find(parameter.name)];
        column.base = parameter.value.value;
        column.is_default = false;
    }
}

std::optional<std::size_t> Columns::find(std::string_view name) const {
    const auto found = std::ranges::find(names_, name);
    if (found == names_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names_.begin());
}

protocol::CheckedValue Columns::check(std::size_t column, const Value& value) const {
    const Column& own = columns_[column];
    return own.description == nullptr ? protocol::CheckedValue{value, {}}
                                      : protocol::check(*own.description, value);
}

std::optional<Columns::Lack> Columns::lack_of(std::span<const Value> row) const {
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        const auto* description = columns_[column].description;
        if (description == nullptr || description->needs.empty()) continue;
        const std::string value = to_text(row[column]);
        const auto needs = description->needs.find(value);
        if (needs == description->needs.end()) continue;
        for (const auto& [name, how] : needs->second) {
            const auto needed = find(name);
            if (!needed || !is_null(row[*needed])) continue;
            return Lack{description->name, fmt::format("{} needs {}: {}", value, name, how)};
        }
    }
    return std::nullopt;
}

bool Columns::chooses_workload(const std::string& name) const {
    return std::ranges::find(chooses_workload_, name) != chooses_workload_.end();
}

/// The workloads that runs of this sweep may have. A template with one placeholder is filled with each of its
/// values.
void Columns::collect_workloads(const Definition& definition) {
    if (!definition.workload) return;
    const GivenTemplate& given = *definition.workload;
    if (!given.text.has_placeholders()) {
        add_candidate(given.text.fill({}), given.position, {});
        return;
    }
    const std::string& parameter = given.text.names().front();
    const auto consider = [&](const GivenValue& value) {
        add_candidate(given.text.fill([&](std::string_view) { return to_text(value.value); }), value.position,
                      value.option);
    };
    for (const Axis& axis : definition.matrix) {
        if (axis.name == parameter) std::ranges::for_each(axis.values, consider);
    }
    for (const GivenParameter& own : definition.parameters) {
        if (own.name == parameter) consider(own.value);
    }
    for (const NamedRun& run : definition.runs) {
        for (const GivenParameter& own : run.parameters) {
            if (own.name == parameter) consider(own.value);
        }
    }
}

void Columns::add_candidate(const std::string& name, Position position, const std::string& option) {
    if (const auto* description = workloads_.find(name)) {
        if (std::ranges::find(candidates_, description) == candidates_.end())
            candidates_.push_back(description);
        return;
    }
    const auto names = workloads_.names();
    std::string message;
    if (name == "train" && names.empty()) {
        message = "workload 'train' is not part of this build (it was configured with TIDEMARK_TRAINER=OFF)";
    } else {
        message = fmt::format("there is no workload '{}'{}; there {} {}", name, did_you_mean(name, names),
                              names.size() == 1 ? "is" : "are",
                              names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")));
    }
    if (option.empty())
        problems_.add(position, "workload", message);
    else
        problems_.add_option(option, message);
}

void Columns::add(const std::string& name) {
    if (find(name)) return;
    Column column;
    column.name = name;
    if (!chooses_workload(name)) {
        for (const auto* workload : candidates_) {
            if (column.description == nullptr) column.description = workload->parameter(name);
        }
    }
    if (column.description != nullptr) column.base = column.description->default_value;
    column.is_default = column.description != nullptr;
    columns_.push_back(std::move(column));
    names_.push_back(name);
}

void Columns::collect_names(const Definition& definition) {
    std::multimap<Position, std::string> in_file_order;
    std::vector<std::string> from_options;
    std::vector<std::string> varying;
    for (const GivenParameter& parameter : definition.parameters) {
        if (parameter.position.line == 0)
            from_options.push_back(parameter.name);
        else
            in_file_order.emplace(parameter.position, parameter.name);
    }
    for (const Axis& axis : definition.matrix) {
        in_file_order.emplace(axis.position, axis.name);
        varying.push_back(axis.name);
    }
    for (const GivenExpression& derived : definition.derive) {
        in_file_order.emplace(derived.position, derived.name);
        varying.push_back(derived.name);
    }
    for (const NamedRun& run : definition.runs) {
        for (const GivenParameter& parameter : run.parameters) {
            in_file_order.emplace(parameter.position, parameter.name);
            varying.push_back(parameter.name);
        }
    }
    for (const auto& [position, name] : in_file_order) add(name);
    for (const std::string& name : from_options) add(name);
    for (const auto* workload : candidates_) {
        for (const auto& parameter : workload->parameters) add(parameter.name);
    }
    for (const std::string& name : varying) columns_[*find(name)].varies = true;
}

void Columns::check_parameter(GivenParameter& parameter, const std::string& key) {
    check_value(parameter.name, parameter.value, key, parameter.position);
}

void Columns::check_value(const std::string& name, GivenValue& given, const std::string& key,
                          Position name_position) {
    const Column& column = columns_[*find(name)];
    if (column.description == nullptr) {
        const bool unknown_to_workload = has_workload_ && !candidates_.empty() && !chooses_workload(name);
        const bool nowhere_in_file =
            !has_workload_ && !given.option.empty() && name_position.line == 0 && !column.varies;
        if (unknown_to_workload || nowhere_in_file) refuse_unknown(name, given, key, name_position);
        return;
    }
    const protocol::CheckedValue checked = protocol::check(*column.description, given.value);
    if (!checked.value) {
        if (given.option.empty())
            problems_.add(given.position, key, checked.problem);
        else
            problems_.add_option(given.option, checked.problem);
        return;
    }
    given.value = *checked.value;
    if (column.description->type != protocol::ParameterType::Path || is_null(given.value)) {
        given.text = to_text(given.value);
        return;
    }
    const std::filesystem::path& base = given.option.empty() ? folder_ : options_.caller_directory;
    given.value = (base / to_text(given.value)).lexically_normal().string();
}

void Columns::refuse_unknown(const std::string& name, const GivenValue& value, const std::string& key,
                             Position name_position) {
    std::vector<std::string_view> known;
    if (has_workload_) {
        for (const auto* workload : candidates_) {
            for (const auto& parameter : workload->parameters) known.emplace_back(parameter.name);
        }
    } else {
        for (const Column& column : columns_) {
            if (column.name != name) known.emplace_back(column.name);
        }
    }
    const std::string message = fmt::format(
        "{}{}", has_workload_ ? "unknown key" : "the sweep has no such parameter", did_you_mean(name, known));
    if (value.option.empty())
        problems_.add(name_position, key, message);
    else
        problems_.add_option(value.option,
                             has_workload_ ? "unknown parameter" + did_you_mean(name, known) : message);
}

}  // namespace tidemark::sweep
