#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace tidemark::warden {

/// Numbers with white space between them, as the kernel lists processes.
std::vector<pid_t> pids_in(const std::string& text);

/// All living descendants of this process (zombies too), which as a subreaper is the parent of every orphan
/// below it. Read from /proc/PID/task/TID/children (CONFIG_PROC_CHILDREN, since Linux 3.5). A snapshot:
/// others may be born meanwhile.
std::vector<pid_t> descendants();

/// Dead, and not yet waited for. Not one whose first thread alone has ended.
bool is_zombie(pid_t pid);

/// Without the zombies.
std::vector<pid_t> living_descendants();

/// The letter of proc(5): R, S, D, Z, T, …; '?' where the process is gone.
char process_state(pid_t pid);

/// The program that it executes (/proc/PID/exe), else the name that the kernel has for it (comm).
std::string program_of(pid_t pid);

/// A number of /proc/PID/stat, counted as proc(5) counts its fields, from the fourth on; 0 where the process
/// is gone.
std::int64_t stat_field(pid_t pid, int number);

/// Field ppid, of the real parent.
inline constexpr int kParent = 4;

/// Field flags. PF_FORKNOEXEC of linux/sched.h: has not executed a program since it was forked.
inline constexpr int kFlags = 9;
inline constexpr std::int64_t kForkedOnly = 0x40;

/// Field num_threads; of a zombie whose other threads live on, it counts them.
inline constexpr int kThreads = 20;

/// Fields minflt and majflt: the page faults of the process.
inline constexpr int kMinorFaults = 10;
inline constexpr int kMajorFaults = 12;

/// Page faults of a process until now, of a zombie too. Without one, no process gets a page but by fork,
/// which makes another process, and by exec, which faults.
std::int64_t page_faults(pid_t process);

/// Field cminflt: the page faults of the children that the process has waited for.
inline constexpr int kChildrenFaults = 11;

/// CPU time of a process, in clock ticks, and of the children that it has waited for.
struct ProcessTimes {
    std::int64_t user = 0;
    std::int64_t system = 0;
    std::int64_t children = 0;
    std::int64_t start = 0;  ///< since the machine started: with the pid it tells processes apart
};
std::optional<ProcessTimes> process_times(pid_t pid);

/// High-water mark of one living process or thread (VmHWM of /proc/PID/status); 0 for one that is gone.
std::int64_t high_water_mark(pid_t pid);

/// Sends the signal to every descendant, until a look finds no descendant that has not got it. Processes that
/// are forked meanwhile are found by the next look. Those that are stopped or frozen go on, so that they act
/// on it. Returns how many got it.
int signal_descendants(int signal);

}  // namespace tidemark::warden
