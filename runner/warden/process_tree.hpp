#pragma once

#include <cstdint>
#include <vector>

#include <sys/types.h>

namespace tidemark::warden {

/// All living descendants of this process (zombies too), which as a subreaper is the parent of every orphan
/// below it. Read from /proc/PID/task/TID/children (CONFIG_PROC_CHILDREN, since Linux 3.5). A snapshot:
/// others may be born meanwhile.
std::vector<pid_t> descendants();

bool is_zombie(pid_t pid);

/// A number of /proc/PID/stat, counted as proc(5) counts its fields, from the fourth on; 0 where the process
/// is gone.
std::int64_t stat_field(pid_t pid, int number);

/// Field ppid, of the real parent.
inline constexpr int kParent = 4;

/// Field cminflt: the page faults of the children that the process has waited for.
inline constexpr int kChildrenFaults = 11;

/// Fields utime, stime, cutime and cstime follow each other: CPU time of the process and of the children that
/// it has waited for, in clock ticks.
inline constexpr int kUserTime = 14;

/// High-water mark of one living process or thread (VmHWM of /proc/PID/status); 0 for one that is gone.
std::int64_t high_water_mark(pid_t pid);

/// Sends the signal to every descendant, until a look finds no descendant that has not got it. Processes that
/// are forked meanwhile are found by the next look. Returns how many got it.
int signal_descendants(int signal);

}  // namespace tidemark::warden
