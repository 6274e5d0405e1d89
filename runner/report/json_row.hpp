#pragma once

#include <string>
#include <vector>

#include "report/table.hpp"

namespace tidemark::report {

/// The values of a row by the names of their columns, an object on one line. What a command was told of a
/// number stands there as it was written, where JSON has such numbers (`3.10`, `1e3`), else as a text.
std::string json_values(const std::vector<Column>& columns, const std::vector<Cell>& row);

}  // namespace tidemark::report
