#pragma once

#include <cstdint>
#include <optional>

#include <sys/types.h>

namespace tidemark::warden {

/// By how many bytes a process, and those of its children that it has waited for, may have grown page caches
/// and files in memory: what they read from block devices, made dirty, and wrote by system calls
/// (read_bytes + write_bytes + wchar of /proc/PID/io, CONFIG_TASK_IO_ACCOUNTING). Of a zombie too. Nothing
/// where it may not be read. What it does not count: holes of files that are read, files of network file
/// systems, fallocate on tmpfs.
std::optional<std::int64_t> file_io(pid_t process);

}  // namespace tidemark::warden
