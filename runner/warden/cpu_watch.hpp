#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <sys/types.h>

#include "warden/child.hpp"
#include "warden/cpu_cgroup.hpp"
#include "warden/options.hpp"
#include "warden/tree_usage.hpp"

namespace tidemark::warden {

/// All that is known of the CPU time of one run. Each way sees a part: wait4 no children that the kernel
/// reaped itself, a cgroup nobody who left it, a look at living processes nobody who came and went between
/// two looks. None sees anything twice, so the largest is the nearest to the truth.
class CpuWatch {
  public:
    /// Makes a cgroup, where one can be had, or looks into the run's own of version 2.
    void set_up(const Options& options, const std::string& own_cgroup2);
    std::vector<CgroupToJoin> cgroups_to_join() const;
    /// Whether looks at living processes are needed to know what is lost otherwise.
    bool needs_looks() const { return !cgroup_.counts(); }

    /// Looks at all living processes of the tree. Returns what they used until now, and the children that
    /// they have waited for, in seconds.
    double look();
    /// A process is a zombie, and will be reaped: a child of the warden, or any that it traces.
    void before_reaping(pid_t process);

    /// Of the whole tree until now; `usage`: of those that were waited for. Looks at the living, too.
    double used_s(const TreeUsage& usage);
    /// When all processes are gone. Removes the cgroup.
    void conclude(const TreeUsage& usage, bool exits_were_stopped, protocol::Measurement& measured);

  private:
    /// What one process was seen to have used itself.
    struct Seen {
        std::int64_t start = 0;
        CpuTime ticks;              ///< of all its threads, by the clock's ticks
        double first_thread_s = 0;  ///< to the nanosecond, known at its end
    };
    static CpuTime time_of(const Seen& seen);
    double see(pid_t process);
    void has_gone(pid_t process);
    CpuTime seen() const;
    CpuTime most(const TreeUsage& usage) const;  ///< without what living processes used that nobody saw

    CpuCgroup cgroup_;
    std::map<pid_t, Seen> processes_;
    CpuTime gone_;
    bool children_were_ignored_ = false;
};

}  // namespace tidemark::warden
