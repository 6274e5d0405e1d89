#include "sweep/expansion.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "sql/expression.hpp"
#include "sweep/resolver.hpp"

namespace tidemark::sweep {
namespace {

using sql::ExpressionError;

struct DigestHash {
    std::size_t operator()(const Digest& digest) const { return digest.low; }
};

class Expander {
  public:
    Expander(const Definition& definition, const Columns& columns, const std::vector<std::size_t>& varying,
             const LoadOptions& options, const CellDigest& digest, Problems& problems)
        : definition_(definition),
          columns_(columns),
          varying_(varying),
          options_(options),
          digest_(digest),
          problems_(problems),
          resolver_(definition, columns, engine_, problems) {}

    std::vector<RunSpec> expand() {
        compile_only();
        refuse_too_many();
        if (problems_.any()) return {};
        expand_matrix();
        expand_named_runs();
        if (runs_.empty() && !problems_.any()) explain_nothing_left();
        return std::move(runs_);
    }

  private:
    void compile_only() {
        if (!options_.only) return;
        std::vector<std::string> names = columns_.names();
        names.emplace_back("run");
        try {
            only_ = engine_.compile(*options_.only, names, sql::ExpressionUse::Condition);
        } catch (const ExpressionError& error) {
            problems_.add_option("--only", error.what());
        }
    }

    void refuse_too_many() {
        double cells = definition_.has_matrix ? 1 : 0;
        for (const Axis& axis : definition_.matrix) cells *= static_cast<double>(axis.values.size());
        const double runs = cells + static_cast<double>(definition_.runs.size());
        constexpr double kMostThatFit = 10'000'000;  // in 5 GB
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
    }

    /// Like an odometer: the last axis turns fastest.
    void expand_matrix() {
        const bool single_run = !definition_.has_matrix && definition_.runs.empty();
        if (!definition_.has_matrix && !single_run) return;
        std::vector<std::string> keys;
        for (const Axis& axis : definition_.matrix) keys.push_back("matrix." + axis.name);
        std::vector<Explicit> cell;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const Axis& axis = definition_.matrix[i];
            cell.push_back({*columns_.find(axis.name), &axis.values.front(), &keys[i]});
        }
        const std::vector<bool> is_explicit = explicit_columns(cell);
        Draft draft;
        std::vector<std::size_t> at(cell.size(), 0);
        while (true) {
            add_cell(draft, cell, is_explicit, single_run ? definition_.name : cell_name(at));
            std::size_t turn = at.size();
            while (turn > 0 && ++at[turn - 1] == definition_.matrix[turn - 1].values.size()) at[--turn] = 0;
            if (turn == 0) return;
            for (std::size_t i = turn - 1; i < at.size(); ++i)
                cell[i].given = &definition_.matrix[i].values[at[i]];
        }
    }

    std::vector<bool> explicit_columns(const std::vector<Explicit>& values) const {
        std::vector<bool> columns(columns_.all().size(), false);
        for (const Explicit& value : values) columns[value.column] = true;
        return columns;
    }

    std::string cell_name(const std::vector<std::size_t>& at) const {
        std::string name;
        for (std::size_t i = 0; i < at.size(); ++i) {
            if (i > 0) name += ',';
            name += definition_.matrix[i].name;
            name += '=';
            name += definition_.matrix[i].values[at[i]].text;
        }
        return name;
    }

    void add_cell(Draft& draft, const std::vector<Explicit>& cell, const std::vector<bool>& is_explicit,
                  std::string name) {
        if (!resolver_.resolve(draft, cell, is_explicit, name, MayBeExcluded::Yes)) return;
        const Digest digest = digest_(draft.row);
        // no two cells are equal, for no axis holds a value twice
        if (by_digest_.try_emplace(digest, runs_.size()).second)
            append(draft, cell, digest, std::move(name), !definition_.has_matrix);
    }

