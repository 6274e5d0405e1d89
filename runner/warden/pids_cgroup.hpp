#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "warden/cgroup_place.hpp"

namespace tidemark::warden {

/// A cgroup of version 1 that limits how many processes and threads a run has at the same time, removed at
/// the end (https://docs.kernel.org/admin-guide/cgroup-v1/pids.html).
class PidsCgroup {
  public:
    /// In the first of the parents that allows it. False: `problem()` says why it cannot be had here.
    bool create(const std::vector<CgroupParent>& parents, std::int64_t most);

    PidsCgroup() = default;
    PidsCgroup(const PidsCgroup&) = delete;
    PidsCgroup& operator=(const PidsCgroup&) = delete;
    ~PidsCgroup() { remove(); }

    bool exists() const { return !path_.empty(); }
    const std::string& problem() const { return problem_; }
    std::string procs() const { return path_ + "/cgroup.procs"; }
    void remove();

  private:
    std::string path_;
    std::string problem_;
};

}  // namespace tidemark::warden
