#pragma once

#include <string>
#include <vector>

#include "report/table.hpp"

namespace tidemark::cli {

/// What `--columns A,B` leaves of the tables: of each the columns that are called so, in this order; a table
/// that has none of them goes. A column goes by its name for machines or by its heading. Throws UsageError,
/// which names the nearest one, where no table has a column.
std::vector<report::Table> with_columns(const std::vector<report::Table>& tables, const std::string& columns);

}  // namespace tidemark::cli
