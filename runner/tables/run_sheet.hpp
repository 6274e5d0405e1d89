#pragma once

#include "report/run_sheet.hpp"
#include "results/current_results.hpp"
#include "results/units.hpp"
#include "sweep/sweep.hpp"
#include "tables/texts.hpp"

namespace tidemark::tables {

/// All runs of the sweep with what differs between them and all that was measured; of it the page shows at
/// first what comparison_table does. Columns that no run has a figure for are left out.
report::RunSheet run_sheet(const sweep::Sweep& sweep, results::CurrentResults& results,
                           const results::Units& units, const Texts& texts);

}  // namespace tidemark::tables
