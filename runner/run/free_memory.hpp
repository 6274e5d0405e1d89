#pragma once

#include <optional>
#include <string>

#include "base/units.hpp"
#include "warden/cgroup_place.hpp"

namespace tidemark::run {

/// What programs can take here without anything being swapped out or killed.
struct FreeMemory {
    Bytes amount;
    std::optional<Bytes>
        enclosing_limit{};  ///< of the memory cgroup that leaves so little; none: the machine
};

/// The least of what the machine has by the kernel's own estimate (`MemAvailable` of `meminfo`) and of what
/// the memory cgroups around this process leave. Nothing where neither is told.
std::optional<FreeMemory> free_memory(const warden::CgroupView& view = {},
                                      const std::string& meminfo = "/proc/meminfo");

}  // namespace tidemark::run
