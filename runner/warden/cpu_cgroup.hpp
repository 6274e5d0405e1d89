#pragma once

#include <optional>
#include <string>
#include <vector>

#include "warden/cgroup_place.hpp"

namespace tidemark::warden {

struct CpuTime {
    double user_s = 0;
    double system_s = 0;
    double sum() const { return user_s + system_s; }
};

/// A cgroup that counts the CPU time of a run, also that of children which the kernel reaps itself and no
/// wait4 tells of. Version 2: `cpu.stat` of any cgroup (since Linux 4.15); version 1: the `cpuacct`
/// hierarchy (https://docs.kernel.org/admin-guide/cgroup-v1/cpuacct.html). What its processes used before
/// they came in is not in it.
class CpuCgroup {
  public:
    /// In the first of the parents that allows it, removed at the end. False: `problem()` says why not.
    bool create(const std::vector<CgroupParent>& parents);
    /// One of version 2 that another makes and removes. False: it does not count.
    bool look_into(const std::string& folder);

    CpuCgroup() = default;
    CpuCgroup(const CpuCgroup&) = delete;
    CpuCgroup& operator=(const CpuCgroup&) = delete;
    ~CpuCgroup() { remove(); }

    bool counts() const { return !folder_.empty(); }
    const std::string& problem() const { return problem_; }
    /// Of the cgroup that was created; empty where there is none, or the run is in it anyway.
    std::string entry() const { return is_own_ ? entry_of_cgroup(folder_, version_) : std::string(); }
    /// Nothing where it cannot be read, or nobody has come in.
    std::optional<CpuTime> used() const;
    void remove();

  private:
    std::string folder_;
    int version_ = 0;
    bool is_own_ = false;
    std::string problem_;
};

/// What the files of a cgroup's folder say.
std::optional<CpuTime> cpu_time_of_cgroup(const std::string& folder, int version);

}  // namespace tidemark::warden
