#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace tidemark::warden {

/// What the kernel tells of a process that has ended, or of a thread of one.
struct EndedTask {
    pid_t process = 0;      ///< or its memory_before_exec()
    pid_t parent = 0;       ///< of the process
    std::int64_t mark = 0;  ///< the high-water mark of its memory until then, in bytes
    /// Of a memory before exec: no larger mark of the memory after it was seen before this was told.
    std::int64_t mark_of_next = 0;
};

/// The memory that a process had before it executed another program has a name of its own, as if it had been
/// a process.
inline pid_t memory_before_exec(pid_t process) {
    return -process;
}
inline bool is_memory_before_exec(pid_t name) {
    return name < 0;
}
inline pid_t process_of_memory(pid_t name) {
    return name < 0 ? -name : name;
}

/// Hears how much each process held at most when it ends, which no sample can tell of one that is gone. The
/// kernel tells it of all processes of the machine (taskstats over netlink,
/// https://docs.kernel.org/accounting/taskstats.html) to those with CAP_NET_ADMIN in the first network, user
/// and process namespace; it says which process a thread belongs to since Linux 5.19 (version 12).
class ExitMarks {
  public:
    ExitMarks() = default;
    ExitMarks(const ExitMarks&) = delete;
    ExitMarks& operator=(const ExitMarks&) = delete;
    ~ExitMarks();

    /// False: the kernel does not tell here.
    bool listen();
    bool is_listening() const { return socket_ >= 0; }
    /// Those that ended since the last call, in about that order. A process speaks before its memory is gone.
    std::vector<EndedTask> take();
    /// More ended between two calls than the kernel keeps: some are not known.
    bool lost_some() const { return lost_some_; }

  private:
    bool ask_to_be_told() const;

    int socket_ = -1;
    bool lost_some_ = false;
};

/// What a message of the kernel's tells; nothing where it is none of a task, or of too old a kernel.
std::optional<EndedTask> ended_task_in(std::string_view message);

}  // namespace tidemark::warden
