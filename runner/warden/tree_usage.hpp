#pragma once

#include <cstdint>

#include <sys/resource.h>

#include "protocol/measurement.hpp"

namespace tidemark::warden {

/// What the processes of the tree used that were waited for, each with its own waited-for children.
class TreeUsage {
  public:
    void add(const rusage& usage);

    double cpu_s() const { return user_s_ + system_s_; }
    std::int64_t largest_process() const { return largest_process_; }  ///< ru_maxrss, in bytes
    void write(protocol::Measurement& measured) const;

  private:
    double user_s_ = 0;
    double system_s_ = 0;
    std::int64_t largest_process_ = 0;
    std::int64_t major_faults_ = 0;
    std::int64_t minor_faults_ = 0;
    std::int64_t voluntary_switches_ = 0;
    std::int64_t involuntary_switches_ = 0;
    std::int64_t read_blocks_ = 0;
    std::int64_t written_blocks_ = 0;
    bool any_ = false;
};

/// CPU time of the living tree, and of all that its processes have waited for, in seconds (/proc/PID/stat, to
/// a clock tick a process).
double living_cpu_seconds();

}  // namespace tidemark::warden
