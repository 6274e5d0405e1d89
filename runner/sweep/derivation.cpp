#include "sweep/derivation.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sweep/scalar.hpp"

namespace tidemark::sweep {
namespace {

/// More values are checked anew, which takes less time than to look through them.
constexpr std::size_t kMostRemembered = 32;

}  // namespace

Derivations::Derivations(const Definition& definition, const Columns& columns, sql::ExpressionEngine& engine,
                         Problems& problems)
    : columns_(columns), problems_(problems) {
    for (const GivenExpression& given : definition.derive) {
        try {
            derived_.push_back({*columns.find(given.name), &given,
                                engine.compile(given.text, columns.names(), sql::ExpressionUse::Value)});
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

std::optional<Derivations::Failure> Derivations::derive(std::vector<Value>& row, const Profile& profile,
                                                        const std::vector<bool>& is_explicit) {
    std::optional<Failure> failure;
    for (std::size_t i = 0; i < derived_.size(); ++i) {
        Derived& derived = derived_[i];
        if (is_explicit[derived.column] || !columns_.knows(profile, derived.column)) continue;
        if (!failure) {
            std::string problem = derive_one(derived, row, profile);
            if (problem.empty()) continue;
            failure = Failure{i, std::move(problem)};
        }
        row[derived.column] = Value();
    }
    return failure;
}

void Derivations::report(const Failure& failure, const std::string& run) {
    Derived& derived = derived_[failure.derived];
    if (!derived.is_reported) {
        problems_.add(derived.given->position, "derive." + derived.given->name,
                      fmt::format("{} (in the run '{}')", failure.problem, run));
    }
    derived.is_reported = true;
}

std::string Derivations::derive_one(Derived& derived, std::vector<Value>& row, const Profile& profile) {
    try {
        const Value value = derived.expression.evaluate(row);
        if (is_null(value)) return fmt::format("`{}` is null", derived.given->text);
        if (!is_finite(value)) return fmt::format("`{}` is not a finite number", derived.given->text);
        const protocol::CheckedValue checked = check(derived, profile, value);
        if (!checked.value) return checked.problem;
        row[derived.column] = *checked.value;
        return {};
    } catch (const sql::ExpressionError& error) {
        return error.what();
    }
}

protocol::CheckedValue Derivations::check(Derived& derived, const Profile& profile,
                                          const Value& value) const {
    for (const Checked& known : derived.seen) {
        if (known.profile == &profile && known.value == value) return known.result;
    }
    protocol::CheckedValue result = columns_.check(profile, derived.column, value);
    if (derived.seen.size() < kMostRemembered) derived.seen.push_back({&profile, value, result});
    return result;
}

}  // namespace tidemark::sweep
