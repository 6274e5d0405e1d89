#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "protocol/measurement.hpp"
#include "warden/memory_cgroup.hpp"

namespace tidemark::warden {

/// Looks at the memory of the tree from time to time and appends what it sees to samples.jsonl. It is for the
/// timeline, the live display and the parts of the peak; the peak itself does not depend on it where the
/// kernel keeps a mark.
class Sampler {
  public:
    Sampler(const std::string& directory, double started);
    Sampler(const Sampler&) = delete;
    Sampler& operator=(const Sampler&) = delete;
    ~Sampler();

    double due() const { return due_; }  ///< CLOCK_MONOTONIC seconds
    /// `charge`: of the run's cgroup, where it has one.
    void sample(const std::optional<CgroupCharge>& charge);
    /// A limit hangs on what is seen: samples may take ten times their share.
    void watch_closely() { cost_share_ = kCostShareWatching; }
    /// A process is about to exit: a last look, if looking so often does not take too much of the time.
    bool can_afford_another(double now) const;

    const std::optional<protocol::Sample>& first() const { return first_; }
    const std::optional<protocol::Sample>& last() const { return last_; }
    const std::optional<protocol::Sample>& largest() const { return largest_; }
    std::int64_t largest_rss() const { return largest_ ? largest_->rss_bytes : 0; }
    std::optional<std::int64_t> largest_swap() const { return largest_swap_; }
    std::optional<std::int64_t> largest_mapped_file() const { return largest_mapped_file_; }
    int most_processes() const { return most_processes_; }
    const std::vector<pid_t>& last_processes() const { return last_processes_; }
    double hold_s() const { return hold_s_; }  ///< in which reading may have held memory maps

  private:
    static constexpr double kCostShare =
        0.002;  ///< sampling takes at most this share of the time, and as much of what it looks at
    static constexpr double kCostShareWatching = 0.05;

    void add(pid_t pid, bool alone, protocol::Sample& seen);
    void schedule(double now, double cost);
    void write_line(const protocol::Sample& seen);

    std::string path_;
    int file_ = -1;
    double started_;
    double due_;
    double last_cost_ = 0;
    double cost_share_ = kCostShare;
    double hold_s_ = 0;
    std::optional<protocol::Sample> first_, last_, largest_;
    std::optional<std::int64_t> largest_swap_;
    std::optional<std::int64_t> largest_mapped_file_;
    int most_processes_ = 0;
    std::vector<pid_t> last_processes_;
};

/// The memory of one process, in bytes.
struct ProcessMemory {
    std::int64_t all = 0;
    protocol::MemoryParts parts;
    std::optional<std::int64_t> swap;
};

/// Resident memory (/proc/PID/status; its parts since Linux 4.5); nothing for a zombie or one that is gone.
std::optional<ProcessMemory> resident_memory(pid_t pid);

/// The same with shared pages divided among those who share them (/proc/PID/smaps_rollup, since Linux 4.14;
/// its parts since 5.9).
std::optional<ProcessMemory> proportional_memory(pid_t pid);

}  // namespace tidemark::warden
