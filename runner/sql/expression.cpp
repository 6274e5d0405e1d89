#include "sql/expression.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/suggestion.hpp"
#include "sql/checked_operators.hpp"
#include "sql/connection.hpp"
#include "sql/expression_limits.hpp"
#include "sql/operand_checks.hpp"
#include "sql/read_only_guard.hpp"
#include "sql/sql_tokens.hpp"

namespace tidemark::sql {
namespace {

constexpr Seconds kForever{1e9};

/// Turns names into parameters `?1`, `?2`, …, so that every name works, whatever SQL means by it elsewhere.
class NameBinder {
  public:
    explicit NameBinder(const std::vector<std::string>& names) : names_(names) {}

    void bind(std::vector<Token>& tokens) {
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            const bool calls = i + 1 < tokens.size() && tokens[i + 1].kind == TokenKind::Open;
            const bool names_a_type = i > 0 && names_what_is_no_value(tokens[i - 1]);
            if (names_a_type && tokens[i].kind == TokenKind::Name) continue;
            if (tokens[i].kind == TokenKind::QuotedName || (tokens[i].kind == TokenKind::Name && !calls))
                bind(tokens[i]);
        }
    }

    const std::vector<std::size_t>& uses() const { return uses_; }

  private:
    /// Behind these words stands a type (CAST(x AS INT)) or a collation.
    static bool names_what_is_no_value(const Token& word) {
        return word.kind == TokenKind::Keyword &&
               (equals_ignoring_case(word.text, "AS") || equals_ignoring_case(word.text, "COLLATE"));
    }

    void bind(Token& token) {
        const auto found = std::ranges::find(names_, token.text);
        if (found == names_.end()) refuse(token);
        const auto index = static_cast<std::size_t>(found - names_.begin());
        auto use = std::ranges::find(uses_, index);
        if (use == uses_.end()) use = uses_.insert(uses_.end(), index);
        token.kind = TokenKind::Other;
        token.text = fmt::format("?{}", use - uses_.begin() + 1);
    }

    [[noreturn]] void refuse(const Token& token) const {
        if (token.kind == TokenKind::QuotedName) {
            throw ExpressionError(fmt::format(
                "\"{0}\" in double quotes is a name, and there is none such; write '{0}' for a text",
                token.text));
        }
        const std::vector<std::string_view> known(names_.begin(), names_.end());
        const std::string hint = hint_at_quotes(token.text, names_);
        throw ExpressionError(fmt::format("unknown name '{}'{}", token.text,
                                          hint.empty() ? did_you_mean(token.text, known) : hint));
    }

    const std::vector<std::string>& names_;
    std::vector<std::size_t> uses_;
};

/// A name that is a word of SQL too is read as that word: the hint says how to write it, if there is such a
/// one.
std::string hint_at_words_of_sql(const std::vector<Token>& tokens, const std::vector<std::string>& names) {
    for (const Token& token : tokens) {
        if (token.kind != TokenKind::Keyword || std::ranges::find(names, token.text) == names.end()) continue;
        return fmt::format("; '{0}' is a word of SQL, write \"{0}\" in double quotes for the parameter",
                           token.text);
    }
    return {};
}

/// Laid out by branches, so that what stands behind an `AND` is looked at only where it matters.
std::string select_condition(const std::string& condition) {
    return fmt::format("SELECT CASE WHEN ({}) THEN 1 ELSE 0 END", condition);
}

std::string select_checked(const std::vector<Token>& tokens, const std::string& text, ExpressionUse use,
                           BoundValues bound) {
    if (use == ExpressionUse::Value)
        return fmt::format("SELECT ({})", with_checked_operators(tokens, text, Division::Exact, bound));
    return select_condition(condition_with_checked_operators(tokens, text, Division::Sqlites, bound));
}

bool may_be_a_text(const Value& value) {
    return std::holds_alternative<std::string>(value);
}

}  // namespace

