#pragma once

#include <cstdint>

#include <sys/resource.h>

#include "protocol/measurement.hpp"

namespace tidemark::warden {

/// What the processes of the tree used that were waited for, each with its own waited-for children.
class TreeUsage {
  public:
    void add(const rusage& usage);

    double user_s() const { return user_s_; }
    double system_s() const { return system_s_; }
    double cpu_s() const { return user_s_ + system_s_; }
    std::int64_t largest_process() const { return largest_process_; }  ///< ru_maxrss, in bytes
    std::int64_t page_faults() const { return minor_faults_ + major_faults_; }
    /// All but the CPU time, of which others know more (CpuWatch).
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

}  // namespace tidemark::warden
