#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <sys/types.h>

namespace tidemark::warden {

/// A part of a file that a process has mapped, in bytes.
struct FilePart {
    pid_t process = 0;
    std::int64_t address = 0;
    std::int64_t offset = 0;  ///< in the file
    std::int64_t length = 0;
    std::int64_t resident = 0;  ///< as it was told before
};

/// What page tables tell of parts of one file, in bytes.
struct MappedByAny {
    std::int64_t once = 0;  ///< at least one of them has it mapped and resident
    std::int64_t gone = 0;  ///< no longer there of what was resident before
};

/// By /proc/PID/pagemap
/// (https://docs.kernel.org/admin-guide/mm/pagemap.html): which pages are there is told to everybody who may
/// look into the process; only where they are needs rights. Copies of a private mapping's own are not
/// counted. Nothing where a table cannot be read.
std::optional<MappedByAny> mapped_by_any(const std::vector<FilePart>& parts);

}  // namespace tidemark::warden