    /// Where the file gives the parameter, if it does outside the named runs.
    Position place_of(const std::string& parameter) const {
        const auto given = std::ranges::find(definition_.parameters, parameter, &GivenParameter::name);
        if (given != definition_.parameters.end()) return given->position;
        const auto axis = std::ranges::find(definition_.matrix, parameter, &Axis::name);
        return axis != definition_.matrix.end() ? axis->position : Position{};
    }

    /// A value that the run's model can do nothing with, by the place that gives it to this run.
    void report_misfit(const Columns::Misfit& misfit, const std::vector<Explicit>& values,
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
                std::string name, bool named) {
        if (const auto lack = columns_.lack_of(*draft.profile, draft.row))
            problems_.add(place_of(lack->parameter), lack->parameter, lack->message);
        for (const Columns::Misfit& misfit : columns_.misfits_of(*draft.profile, draft.row))
            report_misfit(misfit, values, name);
        RunSpec run{std::move(name), digest, {}, named};
        run.values.reserve(varying_.size());
        for (const std::size_t column : varying_) run.values.push_back(draft.row[column]);
        runs_.push_back(std::move(run));
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
                values.push_back({*columns_.find(parameter.name), &parameter.value, &keys[i]});
            }
            Draft draft;
            if (!resolver_.resolve(draft, values, explicit_columns(values), given.name, MayBeExcluded::No))
                continue;
            const Digest digest = digest_(draft.row);
            const auto [known, is_new] = by_digest_.try_emplace(digest, runs_.size());
            if (is_new) {
                append(draft, values, digest, given.name, true);
                named.emplace(runs_.size() - 1, given.name);
            } else if (const auto [twin, first] = named.try_emplace(known->second, given.name); first) {
                runs_[known->second].run = given.name;
                runs_[known->second].named = true;
            } else if (options_.set.empty()) {
                problems_.add(
                    given.position, "runs." + given.name,
                    fmt::format("is the same run as '{}': all their parameters are equal", twin->second));
            }
        }
        select();
        require_different_names();
    }

    void select() {
        if (!only_) return;
        std::vector<Value> row;
        try {
            std::erase_if(runs_, [&](const RunSpec& run) {
                row = columns_.profiles().front().base;
                lay_over(row, run);
                if (columns_.choose_workload()) {
                    row = columns_.profile(row)->base;
                    lay_over(row, run);
                }
                row.emplace_back(run.run);
                return !only_->holds(row);
            });
        } catch (const ExpressionError& error) {
            problems_.add_option("--only", error.what());
        }
    }

    void lay_over(std::vector<Value>& row, const RunSpec& run) const {
        for (std::size_t i = 0; i < varying_.size(); ++i) row[varying_[i]] = run.values[i];
    }

    void require_different_names() {
        std::unordered_set<std::string_view> names;
        for (const RunSpec& run : runs_) {
            if (names.insert(run.run).second) continue;
            const auto named = std::ranges::find(definition_.runs, run.run, &NamedRun::name);
            if (named != definition_.runs.end()) {
                problems_.add(named->position, "runs." + run.run,
                              "two different runs have this name; rename the named run");
            } else {
                problems_.add(
                    definition_.matrix_position, "matrix",
                    fmt::format("two different cells are called '{}'; give one of them a name under 'runs'",
                                run.run));
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
    const Columns& columns_;
    const std::vector<std::size_t>& varying_;
    const LoadOptions& options_;
    const CellDigest& digest_;
    Problems& problems_;
    sql::ExpressionEngine engine_;
    Resolver resolver_;
    std::optional<sql::Expression> only_;
    std::vector<RunSpec> runs_;
    std::unordered_map<Digest, std::size_t, DigestHash> by_digest_;
};

}  // namespace

std::vector<RunSpec> expand(const Definition& definition, const Columns& columns,
                            const std::vector<std::size_t>& varying, const LoadOptions& options,
                            const CellDigest& digest, Problems& problems) {
    return Expander(definition, columns, varying, options, digest, problems).expand();
}

}  // namespace tidemark::sweep
