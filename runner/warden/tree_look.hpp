#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include <sys/types.h>

#include "warden/process_status.hpp"
#include "warden/resident_pages.hpp"

namespace tidemark::warden {

/// What a process that is still part of the tree holds.
struct LivingProcess {
    pid_t pid = 0;
    ProcessStatus status;
    bool has_own_memory = true;  ///< not that of one before it in the list, as after vfork
};

/// A cheap look at all processes of the tree: by what the kernel counts, so that it may be had often. Sums
/// are over memories, in bytes; what several of them share is in each of them.
struct TreeLook {
    std::vector<LivingProcess> processes;
    std::int64_t resident = 0;
    std::int64_t anonymous = 0;
    std::int64_t file = 0;
    std::int64_t shared = 0;
    std::int64_t swap = 0;
    std::int64_t huge_pages = 0;
    int memories = 0;  ///< how many different ones

    bool is_of_one_memory() const { return memories <= 1; }
    /// The process that holds all but a fiftieth of the sum; null where none does.
    const LivingProcess* nearly_all() const;
};
TreeLook look_at(const std::vector<pid_t>& tree);

/// A look at every page: costs about 10 ms for each resident GiB, for which it holds the tree up.
struct PageLook {
    ResidentPages::Totals pages;
    /// What processes had in the cheap look and gave up before this one, in bytes.
    std::int64_t gone_anonymous = 0;
    std::int64_t gone_file = 0;
    std::int64_t gone_shared = 0;
    /// Nobody of the tree took or gave up a page while it was looked at, so it held all of this at one
    /// moment.
    bool is_still = false;
};
PageLook look_at_pages(const TreeLook& tree, const MemoryFileSystems& memory_file_systems);

/// Of all that runs here, each page once, however many map it: no tree has mapped more. In bytes; as much as
/// can be where it is not told.
struct MachinePages {
    std::int64_t mapped = std::numeric_limits<std::int64_t>::max();  ///< of files and shared memory
    std::int64_t shared = std::numeric_limits<std::int64_t>::max();  ///< shared memory, mapped or not
};
/// By /proc/vmstat, which is not made up for containers as /proc/meminfo may be.
MachinePages pages_of_machine();
/// Of two readings what held in between: where they differ, anything may have.
MachinePages settled(const MachinePages& before, const MachinePages& after);

/// The parts of files that a process maps more than once, in bytes: its own marks may count so many pages
/// twice. By /proc/PID/maps.
std::int64_t parts_mapped_twice(pid_t process);

}  // namespace tidemark::warden
