#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

#include "protocol/measurement.hpp"
#include "warden/exit_stops.hpp"
#include "warden/image_watch.hpp"
#include "warden/kept_by_looks.hpp"
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
        double started;    ///< of the run, on CLOCK_MONOTONIC
        bool alone;        ///< the kernel has counted no second process until now
        KeptByLooks kept;  ///< what the cgroup's mark of this phase may hold by the doing of looks
    };

    /// The run has begun: from now on it is seen where the main process executes another program.
    void watch(pid_t main) { image_.begin(main); }

    /// Ends the phase that is going on and begins the named one. `evidence` holds what the whole run has
    /// shown so far; its largest_process is raised to the marks that are given up.
    void begin(const std::string& name, const Marks& marks, MemoryEvidence& evidence);

    /// Ends the last phase, when all processes are gone. `evidence` is that of the whole run, `last_mark` the
    /// ru_maxrss that the main process ended with.
    void finish(const Marks& marks, const MemoryEvidence& evidence, std::int64_t last_mark);

    /// What a look at the tree has found, in bytes.
    struct Look {
        std::int64_t rss = 0;           ///< of the tree, each page counted once
        std::int64_t still = 0;         ///< the same, where nothing moved meanwhile
        std::int64_t largest_mark = 0;  ///< the largest high-water mark of a process
        int processes = 0;
    };
    void saw(const Look& look);

    const std::vector<protocol::PhasePeak>& phases() const { return phases_; }
    /// The largest mark of the cgroup in the phases that have ended.
    std::int64_t cgroup_peak_before() const { return cgroup_peak_before_; }

  private:
    void take_cgroup_peak(const Marks& marks, MemoryEvidence& of_phase) const;
    void take_marks(const std::vector<pid_t>& processes, const Marks& marks, double now,
                    MemoryEvidence& of_phase);
    void close_phase(MemoryEvidence evidence);

    std::vector<protocol::PhasePeak> phases_;
    bool any_ = false;
    bool cgroup_was_reset_ = true;  ///< so its mark is that of this phase alone
    bool marks_were_reset_ = true;  ///< and those of the processes
    std::int64_t cgroup_peak_before_ = 0;
    Look largest_;  ///< of this phase
    ImageWatch image_;
    bool executed_before_ =
        false;  ///< another program, before this phase: ru_maxrss keeps the mark of the first
    std::int64_t children_faults_before_ = 0;
    std::string name_;
    double start_s_ = 0;
};

}  // namespace tidemark::warden
