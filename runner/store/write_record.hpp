#pragma once

#include "run/record.hpp"
#include "sql/connection.hpp"

namespace tidemark::store {

/// Stores a finished run with all that belongs to it; within the caller's transaction. Throws sql::SqlError.
void write_record(sql::Connection& connection, const run::Record& record);

}  // namespace tidemark::store
