#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/measurement.hpp"

namespace tidemark::warden {

/// The `some` line of a pressure file (https://docs.kernel.org/accounting/psi.html), in seconds; nothing
/// where the kernel keeps none.
std::optional<double> stalled_seconds(const std::string& file);

/// What the machine as a whole did between `begin` and `end`: what may have disturbed the run.
class Surroundings {
  public:
    /// Kept from here on. `own_cpu_s`: CPU time of the run until now.
    void begin(double now, double own_cpu_s);
    bool has_begun() const { return begun_; }
    /// Now and then, and only as often as costs a run nothing: does a short calculation, to know how fast the
    /// CPUs are meanwhile.
    void time_a_calculation(double now);
    /// Writes what has happened since into the measurement.
    void end(double now, double own_cpu_s, protocol::Measurement& measured) const;

  private:
    struct Reading {
        double at = 0;                     ///< CLOCK_MONOTONIC
        double own_cpu_s = 0;              ///< of the run
        std::optional<double> busy_cpu_s;  ///< of all CPUs, what a hypervisor took away included
        std::optional<std::int64_t> swapped_in_pages;
        std::optional<std::int64_t> swapped_out_pages;
        std::optional<double> stall_s;
        std::optional<double> throttled_s;
    };
    Reading read_all(double now, double own_cpu_s) const;
    void write_speed(protocol::Surroundings& out) const;

    bool begun_ = false;
    std::string cpu_stat_;  ///< of the cgroup that limits this process's CPU time, if there is one
    Reading before_;
    double calculation_due_ = 0;
    std::vector<double> calculations_;  ///< CPU time of each
};

}  // namespace tidemark::warden
