#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sql/expression.hpp"
#include "sweep/expansion/remembered.hpp"
#include "sweep/expansion/row_expression.hpp"
#include "sweep/expansion/sweep_parameters.hpp"
#include "sweep/expansion/value_pool.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/file/problems.hpp"

namespace tidemark::sweep {

/// The `derive:` of a sweep, compiled, each behind those that it uses.
class Derivations {
  public:
    /// Problems of the expressions are added; what is derived is kept in `values`. All arguments must outlive
    /// this.
    Derivations(const Definition& definition, const SweepParameters& columns, sql::ExpressionEngine& engine,
                ValuePool& values, Problems& problems);

    /// A derived value that could not be had.
    struct Failure {
        std::size_t derived;  ///< which one
        std::string problem;
    };

    /// Sets the derived values of the row, but for those that are explicit or unknown to the profile. A value
    /// that cannot be had, and what is derived after it, is null; the first such one is returned.
    std::optional<Failure> derive(Row& row, const Profile& profile, const std::vector<bool>& is_explicit);

    /// Sets those that are derived from the number of the repeat, which `derive` leaves null, where they are
    /// null.
    std::optional<Failure> derive_for(int repeat, Row& row, const Profile& profile);

    /// Whether there are such ones.
    bool any_by_repeat() const { return any_by_repeat_; }

    /// Of several failures of one expression the first is reported; the others most often are the same.
    void report(const Failure& failure, const std::string& run);

  private:
    /// A derived value of its parameter's type, or why there is none.
    struct Outcome {
        const ParameterValue* value = nullptr;
        std::string problem{};
    };
    struct Derived {
        std::size_t column;
        const GivenExpression* given;
        RowExpression expression;
        bool is_reported = false;
        Remembered<Outcome> outcomes{};  ///< by profile and the values that the expression uses
    };

    void sort();
    void refuse_circle();
    static bool uses(const Derived& user, const Derived& used);
    const Outcome& outcome_of(Derived& derived, RowView row, const Profile& profile);
    Outcome evaluate(Derived& derived, RowView row, const Profile& profile);

    const SweepParameters& columns_;
    ValuePool& values_;
    Problems& problems_;
    const ParameterValue* const null_;
    bool any_by_repeat_ = false;
    std::vector<Derived> derived_;
    Remembered<Outcome>::Key key_;
    Outcome unremembered_;
};

}  // namespace tidemark::sweep
