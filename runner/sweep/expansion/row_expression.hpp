#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/expression.hpp"
#include "sweep/expansion/parameter_value.hpp"
#include "sweep/expansion/remembered.hpp"

namespace tidemark::sweep {

/// An SQL expression over the columns of a sweep that is evaluated for many rows: where it can be, once for
/// equal values of what it uses.
class RowExpression {
  public:
    /// What came of an evaluation.
    struct Result {
        Value value;
        std::string problem{};  ///< SQLite's; empty: there is none
    };

    /// `names` are those of the columns, and perhaps "run" behind them. Throws sql::ExpressionError where the
    /// text is no expression over them.
    RowExpression(sql::ExpressionEngine& engine, const std::string& text,
                  const std::vector<std::string>& names, sql::ExpressionUse use);

    /// Which of the names it uses, as indices into them.
    const std::vector<std::size_t>& uses() const { return expression_.uses(); }

    /// Whether it gives the same for equal values of what it uses: not where it asks for the time or for
    /// random numbers.
    bool gives_the_same_each_time() const { return same_each_time_; }

    /// `run` is the name of the run. The result is valid until the next call.
    const Result& evaluate(RowView row, std::string_view run);

    /// Whether a condition holds. Throws sql::ExpressionError, which names the run, where it cannot be
    /// evaluated.
    bool holds(RowView row, std::string_view run);

  private:
    Result evaluate_anew(RowView row, std::string_view run);

    sql::Expression expression_;
    bool same_each_time_;
    std::vector<Value> values_;  ///< of all names; only those that are used are set
    Remembered<Result>::Key key_;
    Remembered<Result> remembered_;
    Result unremembered_;
};

}  // namespace tidemark::sweep
