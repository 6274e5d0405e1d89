#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/units.hpp"

namespace tidemark::protocol {

/// What becomes of a limit that this machine cannot enforce.
enum class Enforcement {
    Strict,      ///< nothing is run
    BestEffort,  ///< the runs are made, and each carries a warning
};

/// Of the whole process tree of a run.
struct Limits {
    std::optional<Bytes> memory;
    std::optional<Bytes> swap;         ///< beside `memory`; none where only `memory` is given
    std::optional<std::int64_t> pids;  ///< processes and threads at the same time
    std::optional<Seconds> wall;
    std::optional<Seconds> cpu_time;  ///< user and system
    std::optional<int> cpus;          ///< how many CPUs the run may use, by affinity
    Enforcement enforcement = Enforcement::Strict;
    bool operator==(const Limits&) const = default;
};

/// What a limit is called, wherever it stands.
struct LimitName {
    std::string_view key;  ///< below `limits:` of a sweep file, and in what a cell is the digest of: `memory`
    std::string_view json;   ///< in request.json: `memory_bytes`
    std::string_view title;  ///< for people: `limit of memory`
};

/// Calls `visit(LimitName, member)` for each limit, in the order of the struct; `member` is a reference to
/// the limit's optional, or to the enforcement. `AnyLimits` is Limits or const Limits. Whoever spells limits
/// out by this forgets none: one that is added to the struct and not here does not compile, nor does a
/// visitor that has nothing for its type.
template <typename AnyLimits, typename Visit>
void for_each_limit(AnyLimits& limits, Visit&& visit) {
    auto& [memory, swap, pids, wall, cpu_time, cpus, enforcement] = limits;
    visit(LimitName{"memory", "memory_bytes", "limit of memory"}, memory);
    visit(LimitName{"swap", "swap_bytes", "limit of swap"}, swap);
    visit(LimitName{"pids", "pids", "limit of processes"}, pids);
    visit(LimitName{"wall", "wall_s", "limit of wall time"}, wall);
    visit(LimitName{"cpu_time", "cpu_time_s", "limit of CPU time"}, cpu_time);
    visit(LimitName{"cpus", "cpus", "limit of CPUs"}, cpus);
    visit(LimitName{"enforce", "best_effort", "enforcement of limits"}, enforcement);
}

}  // namespace tidemark::protocol