std::string hint_at_quotes(std::string_view unknown, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        const std::size_t begin = name.find(unknown);
        if (unknown.empty() || begin == std::string::npos || name.find_first_of(".-") == std::string::npos)
            continue;
        const std::size_t end = begin + unknown.size();
        const auto is_end = [&](std::size_t at) {
            return at >= name.size() || name[at] == '.' || name[at] == '-';
        };
        if (is_end(end) && (begin == 0 || is_end(begin - 1)))
            return fmt::format("; write \"{}\" in double quotes for the parameter", name);
    }
    return {};
}

std::string unbalanced_parentheses(const std::string& text) {
    int depth = 0;
    for (const Token& token : tokenize(text)) {
        if (token.kind == TokenKind::Open) ++depth;
        if (token.kind == TokenKind::Close && --depth < 0) break;
    }
    if (depth == 0) return {};
    return fmt::format(
        "the parentheses of `{}` do not match; an expression that holds a comma must be quoted: \"max(a, b) "
        "> 1\"",
        text);
}

std::string checked_condition(Connection& connection, const std::string& text) {
    register_operand_checks(connection.handle());
    return condition_with_checked_operators(tokenize(text), text, Division::Sqlites);
}

struct Expression::State {
    std::vector<std::size_t> uses;
    Statement statement;
    Statement of_numbers;  ///< the same, without looking at what cannot be a text
};

Expression::Expression(std::unique_ptr<State> state) : state_(std::move(state)) {}
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;
Expression::~Expression() = default;

const std::vector<std::size_t>& Expression::uses() const {
    return state_->uses;
}

Value Expression::evaluate(std::span<const Value> row) {
    const bool any_text =
        std::ranges::any_of(state_->uses, [&](std::size_t name) { return may_be_a_text(row[name]); });
    Statement& statement = any_text ? state_->statement : state_->of_numbers;
    try {
        for (std::size_t i = 0; i < state_->uses.size(); ++i)
            statement.bind(static_cast<int>(i), row[state_->uses[i]]);
        statement.step();
        Value value = statement.value(0);
        statement.reset();
        return value;
    } catch (const SqlError& error) {
        statement.reset();
        throw ExpressionError(error.what());
    }
}

bool Expression::holds(std::span<const Value> row) {
    return evaluate(row) == Value(std::int64_t{1});
}

struct ExpressionEngine::State {
    Connection connection = Connection::in_memory();
    std::unique_ptr<ReadOnlyGuard> guard;
};

ExpressionEngine::ExpressionEngine() : state_(std::make_unique<State>()) {
    limit_values(state_->connection.handle());
    register_operand_checks(state_->connection.handle());
    state_->guard = std::make_unique<ReadOnlyGuard>(state_->connection, kForever);
}

ExpressionEngine::~ExpressionEngine() = default;

Expression ExpressionEngine::compile(const std::string& text, const std::vector<std::string>& names,
                                     ExpressionUse use) {
    if (const std::string problem = too_long(text); !problem.empty()) throw ExpressionError(problem);
    std::vector<Token> tokens = tokenize(text);
    if (tokens.empty()) throw ExpressionError("the expression is empty");
    if (const std::string problem = too_deep(tokens); !problem.empty()) throw ExpressionError(problem);
    if (const std::string problem = unbalanced_parentheses(text); !problem.empty())
        throw ExpressionError(problem);
    const std::string hint = hint_at_words_of_sql(tokens, names);
    NameBinder binder(names);
    binder.bind(tokens);
    const auto prepare = [&](BoundValues bound) {
        return state_->connection.prepare(select_checked(tokens, text, use, bound));
    };
    try {
        // what is wrong with it SQLite shall say of what was written
        state_->connection.prepare(fmt::format("SELECT ({})", plain_text(tokens)));
        return Expression(std::make_unique<Expression::State>(
            Expression::State{binder.uses(), prepare(BoundValues::Any), prepare(BoundValues::Numbers)}));
    } catch (const SqlError& error) {
        throw ExpressionError(fmt::format("`{}` is not an SQL expression: {}{}", text, error.what(), hint));
    }
}

}  // namespace tidemark::sql
