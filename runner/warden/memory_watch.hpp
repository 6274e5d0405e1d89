#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "protocol/measurement.hpp"
#include "warden/child.hpp"
#include "warden/exit_stops.hpp"
#include "warden/kernel_counters.hpp"
#include "warden/memory_cgroup.hpp"
#include "warden/options.hpp"
#include "warden/peak_bounds.hpp"
#include "warden/phase_meter.hpp"
#include "warden/pids_cgroup.hpp"
#include "warden/sampler.hpp"
#include "warden/tree_usage.hpp"

namespace tidemark::warden {

/// All that is known of the memory of one run: the charge of its cgroup, samples, and the marks of its
/// processes; and the limits that cgroups enforce.
class MemoryWatch {
  public:
    explicit MemoryWatch(const Options& options);

    /// Makes the cgroups. False: what was asked for cannot be had; `problem()` says what and why.
    bool set_up();
    const std::string& problem() const { return problem_; }
    std::vector<CgroupToJoin> cgroups_to_join() const;
    /// The folder of the run's own cgroup, where it is of version 2; else empty.
    std::string own_cgroup2() const;
    bool wants_exit_stops() const;

    void begin(pid_t main, double started);
    /// The child asked to be traced, and waits.
    void follow(pid_t child, double now);

    double due() const;  ///< of the next sample, on CLOCK_MONOTONIC
    void sample(Sampler::Occasion occasion = Sampler::Occasion::Time);
    /// A sample or a glance, whichever is due.
    void sample_as_due();
    /// A sample exceeded the memory limit, and nothing but samples watches it.
    bool is_above_limit() const;

    /// The program announces a phase.
    void begin_phase(const std::string& name);

    /// Programs that lost rights because their exits are stopped.
    const std::vector<std::string>& programs_without_rights() const {
        return exit_stops_.lost_rights().programs();
    }
    bool stops_exits() const { return exit_stops_.active(); }
    /// waitid told that a process or thread stopped.
    void take_stop(pid_t thread);
    /// A process is a zombie and will be reaped.
    void before_reaping(pid_t process, bool is_own_child);
    void main_has_ended(std::int64_t last_mark);
    /// Where its children are known to be reaped by the kernel, their CPU time is known to nobody.
    bool ignored_children() const;
    void adopted_an_orphan() { adopted_orphan_ = true; }

    bool kill_all() const { return cgroup_.kill_all(); }

    /// When all processes are gone. Removes the cgroups.
    void conclude(const TreeUsage& usage, protocol::Measurement& measured);
    /// Why figures are absent.
    void explain_what_is_missing(protocol::Measurement& measured) const;

  private:
    void count_threads();
    void note_threads(int threads);
    void look_for_leavers(const TreeLook& tree);
    bool set_up_memory();
    bool set_up_pids();
    bool refuse(const char* limit, const std::string& why);
    void look_at_cgroup(const std::optional<CgroupCharge>& charge);
    std::int64_t most_kernel_memory() const;
    void look_at_dead_main();
    void gather_samples();
    void write_samples(protocol::Measurement& measured) const;
    void write_start_and_end(protocol::Measurement& measured) const;
    bool saw_one_process(const protocol::Measurement& measured) const;
    bool kernel_counted_one_process() const;
    bool faulted_elsewhere(const TreeUsage& usage) const;
    void write_cgroup_figures(protocol::Measurement& measured);
    void write_parts(protocol::Measurement& measured) const;
    PhaseMeter::Marks marks();
    MemoryCgroup* measuring_cgroup();
    std::string why_no_cgroup() const;

    const Options& options_;
    std::string problem_;
    std::map<std::string, std::string> unenforced_;
    MemoryCgroup cgroup_;
    PidsCgroup pids_cgroup_;
    bool had_cgroup_ = false;
    bool cgroup_measures_ = false;
    KernelCounters counters_ = KernelCounters::of_this_machine();
    ExitStops exit_stops_;
    ExitMarks exit_marks_;
    std::string why_no_exit_stops_;
    std::optional<Sampler> sampler_;
    PhaseMeter phases_;
    MemoryEvidence evidence_;
    std::optional<std::int64_t> cache_;  ///< the largest page cache charged
    pid_t main_ = -1;
    double started_ = 0;
    std::int64_t main_mark_ = 0;
    bool adopted_orphan_ = false;
    int most_threads_ = 1;  ///< of all samples; without them, of the main process
    double threads_due_ = 0;
    bool main_waited_for_none_ = false;
    bool main_ignored_children_ = false;
};

}  // namespace tidemark::warden
