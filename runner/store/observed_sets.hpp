#pragma once

#include <string>
#include <string_view>

#include "run/observation.hpp"
#include "sql/connection.hpp"

namespace tidemark::store {

/// By which runs that read the same are known: the column `observed`.
std::string observed_set(const run::Observation& observation);

/// Stores what was read, once for all runs that read the same, and what the sweep's runs wrote. Within the
/// caller's transaction.
void write_observation(sql::Connection& connection, std::string_view sweep,
                       const run::Observation& observation);

}  // namespace tidemark::store
