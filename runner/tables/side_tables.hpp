#pragma once

#include <vector>

#include "report/table.hpp"
#include "tables/side_comparison.hpp"

namespace tidemark::tables {

/// For people: what differs, if anything does, and the figures; where these are many, those that changed.
std::vector<report::Table> sides_for_people(const SideComparison& comparison);

/// For machines: every difference and every figure, unrounded.
report::Table sides_for_machines(const SideComparison& comparison);

}  // namespace tidemark::tables
