#include "sql/expression_limits.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <sqlite3.h>

namespace tidemark::sql {

std::string too_long(const std::string& text) {
    if (text.size() <= kLongestExpression) return {};
    return fmt::format("the expression has {} bytes, and at most {} are read", text.size(),
                       kLongestExpression);
}

std::string too_deep(const std::vector<Token>& tokens) {
    int depth = 0;
    int deepest = 0;
    for (const Token& token : tokens) {
        const bool is_word = token.kind == TokenKind::Keyword;
        const bool opens =
            token.kind == TokenKind::Open || (is_word && equals_ignoring_case(token.text, "CASE"));
        const bool closes =
            token.kind == TokenKind::Close || (is_word && equals_ignoring_case(token.text, "END"));
        depth += (opens ? 1 : 0) - (closes ? 1 : 0);
        deepest = std::max(deepest, depth);
    }
    if (deepest <= kDeepestExpression) return {};
    return fmt::format(
        "the expression is nested {} levels deep, and at most {} are read; a part of it can be a derived "
        "parameter",
        deepest, kDeepestExpression);
}

void limit_values(sqlite3* connection) {
    sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, kLongestValue);
}

}  // namespace tidemark::sql
