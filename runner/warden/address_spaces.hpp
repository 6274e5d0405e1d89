#pragma once

#include <cstdint>
#include <vector>

#include <sys/types.h>

namespace tidemark::warden {

/// Whether two processes have one memory, as after vfork and clone with CLONE_VM (kcmp(2), KCMP_VM, since
/// Linux 3.5). False too where the kernel does not tell.
bool share_memory(pid_t one, pid_t other);

/// For each process, whether its memory is none that an earlier one of them has. `virtual_sizes`, in bytes,
/// tell which of them may have the same.
std::vector<bool> first_of_each_memory(const std::vector<pid_t>& processes,
                                       const std::vector<std::int64_t>& virtual_sizes);

}  // namespace tidemark::warden
