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
            own.is_structure = parameter.value.is_structure;
        }
        for (Axis& axis : definition_.matrix) check_axis(axis);
        for (GivenAddition& addition : definition_.additions)
            check_all(addition.parameters, "matrix.include");
        for (NamedRun& variant : definition_.each) check_all(variant.parameters, "each." + variant.name);
        for (NamedRun& run : definition_.runs) check_all(run.parameters, "runs." + run.name);
        for (const GivenExpression& derived : definition_.derive) check_derived(derived);
    }

  private:
    SweepParameter& column(const std::string& name) {
        return *std::ranges::find(columns_, name, &SweepParameter::name);
    }

    void check_all(std::vector<GivenParameter>& parameters, const std::string& key) {
        for (GivenParameter& parameter : parameters)
            check_value(parameter.name, parameter.value, fmt::format("{}.{}", key, parameter.name),
                        parameter.position);
    }

    void check_axis(Axis& axis) {
        const std::string key = "matrix." + axis.key;
        std::map<std::vector<Value>, std::string> seen;
        for (AxisPoint& point : axis.points) {
            std::vector<Value> values;
            std::string written;
            std::string text;
            for (std::size_t i = 0; i < point.values.size(); ++i) {
                GivenValue& value = point.values[i];
                check_value(axis.names[i].name, value, key, axis.names[i].position);
                values.push_back(as_number(value.value));
                written += (i == 0 ? "" : ", ") + value.written;
                text += (i == 0 ? "" : ", ") + value.text;
            }
            const auto [first, is_new] = seen.emplace(std::move(values), written);
            if (!is_new) refuse_twin(point, key, first->second, written, text);
        }
    }

    void refuse_twin(const AxisPoint& point, const std::string& key, const std::string& first,
                     const std::string& written, const std::string& text) {
        problems_.add(
            point.position, key,
            first != written
                ? fmt::format("'{}' means the same as '{}', which stands here already; texts would stand in "
                              "quotes",
                              written, first)
                : fmt::format("'{}' stands here for the second time, so two cells would be equal", text));
    }

    /// Whether a placeholder says how a list or a map is shown.
    bool takes_structure(const std::string& name) const {
        bool takes = false;
        const auto look_at = [&](const GivenTemplate& part) {
            for (const Template::Part& own : part.text.parts())
                takes = takes || (own.is_name && own.placeholder.name == name &&
                                  own.placeholder.form != PlaceholderForm::Plain);
        };
        for_each_template(definition_, look_at);
        for_each_template_around(definition_, look_at);
        return takes;
    }

    void refuse_structure(const std::string& name, const GivenValue& given, const std::string& key) {
        std::string message = "must be a single value";
        if (key.starts_with("parameters.") && given.written.starts_with('['))
            message += "; a list of values belongs to 'matrix'";
        if (!definition_.workload) {
            message += fmt::format(
                "; for a command that takes it as it is, write {{{0}...}}, {{{0}:,}} or "
                "{{{0}:json}} there",
                name);
        }
        problems_.add(given.position, key, message);
    }

    void check_derived(const GivenExpression& derived) {
        if (!candidates_.all.empty() && candidates_.descriptions(derived.name).empty() &&
            !candidates_.are_chosen_by(derived.name))
            refuse_unknown(derived.name, {}, "derive." + derived.name, derived.position);
    }

    /// False: no workload takes the value.
    bool check_value(const std::string& name, GivenValue& given, const std::string& key,
                     Position name_position) {
        if (given.is_structure && (definition_.workload || !takes_structure(name))) {
            refuse_structure(name, given, key);
            return false;
        }
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

Value as_number(const Value& value) {
    constexpr double kExact =
        9007199254740992;  // 2^53: up to there every whole number is a double of its own
    const auto* real = std::get_if<double>(&value);
    if (real == nullptr || std::trunc(*real) != *real || std::abs(*real) > kExact) return value;
    return static_cast<std::int64_t>(*real);
}

SweepParameters make_columns(Definition& definition, const WorkloadCatalogue& workloads,
                             const LoadOptions& options, ValuePool& values, Problems& problems) {
    const WorkloadCandidates candidates = find_candidates(definition, workloads, problems);
    std::vector<SweepParameter> columns = collect_columns(definition, candidates);
    refuse_names_alike(definition, columns, problems);
    GivenValues(definition, candidates, options, columns, problems).check();
    std::vector<Profile> profiles =
        make_profiles(definition, workloads, candidates, columns, values, problems);
    std::optional<Template> workload;
    if (definition.workload) workload = definition.workload->text;
    return {std::move(columns), std::move(workload), std::move(profiles), definition.folder};
}

}  // namespace tidemark::sweep
