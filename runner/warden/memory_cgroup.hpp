#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tidemark::warden {

/// A fresh memory cgroup for one run, below (version 1) or beside (version 2) the warden's own, removed at
/// the end. Version 2 wants the memory controller in a delegated cgroup: a cgroup that holds processes cannot
/// pass controllers on to its children
/// (https://docs.kernel.org/admin-guide/cgroup-v2.html#no-internal-process-constraint), so its parent is
/// tried too.
class MemoryCgroup {
  public:
    /// Makes one with the limit; swap is not allowed beyond it. False: `problem()` says why it cannot be had
    /// here.
    bool create(std::int64_t limit_bytes);

    MemoryCgroup() = default;
    MemoryCgroup(const MemoryCgroup&) = delete;
    MemoryCgroup& operator=(const MemoryCgroup&) = delete;
    ~MemoryCgroup() { remove(); }

    bool exists() const { return !path_.empty(); }
    const std::string& problem() const { return problem_; }
    int version() const { return version_; }
    std::string procs() const { return path_ + "/cgroup.procs"; }

    std::optional<std::int64_t> peak_bytes()
        const;  ///< v2: memory.peak, since Linux 5.19; v1: memory.max_usage_in_bytes
    std::int64_t oom_kills() const;

    /// The kernel may need a moment after the last process was reaped; tried for at most 100 ms.
    void remove();

  private:
    bool create_version1(const std::string& parent, std::int64_t limit_bytes);
    bool create_version2(const std::string& parent, std::int64_t limit_bytes);

    std::string path_;
    std::string problem_;
    int version_ = 0;
};

}  // namespace tidemark::warden
