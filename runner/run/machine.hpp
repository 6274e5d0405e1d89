#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/value.hpp"

namespace tidemark::run {

/// What a result's reader must know about the machine: cpu, cores (usable), memory_bytes, swap_bytes, kernel,
/// system, host, cgroup
/// ("v1", "v2", "hybrid", "none").
std::vector<std::pair<std::string, Value>> describe_machine();

/// How far the speed of the CPUs is spread within half a second, as a run's own record knows it of the run
/// (protocol::Surroundings::speed_spread).
std::optional<double> speed_spread_now();

}  // namespace tidemark::run
