#include "trainer/reporting/process_memory.hpp"

#include <atomic>
#include <cstdlib>

#include <unistd.h>

#include "base/files.hpp"

namespace tidemark::trainer {

Bytes resident_memory() {
    const std::string statm = read_file("/proc/self/statm").value_or("");
    const std::size_t blank = statm.find(' ');
    return Bytes{blank == std::string::npos ? 0 : std::atoll(statm.c_str() + blank) * sysconf(_SC_PAGESIZE)};
}

Bytes peak_resident_memory() {
    static std::atomic<std::int64_t> largest = 0;
    const std::string status = read_file("/proc/self/status").value_or("");
    const std::size_t line = status.find("VmHWM:");
    const std::int64_t now =
        line == std::string::npos ? 0 : std::atoll(status.c_str() + line + 6) * kKibibyte;
    if (now > largest) largest = now;
    return Bytes{largest};
}

}  // namespace tidemark::trainer
