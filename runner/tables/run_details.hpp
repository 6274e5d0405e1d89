#pragma once

#include <string>
#include <vector>

#include "report/run_sheet.hpp"
#include "results/current_results.hpp"
#include "sweep/sweep.hpp"
#include "sweep/workload_catalogue.hpp"
#include "tables/texts.hpp"

namespace tidemark::tables {

/// Adds to each run of the sheet all that `tidemark show` tells of it: of the repeat that its status is of,
/// with the last lines of its logs where they are kept; and to the sheet the sweep file. Programs with
/// secrets may have said them, so that of such a sweep neither is shown.
void add_run_details(report::RunSheet& sheet, const sweep::Sweep& sweep, results::CurrentResults& results,
                     const sweep::WorkloadCatalogue& catalogue, const Texts& texts);

}  // namespace tidemark::tables
