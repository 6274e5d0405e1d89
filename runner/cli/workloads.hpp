#pragma once

#include "sweep/workload_catalogue.hpp"
#include "terminal/installation.hpp"

namespace tidemark::cli {

/// The workloads of this installation; data sets that were fetched into the project's data folder need not be
/// told where they are.
sweep::WorkloadCatalogue load_workloads(const terminal::Installation& installation);

}  // namespace tidemark::cli
