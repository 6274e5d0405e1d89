#include "results/column_meanings.hpp"

#include <array>

namespace tidemark::results {
namespace {

constexpr std::array kMeanings{
    ColumnMeaning{"run_id", "text",
                  "The attempt's own name, unique everywhere, so that databases can be merged."},
    ColumnMeaning{"sweep", "text", "The sweep that the run belongs to."},
    ColumnMeaning{"run", "text", "The run's name, such as batch_size=16 or optimized."},
    ColumnMeaning{"cell", "text",
                  "Digest of what the run was told: parameters, command, environment, limits."},
    ColumnMeaning{
        "key", "text",
        "Digest of the cell and of the content of what the run was made by: program, inputs, variables."},
    ColumnMeaning{"repeat", "integer", "The number of the repeat, from 1."},
    ColumnMeaning{"status", "text",
                  "How it ended: ok, oom (out of memory), timeout, cancelled, crashed (a signal) or failed."},
    ColumnMeaning{"reason", "text",
                  "Why it did not end ok, such as the limit that was reached; null if it did."},
    ColumnMeaning{"exit_code", "integer", "The exit code of the main process; null if a signal ended it."},
    ColumnMeaning{"signal", "integer", "The signal that ended the main process; null if it exited."},
    ColumnMeaning{"started_at", "text", "When it was started: UTC, ISO 8601."},
    ColumnMeaning{
        "wall_s", "real",
        "From just before the program starts until its main process has ended, by the monotonic clock."},
    ColumnMeaning{"user_s", "real",
                  "CPU time in user mode of the whole process tree, by a cgroup or by wait4 and looks."},
    ColumnMeaning{"system_s", "real", "CPU time in the kernel of the whole process tree, in the same way."},
    ColumnMeaning{"initial_rss_bytes", "integer",
                  "Resident memory of the tree in the first sample; null if that is not from the start."},
    ColumnMeaning{"final_rss_bytes", "integer",
                  "Resident memory of the tree in the last sample; null if that is not from the end."},
    ColumnMeaning{
        "peak_rss_bytes", "integer",
        "The best estimate of what the tree held at its peak: anonymous and shared memory and mapped files, "
        "each page counted once."},
    ColumnMeaning{"peak_rss_low_bytes", "integer",
                  "The true peak is not below this; null if nothing says so."},
    ColumnMeaning{"peak_rss_high_bytes", "integer",
                  "The true peak is not above this; null if nothing says so."},
    ColumnMeaning{
        "peak_cgroup_bytes", "integer",
        "The largest charge of the run's memory cgroup, by the kernel, page cache included; null without "
        "one."},
    ColumnMeaning{"peak_swap_bytes", "integer", "The most that the tree had in swap in a sample."},
    ColumnMeaning{"major_faults", "integer", "Page faults that had to read from disk, of the whole tree."},
    ColumnMeaning{"memory_method", "text",
                  "How the peak was measured: wait4, cgroup v1, cgroup v2, exit-stop or sampled."},
    ColumnMeaning{"peak_bounds_from", "text",
                  "What the bounds rest on: kernel (proven by what it counts) or samples."},
    ColumnMeaning{"peak_anonymous_bytes", "integer",
                  "Anonymous memory in the largest sample; null if no sample came near the peak."},
    ColumnMeaning{"peak_shared_bytes", "integer", "Shared memory in the largest sample, likewise."},
    ColumnMeaning{"peak_file_bytes", "integer", "Mapped file pages in the largest sample, likewise."},
    ColumnMeaning{"peak_cache_bytes", "integer", "The page cache in peak_cgroup_bytes."},
    ColumnMeaning{"memory_limit_reached", "integer",
                  "1 if the memory limit was reached, so that the peak may be cut off; 0 if not; null "
                  "without a limit."},
    ColumnMeaning{"peak_hugetlb_bytes", "integer",
                  "The most memory of hugetlbfs in a sample; it is in no other figure."},
    ColumnMeaning{"minor_faults", "integer", "Page faults without reading from disk, of the whole tree."},
    ColumnMeaning{"voluntary_switches", "integer", "Context switches because a process waited."},
    ColumnMeaning{"involuntary_switches", "integer", "Context switches because another process was to run."},
    ColumnMeaning{"read_bytes", "integer", "Bytes that the kernel read from disk for the tree."},
    ColumnMeaning{"written_bytes", "integer", "Bytes that the kernel wrote to disk for the tree."},
    ColumnMeaning{"swapped_in_bytes", "integer",
                  "What was swapped in for the run, by its cgroup of version 2; null without one."},
    ColumnMeaning{"swapped_out_bytes", "integer", "What was swapped out of the run, likewise."},
    ColumnMeaning{
        "memory_stall_s", "real",
        "Time in which a process of the run waited for memory, by the pressure of its cgroup of version 2."},
    ColumnMeaning{"throttled_s", "real",
                  "Time that the CPU quota of the cgroup around the runner held the run back."},
    ColumnMeaning{"ended_by", "text",
                  "How a run that was asked to end did so: SIGTERM or SIGKILL; null for all others."},
    ColumnMeaning{"ending_s", "real", "How long that took, until its main process had ended."},
    ColumnMeaning{
        "growth_bytes_per_epoch", "real",
        "The median slope of the largest samples by epoch, without the first; for programs that report "
        "epochs."},
    ColumnMeaning{"growth_low_bytes_per_epoch", "real", "The lower end of its 95 % interval."},
    ColumnMeaning{"growth_high_bytes_per_epoch", "real", "The upper end of its 95 % interval."},
    ColumnMeaning{"last_words", "text", "The last line that a run which did not end ok wrote to stderr."},
    ColumnMeaning{"revision", "text",
                  "The commit of the git repository that the sweep file lies in, with + if tracked files "
                  "were changed."},
    ColumnMeaning{"tags", "text",
                  "The words that people have marked the attempt with, as in draft, paper; null without any. "
                  "A parameter or metric of that name takes the column."},
    ColumnMeaning{
        "note", "text",
        "What people have noted on the attempt; null if nothing. A parameter or metric of that name "
        "takes the column."},
};

}  // namespace

std::span<const ColumnMeaning> column_meanings() {
    return kMeanings;
}

}  // namespace tidemark::results
