#pragma once

#include <vector>

#include "report/table.hpp"
#include "tables/side_comparison.hpp"

namespace tidemark::tables {

/// What became of the figures, in some ten lines for a terminal: a row for each figure that changed, or that
/// can be told by its numbers alone; once below what is the same, and once why the rest cannot be told. Of
/// several runs a row says in how many of them and by how much.
report::Table side_summary(const SideComparison& comparison);

/// A row for each run of a sweep, with what it takes less or more than the one run that it is held against.
report::Table against_table(const SideComparison& comparison);

}  // namespace tidemark::tables
