#include "warden/peak_bounds.hpp"

#include <algorithm>

namespace tidemark::warden {
namespace {

PeakBounds bounds_by_cgroup(const MemoryEvidence& evidence, std::int64_t seen) {
    const std::int64_t peak = *evidence.cgroup_peak;
    // where no sample told of mapped files, no process can have mapped more than its own high-water mark; as
    // a guess that would count the process's own memory twice
    const std::int64_t mapped = evidence.largest_mapped_file.value_or(evidence.largest_process);
    const std::int64_t likely_mapped = evidence.largest_mapped_file.value_or(0);
    const std::int64_t own = peak - evidence.cgroup_file - evidence.cgroup_kernel;
    PeakBounds bounds;
    bounds.method = evidence.cgroup_version == 2 ? "cgroup v2" : "cgroup v1";
    const std::int64_t more_kernel =
        std::max(std::int64_t{0}, evidence.cgroup_kernel_high - evidence.cgroup_kernel);
    bounds.low = std::max(seen, own - more_kernel - evidence.charged_ahead);
    bounds.high = std::max(*bounds.low, peak + mapped);
    bounds.best = std::clamp(own + likely_mapped, *bounds.low, *bounds.high);
    return bounds;
}

}  // namespace

PeakBounds bounds_of(const MemoryEvidence& evidence) {
    PeakBounds bounds;
    if (evidence.single_process) {
        bounds.low = bounds.best = bounds.high = evidence.largest_process;
        bounds.method = "wait4";
        return bounds;
    }
    const std::int64_t seen = std::max(evidence.largest_process, evidence.largest_sample);
    if (evidence.cgroup_peak) {
        bounds = bounds_by_cgroup(evidence, seen);
        if (!evidence.left_cgroup) return bounds;
        bounds.high.reset();
        bounds.why_no_high = "a process of the run left its cgroup, and what it took there is not known";
        return bounds;
    }
    bounds.low = bounds.best = seen;
    if (evidence.cgroup_ceiling && !evidence.left_cgroup) {
        bounds.high =
            *evidence.cgroup_ceiling + evidence.largest_mapped_file.value_or(evidence.largest_process);
        bounds.method = "cgroup v2";
        return bounds;
    }
    if (evidence.overlapping_marks) {
        bounds.high = std::max(seen, *evidence.overlapping_marks);
        bounds.method = "exit-stop";
        return bounds;
    }
    bounds.method = evidence.largest_sample > evidence.largest_process ? "sampled" : "wait4";
    bounds.why_no_high =
        "the run had several processes and no cgroup: wait4 knows only the largest of them, and samples miss "
        "what lies between them";
    return bounds;
}

}  // namespace tidemark::warden
