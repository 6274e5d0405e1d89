#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <sys/types.h>

namespace tidemark::warden {

/// What /proc/PID/status tells of a process or thread in one read, in bytes. It needs no rights, and holds
/// nobody up.
struct ProcessStatus {
    pid_t process = 0;  ///< that a thread belongs to
    int threads = 1;
    bool ignores_children = false;  ///< SIGCHLD is ignored: the kernel reaps its children, and tells nobody
    std::int64_t virtual_size = 0;
    std::int64_t high_water_mark = 0;  ///< VmHWM, begins anew at exec
    std::int64_t resident = 0;         ///< the sum of the next three
    std::int64_t anonymous = 0;
    std::int64_t file = 0;
    std::int64_t shared = 0;
    std::int64_t swap = 0;
    std::int64_t huge_pages = 0;  ///< of hugetlbfs, which are not part of `resident` (since Linux 4.4)
};

/// Nothing for one that is gone, and for a zombie, which has no memory any more.
std::optional<ProcessStatus> process_status(pid_t thread);

/// The process that a thread belongs to, of a zombie too; 0 for one that is gone.
pid_t process_of(pid_t thread);

/// Whether it ignores SIGCHLD: then the kernel reaps its children itself, and nobody learns what they used. A
/// zombie still tells. SA_NOCLDWAIT does the same, and is told nowhere.
bool ignores_children(pid_t process);

/// What process_status makes of the text of the file.
std::optional<ProcessStatus> status_in(const std::string& text);

}  // namespace tidemark::warden
