#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "warden/cgroup_place.hpp"

namespace tidemark::warden {

/// A cgroup of version 1 that counts the processes and threads of a run, and limits how many there are at the
/// same time, removed at the end (https://docs.kernel.org/admin-guide/cgroup-v1/pids.html).
class PidsCgroup {
  public:
    /// In the first of the parents that allows it; without `most` nothing is limited. False: `problem()` says
    /// why it cannot be had here.
    bool create(const std::vector<CgroupParent>& parents, std::optional<std::int64_t> most);
    /// A cgroup that another makes and removes, with the controller in it: that of the run, of version 2.
    void look_into(const std::string& folder) { counted_in_ = folder; }

    PidsCgroup() = default;
    PidsCgroup(const PidsCgroup&) = delete;
    PidsCgroup& operator=(const PidsCgroup&) = delete;
    ~PidsCgroup() { remove(); }

    bool exists() const { return !path_.empty(); }
    const std::string& problem() const { return problem_; }
    std::string entry() const { return entry_of_cgroup(path_, 1); }
    /// The most processes and threads that there were at the same time (pids.peak: version 2 since Linux 6.1,
    /// version 1 since 6.12); nothing where the kernel does not tell, or no process came in.
    std::optional<std::int64_t> peak() const;
    void remove();

  private:
    std::string path_;
    std::string counted_in_;
    std::string problem_;
};

}  // namespace tidemark::warden
