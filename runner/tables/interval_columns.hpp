#pragma once

#include "report/table.hpp"

namespace tidemark::tables {

/// For machines: behind each column whose fields have an interval two more, NAME_low and NAME_high, which
/// formats for people show in the field itself.
void add_interval_columns(report::Table& table);

}  // namespace tidemark::tables
