#pragma once

#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/value.hpp"

namespace tidemark::sql {

class Connection;

/// What is wrong with an expression, or with its evaluation for one row; the message is for the user.
class ExpressionError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

enum class ExpressionUse {
    Value,      ///< a derived parameter: an inexact division of integers and a division by zero are errors,
                ///< unless within CAST
    Condition,  ///< true or false; null is false, as in a WHERE
};

/// What to say of a text whose parentheses do not match, as happens to an unquoted expression with a comma in
/// YAML's lists and maps; empty: they do.
std::string unbalanced_parentheses(const std::string& text);

/// What to say of an unknown name that is a part of another, `training` of `training.lr`: it must be quoted.
/// Empty: it is a part of none.
std::string hint_at_quotes(std::string_view unknown, const std::vector<std::string>& names);

/// The condition as SQL whose operators refuse a text among numbers, for a statement of that connection,
/// where the columns are what the names are. An SqlError says so when the statement meets one.
std::string checked_condition(Connection& connection, const std::string& text);

class ExpressionEngine;

/// One of SQLite's expressions over named values, compiled once and evaluated for many rows by SQLite itself.
class Expression {
  public:
    Expression(Expression&&) noexcept;
    Expression& operator=(Expression&&) noexcept;
    ~Expression();

    /// Which of the names it uses, as indices into them.
    const std::vector<std::size_t>& uses() const;

    /// `row` holds a value for each of the names. Throws ExpressionError.
    Value evaluate(std::span<const Value> row);
    bool holds(std::span<const Value> row);

  private:
    friend class ExpressionEngine;
    struct State;
    explicit Expression(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Compiles expressions in a database of its own, in memory and without anything in it. Must outlive its
/// expressions.
class ExpressionEngine {
  public:
    ExpressionEngine();
    ~ExpressionEngine();

    /// Throws ExpressionError: a syntax error, a name that is not among `names` (with the nearest one), a
    /// double-quoted text.
    Expression compile(const std::string& text, const std::vector<std::string>& names, ExpressionUse use);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tidemark::sql
