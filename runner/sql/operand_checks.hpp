#pragma once

struct sqlite3;

namespace tidemark::sql {

/// Functions that pass on their third argument, or refuse it by an error. The first two are texts for the
/// error: the operation as it was written, and that argument.
///
/// What is no number, as an operand of arithmetic.
inline constexpr const char* kNumberOperand = "tidemark_number";
/// A text, as something that is true or false.
inline constexpr const char* kTruthOperand = "tidemark_truth";
/// A text beside a number, or a number beside a text, where one must be less than the other. The others come
/// behind it in pairs, each as it was written and its value.
inline constexpr const char* kOrderedOperand = "tidemark_ordered";
/// A text that spells a number beside that number, to which it is not equal. The others come in such pairs,
/// too.
inline constexpr const char* kEqualOperand = "tidemark_equal";
/// Divides like `/`, but an integer division with a rest and a division by zero are errors.
inline constexpr const char* kExactDivision = "tidemark_divide";

/// Registers all of them. None is declared to be deterministic, for SQLite would take one over constants out
/// of the branch of a CASE, and so refuse what is never used.
void register_operand_checks(sqlite3* connection);

}  // namespace tidemark::sql
