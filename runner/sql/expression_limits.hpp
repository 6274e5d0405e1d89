#pragma once

#include <string>
#include <vector>

#include "sql/sql_tokens.hpp"

struct sqlite3;

namespace tidemark::sql {

/// What an expression of a sweep file or of the command line may cost: far more than anybody writes, and
/// little enough that no file that came from elsewhere fills the memory or the stack.
inline constexpr std::size_t kLongestExpression = 100'000;  ///< bytes
inline constexpr int kDeepestExpression = 100;              ///< parentheses and CASEs within each other
inline constexpr int kLongestValue = 1 << 20;               ///< bytes of a text or blob that comes up in it

/// What to say of an expression that is too long to be looked at; empty: it is not.
std::string too_long(const std::string& text);

/// What to say of one that is nested too deeply; empty: it is not.
std::string too_deep(const std::vector<Token>& tokens);

/// From here on a longer text or blob is SQLite's error "string or blob too big"
/// (https://www.sqlite.org/limits.html).
void limit_values(sqlite3* connection);

}  // namespace tidemark::sql
