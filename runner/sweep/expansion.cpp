#include "sweep/expansion.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/suggestion.hpp"
#include "sql/expression.hpp"
#include "sweep/scalar.hpp"

namespace tidemark::sweep {
namespace {

using sql::Expression;
using sql::ExpressionError;
using sql::ExpressionUse;

struct DigestHash {
    std::size_t operator()(const Digest& digest) const { return digest.low; }
};

/// A derived value that was brought to its parameter's type in a profile.
struct Checked {
    const Profile* profile;
    Value value;
    protocol::CheckedValue result;
};
/// More are checked anew, which takes less time than to look through them.
constexpr std::size_t kMostRemembered = 32;

struct Derived {
    std::size_t column;
    const GivenExpression* given;
    Expression expression;
    bool failed = false;        ///< one message for all cells is enough
    std::vector<Checked> seen;  ///< often few distinct values in many cells
};

/// What a matrix cell or a named run gives a column, and its key for messages.
struct Explicit {
    std::size_t column;
    const GivenValue* given;
    const std::string* key;
};

/// A run on its way: the values of all columns, and what is wrong with the explicit ones.
struct Draft {
    std::vector<Value> row;
    const Profile* profile = nullptr;
    std::vector<std::pair<const Explicit*, std::string>>
        misfits;  ///< empty: its workload does not know the parameter
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
          problems_(problems) {}

    std::vector<RunSpec> expand() {
        compile();
        refuse_too_many();
        if (problems_.any()) return {};
        collect_required();
        expand_matrix();
        expand_named_runs();
        if (runs_.empty() && !problems_.any()) explain_nothing_left();
        return std::move(runs_);
    }

  private:
    void compile() {
        for (const GivenExpression& given : definition_.derive) {
            if (auto expression = compile(given.text, columns_.names(), ExpressionUse::Value, given.position,
                                          "derive." + given.name)) {
                derived_.push_back({*columns_.find(given.name), &given, std::move(*expression), false, {}});
            }
        }
        if (derived_.size() == definition_.derive.size()) sort_derived();
        for (const GivenExpression& given : definition_.exclude) {
            if (auto condition = compile(given.text, columns_.names(), ExpressionUse::Condition,
                                         given.position, "exclude")) {
                excludes_.emplace_back(std::move(*condition), &given);
            }
        }
        if (!options_.only) return;
        std::vector<std::string> names = columns_.names();
        names.emplace_back("run");
        try {
            only_ = engine_.compile(*options_.only, names, ExpressionUse::Condition);
        } catch (const ExpressionError& error) {
            problems_.add_option("--only", error.what());
        }
    }

    std::optional<Expression> compile(const std::string& text, const std::vector<std::string>& names,
                                      ExpressionUse use, Position position, const std::string& key) {
        try {
            return engine_.compile(text, names, use);
        } catch (const ExpressionError& error) {
            problems_.add(position, key, error.what());
            return std::nullopt;
        }
    }

    /// So that each comes behind those that it uses.
    void sort_derived() {
        std::vector<Derived> sorted;
        while (!derived_.empty()) {
            const auto ready = std::ranges::find_if(derived_, [&](const Derived& candidate) {
                return std::ranges::none_of(derived_,
                                            [&](const Derived& other) { return uses(candidate, other); });
            });
            if (ready == derived_.end()) {
                std::vector<std::string> names;
                for (const Derived& derived : derived_) names.push_back(derived.given->name);
                const GivenExpression& first = *derived_.front().given;
                problems_.add(first.position, "derive." + first.name,
                              names.size() == 1 ? "is derived from itself"
                                                : fmt::format("{} are derived from each other in a circle",
                                                              fmt::join(names, ", ")));
                return;
            }
            sorted.push_back(std::move(*ready));
            derived_.erase(ready);
        }
        derived_ = std::move(sorted);
    }

