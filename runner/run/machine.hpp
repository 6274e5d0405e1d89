#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/value.hpp"

namespace tidemark::run {

/// What a result's reader must know about the machine: cpu, cores (usable), memory_bytes, swap_bytes, kernel,
/// system, host, cgroup
/// ("v1", "v2", "hybrid", "none").
std::vector<std::pair<std::string, Value>> describe_machine();

}  // namespace tidemark::run
