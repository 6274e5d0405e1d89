#pragma once

#include <string>
#include <vector>

#include "sql/connection.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::results {

/// Where runs of the sweep are stored as ok and are not current, the variables of the caller's environment
/// that were others when they were made: a sentence for each, `runs that are stored were made with
/// OMP_NUM_THREADS=2, and now it is 4`. Nothing of runs that an earlier version made, which did not store
/// them. Throws sql::SqlError.
std::vector<std::string> changed_variables(sql::Connection& connection, const sweep::Sweep& sweep);

}  // namespace tidemark::results
