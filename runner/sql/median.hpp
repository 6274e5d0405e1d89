#pragma once

#include "sql/connection.hpp"

namespace tidemark::sql {

/// Gives the connection the aggregate `median(x)`, which SQLite has not: the middle one of the numbers, or
/// the mean of the two middle ones. Nulls and texts are left out; null where nothing is left.
void register_median(Connection& connection);

}  // namespace tidemark::sql
