#include "sweep/given_values.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/suggestion.hpp"
#include "protocol/model_options.hpp"

namespace tidemark::sweep {
namespace {

class Builder {
  public:
    Builder(Definition& definition, const WorkloadCatalogue& workloads, const LoadOptions& options,
            Problems& problems)
        : definition_(definition), workloads_(workloads), options_(options), problems_(problems) {
        if (definition.workload) choosers_ = definition.workload->text.names();
    }

    Columns build() {
        collect_workloads();
        collect_names();
        for (GivenParameter& parameter : definition_.parameters) {
            const std::string key = "parameters." + parameter.name;
            if (check_value(parameter.name, parameter.value, key, parameter.position))
                column(parameter.name).given = parameter.value.value;
        }
        for (Axis& axis : definition_.matrix) check_axis(axis);
        for (NamedRun& run : definition_.runs) {
            for (GivenParameter& parameter : run.parameters) {
                check_value(parameter.name, parameter.value,
                            fmt::format("runs.{}.{}", run.name, parameter.name), parameter.position);
            }
        }
        for (const GivenExpression& derived : definition_.derive) check_derived(derived);
        std::vector<Profile> profiles;
        for (const auto* candidate : candidates_) profiles.push_back(profile_of(candidate));
        if (profiles.empty()) profiles.push_back(profile_of(nullptr));
        std::optional<Template> workload;
        if (definition_.workload) workload = definition_.workload->text;
        return {std::move(columns_), std::move(workload), std::move(profiles), definition_.folder};
    }

  private:
    // --- workloads

    bool chooses_workload(const std::string& name) const {
        return std::ranges::find(choosers_, name) != choosers_.end();
    }

    /// The workloads that runs of this sweep may have.
    void collect_workloads() {
        if (!definition_.workload) return;
        const GivenTemplate& given = *definition_.workload;
        if (choosers_.empty()) {
            add_candidate(given.text.fill({}), given.position, {});
        } else if (choosers_.size() == 1) {
            for_each_value(choosers_.front(), [&](const GivenValue& value) {
                add_candidate(given.text.fill([&](std::string_view) { return to_text(value.value); }),
                              value.position, value.option);
            });
        } else {
            // which combinations there are, only the expansion knows
            for (const std::string_view name : workloads_.names())
                candidates_.push_back(workloads_.find(name));
        }
        for (const GivenExpression& derived : definition_.derive) {
            if (!chooses_workload(derived.name)) continue;
            problems_.add(derived.position, "derive." + derived.name,
                          "chooses the workload and cannot be derived, for what is derived depends on the "
                          "workload's defaults; give it in parameters, matrix or runs");
        }
    }

    template <typename Use>
    void for_each_value(const std::string& parameter, Use use) const {
        for (const Axis& axis : definition_.matrix) {
            if (axis.name == parameter) std::ranges::for_each(axis.values, use);
        }
        for (const GivenParameter& own : definition_.parameters) {
            if (own.name == parameter) use(own.value);
        }
        for (const NamedRun& run : definition_.runs) {
            for (const GivenParameter& own : run.parameters) {
                if (own.name == parameter) use(own.value);
            }
        }
    }

    void add_candidate(const std::string& name, Position position, const std::string& option) {
        const auto* description = workloads_.find(name);
        if (description == nullptr)
            add_problem(position, "workload", option, workloads_.explain_missing(name));
        else if (std::ranges::find(candidates_, description) == candidates_.end())
            candidates_.push_back(description);
    }

    Profile profile_of(const protocol::WorkloadDescription* workload) {
        Profile profile{workload};
        for (const Column& column : columns_) {
            const auto* description =
                workload == nullptr || column.chooses_workload ? nullptr : workload->parameter(column.name);
            profile.descriptions.push_back(description);
            profile.base.push_back(base_value(profile, column, description));
        }
        if (workload != nullptr) find_model_columns(profile);
        return profile;
    }

    void find_model_columns(Profile& profile) {
        std::set<std::string_view> options;
        for (const protocol::ModelDescription& model : profile.workload->models) {
            for (const protocol::ModelOption& option : model.options) options.insert(option.name);
        }
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            if (profile.descriptions[i] == nullptr) continue;
            if (columns_[i].name == protocol::kModelParameter) profile.model = i;
            if (options.contains(columns_[i].name)) profile.model_options.push_back(i);
        }
    }

    Value base_value(const Profile& profile, const Column& column,
                     const protocol::ParameterDescription* description) {
        const bool knows = profile.workload == nullptr || column.chooses_workload || description != nullptr;
        if (!column.given) {
            if (description == nullptr) return {};
            return is_null(description->default_value) ? provided_for(*profile.workload, column.name)
                                                       : description->default_value;
        }
        if (!knows) return {};
        if (description == nullptr) return *column.given;
        const protocol::CheckedValue checked = protocol::check(*description, *column.given);
        if (checked.value) return *checked.value;
        // another of the workloads takes it
        const auto given = std::ranges::find(definition_.parameters, column.name, &GivenParameter::name);
        add_problem(given->value.position, "parameters." + column.name, given->value.option,
                    fmt::format("{} (for the workload '{}')", checked.problem, profile.workload->workload));
        return *column.given;
    }

    /// What stands in for a parameter that the sweep does not give, where it is provided for all values that
    /// need it, and is the same for all.
    Value provided_for(const protocol::WorkloadDescription& workload, const std::string& needed) const {
        std::optional<Value> found;
        bool agree = true;
        for (const protocol::ParameterDescription& other : workload.parameters) {
            const auto look_at = [&](const Value& value) {
                const auto needs = other.needs.find(to_text(value));
                if (needs == other.needs.end() || !needs->second.contains(needed)) return;
                const Value with = workloads_.provided(other.name, to_text(value), needed);
                agree = agree && !is_null(with) && (!found || *found == with);
                found = with;
            };
            look_at(other.default_value);
            for_each_value(other.name, [&](const GivenValue& given) { look_at(given.value); });
        }
        return agree && found ? *found : Value();
    }

