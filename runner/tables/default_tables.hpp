#pragma once

#include <string>
#include <vector>

#include "results/current_results.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::tables {

/// The tables of the sweep file, or where it declares none, those that suit every sweep.
std::vector<sweep::TableDefinition> tables_of(const sweep::Sweep& sweep,
                                              const results::CurrentResults& results);

}  // namespace tidemark::tables
