#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tidemark::warden {

/// What is known about the memory of a run's process tree when it has ended. All in bytes.
struct MemoryEvidence {
    bool single_process = false;  ///< the tree never had a second process
    /// The largest high-water mark (ru_maxrss) of any process of the tree that was waited for.
    std::int64_t largest_process = 0;
    /// The largest sum of proportional set sizes (of a single process: its resident size) that was sampled.
    std::int64_t largest_sample = 0;
    /// The largest sum of the file pages in the processes' proportional set sizes; absent where no sample
    /// told.
    std::optional<std::int64_t> largest_mapped_file;

    /// The largest sum of the high-water marks of processes that lived at the same time, where each was
    /// stopped at its exit.
    std::optional<std::int64_t> overlapping_marks;

    bool left_cgroup = false;  ///< a process was seen that is not in the run's cgroup any more

    /// Of the memory cgroup, where there was one:
    std::optional<std::int64_t> cgroup_peak;
    std::int64_t cgroup_file = 0;    ///< the largest page cache seen to be charged
    std::int64_t cgroup_kernel = 0;  ///< the largest kernel memory known
    /// No more kernel memory than this was charged when the charge was at its peak.
    std::int64_t cgroup_kernel_high = 0;
    /// Where the peak is of an earlier time than that which is asked for: it is a bound above, no more.
    std::optional<std::int64_t> cgroup_ceiling;
    std::int64_t charged_ahead = 0;  ///< by how much the kernel's counter may be ahead, over all CPUs
    int cgroup_version = 0;
};

/// The peak of the tree's resident memory (anonymous, shared and mapped file pages, each counted once).
struct PeakBounds {
    std::optional<std::int64_t> low;
    std::optional<std::int64_t> best;
    std::optional<std::int64_t> high;
    std::string method;
    std::string why_no_high;  ///< where `high` is absent
};

/// - A single process: the kernel's own mark, all three the same (exact to its per-CPU counters).
/// - A tree in a cgroup: let P be the cgroup's peak. At that moment the tree held at least P less page cache,
/// kernel memory and what
///   was charged ahead. (Where the kernel keeps no mark of its own memory, as in version 2, page tables and
///   stacks of all processes are taken at their largest; see MemoryWatch.) It never held more than P and the
///   mapped file pages that other cgroups are charged for. Those pages are known from samples, so this bound
///   is as good as the samples are; where there was none, the largest process stands for them.
/// - A tree whose processes were all stopped at their exits: at least the largest process and the largest
///   sample, at most the largest sum of the marks of those that lived at the same time. Pages that processes
///   share make the bound wide.
/// - A tree otherwise, or one of which a process left the cgroup: at least the largest process and the
/// largest
///   sample; nothing bounds it from above.
PeakBounds bounds_of(const MemoryEvidence& evidence);

}  // namespace tidemark::warden
