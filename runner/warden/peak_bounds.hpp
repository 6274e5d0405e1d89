#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tidemark::warden {

/// What is known about the memory of a run's process tree when it has ended. All in bytes.
struct MemoryEvidence {
    /// The kernel's own: marks and counters that it keeps without anybody looking.

    bool single_process = false;  ///< the tree never had a second process, by what the kernel counted
    /// Nobody saw a second one, but the kernel has not counted either.
    bool single_as_far_as_seen = false;
    /// The largest high-water mark (ru_maxrss) of any process of the tree that was waited for.
    std::int64_t largest_process = 0;
    /// By how much such a mark may be above and below the truth (KernelCounters).
    std::int64_t mark_above = 0;
    std::int64_t mark_below = 0;
    /// A mark of no more than this may be that of the warden, whose memory the program's process had before
    /// it executed the program.
    std::int64_t inherited_mark = 0;
    /// The mark of the memory that the main process ended with, which no other program had before: of the
    /// last that it executed. 0: nobody told it.
    std::int64_t mark_at_end = 0;
    /// What `largest_process` held then may be of a time before the one that is asked for: it is no lower
    /// bound.
    bool mark_is_older = false;
    /// Processes ended that nobody waited for, so that the kernel has told nobody how much they held.
    bool some_left_no_trace = false;
    /// The most processes and threads that there were at the same time (pids.peak).
    std::optional<std::int64_t> most_tasks;
    /// The largest sum of the high-water marks of processes that lived at the same time, where each was
    /// stopped at its exit; with the error of each.
    std::optional<std::int64_t> overlapping_marks;

    /// Of samples:

    /// The largest size of the tree, each page counted once. Of several processes it is a guess, because one
    /// is looked at after the other.
    std::int64_t largest_sample = 0;
    /// The largest that the tree held at one moment, which is none.
    std::int64_t largest_still = 0;
    /// The most anonymous memory that one process was seen to have.
    std::int64_t largest_anonymous = 0;
    /// The most of files and shared memory that one process was seen to have mapped.
    std::int64_t largest_files = 0;
    /// What was mapped of files and shared memory and charged to other cgroups: at most, where a sample told,
    /// and as a guess.
    std::optional<std::int64_t> mapped_elsewhere;
    std::int64_t mapped_file = 0;
    /// No sample saw it come and go again: it may have been more between two of them.
    bool mapped_has_settled = true;
    /// The most that the tree may have held between two samples, by what the marks of processes tell of it.
    std::int64_t held_between_looks = 0;
    /// No more was held, by looks at pages and by what the marks of processes tell of the time between them.
    std::optional<std::int64_t> most_held;
    /// What processes mapped twice, which their marks count twice.
    std::int64_t mapped_twice = 0;
    bool left_cgroup = false;  ///< a process took memory that is not of the run's cgroup

    /// Of the memory cgroup, where there was one:

    std::optional<std::int64_t> cgroup_peak;
    std::int64_t kept_by_looks = 0;  ///< so much of that peak may be the doing of the warden's own looks
    std::int64_t cgroup_file = 0;    ///< the largest page cache seen to be charged
    std::int64_t unmapped_shared =
        0;  ///< the most of files in memory that nobody mapped and it was charged for
    /// No more page cache and files in memory that nobody mapped were ever charged; absent: not known.
    std::optional<std::int64_t> charged_beside;
    std::int64_t cgroup_kernel = 0;  ///< the largest kernel memory known
    /// No more kernel memory than this was charged when the charge was at its peak.
    std::int64_t cgroup_kernel_high = 0;
    /// Where the peak is of an earlier time than that which is asked for: it is a bound above, no more.
    std::optional<std::int64_t> cgroup_ceiling;
    std::int64_t charged_ahead = 0;  ///< by how much the kernel's counter may be ahead, over all CPUs
    int cgroup_version = 0;
};

/// What a bound rests on.
inline constexpr const char* kFromKernel = "kernel";    ///< what the kernel counted: it is proven
inline constexpr const char* kFromSamples = "samples";  ///< a sample may have missed what proves it wrong

/// The peak of the tree's resident memory (anonymous, shared and mapped file pages, each counted once).
struct PeakBounds {
    std::optional<std::int64_t> low;
    std::optional<std::int64_t> best;
    std::optional<std::int64_t> high;
    std::string method;
    std::string from;         ///< kFromKernel: both bounds, as far as they are there
    std::string why_no_high;  ///< where `high` is absent
};

/// - A single process: the kernel's own mark, less and more its error.
/// - A tree in a cgroup: let P be the cgroup's peak. At that moment the tree held at least P less page cache,
///   files in memory that nobody mapped, kernel memory and what was charged ahead. (Where the kernel keeps no
///   mark of its own memory, as in version 2, page tables and stacks of all processes are taken at their
///   largest; see MemoryWatch.) It never held more than P and the mapped pages that other cgroups are charged
///   for. Those are known from samples. Where the mark of a process tells of more than P and the samples
///   explain, or where samples saw such pages come and go, they have missed some: then the tree held no more
///   than the largest mark for each of its processes.
/// - A tree whose processes were all stopped at their exits: at most the largest sum of the marks of those
///   that lived at the same time. Pages that processes share make that wide; where samples tell of much less,
///   their bound is taken.
/// - A tree otherwise, or one of which a process left the cgroup: nothing bounds it from above.
///
/// A mark counts a page twice that a process maps twice. So where files may make up a part of it, what was
/// seen of them is subtracted, and the bound rests on samples.
///
/// From below every tree is bounded by its largest process, and by the largest sample in which nothing moved.
PeakBounds bounds_of(const MemoryEvidence& evidence);

}  // namespace tidemark::warden
