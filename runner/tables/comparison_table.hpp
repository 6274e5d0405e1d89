#pragma once

#include "report/table.hpp"
#include "results/current_results.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::tables {

/// The runs of the sweep side by side: what differs between them, and what was measured, medians over the
/// repeats. With `everything`, for formats that machines read: every parameter and every metric. `results`
/// must be of the same sweep.
report::Table comparison_table(const sweep::Sweep& sweep, results::CurrentResults& results, bool everything);

/// The expansion: what `--dry-run` prints.
report::Table expansion_table(const sweep::Sweep& sweep);

}  // namespace tidemark::tables
