#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tidemark::sql {

enum class TokenKind { Name, QuotedName, Keyword, Text, Number, Operator, Open, Close, Comma, Other };

/// One token of an SQL expression, as in https://www.sqlite.org/lang_expr.html.
struct Token {
    TokenKind kind;
    std::string text;       ///< as written; of a QuotedName without its quotes
    std::size_t begin = 0;  ///< where it stands in the expression
    std::size_t end = 0;    ///< and where it ends
};

/// Blanks and comments are dropped. What cannot be a token (an unclosed quote) becomes Other: SQLite will say
/// what is wrong with it.
std::vector<Token> tokenize(std::string_view expression);

bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace tidemark::sql
