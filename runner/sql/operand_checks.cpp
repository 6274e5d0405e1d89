#include "sql/operand_checks.hpp"

#include <cctype>
#include <cstdint>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/value.hpp"
#include "sql/sql_tokens.hpp"

namespace tidemark::sql {
namespace {

void fail(sqlite3_context* context, const std::string& message) {
    sqlite3_result_error(context, message.data(), static_cast<int>(message.size()));
}

std::string text_of(sqlite3_value* value) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return text == nullptr ? std::string()
                           : std::string(text, static_cast<std::size_t>(sqlite3_value_bytes(value)));
}

/// An operand: how it was written, and what it is.
struct Operand {
    std::string written;
    sqlite3_value* value;

    bool is_null() const { return type() == SQLITE_NULL; }
    bool is_number() const { return type() == SQLITE_INTEGER || type() == SQLITE_FLOAT; }
    int type() const { return sqlite3_value_type(value); }
    double number() const { return sqlite3_value_double(value); }

    /// `the text 'auto' (workers)`
    std::string described() const {
        const std::string what = is_number()             ? "the number " + number_text()
                                 : type() == SQLITE_BLOB ? std::string("a blob")
                                                         : "the text " + quoted_text();
        return is_literal() ? what : fmt::format("{} ({})", what, written);
    }
    std::string number_text() const {
        return to_text(type() == SQLITE_INTEGER ? Value(std::int64_t{sqlite3_value_int64(value)})
                                                : Value(number()));
    }
    std::string quoted_text() const { return "'" + text_of(value) + "'"; }
    bool is_literal() const {
        const std::vector<Token> tokens = tokenize(written);
        return tokens.size() == 1 &&
               (tokens[0].kind == TokenKind::Number || tokens[0].kind == TokenKind::Text);
    }

