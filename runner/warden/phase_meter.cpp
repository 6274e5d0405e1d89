#include "warden/phase_meter.hpp"

#include <algorithm>
#include <cstdlib>

#include "warden/clock.hpp"
#include "warden/process_tree.hpp"
#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

std::string proc(pid_t pid, const char* file) {
    return "/proc/" + std::to_string(pid) + file;
}

}  // namespace

void PhaseMeter::saw(const Look& look) {
    largest_.rss = std::max(largest_.rss, look.rss);
    largest_.still = std::max(largest_.still, look.still);
    largest_.largest_mark = std::max(largest_.largest_mark, look.largest_mark);
    largest_.processes = std::max(largest_.processes, look.processes);
}

/// The mark of a process that may not be reset, as that of one that made itself undumpable, goes on.
void PhaseMeter::take_marks(const std::vector<pid_t>& processes, const Marks& marks, double now,
                            MemoryEvidence& of_phase) {
    of_phase.largest_process = 0;
    of_phase.mark_is_older = !marks_were_reset_;
    marks_were_reset_ = true;
    for (const pid_t pid : processes) {
        const std::int64_t mark = high_water_mark(pid);
        of_phase.largest_process = std::max(of_phase.largest_process, mark);
        if (write_small_file(proc(pid, "/clear_refs"), "5"))
            marks.exit_stops.mark_is_reset(pid, mark, now);
        else if (!is_zombie(pid))
            marks_were_reset_ = false;
    }
}

void PhaseMeter::begin(const std::string& name, const Marks& marks, MemoryEvidence& evidence) {
    if (phases_.size() >= kMostPhases) return;
    const double now = monotonic_seconds();
    const std::vector<pid_t> processes = descendants();
    const std::int64_t faults = stat_field(marks.main, kChildrenFaults);  // grows when a child was waited for
    const bool is_same_program = image_.is_same();
    MemoryEvidence of_phase = evidence;
    of_phase.single_process = marks.alone && processes.size() == 1 && largest_.processes <= 1 &&
                              faults == children_faults_before_ && is_same_program;
    take_marks(processes, marks, now, of_phase);
    of_phase.overlapping_marks = marks.exit_stops.take_overlap(now);
    take_cgroup_peak(marks, of_phase);
    evidence.largest_process = std::max(evidence.largest_process, of_phase.largest_process);
    if (marks.cgroup != nullptr) {
        cgroup_peak_before_ = std::max(cgroup_peak_before_, marks.cgroup->peak_bytes().value_or(0));
        cgroup_was_reset_ = marks.cgroup->reset_peak();
    }
    if (any_) close_phase(of_phase);
    any_ = true;
    name_ = name;
    start_s_ = now - marks.started;
    largest_ = {};
    executed_before_ = executed_before_ || !is_same_program;
    image_.begin(marks.main);
    children_faults_before_ = faults;
}

/// Where the kernel cannot let the mark begin anew, it is that of this phase if it has risen in it.
void PhaseMeter::take_cgroup_peak(const Marks& marks, MemoryEvidence& of_phase) const {
    of_phase.cgroup_peak.reset();
    if (marks.cgroup == nullptr) return;
    const auto peak = marks.cgroup->peak_bytes();
    const bool is_of_this_phase = cgroup_was_reset_ || (peak && *peak > cgroup_peak_before_);
    (is_of_this_phase ? of_phase.cgroup_peak : of_phase.cgroup_ceiling) = peak;
    if (peak) of_phase.kept_by_looks = *peak - marks.kept.without(*peak);
}

void PhaseMeter::finish(const Marks& marks, const MemoryEvidence& evidence, std::int64_t last_mark) {
    if (!any_) return;
    MemoryEvidence of_phase = evidence;
    of_phase.overlapping_marks = marks.exit_stops.take_overlap(monotonic_seconds());
    take_cgroup_peak(marks, of_phase);
    of_phase.mark_is_older = !marks_were_reset_;
    if (of_phase.single_process) {
        of_phase.largest_process = last_mark;
        of_phase.mark_is_older = of_phase.mark_is_older || executed_before_;
    } else {
        // the ru_maxrss of a process that had children is the largest of them all, whenever that was
        of_phase.largest_process = largest_.largest_mark;
    }
    close_phase(of_phase);
}

void PhaseMeter::close_phase(MemoryEvidence evidence) {
    evidence.largest_sample = largest_.rss;
    evidence.largest_still = largest_.still;
    const PeakBounds bounds = bounds_of(evidence);
    phases_.push_back({name_, start_s_, bounds.best, bounds.low, bounds.high});
}

}  // namespace tidemark::warden
