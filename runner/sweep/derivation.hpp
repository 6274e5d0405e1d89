#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sql/expression.hpp"
#include "sweep/columns.hpp"
#include "sweep/definition.hpp"
#include "sweep/problems.hpp"

namespace tidemark::sweep {

/// The `derive:` of a sweep, compiled, each behind those that it uses.
class Derivations {
  public:
    /// Problems of the expressions are added. All arguments must outlive this.
    Derivations(const Definition& definition, const Columns& columns, sql::ExpressionEngine& engine,
                Problems& problems);

    /// A derived value that could not be had.
    struct Failure {
        std::size_t derived;  ///< which one
        std::string problem;
    };

    /// Sets the derived values of the row, but for those that are explicit or unknown to the profile. A value
    /// that cannot be had, and what is derived after it, is null; the first such one is returned.
    std::optional<Failure> derive(std::vector<Value>& row, const Profile& profile,
                                  const std::vector<bool>& is_explicit);

    /// Of several failures of one expression the first is reported; the others most often are the same.
    void report(const Failure& failure, const std::string& run);

  private:
    /// A value that was brought to its parameter's type in a profile.
    struct Checked {
        const Profile* profile;
        Value value;
        protocol::CheckedValue result;
    };
    struct Derived {
        std::size_t column;
        const GivenExpression* given;
        sql::Expression expression;
        bool is_reported = false;
        std::vector<Checked> seen{};  ///< often there are few distinct values in many cells
    };

    void sort();
    void refuse_circle();
    static bool uses(const Derived& user, const Derived& used);
    std::string derive_one(Derived& derived, std::vector<Value>& row, const Profile& profile);
    protocol::CheckedValue check(Derived& derived, const Profile& profile, const Value& value) const;

    const Columns& columns_;
    Problems& problems_;
    std::vector<Derived> derived_;
};

}  // namespace tidemark::sweep
