#pragma once

#include <map>
#include <string>
#include <vector>

#include "report/table.hpp"
#include "store/queries.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::cli {

/// The runs of the sweep side by side: what differs between them, and what was measured, medians over the
/// repeats. With `everything`, for formats that machines read: every parameter and every metric.
report::Table comparison_table(const sweep::Sweep& sweep, const std::vector<store::ResultRow>& results,
                               bool everything);

/// The expansion: what `--dry-run` prints.
report::Table expansion_table(const sweep::Sweep& sweep);

/// What a reader of any figure of the sweep must be told, by its workloads: that the data is synthetic, for
/// one.
std::vector<std::string> caveats(const sweep::Sweep& sweep);
/// The same for one run, each in its shortest form: `synthetic data`.
std::vector<std::string> short_caveats(const protocol::WorkloadDescription* workload,
                                       const protocol::Parameters& parameters);

}  // namespace tidemark::cli
