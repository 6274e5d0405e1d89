#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sql/connection.hpp"

namespace tidemark::store {

/// "TIDE" in ASCII: the application_id by which a database is known as ours, to `file` too.
inline constexpr int kApplicationId = 0x54494445;

/// One step from a schema version to the next. Steps are never changed once released, only added.
struct Migration {
    std::string_view sql;
};

/// All steps from an empty database to the present schema; the version of a schema is the number of its
/// steps.
std::span<const Migration> migrations();

/// Brings the database to the version `steps.size()`, each step in a transaction of its own that is safe
/// against other processes that do the same. Throws sql::SqlError.
void migrate(sql::Connection& connection, std::span<const Migration> steps);

int schema_version(sql::Connection& connection);

/// The columns of the wide table, in its order.
std::vector<std::string> columns_of_runs(sql::Connection& connection);

/// Gives `runs` a column for each measured figure (protocol/figures.hpp) and other fixed column that has none
/// yet: a new figure needs no step of its own. The views are made anew then. Throws sql::SqlError.
void add_later_columns(sql::Connection& connection);

}  // namespace tidemark::store