    static bool uses(const Derived& user, const Derived& used) {
        return std::ranges::find(user.expression.uses(), used.column) != user.expression.uses().end();
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

    /// What the command's templates cannot do without.
    void collect_required() {
        const auto require = [&](const GivenTemplate& part) {
            for (const std::string& name : part.text.names())
                required_.emplace_back(*columns_.find(name), &part);
        };
        for (const GivenTemplate& part : definition_.command) require(part);
        for (const auto& [name, part] : definition_.environment) require(part);
        for (const auto* part : {&definition_.working_directory, &definition_.stdin_file}) {
            if (*part) require(**part);
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
        if (!resolve(draft, cell, is_explicit, name, true)) return;
        const Digest digest = digest_(draft.row);
        // no two cells are equal, for no axis holds a value twice
        if (by_digest_.try_emplace(digest, runs_.size()).second)
            append(draft, digest, std::move(name), !definition_.has_matrix);
    }

    /// Finds all values of a run. False: it is left out, or there was a problem. What is wrong with a cell
    /// that is excluded does not matter.
    bool resolve(Draft& draft, const std::vector<Explicit>& values, const std::vector<bool>& is_explicit,
                 const std::string& run, bool may_be_excluded) {
        if (!fill(draft, values, run)) return false;
        std::string problem;
        Derived* failed = derive(draft, is_explicit, problem);
        if (may_be_excluded && is_excluded(draft.row, run)) return false;
        if (failed != nullptr) {
            if (!failed->failed) {
                problems_.add(failed->given->position, "derive." + failed->given->name,
                              fmt::format("{} (in the run '{}')", problem, run));
            }
            failed->failed = true;
            return false;
        }
        report_misfits(draft, run);
        return has_all_required(draft.row, run) && draft.misfits.empty();
    }

    bool fill(Draft& draft, const std::vector<Explicit>& values, const std::string& run) {
        draft.misfits.clear();
        // cells of one profile differ in what is explicit or derived, and both are set anew
        if (draft.row.empty() || columns_.choose_workload()) draft.row = columns_.profiles().front().base;
        for (const Explicit& value : values) draft.row[value.column] = value.given->value;
        draft.profile = columns_.profile(draft.row);
        if (!columns_.choose_workload()) return true;
        if (draft.profile == nullptr) {
            explain_missing_workload(draft.row, run);
            return false;
        }
        draft.row = draft.profile->base;
        for (const Explicit& value : values) fit(draft, value);
        return true;
    }

    void fit(Draft& draft, const Explicit& value) {
        draft.row[value.column] = value.given->value;
        if (!columns_.knows(*draft.profile, value.column)) {
            draft.misfits.emplace_back(&value, std::string());
            return;
        }
        const auto checked = columns_.check(*draft.profile, value.column, value.given->value);
        if (checked.value)
            draft.row[value.column] = *checked.value;
        else
            draft.misfits.emplace_back(&value, checked.problem);
    }

    void explain_missing_workload(const std::vector<Value>& row, const std::string& run) {
        const GivenTemplate& workload = *definition_.workload;
        for (const std::string& name : workload.text.names()) {
            if (!is_null(row[*columns_.find(name)])) continue;
            problems_.add(
                workload.position, workload.key,
                fmt::format("'{{{}}}' has no value in the run '{}'; give it in parameters, matrix or the run",
                            name, run));
            return;
        }
        std::vector<std::string_view> known;
        for (const Profile& profile : columns_.profiles()) {
            if (profile.workload != nullptr) known.emplace_back(profile.workload->workload);
        }
        const std::string name = columns_.workload_name(row);
        problems_.add(workload.position, workload.key,
                      fmt::format("there is no workload '{}'{} (in the run '{}')", name,
                                  did_you_mean(name, known), run));
    }

    void report_misfits(const Draft& draft, const std::string& run) {
        for (const auto& [value, problem] : draft.misfits) {
            const std::string& workload = draft.profile->workload->workload;
            const bool in_matrix = value->key->starts_with("matrix.");
            const std::string message =
                problem.empty()
                    ? fmt::format("the workload '{}' of the run '{}' has no such parameter; {}", workload,
                                  run, in_matrix ? "leave such cells out with exclude" : "remove it")
                    : fmt::format("{} (in the run '{}' of the workload '{}')", problem, run, workload);
            const GivenValue& given = *value->given;
            if (given.option.empty())
                problems_.add(given.position, *value->key, message);
            else
                problems_.add_option(given.option, message);
        }
    }

    bool has_all_required(const std::vector<Value>& row, const std::string& run) {
        bool has_all = true;
        for (const auto& [column, part] : required_) {
            if (!is_null(row[column])) continue;
            has_all = false;
            problems_.add(
                part->position, part->key,
                fmt::format(
                    "the placeholder '{{{}}}' has no value in the run '{}'; give one in parameters, or "
                    "\"\" for an empty text",
                    columns_.names()[column], run));
        }
        return has_all;
    }

    /// Where the file gives the parameter, if it does outside the named runs.
    Position place_of(const std::string& parameter) const {
        const auto given = std::ranges::find(definition_.parameters, parameter, &GivenParameter::name);
        if (given != definition_.parameters.end()) return given->position;
        const auto axis = std::ranges::find(definition_.matrix, parameter, &Axis::name);
        return axis != definition_.matrix.end() ? axis->position : Position{};
    }

    void append(const Draft& draft, const Digest& digest, std::string name, bool named) {
        if (const auto lack = columns_.lack_of(*draft.profile, draft.row))
            problems_.add(place_of(lack->parameter), lack->parameter, lack->message);
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
            if (!resolve(draft, values, explicit_columns(values), given.name, false)) continue;
            const Digest digest = digest_(draft.row);
            const auto [known, is_new] = by_digest_.try_emplace(digest, runs_.size());
            if (is_new) {
                append(draft, digest, given.name, true);
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

    /// The derivation that failed, if one did, and its problem. Explicit values suppress derived ones.
    Derived* derive(Draft& draft, const std::vector<bool>& is_explicit, std::string& problem) {
        Derived* failed = nullptr;
        for (Derived& derived : derived_) {
            if (is_explicit[derived.column] || !columns_.knows(*draft.profile, derived.column)) continue;
            if (failed == nullptr) problem = derive_one(derived, draft);
            if (problem.empty()) continue;
            draft.row[derived.column] = Value();
            if (failed == nullptr) failed = &derived;
        }
        return failed;
    }

    std::string derive_one(Derived& derived, Draft& draft) {
        try {
            const Value value = derived.expression.evaluate(draft.row);
            if (is_null(value)) return fmt::format("`{}` is null", derived.given->text);
            if (!is_finite(value)) return fmt::format("`{}` is not a finite number", derived.given->text);
            const protocol::CheckedValue checked = check(derived, *draft.profile, value);
            if (!checked.value) return checked.problem;
            draft.row[derived.column] = *checked.value;
            return {};
        } catch (const ExpressionError& error) {
            return error.what();
        }
    }

    protocol::CheckedValue check(Derived& derived, const Profile& profile, const Value& value) const {
        for (const Checked& known : derived.seen) {
            if (known.profile == &profile && known.value == value) return known.result;
        }
        protocol::CheckedValue result = columns_.check(profile, derived.column, value);
        if (derived.seen.size() < kMostRemembered) derived.seen.push_back({&profile, value, result});
        return result;
    }

    bool is_excluded(const std::vector<Value>& row, const std::string& run) {
        for (auto& [condition, given] : excludes_) {
            try {
                if (condition.holds(row)) return true;
            } catch (const ExpressionError& error) {
                problems_.add(given->position, "exclude",
                              fmt::format("{} (in the run '{}')", error.what(), run));
            }
        }
        return false;
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
    std::vector<Derived> derived_;
    std::vector<std::pair<Expression, const GivenExpression*>> excludes_;
    std::optional<Expression> only_;
    std::vector<std::pair<std::size_t, const GivenTemplate*>> required_;
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
