#include "sweep/expansion/expansion.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "sql/expression.hpp"
#include "sweep/expansion/index_table.hpp"
#include "sweep/expansion/resolver.hpp"
#include "sweep/expansion/row_expression.hpp"

namespace tidemark::sweep {
namespace {

using sql::ExpressionError;

class Expander {
  public:
    Expander(const Definition& definition, const SweepParameters& columns,
             const std::vector<std::size_t>& varying, const LoadOptions& options, const CellDigest& digest,
             ValuePool& values, Problems& problems)
        : definition_(definition),
          columns_(columns),
          varying_(varying),
          options_(options),
          digest_(digest),
          values_(values),
          problems_(problems),
          resolver_(definition, columns, engine_, values, problems) {}

    Expansion expand() {
        compile_only();
        const std::size_t most = count_runs();
        if (problems_.any()) return {};
        runs_.reserve(most);
        expand_matrix();
        expand_named_runs();
        if (runs_.empty() && !problems_.any()) explain_nothing_left();
        return {std::move(runs_), excluded_};
    }

  private:
    void compile_only() {
        if (!options_.only) return;
        std::vector<std::string> names = columns_.names();
        names.emplace_back("run");
        try {
            only_.emplace(engine_, *options_.only, names, sql::ExpressionUse::Condition);
        } catch (const ExpressionError& error) {
            problems_.add_option("--only", error.what());
        }
    }

    /// As many as there are before any exclusion; too many are a problem.
    std::size_t count_runs() {
        double cells = definition_.has_matrix ? 1 : 0;
        for (const Axis& axis : definition_.matrix) cells *= static_cast<double>(axis.values.size());
        const double runs = cells + static_cast<double>(definition_.runs.size());
        constexpr double kMostThatFit = 10'000'000;  // in 2 GB
        if (runs > kMostThatFit) {
            problems_.add(
                definition_.matrix_position, "matrix",
                fmt::format("expands to {:.0f} runs; more than {:.0f} do not fit", runs, kMostThatFit));
        } else if (runs > static_cast<double>(kManyRuns) && !options_.allow_many) {
            problems_.add(definition_.matrix_position, "matrix",
                          fmt::format("expands to {:.0f} runs before any exclusion, which is more than {}; "
                                      "if you mean it, say --yes",
                                      runs, kManyRuns));
        }
        return runs > kMostThatFit ? 0 : static_cast<std::size_t>(runs);
    }

    /// A value of an axis as the cells have it.
    struct AxisValue {
        const GivenValue* given;
        const ParameterValue* value;
        std::string in_name;  ///< `,batch_size=16`
    };

    std::vector<std::vector<AxisValue>> axis_values() {
        std::vector<std::vector<AxisValue>> axes;
        for (const Axis& axis : definition_.matrix) {
            std::vector<AxisValue>& own = axes.emplace_back();
            const char* const comma = axes.size() > 1 ? "," : "";
            for (const GivenValue& given : axis.values) {
                own.push_back({&given, values_.keep(given.value, given.written),
                               fmt::format("{}{}={}", comma, axis.name, given.text)});
            }
        }
        return axes;
    }

    /// Like an odometer: the last axis turns fastest.
    void expand_matrix() {
        const bool single_run = !definition_.has_matrix && definition_.runs.empty();
        if (!definition_.has_matrix && !single_run) return;
        const std::vector<std::vector<AxisValue>> axes = axis_values();
        std::vector<std::string> keys;
        for (const Axis& axis : definition_.matrix) keys.push_back("matrix." + axis.name);
        std::vector<Explicit> cell;
        for (std::size_t i = 0; i < axes.size(); ++i)
            cell.push_back({*columns_.find(definition_.matrix[i].name), nullptr, nullptr, &keys[i]});
        const std::vector<bool> is_explicit = explicit_columns(cell);
        Draft draft;
        std::string name = single_run ? definition_.name : "";
        std::vector<std::size_t> name_ends(axes.size() + 1, 0);  // the name's length before each axis
        std::vector<std::size_t> at(axes.size(), 0);
        std::size_t turned = 0;
        while (true) {
            if (!single_run) name.resize(name_ends[turned]);
            for (std::size_t i = turned; i < axes.size(); ++i) {
                const AxisValue& value = axes[i][at[i]];
                cell[i].given = value.given;
                cell[i].value = value.value;
                name += value.in_name;
                name_ends[i + 1] = name.size();
            }
            add_cell(draft, cell, is_explicit, name);
            turned = axes.size();
            while (turned > 0 && ++at[turned - 1] == axes[turned - 1].size()) at[--turned] = 0;
            if (turned == 0) return;
            --turned;
        }
    }

