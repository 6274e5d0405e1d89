#include "sweep/expansion.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sql/expression.hpp"

namespace tidemark::sweep {
namespace {

using sql::Expression;
using sql::ExpressionError;
using sql::ExpressionUse;

struct DigestHash {
    std::size_t operator()(const Digest& digest) const { return digest.low; }
};

struct Derived {
    std::size_t column;
    const GivenExpression* given;
    Expression expression;
    bool failed = false;                                         ///< one message for all cells is enough
    std::vector<std::pair<Value, protocol::CheckedValue>> seen;  ///< few distinct values, many cells
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
        for (const Column& column : columns_.all()) base_.push_back(column.base);
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
                excludes_.push_back(std::move(*condition));
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
        constexpr double kMostThatFit = 100'000'000;
        if (runs > kMostThatFit) {
            problems_.add(definition_.matrix_position, "matrix",
                          fmt::format("has {:.3g} cells, more than tidemark can hold", cells));
        } else if (runs > static_cast<double>(kManyRuns) && !options_.allow_many) {
            problems_.add(
                definition_.matrix_position, "matrix",
                fmt::format("expands to {:.0f} runs, which is more than {}; if you mean it, say --yes", runs,
                            kManyRuns));
        }
    }

    /// Like an odometer: the last axis turns fastest.
    void expand_matrix() {
        std::vector<std::size_t> axis_columns;
        std::vector<bool> is_explicit(columns_.all().size(), false);
        for (const Axis& axis : definition_.matrix) {
            axis_columns.push_back(*columns_.find(axis.name));
            is_explicit[axis_columns.back()] = true;
        }
        const bool single_run = !definition_.has_matrix && definition_.runs.empty();
        if (!definition_.has_matrix && !single_run) return;
        std::vector<std::size_t> at(definition_.matrix.size(), 0);
        std::vector<Value> row;
        while (true) {
            row = base_;
            for (std::size_t i = 0; i < at.size(); ++i)
                row[axis_columns[i]] = definition_.matrix[i].values[at[i]].value;
            add_cell(row, is_explicit, single_run ? definition_.name : cell_name(at));
            std::size_t turn = at.size();
            while (turn > 0 && ++at[turn - 1] == definition_.matrix[turn - 1].values.size()) at[--turn] = 0;
            if (turn == 0) return;
        }
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

    void add_cell(std::vector<Value>& row, const std::vector<bool>& is_explicit, std::string name) {
        if (!derive(row, is_explicit, name) || is_excluded(row)) return;
        const Digest digest = digest_(row);
        if (const auto [known, is_new] = by_digest_.try_emplace(digest, runs_.size()); !is_new) {
            if (options_.set.empty()) {
                problems_.add(
                    definition_.matrix_position, "matrix",
                    fmt::format("the cells '{}' and '{}' are the same run: all their parameters are equal",
                                runs_[known->second].run, name));
            }
            return;
        }
        append(row, digest, std::move(name), !definition_.has_matrix);
    }

    /// Where the file gives the parameter, if it does outside the named runs.
    Position place_of(const std::string& parameter) const {
        const auto given = std::ranges::find(definition_.parameters, parameter, &GivenParameter::name);
        if (given != definition_.parameters.end()) return given->position;
        const auto axis = std::ranges::find(definition_.matrix, parameter, &Axis::name);
        return axis != definition_.matrix.end() ? axis->position : Position{};
    }

    void append(const std::vector<Value>& row, const Digest& digest, std::string name, bool named) {
        if (const auto lack = columns_.lack_of(row))
            problems_.add(place_of(lack->parameter), lack->parameter, lack->message);
        RunSpec run{std::move(name), digest, {}, named};
        run.values.reserve(varying_.size());
        for (const std::size_t column : varying_) run.values.push_back(row[column]);
        runs_.push_back(std::move(run));
    }

    void expand_named_runs() {
        std::map<std::size_t, std::string> named;  // index of the run → the name that it was given
        for (const NamedRun& given : definition_.runs) {
            std::vector<Value> row = base_;
            std::vector<bool> is_explicit(columns_.all().size(), false);
            for (const GivenParameter& parameter : given.parameters) {
                const std::size_t column = *columns_.find(parameter.name);
                row[column] = parameter.value.value;
                is_explicit[column] = true;
            }
            if (!derive(row, is_explicit, given.name)) continue;
            const Digest digest = digest_(row);
            const auto [known, is_new] = by_digest_.try_emplace(digest, runs_.size());
            if (is_new) {
                append(row, digest, given.name, true);
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
        std::erase_if(runs_, [&](const RunSpec& run) {
            std::vector<Value> row = base_;
            for (std::size_t i = 0; i < varying_.size(); ++i) row[varying_[i]] = run.values[i];
            row.emplace_back(run.run);
            return !only_->holds(row);
        });
    }

    void require_different_names() {
        std::set<std::string_view> names;
        for (const RunSpec& run : runs_) {
            if (names.insert(run.run).second) continue;
            const auto named = std::ranges::find(definition_.runs, run.run, &NamedRun::name);
            problems_.add(named == definition_.runs.end() ? Position{} : named->position, "runs." + run.run,
                          "two different runs have this name; rename the named run");
        }
    }

    /// False: there was a problem. Explicit values suppress derived ones.
    bool derive(std::vector<Value>& row, const std::vector<bool>& is_explicit, const std::string& run) {
        for (Derived& derived : derived_) {
            if (is_explicit[derived.column]) continue;
            const std::string problem = derive_one(derived, row);
            if (problem.empty()) continue;
            if (!derived.failed) {
                problems_.add(derived.given->position, "derive." + derived.given->name,
                              fmt::format("{} (in the run '{}')", problem, run));
            }
            derived.failed = true;
            return false;
        }
        return true;
    }

    std::string derive_one(Derived& derived, std::vector<Value>& row) {
        try {
            const Value value = derived.expression.evaluate(row);
            if (is_null(value)) return fmt::format("`{}` is null", derived.given->text);
            auto known =
                std::ranges::find(derived.seen, value, &std::pair<Value, protocol::CheckedValue>::first);
            if (known == derived.seen.end()) {
                derived.seen.emplace_back(value, columns_.check(derived.column, value));
                known = derived.seen.end() - 1;
            }
            if (!known->second.value) return known->second.problem;
            row[derived.column] = *known->second.value;
            return {};
        } catch (const ExpressionError& error) {
            return error.what();
        }
    }

    bool is_excluded(const std::vector<Value>& row) {
        try {
            return std::ranges::any_of(excludes_,
                                       [&](Expression& condition) { return condition.holds(row); });
        } catch (const ExpressionError& error) {
            problems_.add(definition_.exclude_position, "exclude", error.what());
            return true;
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
    std::vector<Derived> derived_;
    std::vector<Expression> excludes_;
    std::optional<Expression> only_;
    std::vector<Value> base_;
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
