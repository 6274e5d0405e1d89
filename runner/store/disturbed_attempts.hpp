#pragma once

#include <string_view>

#include "run/disturbances.hpp"
#include "sql/connection.hpp"

namespace tidemark::store {

/// Which figures of the stored attempt something else had a part in, by its measurement; none of one that
/// there is not. Throws sql::SqlError.
run::Disturbed disturbed_figures(sql::Connection& connection, std::string_view run_id);

}  // namespace tidemark::store