    // --- names

    Column& column(const std::string& name) { return columns_[index_.at(name)]; }

    void add(const std::string& name) {
        if (!index_.try_emplace(name, columns_.size()).second) return;
        Column column;
        column.name = name;
        column.chooses_workload = chooses_workload(name);
        columns_.push_back(std::move(column));
    }

    void collect_names() {
        std::multimap<Position, std::string> in_file_order;
        std::vector<std::string> from_options;
        std::vector<std::string> varying;
        for (const GivenParameter& parameter : definition_.parameters) {
            if (parameter.position.line == 0)
                from_options.push_back(parameter.name);
            else
                in_file_order.emplace(parameter.position, parameter.name);
        }
        for (const Axis& axis : definition_.matrix) {
            in_file_order.emplace(axis.position, axis.name);
            varying.push_back(axis.name);
        }
        for (const GivenExpression& derived : definition_.derive) {
            in_file_order.emplace(derived.position, derived.name);
            varying.push_back(derived.name);
        }
        for (const NamedRun& run : definition_.runs) {
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
        for (const std::string& name : varying) column(name).varies = true;
    }

    // --- values

    void check_axis(Axis& axis) {
        const std::string key = "matrix." + axis.name;
        std::set<Value> seen;
        for (GivenValue& value : axis.values) {
            check_value(axis.name, value, key, axis.position);
            if (seen.insert(value.value).second) continue;
            problems_.add(
                value.position, key,
                fmt::format("'{}' stands here for the second time, so two cells would be equal", value.text));
        }
    }

    void check_derived(const GivenExpression& derived) {
        if (!candidates_.empty() && descriptions(derived.name).empty() && !chooses_workload(derived.name))
            refuse_unknown(derived.name, {}, "derive." + derived.name, derived.position);
    }

    /// Of the parameter, in the workloads that know it.
    std::vector<const protocol::ParameterDescription*> descriptions(const std::string& name) const {
        std::vector<const protocol::ParameterDescription*> found;
        if (chooses_workload(name)) return found;
        for (const auto* workload : candidates_) {
            if (const auto* description = workload->parameter(name)) found.push_back(description);
        }
        return found;
    }

    /// False: no workload takes the value.
    bool check_value(const std::string& name, GivenValue& given, const std::string& key,
                     Position name_position) {
        const auto known = descriptions(name);
        if (known.empty()) {
            const bool has_workload = definition_.workload.has_value();
            const bool unknown_to_workload = !candidates_.empty() && !chooses_workload(name);
            const bool nowhere_in_file =
                !has_workload && !given.option.empty() && name_position.line == 0 && !column(name).varies;
            if (unknown_to_workload || nowhere_in_file) refuse_unknown(name, given, key, name_position);
            return true;
        }
        std::string problem;
        for (const auto* description : known) {
            const protocol::CheckedValue checked = protocol::check(*description, given.value);
            if (checked.value) {
                accept(given, *checked.value, *description, key);
                return true;
            }
            if (problem.empty()) problem = checked.problem;
        }
        add_problem(given.position, key, given.option, problem);
        return false;
    }

    void accept(GivenValue& given, const Value& value, const protocol::ParameterDescription& description,
                const std::string& key) {
        given.value = value;
        if (is_null(value)) {
            given.text = to_text(value);
            return;
        }
        const std::filesystem::path& base =
            given.option.empty() ? definition_.folder : options_.caller_directory;
        const std::string text = to_text(value);
        if (description.type == protocol::ParameterType::Path) {
            given.value = (base / text).lexically_normal().string();
        } else if (const std::string named = protocol::file_of(description, text); !named.empty()) {
            const std::filesystem::path file = (base / named).lexically_normal();
            given.value = description.file_prefix + file.string();
            std::error_code error;
            if (!std::filesystem::is_regular_file(file, error))
                add_problem(given.position, key, given.option, fmt::format("there is no file {}", named));
        } else {
            given.text = text;
        }
    }

    void refuse_unknown(const std::string& name, const GivenValue& value, const std::string& key,
                        Position name_position) {
        const bool has_workload = definition_.workload.has_value();
        std::vector<std::string_view> known;
        for (const auto* workload : candidates_) {
            for (const auto& parameter : workload->parameters) known.emplace_back(parameter.name);
        }
        for (const Column& column : columns_) {
            if (!has_workload && column.name != name) known.emplace_back(column.name);
        }
        const std::string what = !has_workload          ? "the sweep has no such parameter"
                                 : value.option.empty() ? "unknown key"
                                                        : "unknown parameter";
        add_problem(name_position, key, value.option, what + did_you_mean(name, known));
    }

    void add_problem(Position position, const std::string& key, const std::string& option,
                     const std::string& message) {
        if (option.empty())
            problems_.add(position, key, message);
        else
            problems_.add_option(option, message);
    }

    Definition& definition_;
    const WorkloadCatalogue& workloads_;
    const LoadOptions& options_;
    Problems& problems_;
    std::vector<std::string> choosers_;  ///< parameters that stand in `workload: "{engine}"`
    std::vector<const protocol::WorkloadDescription*> candidates_;
    std::vector<Column> columns_;
    std::map<std::string, std::size_t, std::less<>> index_;
};

}  // namespace

Columns make_columns(Definition& definition, const WorkloadCatalogue& workloads, const LoadOptions& options,
                     Problems& problems) {
    return Builder(definition, workloads, options, problems).build();
}

}  // namespace tidemark::sweep
