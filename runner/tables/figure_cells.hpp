#pragma once

#include <string>
#include <vector>

#include "report/table.hpp"
#include "results/current_results.hpp"
#include "results/units.hpp"

namespace tidemark::tables {

/// The medians of the columns as fields of a table, a row for each run in their order; where there is none,
/// why.
std::vector<std::vector<report::Cell>> figure_cells(results::CurrentResults& results,
                                                    const results::Units& units,
                                                    const std::vector<std::string>& names);

/// A parameter of each run as its command was told it.
report::Cell parameter_cell(const results::CurrentResults& results, const std::string& run,
                            const protocol::Parameters& parameters, const std::string& name);

}  // namespace tidemark::tables
