#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace tidemark::warden {

/// The file systems whose files are memory: tmpfs and its like. Their devices, as `/proc/PID/maps` writes
/// them.
class MemoryFileSystems {
  public:
    /// `mountinfo`: the text of /proc/self/mountinfo.
    explicit MemoryFileSystems(const std::string& mountinfo);

    /// A device with a major number of zero that is mounted nowhere is the kernel's own tmpfs: memfd, System
    /// V segments, shared anonymous memory.
    bool have(const std::string& device) const;

  private:
    std::set<std::string> memory_;
    std::set<std::string> others_;
};

/// The pages of a tree of processes, each counted once, from what /proc/PID/smaps tells of each of them. A
/// page of a file or of shared memory is known by device, inode and offset, whoever maps it, and is never
/// divided by how many do: others than the tree may be among them. Anonymous pages are shared by fork only,
/// so all who share them are of the tree, and their proportional sizes add up.
class ResidentPages {
  public:
    explicit ResidentPages(const MemoryFileSystems& memory_file_systems)
        : memory_file_systems_(memory_file_systems) {}

    /// One process (proc(5), smaps). To be called once for each memory (address_spaces.hpp). Takes the text
    /// as it comes, in lines.
    void begin_process(pid_t process);
    void take_line(const std::string& line);
    void end_process();

    /// In bytes. Where several processes map one file, their page tables tell which pages they share. Where
    /// those cannot be read, `least` is the most that one of them has resident, and `most` the sum, but no
    /// more than the parts of the file that they map together. What they gave up before their page tables
    /// were read is in `most` as if it had been nobody else's.
    struct Distinct {
        std::int64_t least = 0;
        std::int64_t most = 0;
    };
    struct Totals {
        std::int64_t anonymous = 0;
        std::int64_t least_anonymous = 0;  ///< the same, where smaps does not tell whose shares are shared
        Distinct file;
        Distinct shared;
        std::int64_t swap = 0;
    };
    Totals totals() const;

    /// What one process was told to have resident, a page as often as it maps it, in bytes.
    struct Held {
        std::int64_t anonymous = 0;
        std::int64_t file = 0;
        std::int64_t shared = 0;
    };
    Held held_by(pid_t process) const;

  private:
    using File = std::pair<std::string, std::string>;  ///< device and inode
    struct Part {
        std::int64_t begin = 0;  ///< offset in the file, bytes
        std::int64_t end = 0;
        std::int64_t resident = 0;
        std::int64_t address = 0;
        pid_t process = 0;
    };
    struct Mapped {
        std::vector<Part> parts;  ///< of all processes
        std::int64_t most_of_one = 0;
        std::int64_t sum = 0;
    };
    static Distinct distinct(const Mapped& mapped);
    struct Mapping {
        File file;
        Part part;
        std::int64_t anonymous = 0;
        std::int64_t proportional = 0;
        bool is_file = false;
        bool counts = false;
    };
    void begin_mapping(const std::string& line);
    void end_mapping();

    const MemoryFileSystems& memory_file_systems_;
    pid_t process_ = 0;
    Mapping mapping_;
    std::map<File, std::vector<Part>> of_process_;
    std::map<File, Mapped> files_;
    std::map<pid_t, Held> held_;
    std::int64_t anonymous_ = 0;
    std::int64_t least_anonymous_ = 0;
    std::int64_t swap_ = 0;
};

}  // namespace tidemark::warden
