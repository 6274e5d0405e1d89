#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/value.hpp"
#include "sweep/sweep.hpp"

namespace tidemark::cli {

/// Everything that a reader of the results must know of how they were made.
std::vector<std::pair<std::string, Value>> provenance(const sweep::Sweep& sweep);

}  // namespace tidemark::cli