    std::vector<bool> explicit_columns(const std::vector<Explicit>& values) const {
        std::vector<bool> columns(columns_.all().size(), false);
        for (const Explicit& value : values) columns[value.column] = true;
        return columns;
    }

    void add_cell(Draft& draft, const std::vector<Explicit>& cell, const std::vector<bool>& is_explicit,
                  const std::string& name) {
        if (!resolver_.resolve(draft, cell, is_explicit, name, MayBeExcluded::Yes)) {
            ++excluded_;
            return;
        }
        const Digest digest = digest_(draft.row, *draft.profile);
        // no two cells are equal, for no axis holds a value twice
        if (find_or_add(digest) == runs_.size()) append(draft, cell, digest, name, !definition_.has_matrix);
    }

    /// The index of the run with that cell; that of the next run where there is none yet.
    std::size_t find_or_add(const Digest& digest) {
        return by_digest_.find_or_add(digest.low, static_cast<std::uint32_t>(runs_.size()),
                                      [&](std::uint32_t run) { return runs_[run].cell == digest; });
    }

    /// Where the file gives the parameter, if it does outside the named runs.
    Position place_of(const std::string& parameter) const {
        const auto given = std::ranges::find(definition_.parameters, parameter, &GivenParameter::name);
        if (given != definition_.parameters.end()) return given->position;
        const auto axis = std::ranges::find(definition_.matrix, parameter, &Axis::name);
        return axis != definition_.matrix.end() ? axis->position : Position{};
    }

    /// A value that the run's model can do nothing with, by the place that gives it to this run.
    void report_misfit(const SweepParameters::Misfit& misfit, const std::vector<Explicit>& values,
                       const std::string& run) {
        const std::string& name = columns_.names()[misfit.column];
        const std::string message = fmt::format("{} (in the run '{}'); ", misfit.message, run);
        const char* const remove = "remove it, or give it to runs of other models alone";
        const auto own = std::ranges::find(values, misfit.column, &Explicit::column);
        const auto given = std::ranges::find(definition_.parameters, name, &GivenParameter::name);
        const auto derived = std::ranges::find(definition_.derive, name, &GivenExpression::name);
        const GivenValue* const value = own != values.end()                     ? own->given
                                        : derived != definition_.derive.end()   ? nullptr
                                        : given != definition_.parameters.end() ? &given->value
                                                                                : nullptr;
        if (value != nullptr && !value->option.empty())
            problems_.add_option(value->option, message + remove);
        else if (own != values.end())
            problems_.add(value->position, *own->key,
                          message + (own->key->starts_with("matrix.") ? "leave such cells out with exclude"
                                                                      : "remove it"));
        else if (value != nullptr)
            problems_.add(value->position, "parameters." + name, message + remove);
        else if (derived != definition_.derive.end())
            problems_.add(derived->position, "derive." + name, message + remove);
    }

    void append(const Draft& draft, const std::vector<Explicit>& values, const Digest& digest,
                const std::string& name, bool named) {
        if (const auto lack = columns_.lack_of(*draft.profile, draft.row))
            problems_.add(place_of(lack->parameter), lack->parameter, lack->message);
        for (const SweepParameters::Misfit& misfit : columns_.misfits_of(*draft.profile, draft.row))
            report_misfit(misfit, values, name);
        varying_values_.clear();
        for (const std::size_t column : varying_) varying_values_.push_back(draft.row[column]);
        runs_.push_back({name, digest, values_.keep(varying_values_), named});
    }

