#include "sql/division.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>
#include <sqlite3.h>

#include "sql/connection.hpp"

namespace tidemark::sql {
namespace {

std::string text_of(const Token& token) {
    return token.kind == TokenKind::QuotedName ? quoted_name(token.text) : token.text;
}

bool is_word(const Token& token, std::string_view word) {
    return (token.kind == TokenKind::Keyword || token.kind == TokenKind::Name) &&
           equals_ignoring_case(token.text, word);
}

bool is_operator(const Token& token, std::string_view symbol) {
    return token.kind == TokenKind::Operator && token.text == symbol;
}

/// Operators that bind tighter than `/`
/// (https://www.sqlite.org/lang_expr.html#operators_and_parse_affecting_attributes).
bool binds_tighter(const Token& token) {
    return is_operator(token, "||") || is_operator(token, "->") || is_operator(token, "->>") ||
           is_word(token, "COLLATE");
}

bool is_sign(const Token& token) {
    return is_operator(token, "+") || is_operator(token, "-") || is_operator(token, "~");
}

/// Walks the tokens once, from left to right, and keeps the pieces of the product at hand, the left operand
/// of a `/` to come.
class Rewriter {
  public:
    explicit Rewriter(const std::vector<Token>& tokens) : tokens_(tokens) {}

    std::string rewrite(std::size_t end) {
        std::string done;     // all that stands before the product at hand
        std::string product;  // operands and * / % so far
        while (at_ < end) {
            const Token& token = tokens_[at_];
            if (is_operator(token, "/")) {
                ++at_;
                product = fmt::format(" {}({},{})", kExactDivision, product, operand(end));
            } else if (is_operator(token, "*") || is_operator(token, "%")) {
                product += " " + token.text;
                ++at_;
                product += operand(end);
            } else if (starts_operand(token) && product.empty()) {
                product = operand(end);
            } else {
                done += product + " " + text_of(token);
                product.clear();
                ++at_;
            }
        }
        return done + product;
    }

  private:
    static bool starts_operand(const Token& token) {
        switch (token.kind) {
            case TokenKind::Name:
            case TokenKind::QuotedName:
            case TokenKind::Text:
            case TokenKind::Number:
            case TokenKind::Open:
            case TokenKind::Other:
                return true;
            case TokenKind::Keyword:
                return is_word(token, "CASE") || is_word(token, "CAST");
            case TokenKind::Operator:
                return is_sign(token);
            default:
                return false;
        }
    }

    /// Signs, a primary expression, and what binds to it tighter than `/`.
    std::string operand(std::size_t end) {
        std::string text;
        while (at_ < end && is_sign(tokens_[at_])) text += " " + tokens_[at_++].text;
        text += primary(end);
        while (at_ < end && binds_tighter(tokens_[at_])) {
            text += " " + tokens_[at_++].text;
            text += primary(end);
        }
        return text;
    }

    std::string primary(std::size_t end) {
        if (at_ >= end) return {};
        const Token& first = tokens_[at_];
        if (first.kind == TokenKind::Open) return group();
        if (is_word(first, "CASE")) return case_expression(end);
        ++at_;
        std::string text = " " + text_of(first);
        if (at_ < end && tokens_[at_].kind == TokenKind::Open)
            text += is_word(first, "CAST") ? verbatim_group() : group();
        return text;
    }

    std::string group() {
        const std::size_t close = closing();
        ++at_;
        std::string text = "(" + rewrite(close) + ")";
        at_ = close + 1;
        return text;
    }

    std::string verbatim_group() {
        const std::size_t close = std::min(closing() + 1, tokens_.size());
        std::string text;
        for (; at_ < close; ++at_) text += " " + text_of(tokens_[at_]);
        return text;
    }

    std::string case_expression(std::size_t end) {
        std::size_t depth = 0;
        std::size_t last = at_;
        for (; last < end; ++last) {
            if (is_word(tokens_[last], "CASE")) ++depth;
            if (is_word(tokens_[last], "END") && --depth == 0) break;
        }
        ++at_;
        std::string text = " CASE" + rewrite(last) + " END";
        at_ = last + 1;
        return text;
    }

    /// Of the parenthesis that opens here; the end where it is never closed, which SQLite will complain of.
    std::size_t closing() const {
        std::size_t depth = 0;
        for (std::size_t i = at_; i < tokens_.size(); ++i) {
            if (tokens_[i].kind == TokenKind::Open) ++depth;
            if (tokens_[i].kind == TokenKind::Close && --depth == 0) return i;
        }
        return tokens_.size();
    }

    const std::vector<Token>& tokens_;
    std::size_t at_ = 0;
};

void fail(sqlite3_context* context, const std::string& message) {
    sqlite3_result_error(context, message.data(), static_cast<int>(message.size()));
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

std::string with_exact_division(const std::vector<Token>& tokens) {
    return Rewriter(tokens).rewrite(tokens.size());
}

std::string plain_text(const std::vector<Token>& tokens) {
    std::string text;
    for (const Token& token : tokens) text += " " + text_of(token);
    return text;
}

void register_exact_division(sqlite3* connection) {
    sqlite3_create_function(connection, kExactDivision, 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr,
                            divide, nullptr, nullptr);
}

}  // namespace tidemark::sql
