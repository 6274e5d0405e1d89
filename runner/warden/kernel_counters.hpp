#pragma once

#include <cstdint>

namespace tidemark::warden {

/// How the kernel counts the resident pages of a process, and by how much it may be wrong. VmRSS, VmHWM and
/// ru_maxrss are sums of three counters (anonymous, file and shared pages) that are not brought up to date at
/// each page.
class KernelCounters {
  public:
    /// `per_cpu`: as since Linux 6.2. `page`: bytes. `adds_up`: /proc/PID/status tells what all CPUs have
    /// counted together, as since Linux 6.16 (task_mem of fs/proc/task_mmu.c); marks are made of the other
    /// sums still.
    KernelCounters(int cpus, bool per_cpu, std::int64_t page, bool adds_up = false)
        : cpus_(cpus), per_cpu_(per_cpu), page_(page), adds_up_(adds_up) {}

    static KernelCounters of_this_machine();

    /// By how many bytes the mark of one process may be above and below the truth.
    ///  - Since Linux 6.2 (commit f1a7941243c1) each CPU keeps less than `percpu_counter_batch` pages of each
    ///    counter to itself, which is max(32, 2 × CPUs) (lib/percpu_counter.c).
    ///  - Before, each thread keeps what 66 page faults brought (SPLIT_RSS_COUNTING of mm/memory.c), and
    ///    a fault in a file brings up to 16 pages (fault_around_bytes). What it gives up, it counts at once.
    std::int64_t above(int threads) const;
    std::int64_t below(int threads) const;
    /// By how much /proc/PID/status may tell too little of one of the three counters.
    std::int64_t one_below(int threads) const;

  private:
    std::int64_t kept_by_cpus() const;

    int cpus_;
    bool per_cpu_;
    std::int64_t page_;
    bool adds_up_;
};

}  // namespace tidemark::warden
