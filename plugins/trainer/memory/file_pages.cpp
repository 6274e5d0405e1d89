#include "trainer/memory/file_pages.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <vector>

#include <sys/mman.h>

#include "base/files.hpp"

namespace tidemark::trainer {
namespace {

struct Mapping {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    bool of_file = false;
    bool writable = false;
    bool changed = false;  // has pages of its own, such as relocated ones, which would be lost
};

/// The mappings of /proc/self/smaps: a line with addresses, permissions and file, then figures (proc(5)).
std::vector<Mapping> mappings() {
    std::vector<Mapping> all;
    std::istringstream smaps(read_file("/proc/self/smaps").value_or(""));
    for (std::string line; std::getline(smaps, line);) {
        Mapping mapping;
        char permissions[5] = {};
        if (std::sscanf(line.c_str(), "%lx-%lx %4s", &mapping.begin, &mapping.end, permissions) == 3) {
            mapping.of_file = line.find(" /") != std::string::npos;
            mapping.writable = permissions[1] == 'w';
            all.push_back(mapping);
        } else if (!all.empty() && line.starts_with("Anonymous:")) {
            all.back().changed = std::atoll(line.c_str() + line.find(':') + 1) > 0;
        }
    }
    return all;
}

}  // namespace

void drop_file_pages() {
    for (const Mapping& mapping : mappings()) {
        if (!mapping.of_file || mapping.writable || mapping.changed) continue;
        madvise(reinterpret_cast<void*>(mapping.begin), mapping.end - mapping.begin, MADV_DONTNEED);
    }
}

Bytes resident_file_pages() {
    const std::string status = read_file("/proc/self/status").value_or("");
    const std::size_t line = status.find("RssFile:");
    return Bytes{line == std::string::npos ? 0 : std::atoll(status.c_str() + line + 8) * kKibibyte};
}

}  // namespace tidemark::trainer
