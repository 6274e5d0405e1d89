#pragma once

#include "run/read_again.hpp"
#include "run/record.hpp"
#include "sql/connection.hpp"

namespace tidemark::store {

/// Stores a finished run with all that belongs to it; within the caller's transaction. Throws sql::SqlError.
void write_record(sql::Connection& connection, const run::Record& record);

/// Replaces the metrics of a stored run and what follows from them, within the caller's transaction.
void rewrite_metrics(sql::Connection& connection, const run::ReadAgain& read);

}  // namespace tidemark::store
