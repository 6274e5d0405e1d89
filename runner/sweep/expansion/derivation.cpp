#include "sweep/expansion/derivation.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sweep/file/scalar.hpp"
#include "sweep/own_placeholders.hpp"

namespace tidemark::sweep {

Derivations::Derivations(const Definition& definition, const SweepParameters& columns,
                         sql::ExpressionEngine& engine, ValuePool& values, Problems& problems)
    : columns_(columns), values_(values), problems_(problems), null_(values.keep(Value())) {
    std::vector<std::string> names = columns.names();
    names.emplace_back(kRepeatPlaceholder);
    for (const GivenExpression& given : definition.derive) {
        any_by_repeat_ = any_by_repeat_ || columns.all()[*columns.find(given.name)].by_repeat;
        try {
            derived_.push_back({*columns.find(given.name), &given,
                                RowExpression(engine, given.text, names, sql::ExpressionUse::Value)});
        } catch (const sql::ExpressionError& error) {
            problems.add(given.position, "derive." + given.name, error.what());
        }
    }
    sort();
}

bool Derivations::uses(const Derived& user, const Derived& used) {
    return std::ranges::find(user.expression.uses(), used.column) != user.expression.uses().end();
}

void Derivations::sort() {
    std::vector<Derived> sorted;
    while (!derived_.empty()) {
        const auto ready = std::ranges::find_if(derived_, [&](const Derived& candidate) {
            return std::ranges::none_of(derived_,
                                        [&](const Derived& other) { return uses(candidate, other); });
        });
        if (ready == derived_.end()) {
            refuse_circle();
            return;
        }
        sorted.push_back(std::move(*ready));
        derived_.erase(ready);
    }
    derived_ = std::move(sorted);
}

/// Each of those that are left uses another that is left: whoever goes on from one to the next comes into the
/// circle.
void Derivations::refuse_circle() {
    std::vector<const Derived*> way{&derived_.front()};
    while (true) {
        const auto next =
            std::ranges::find_if(derived_, [&](const Derived& other) { return uses(*way.back(), other); });
        const auto circle = std::ranges::find(way, &*next);
        if (circle == way.end()) {
            way.push_back(&*next);
            continue;
        }
        std::vector<std::string> names;
        for (auto member = circle; member != way.end(); ++member) names.push_back((*member)->given->name);
        const GivenExpression& first = *(*circle)->given;
        problems_.add(first.position, "derive." + first.name,
                      names.size() == 1 ? "is derived from itself; give what it is derived from another name"
                                        : fmt::format("{} are derived from each other in a circle",
                                                      fmt::join(names, ", ")));
        return;
    }
}

std::optional<Derivations::Failure> Derivations::derive(Row& row, const Profile& profile,
                                                        const std::vector<bool>& is_explicit) {
    std::optional<Failure> failure;
    for (std::size_t i = 0; i < derived_.size(); ++i) {
        Derived& derived = derived_[i];
        if (is_explicit[derived.column] || !columns_.knows(profile, derived.column)) continue;
        if (!failure && !columns_.all()[derived.column].by_repeat) {
            const Outcome& outcome = outcome_of(derived, row, profile);
            if (outcome.problem.empty()) {
                row[derived.column] = outcome.value;
                continue;
            }
            failure = Failure{i, outcome.problem};
        }
        row[derived.column] = null_;
    }
    return failure;
}

std::optional<Derivations::Failure> Derivations::derive_for(int repeat, Row& row, const Profile& profile) {
    Row whole = row;
    whole.push_back(values_.keep(std::int64_t{repeat}));
    for (std::size_t i = 0; i < derived_.size(); ++i) {
        Derived& derived = derived_[i];
        const std::size_t column = derived.column;
        if (!columns_.all()[column].by_repeat || !is_null(row[column]->value) ||
            !columns_.knows(profile, column))
            continue;
        const Outcome& outcome = outcome_of(derived, whole, profile);
        if (!outcome.problem.empty())
            return Failure{i, fmt::format("{} in repeat {}", outcome.problem, repeat)};
        row[column] = whole[column] = outcome.value;
    }
    return std::nullopt;
}

void Derivations::report(const Failure& failure, const std::string& run) {
    Derived& derived = derived_[failure.derived];
    if (!derived.is_reported) {
        problems_.add(derived.given->position, "derive." + derived.given->name,
                      fmt::format("{} (in the run '{}')", failure.problem, run));
    }
    derived.is_reported = true;
}

const Derivations::Outcome& Derivations::outcome_of(Derived& derived, RowView row, const Profile& profile) {
    if (derived.expression.gives_the_same_each_time()) {
        key_.assign(1, &profile);
        for (const std::size_t column : derived.expression.uses()) key_.push_back(row[column]);
        return derived.outcomes.get(key_, [&] { return evaluate(derived, row, profile); });
    }
    unremembered_ = evaluate(derived, row, profile);
    return unremembered_;
}

Derivations::Outcome Derivations::evaluate(Derived& derived, RowView row, const Profile& profile) {
    const auto& [value, problem] = derived.expression.evaluate(row, {});
    if (!problem.empty()) return {nullptr, problem};
    if (is_null(value)) return {nullptr, fmt::format("`{}` is null", derived.given->text)};
    if (!is_finite(value)) return {nullptr, fmt::format("`{}` is not a finite number", derived.given->text)};
    const protocol::CheckedValue checked = columns_.check(profile, derived.column, value);
    if (!checked.value) return {nullptr, checked.problem};
    return {values_.keep(*checked.value)};
}

}  // namespace tidemark::sweep
