#pragma once

#include <string>

#include "sql/connection.hpp"

namespace tidemark::cli {

/// What SQLite says is wrong with a user's statement: with the nearest known column or table where a name is
/// unknown, and with a mark below its place, where that is known.
std::string sql_problem(sql::Connection& connection, const std::string& sql, const sql::SqlError& error);

/// The same for a part of a statement of ours, such as `--where`: the mark stands below the part. `offset` is
/// where it begins in the statement.
std::string sql_problem_in_part(sql::Connection& connection, const std::string& part, std::size_t offset,
                                const sql::SqlError& error);

}  // namespace tidemark::cli