    /// The number that a text spells. SQLite decides by a copy, for the value itself would change its type.
    std::optional<double> spelt() const {
        if (type() != SQLITE_TEXT) return std::nullopt;
        sqlite3_value* const copy = sqlite3_value_dup(value);
        const int kind = copy == nullptr ? SQLITE_NULL : sqlite3_value_numeric_type(copy);
        std::optional<double> number;
        if (kind == SQLITE_INTEGER || kind == SQLITE_FLOAT) number = sqlite3_value_double(copy);
        sqlite3_value_free(copy);
        if (equals_ignoring_case(text_of(value), "true")) number = 1;
        if (equals_ignoring_case(text_of(value), "false")) number = 0;
        return number;
    }
};

constexpr int kFirst = 1;  // argument of the first operand, behind the operation

Operand operand_at(sqlite3_value** arguments, int index) {
    return {text_of(arguments[index]), arguments[index + 1]};
}

/// How a text becomes the number that it spells.
std::string as_number(const Operand& text) {
    return text.is_literal() ? fmt::format("{} without quotes for the number", text_of(text.value))
                             : fmt::format("CAST({} AS NUMERIC) for its number", text.written);
}

std::string way_out_of_arithmetic(const Operand& text) {
    if (text.spelt()) return "write " + as_number(text);
    return fmt::format("typeof({}) tells texts from numbers", text.written);
}

void pass_number(sqlite3_context* context, int, sqlite3_value** arguments) {
    const Operand operand = operand_at(arguments, kFirst);
    if (operand.is_null() || operand.is_number()) return sqlite3_result_value(context, operand.value);
    fail(context, fmt::format("`{}` takes numbers, and not {}; {}", text_of(arguments[0]),
                              operand.described(), way_out_of_arithmetic(operand)));
}

void pass_truth(sqlite3_context* context, int, sqlite3_value** arguments) {
    const Operand operand = operand_at(arguments, kFirst);
    if (operand.is_null() || operand.is_number()) return sqlite3_result_value(context, operand.value);
    fail(context,
         operand.is_literal()
             ? fmt::format("{} is neither true nor false; a condition stands in no quotes of its own",
                           operand.described())
             : fmt::format("{} is neither true nor false; compare it, as in {} = {}", operand.described(),
                           operand.written, operand.quoted_text()));
}

/// A text and a number: which is less, only SQLite's rule says, that each number is less than any text.
std::string order_problem(const std::string& operation, const Operand& text, const Operand& number) {
    std::string ways =
        text.spelt() ? as_number(text)
        : text.is_literal()
            ? fmt::format("= or <> to compare with a text")
            : fmt::format("{0} = {1} to compare texts, or typeof({0}) <> 'text' AND … to leave them out",
                          text.written, text.quoted_text());
    return fmt::format("`{}` orders {} and {}, which have no order; write {}", operation, text.described(),
                       number.described(), ways);
}

/// The operands behind the first, with what `problem` says of a pair of a text and a number.
template <typename Problem>
void pass_first(sqlite3_context* context, int count, sqlite3_value** arguments, Problem problem) {
    const Operand first = operand_at(arguments, kFirst);
    for (int i = kFirst + 2; i + 1 < count && !first.is_null(); i += 2) {
        const Operand other = operand_at(arguments, i);
        if (other.is_null() || other.is_number() == first.is_number()) continue;
        const std::string message = first.is_number() ? problem(other, first) : problem(first, other);
        if (!message.empty()) return fail(context, message);
    }
    sqlite3_result_value(context, first.value);
}

void pass_ordered(sqlite3_context* context, int count, sqlite3_value** arguments) {
    pass_first(context, count, arguments, [&](const Operand& text, const Operand& number) {
        return order_problem(text_of(arguments[0]), text, number);
    });
}

/// A text and a number are never equal, which is what is meant but where both say the same.
void pass_equal(sqlite3_context* context, int count, sqlite3_value** arguments) {
    pass_first(context, count, arguments, [&](const Operand& text, const Operand& number) {
        const std::optional<double> spelt = text.spelt();
        if (!spelt || *spelt != number.number()) return std::string();
        return fmt::format(
            "`{}` compares {} with {}, and a text is equal to no number; write {}", text_of(arguments[0]),
            text.described(), number.described(),
            number.is_literal() ? fmt::format("'{}' for the text", text_of(text.value)) : as_number(text));
    });
}

void divide(sqlite3_context* context, int, sqlite3_value** operands) {
    const int left = sqlite3_value_numeric_type(operands[0]);
    const int right = sqlite3_value_numeric_type(operands[1]);
    if (left == SQLITE_NULL || right == SQLITE_NULL) return sqlite3_result_null(context);
    if (sqlite3_value_double(operands[1]) == 0) {
        return fail(context, "division by zero");
    }
    if (left != SQLITE_INTEGER || right != SQLITE_INTEGER) {
        return sqlite3_result_double(context,
                                     sqlite3_value_double(operands[0]) / sqlite3_value_double(operands[1]));
    }
    const sqlite3_int64 dividend = sqlite3_value_int64(operands[0]);
    const sqlite3_int64 divisor = sqlite3_value_int64(operands[1]);
    if (divisor == -1 && dividend == INT64_MIN) return fail(context, "integer overflow");
    if (dividend % divisor != 0) {
        return fail(
            context,
            fmt::format("{0} / {1} is not a whole number; write CAST({0} / {1} AS INTEGER) to cut it off, or "
                        "CAST({0} AS REAL) / {1} to keep the fraction",
                        dividend, divisor));
    }
    sqlite3_result_int64(context, dividend / divisor);
}

}  // namespace

void register_operand_checks(sqlite3* connection) {
    constexpr int kAnyNumber = -1;
    const auto add = [&](const char* name, int arguments, auto function) {
        sqlite3_create_function(connection, name, arguments, SQLITE_UTF8, nullptr, function, nullptr,
                                nullptr);
    };
    add(kNumberOperand, 3, pass_number);
    add(kTruthOperand, 3, pass_truth);
    add(kOrderedOperand, kAnyNumber, pass_ordered);
    add(kEqualOperand, kAnyNumber, pass_equal);
    add(kExactDivision, 2, divide);
}

}  // namespace tidemark::sql
