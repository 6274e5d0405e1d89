#include "sweep/expansion/profiles.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "protocol/model_options.hpp"

namespace tidemark::sweep {
namespace {

class ProfileMaker {
  public:
    ProfileMaker(const Definition& definition, const WorkloadCatalogue& workloads,
                 const std::vector<SweepParameter>& columns, ValuePool& values, Problems& problems)
        : definition_(definition),
          workloads_(workloads),
          columns_(columns),
          values_(values),
          problems_(problems) {}

    Profile profile_of(const protocol::WorkloadDescription* workload) {
        Profile profile{workload};
        for (const SweepParameter& column : columns_) {
            const auto* description =
                workload == nullptr || column.chooses_workload ? nullptr : workload->parameter(column.name);
            profile.descriptions.push_back(description);
            profile.base.push_back(base_value(profile, column, description));
        }
        if (workload != nullptr) find_model_columns(profile);
        return profile;
    }

  private:
    void find_model_columns(Profile& profile) const {
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

    const ParameterValue* base_value(const Profile& profile, const SweepParameter& column,
                                     const protocol::ParameterDescription* description) {
        const bool knows = profile.workload == nullptr || column.chooses_workload || description != nullptr;
        if (!column.given) {
            if (description == nullptr) return values_.keep(Value());
            return values_.keep(is_null(description->default_value)
                                    ? provided_for(*profile.workload, column.name)
                                    : description->default_value);
        }
        if (!knows) return values_.keep(Value());
        if (description == nullptr) return values_.keep(*column.given, column.written, column.is_structure);
        const protocol::CheckedValue checked = protocol::check(*description, *column.given);
        if (checked.value) return values_.keep(*checked.value, column.written);
        // another of the workloads takes it
        const auto given = std::ranges::find(definition_.parameters, column.name, &GivenParameter::name);
        problems_.add_given(
            given->value.position, "parameters." + column.name, given->value.option,
            fmt::format("{} (for the workload '{}')", checked.problem, profile.workload->workload));
        return values_.keep(*column.given, column.written);
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
            for_each_value(definition_, other.name, [&](const GivenValue& given) { look_at(given.value); });
        }
        return agree && found ? *found : Value();
    }

    const Definition& definition_;
    const WorkloadCatalogue& workloads_;
    const std::vector<SweepParameter>& columns_;
    ValuePool& values_;
    Problems& problems_;
};

}  // namespace

std::vector<Profile> make_profiles(const Definition& definition, const WorkloadCatalogue& workloads,
                                   const WorkloadCandidates& candidates,
                                   const std::vector<SweepParameter>& columns, ValuePool& values,
                                   Problems& problems) {
    ProfileMaker maker(definition, workloads, columns, values, problems);
    std::vector<Profile> profiles;
    for (const auto* candidate : candidates.all) profiles.push_back(maker.profile_of(candidate));
    if (profiles.empty()) profiles.push_back(maker.profile_of(nullptr));
    return profiles;
}

}  // namespace tidemark::sweep
