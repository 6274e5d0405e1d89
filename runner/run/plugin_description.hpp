#pragma once

#include <filesystem>
#include <vector>

#include "protocol/description.hpp"

namespace tidemark::run {

/// What the workload says of itself when it has loaded these libraries. It is asked in a process of its own,
/// so that a library that crashes takes nothing else with it. Throws UsageError with what the process said of
/// a library that it cannot use, or how it ended.
protocol::WorkloadDescription describe_with_plugins(const protocol::WorkloadDescription& workload,
                                                    const std::vector<std::filesystem::path>& plugins);

}  // namespace tidemark::run
