#pragma once

#include <string>
#include <vector>

#include "sql/sql_tokens.hpp"

struct sqlite3;

namespace tidemark::sql {

/// The SQL function that the rewritten divisions call.
inline constexpr const char* kExactDivision = "tidemark_divide";

/// The expression's text with every `a / b` turned into `tidemark_divide(a, b)`, by SQLite's rules of
/// precedence, but for what stands within CAST(…), where rounding is what is asked for.
std::string with_exact_division(const std::vector<Token>& tokens);

/// The tokens as text again.
std::string plain_text(const std::vector<Token>& tokens);

/// Registers the function: it divides like `/`, but an integer division with a rest and a division by zero
/// are errors.
void register_exact_division(sqlite3* connection);

}  // namespace tidemark::sql
