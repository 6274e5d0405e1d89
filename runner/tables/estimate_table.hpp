#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/table.hpp"
#include "results/estimates.hpp"
#include "run/free_memory.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::tables {

/// A row for each run that `shown` names by its index.
report::Table estimate_table(const sweep::Sweep& sweep, const std::vector<results::Estimate>& estimates,
                             const std::vector<std::size_t>& shown);

/// How long it takes to make these runs so often as the file asks for: `about 3 min 20 s (2 min 50 s to 4
/// min)`; empty where of one of them nothing is known.
std::string time_of_all(const sweep::Sweep& sweep, const std::vector<results::Estimate>& estimates,
                        const std::vector<std::size_t>& shown);

/// Which of the planned runs will likely not fit into their limit of memory, or into what is free here: a
/// sentence for the first, and one for the others. Of those alone that were not measured.
std::vector<std::string> what_will_not_fit(const sweep::Sweep& sweep,
                                           const std::vector<results::Estimate>& estimates,
                                           const std::vector<std::size_t>& planned,
                                           const std::optional<run::FreeMemory>& free);

}  // namespace tidemark::tables
