#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "warden/cgroup_place.hpp"

namespace tidemark::warden {

/// What a memory cgroup is charged for at one moment, in bytes. Shared memory and tmpfs are not part of
/// `file`.
struct CgroupCharge {
    std::int64_t anonymous = 0;
    std::int64_t shared = 0;
    std::int64_t file = 0;  ///< page cache of files, mapped or not, charged to whoever touched it first
    std::int64_t swap = 0;
};

/// What a run may take. The kernel enforces it for the whole tree.
struct CgroupLimits {
    std::optional<std::int64_t> memory;
    std::optional<std::int64_t> swap;  ///< beside `memory`; absent: none, where the kernel can refuse it
    std::optional<std::int64_t> pids;  ///< version 2 only; version 1 has a hierarchy of its own (PidsCgroup)
};

/// A fresh memory cgroup for one run, below (version 1) or beside (version 2) the warden's own, removed at
/// the end.
class MemoryCgroup {
  public:
    /// In the first of the parents that allows it. False: `problem()` says why it cannot be had here.
    bool create(const std::vector<CgroupParent>& parents, const CgroupLimits& limits);

    MemoryCgroup() = default;
    MemoryCgroup(const MemoryCgroup&) = delete;
    MemoryCgroup& operator=(const MemoryCgroup&) = delete;
    ~MemoryCgroup() { remove(); }

    bool exists() const { return !path_.empty(); }
    const std::string& problem() const { return problem_; }
    int version() const { return version_; }
    std::string entry() const { return entry_of_cgroup(path_, version_); }
    const std::string& folder() const { return path_; }

    /// Exact to what the kernel has charged ahead for each CPU (kChargedAhead). Version 2: memory.peak, since
    /// Linux 5.19; version 1: memory.max_usage_in_bytes.
    std::optional<std::int64_t> peak_bytes() const;
    /// Lets the peak begin anew. False: the kernel cannot (version 2 can since Linux 6.12, for the file that
    /// stays open).
    bool reset_peak();
    std::optional<CgroupCharge> charge() const;  ///< memory.stat
    /// Page tables, stacks, slabs: the peak in version 1 (memory.kmem.max_usage_in_bytes), what there is now
    /// in version 2
    /// (`kernel` and `sock` of memory.stat, since Linux 5.18).
    std::optional<std::int64_t> kernel_bytes() const;
    /// Of all who are and were in it; memory.stat may be some behind.
    std::optional<std::int64_t> page_faults() const;
    std::int64_t oom_kills() const;
    /// Whether the memory limit was reached, so that memory had to be taken back or a process to be killed.
    bool limit_reached() const;
    /// Pages that came from and went to swap, in bytes. Version 2: `pswpin` of memory.stat, since Linux 6.13.
    std::optional<std::int64_t> swapped_in() const;
    std::optional<std::int64_t> swapped_out() const;
    /// Seconds in which a process of the tree waited for memory (memory.pressure of version 2, with PSI).
    std::optional<double> stall_s() const;
    /// Whether the process is in this cgroup or in one below it.
    bool holds(pid_t pid) const;
    /// The processes in this cgroup, without those below it; none where they cannot be read.
    std::vector<pid_t> members() const;
    /// Version 2, since Linux 5.14: kills all that is in it at once. False: the kernel cannot.
    bool kill_all() const;

    void remove();

    /// MEMCG_CHARGE_BATCH (64 pages) of mm/memcontrol.c: what each CPU may have charged and not used.
    static constexpr std::int64_t kChargedAhead = 256 * 1024;

  private:
    bool create_version1(const std::string& parent, const CgroupLimits& limits);
    bool create_version2(const std::string& parent, const CgroupLimits& limits);
    bool pass_on(const std::string& parent, const std::string& controller);
    bool make_folder(const std::string& parent, int version);
    std::optional<std::int64_t> pages_of(const char* name) const;
    bool set_limit(const char* file, std::int64_t limit);

    std::string path_;
    int peak_file_ = -1;  ///< of version 2: memory.peak, whose resets count for this open file alone
    std::string problem_;
    int version_ = 0;
};

}  // namespace tidemark::warden