    void expand_named_runs() {
        std::map<std::size_t, std::string> named;  // index of the run → the name that it was given
        for (const NamedRun& given : definition_.runs) {
            std::vector<std::string> keys;
            for (const GivenParameter& parameter : given.parameters)
                keys.push_back(fmt::format("runs.{}.{}", given.name, parameter.name));
            std::vector<Explicit> values;
            for (std::size_t i = 0; i < keys.size(); ++i) {
                const GivenParameter& parameter = given.parameters[i];
                const GivenValue& value = parameter.value;
                values.push_back({*columns_.find(parameter.name), &value,
                                  values_.keep(value.value, value.written), &keys[i]});
            }
            Draft draft;
            if (!resolver_.resolve(draft, values, explicit_columns(values), given.name, MayBeExcluded::No))
                continue;
            const Digest digest = digest_(draft.row, *draft.profile);
            const std::size_t index = find_or_add(digest);
            if (index == runs_.size()) {
                append(draft, values, digest, given.name, true);
                named.emplace(index, given.name);
            } else if (const auto [twin, first] = named.try_emplace(index, given.name); first) {
                runs_[index].run = given.name;
                runs_[index].named = true;
            } else if (options_.set.empty()) {
                problems_.add(
                    given.position, "runs." + given.name,
                    fmt::format("is the same run as '{}': all their parameters are equal", twin->second));
            }
        }
        by_digest_.clear();
        select();
        require_different_names();
    }

    void select() {
        if (!only_) return;
        try {
            std::erase_if(runs_, [&](const RunSpec& run) {
                return !only_->holds(columns_.row(varying_, run.values), run.run);
            });
        } catch (const ExpressionError& error) {
            problems_.add_option("--only", error.what());
        }
    }

    void require_different_names() {
        IndexTable by_name;
        for (std::uint32_t i = 0; i < runs_.size(); ++i) {
            const std::string& name = runs_[i].run;
            const std::uint32_t first =
                by_name.find_or_add(std::hash<std::string>()(name), i,
                                    [&](std::uint32_t other) { return runs_[other].run == name; });
            if (first == i) continue;
            const auto named = std::ranges::find(definition_.runs, name, &NamedRun::name);
            if (named != definition_.runs.end()) {
                problems_.add(named->position, "runs." + name,
                              "two different runs have this name; rename the named run");
            } else {
                problems_.add(
                    definition_.matrix_position, "matrix",
                    fmt::format("two different cells are called '{}'; give one of them a name under 'runs'",
                                name));
            }
        }
    }

    void explain_nothing_left() {
        if (only_)
            problems_.add_option("--only " + *options_.only, "no run of the sweep is like that");
        else
            problems_.add(definition_.exclude_position, "exclude",
                          "every cell of the matrix is excluded, so there is nothing to run");
    }

    const Definition& definition_;
    const SweepParameters& columns_;
    const std::vector<std::size_t>& varying_;
    const LoadOptions& options_;
    const CellDigest& digest_;
    ValuePool& values_;
    Problems& problems_;
    sql::ExpressionEngine engine_;
    Resolver resolver_;
    std::optional<RowExpression> only_;
    std::vector<RunSpec> runs_;
    std::size_t excluded_ = 0;
    IndexTable by_digest_;  ///< indices of runs
    Row varying_values_;
};

}  // namespace

Expansion expand(const Definition& definition, const SweepParameters& columns,
                 const std::vector<std::size_t>& varying, const LoadOptions& options,
                 const CellDigest& digest, ValuePool& values, Problems& problems) {
    return Expander(definition, columns, varying, options, digest, values, problems).expand();
}

}  // namespace tidemark::sweep
