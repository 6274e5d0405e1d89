#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

#include "protocol/measurement.hpp"
#include "warden/exit_stops.hpp"
#include "warden/memory_cgroup.hpp"
#include "warden/peak_bounds.hpp"

namespace tidemark::warden {

/// Takes the peak of each phase of a run by resetting the high-water marks between them: that of each process
/// (5 to /proc/PID/clear_refs, since Linux 4.0, which resets ru_maxrss too) and that of the cgroup. What the
/// marks were before is kept, so that the run's own peak is not spoiled.
class PhaseMeter {
  public:
    /// Most phases that are kept; later ones are part of the last.
    static constexpr std::size_t kMostPhases = 1000;

    /// Where the marks are that are read and reset.
    struct Marks {
        pid_t main;            ///< the main process
        MemoryCgroup* cgroup;  ///< null where none measures the run
        ExitStops& exit_stops;
        double started;  ///< of the run, on CLOCK_MONOTONIC
    };

    /// Ends the phase that is going on and begins the named one. `evidence` holds what the whole run has
    /// shown so far; its largest_process is raised to the marks that are given up.
    void begin(const std::string& name, const Marks& marks, MemoryEvidence& evidence);

    /// Ends the last phase, when all processes are gone. `evidence` is that of the whole run, `last_mark` the
    /// ru_maxrss that the main process ended with.
    void finish(const Marks& marks, const MemoryEvidence& evidence, std::int64_t last_mark);

    /// To be told of each sample of the tree.
    void saw(std::int64_t rss_bytes, int processes);

    const std::vector<protocol::PhasePeak>& phases() const { return phases_; }
    /// The largest mark of the cgroup in the phases that have ended.
    std::int64_t cgroup_peak_before() const { return cgroup_peak_before_; }

  private:
    void take_cgroup_peak(const Marks& marks, MemoryEvidence& of_phase) const;
    void close_phase(MemoryEvidence evidence);

    std::vector<protocol::PhasePeak> phases_;
    bool any_ = false;
    bool cgroup_was_reset_ = true;  ///< so its mark is that of this phase alone
    std::int64_t cgroup_peak_before_ = 0;
    std::int64_t largest_sample_ = 0;
    int most_processes_ = 0;
    std::int64_t children_faults_before_ = 0;
    std::string name_;
    double start_s_ = 0;
};

}  // namespace tidemark::warden
