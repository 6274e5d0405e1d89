#include "sweep/expansion/given_values.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "base/suggestion.hpp"
#include "sweep/expansion/parameter_names.hpp"
#include "sweep/expansion/profiles.hpp"
#include "sweep/expansion/workload_candidates.hpp"

namespace tidemark::sweep {
namespace {

/// 2.0 and 2 are one number.
Value as_number(const Value& value) {
    constexpr double kExact =
        9007199254740992;  // 2^53: up to there every whole number is a double of its own
    const auto* real = std::get_if<double>(&value);
    if (real == nullptr || std::trunc(*real) != *real || std::abs(*real) > kExact) return value;
    return static_cast<std::int64_t>(*real);
}

/// Checks given values against the workloads' descriptions of their parameters.
class GivenValues {
  public:
    GivenValues(Definition& definition, const WorkloadCandidates& candidates, const LoadOptions& options,
                std::vector<SweepParameter>& columns, Problems& problems)
        : definition_(definition),
          candidates_(candidates),
          options_(options),
          columns_(columns),
          problems_(problems) {}

    void check() {
        for (GivenParameter& parameter : definition_.parameters) {
            const std::string key = "parameters." + parameter.name;
            if (!check_value(parameter.name, parameter.value, key, parameter.position)) continue;
            SweepParameter& own = column(parameter.name);
            own.given = parameter.value.value;
            own.written = parameter.value.written;
        }
        for (Axis& axis : definition_.matrix) check_axis(axis);
        for (NamedRun& run : definition_.runs) {
            for (GivenParameter& parameter : run.parameters) {
                check_value(parameter.name, parameter.value,
                            fmt::format("runs.{}.{}", run.name, parameter.name), parameter.position);
            }
        }
        for (const GivenExpression& derived : definition_.derive) check_derived(derived);
    }

  private:
    SweepParameter& column(const std::string& name) {
        return *std::ranges::find(columns_, name, &SweepParameter::name);
    }

    void check_axis(Axis& axis) {
        const std::string key = "matrix." + axis.name;
        std::map<Value, std::string> seen;
        for (GivenValue& value : axis.values) {
            check_value(axis.name, value, key, axis.position);
            const auto [first, is_new] = seen.emplace(as_number(value.value), value.written);
            if (is_new) continue;
            const bool is_written_otherwise = first->second != value.written;
            problems_.add(
                value.position, key,
                is_written_otherwise
                    ? fmt::format(
                          "'{}' means the same as '{}', which stands here already; texts would stand in "
                          "quotes",
                          value.written, first->second)
                    : fmt::format("'{}' stands here for the second time, so two cells would be equal",
                                  value.text));
        }
    }

    void check_derived(const GivenExpression& derived) {
        if (!candidates_.all.empty() && candidates_.descriptions(derived.name).empty() &&
            !candidates_.are_chosen_by(derived.name))
            refuse_unknown(derived.name, {}, "derive." + derived.name, derived.position);
    }

    /// False: no workload takes the value.
    bool check_value(const std::string& name, GivenValue& given, const std::string& key,
                     Position name_position) {
        const auto known = candidates_.descriptions(name);
        if (known.empty()) {
            const bool has_workload = definition_.workload.has_value();
            const bool unknown_to_workload = !candidates_.all.empty() && !candidates_.are_chosen_by(name);
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
        problems_.add_given(given.position, key, given.option, problem);
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
                problems_.add_given(given.position, key, given.option,
                                    fmt::format("there is no file {}", named));
        } else {
            given.text = text;
        }
    }

    void refuse_unknown(const std::string& name, const GivenValue& value, const std::string& key,
                        Position name_position) {
        const bool has_workload = definition_.workload.has_value();
        std::vector<std::string_view> known;
        for (const auto* workload : candidates_.all) {
            for (const auto& parameter : workload->parameters) known.emplace_back(parameter.name);
        }
        for (const SweepParameter& column : columns_) {
            if (!has_workload && column.name != name) known.emplace_back(column.name);
        }
        const std::string what = !has_workload          ? "the sweep has no such parameter"
                                 : value.option.empty() ? "unknown key"
                                                        : "unknown parameter";
        problems_.add_given(name_position, key, value.option, what + did_you_mean(name, known));
    }

    Definition& definition_;
    const WorkloadCandidates& candidates_;
    const LoadOptions& options_;
    std::vector<SweepParameter>& columns_;
    Problems& problems_;
};

}  // namespace

SweepParameters make_columns(Definition& definition, const WorkloadCatalogue& workloads,
                             const LoadOptions& options, ValuePool& values, Problems& problems) {
    const WorkloadCandidates candidates = find_candidates(definition, workloads, problems);
    std::vector<SweepParameter> columns = collect_columns(definition, candidates);
    GivenValues(definition, candidates, options, columns, problems).check();
    std::vector<Profile> profiles =
        make_profiles(definition, workloads, candidates, columns, values, problems);
    std::optional<Template> workload;
    if (definition.workload) workload = definition.workload->text;
    return {std::move(columns), std::move(workload), std::move(profiles), definition.folder};
}

}  // namespace tidemark::sweep
