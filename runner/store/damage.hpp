#pragma once

#include <filesystem>
#include <string>

#include "sql/connection.hpp"

namespace tidemark::store {

/// What a database that says it is ours does not have as every version made it, or has beside it, so that
/// what we ask of it would not be what we mean, or would never end: a view in place of a table, columns that
/// lack, are of another type or are computed, triggers, other views of the names of ours. Empty: nothing. It
/// looks at the schema alone, and runs nothing that the database brings.
std::string damage_of(sql::Connection& connection);

/// Throws CannotGoOn where it is damaged.
void require_undamaged(const std::filesystem::path& file, sql::Connection& connection);

}  // namespace tidemark::store
