#pragma once

#include "report/run_sheet.hpp"
#include "results/current_results.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::tables {

/// What the sweep holds its runs under, what its checks say of them, and where the peak of each run lies.
/// Throws UsageError where a check is wrong in a way that only the results could tell.
void add_ceilings(report::RunSheet& sheet, const sweep::Sweep& sweep, results::CurrentResults& results);

}  // namespace tidemark::tables
