#pragma once

#include <vector>

#include <sys/types.h>

namespace tidemark::warden {

/// All living descendants of this process (zombies too), which as a subreaper is the parent of every orphan
/// below it. Read from /proc/PID/task/TID/children (CONFIG_PROC_CHILDREN, since Linux 3.5). A snapshot:
/// others may be born meanwhile.
std::vector<pid_t> descendants();

bool is_zombie(pid_t pid);

/// Sends the signal to every descendant, until a look finds no descendant that has not got it. Processes that
/// are forked meanwhile are found by the next look. Returns how many got it.
int signal_descendants(int signal);

}  // namespace tidemark::warden
