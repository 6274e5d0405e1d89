#pragma once

#include <string>
#include <vector>

#include "store/sweep_results.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::cli {

/// The tables of the sweep file, or where it declares none, those that suit every sweep.
std::vector<sweep::TableDefinition> tables_of(const sweep::Sweep& sweep, const store::SweepResults& results);

/// The workloads of the sweep's runs, each once; none for a command.
std::vector<const protocol::WorkloadDescription*> workloads_of(const sweep::Sweep& sweep);

/// How a column of `results` is called where nobody has given it a heading: the fixed ones as `show` calls
/// them.
std::string heading_for(const std::string& name, protocol::Unit unit);

}  // namespace tidemark::cli
