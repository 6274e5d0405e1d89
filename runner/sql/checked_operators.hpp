#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/sql_tokens.hpp"

namespace tidemark::sql {

enum class Division {
    Exact,  ///< `a / b` of integers must have no rest, but for what stands within CAST(…), where rounding is
            ///< what is asked for
    Sqlites  ///< as SQLite has it
};

/// What is known of the values that are bound to `?1`, `?2` …
enum class BoundValues {
    Any,
    Numbers  ///< or nulls: of them nothing needs to be looked at
};

/// The expression's text with every operator that takes numbers, orders, compares or asks for truth made to
/// look at its operands (operand_checks), by SQLite's rules of precedence. SQLite alone takes a text among
/// numbers for 0, and for more than any number, without a word. `source` is the expression as it was written,
/// of which the tokens know their places.
std::string with_checked_operators(const std::vector<Token>& tokens, std::string_view source,
                                   Division division, BoundValues bound = BoundValues::Any);

/// The same of a condition, whose value is asked for truth.
std::string condition_with_checked_operators(const std::vector<Token>& tokens, std::string_view source,
                                             Division division, BoundValues bound = BoundValues::Any);

/// The tokens as text again.
std::string plain_text(const std::vector<Token>& tokens);

}  // namespace tidemark::sql
