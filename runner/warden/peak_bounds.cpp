#include "warden/peak_bounds.hpp"

#include <algorithm>

#include "warden/between_looks.hpp"

namespace tidemark::warden {
namespace {

constexpr std::int64_t kNone = 0;
constexpr const char* kMappedUnseen =
    "processes mapped more of files that other cgroups are charged for than samples may have seen";
constexpr const char* kLeftNoTrace =
    "a process ignored SIGCHLD, so its children ended without a trace, and nobody knows which files they "
    "mapped";

bool is_of_the_warden(const MemoryEvidence& evidence) {
    return evidence.largest_process <= evidence.inherited_mark;
}

/// What a process held at least by a count of the kernel's, each page once.
std::int64_t least_of(std::int64_t count, const MemoryEvidence& evidence) {
    return std::max(kNone, count - evidence.mark_above - evidence.mapped_twice);
}

std::int64_t least_of_largest_process(const MemoryEvidence& evidence) {
    if (evidence.mark_is_older || is_of_the_warden(evidence)) return kNone;
    return least_of(evidence.largest_process, evidence);
}

/// What the kernel and samples have proven the tree to hold at one moment.
std::int64_t proven_least(const MemoryEvidence& evidence) {
    return std::max(least_of_largest_process(evidence), evidence.largest_still);
}

/// What the run's cgroup was charged for at its peak, less all that need not have been mapped.
std::int64_t charged_least(const MemoryEvidence& evidence) {
    if (!evidence.cgroup_peak || !evidence.charged_beside) return kNone;
    const std::int64_t kernel = std::max(evidence.cgroup_kernel, evidence.cgroup_kernel_high);
    return std::max(kNone, *evidence.cgroup_peak - evidence.kept_by_looks - *evidence.charged_beside -
                               kernel - evidence.charged_ahead);
}

/// A guess: what was seen of it.
std::int64_t seen(const MemoryEvidence& evidence) {
    const std::int64_t mark = evidence.mark_is_older       ? kNone
                              : is_of_the_warden(evidence) ? evidence.mark_at_end
                                                           : evidence.largest_process;
    const std::int64_t guess = std::max(mark, evidence.largest_sample);
    return guess > 0 ? guess : evidence.largest_process;
}

PeakBounds bounds_of_one_process(const MemoryEvidence& evidence) {
    PeakBounds bounds;
    bounds.method = "wait4";
    bounds.from = kFromKernel;
    bounds.low = std::max(proven_least(evidence), least_of(evidence.largest_sample, evidence));
    bounds.high = evidence.largest_process + evidence.mark_below;
    // where the kernel's counters keep much to themselves, its charge may tell more; looks leave out a growth
    // of mapped files that is no more than a trifle
    const std::int64_t charged = evidence.cgroup_peak.value_or(*bounds.high) +
                                 evidence.mapped_elsewhere.value_or(evidence.largest_process) +
                                 BetweenLooks::kTrifle;
    if (charged < *bounds.high && charged >= *bounds.low && evidence.mapped_has_settled &&
        !evidence.left_cgroup) {
        bounds.high = charged;
        bounds.from = kFromSamples;
    }
    bounds.high = std::max(*bounds.low, *bounds.high);
    bounds.best = std::clamp(seen(evidence), *bounds.low, *bounds.high);
    return bounds;
}

void bound_from_above(const MemoryEvidence& evidence, PeakBounds& bounds) {
    if (evidence.left_cgroup) {
        bounds.why_no_high = "a process of the run left its cgroup, and what it took there is not known";
        return;
    }
    if (evidence.some_left_no_trace) {
        bounds.why_no_high = kLeftNoTrace;
        return;
    }
    const std::int64_t mark = evidence.largest_process + evidence.mark_below;
    // where no sample told of mapped files, no process can have mapped more than its own high-water mark
    std::int64_t high = *evidence.cgroup_peak + evidence.mapped_elsewhere.value_or(mark);
    const bool explains_marks = least_of_largest_process(evidence) <= high + evidence.charged_ahead;
    if (!explains_marks || !evidence.mapped_has_settled) {
        if (!evidence.most_tasks) {
            bounds.why_no_high = kMappedUnseen;
            return;
        }
        high = std::max(high, *evidence.most_tasks * mark);
    }
    std::int64_t between = evidence.held_between_looks;
    if (evidence.most_tasks) between = std::min(between, *evidence.most_tasks * mark);
    bounds.high = std::max({*bounds.low, high, between});
}

PeakBounds bounds_by_cgroup(const MemoryEvidence& evidence) {
    const std::int64_t peak = *evidence.cgroup_peak;
    PeakBounds bounds;
    bounds.method = evidence.cgroup_version == 2 ? "cgroup v2" : "cgroup v1";
    bounds.from = kFromSamples;
    bounds.low = std::max(proven_least(evidence), charged_least(evidence));
    bound_from_above(evidence, bounds);
    const std::int64_t likely = peak - evidence.kept_by_looks - evidence.cgroup_file -
                                evidence.unmapped_shared - evidence.cgroup_kernel + evidence.mapped_file;
    bounds.best = std::max({*bounds.low, likely, seen(evidence)});
    if (bounds.high) bounds.best = std::min(*bounds.best, *bounds.high);
    return bounds;
}

std::string why_not_bounded(const MemoryEvidence& evidence) {
    if (!evidence.single_as_far_as_seen)
        return "the run had several processes and no cgroup: wait4 knows only the largest of them, and "
               "samples miss what lies between them";
    if (evidence.most_tasks)
        return "the kernel counted " + std::to_string(*evidence.most_tasks) +
               " processes and threads at the same time, and not so many threads were seen: some may have "
               "been processes";
    return "no second process was seen, but nothing counts them here (the pids controller and exit stops "
           "do), and one that nobody waits for leaves no trace";
}

PeakBounds bounds_from_below(const MemoryEvidence& evidence) {
    PeakBounds bounds;
    bounds.from = kFromKernel;
    // of one process a sample is above the mark by what the mark's counters keep to themselves alone
    const std::int64_t doubt = evidence.single_as_far_as_seen ? evidence.mark_below : kNone;
    bounds.method = evidence.largest_sample > evidence.largest_process + doubt ? "sampled" : "wait4";
    bounds.low = proven_least(evidence);
    bounds.best = std::max(*bounds.low, seen(evidence));
    bounds.why_no_high = why_not_bounded(evidence);
    return bounds;
}

/// Where nothing was seen, as of a phase in which no look was taken, nothing is said.
PeakBounds without_zeros(PeakBounds bounds) {
    if (bounds.best == kNone) {
        bounds.low.reset();
        bounds.best.reset();
    }
    return bounds;
}

/// A proof is given up for no less.
bool is_much_less(std::int64_t bytes, std::int64_t proven) {
    constexpr std::int64_t kLittle = std::int64_t{2} << 20;
    constexpr std::int64_t kFiftieth = 50;
    return bytes < proven - std::max(kLittle, proven / kFiftieth);
}

PeakBounds bounds_by_method(const MemoryEvidence& evidence) {
    if (evidence.single_process) return bounds_of_one_process(evidence);
    if (evidence.cgroup_peak) return bounds_by_cgroup(evidence);
    PeakBounds bounds = bounds_from_below(evidence);
    if (evidence.cgroup_ceiling && !evidence.left_cgroup) {
        bounds.high = *evidence.cgroup_ceiling + evidence.mapped_elsewhere.value_or(evidence.largest_process);
        bounds.method = "cgroup v2";
        bounds.from = kFromSamples;
    } else if (evidence.overlapping_marks) {
        bounds.high = std::max(*bounds.low, *evidence.overlapping_marks);
        bounds.method = "exit-stop";
        // samples that saw less than is proven have missed something
        if (evidence.most_held >= bounds.low && is_much_less(*evidence.most_held, *bounds.high)) {
            bounds.high = evidence.most_held;
            bounds.from = kFromSamples;
        }
    }
    if (bounds.high) bounds.best = std::min(*bounds.best, *bounds.high);
    return without_zeros(bounds);
}

/// What no count of a page that is mapped twice can have raised: anonymous pages are mapped once in each
/// process.
std::int64_t least_without_files(const MemoryEvidence& evidence) {
    const std::int64_t anonymous = evidence.largest_anonymous - evidence.mark_above;
    return std::max({anonymous, evidence.largest_still, charged_least(evidence)});
}

}  // namespace

PeakBounds bounds_of(const MemoryEvidence& evidence) {
    PeakBounds bounds = bounds_by_method(evidence);
    if (!bounds.low) return bounds;
    // a little is given for a proof, but not the most of what there is: of a tiny program nothing would be
    // left
    constexpr std::int64_t kMost = std::int64_t{1} << 20;
    const std::int64_t little = std::min(kMost, *bounds.low / 2);
    const std::int64_t proven = least_without_files(evidence);
    // what neither the charge nor a look at the files that a process has mapped explains may be mapped twice
    const bool is_explained = !evidence.cgroup_peak || evidence.left_cgroup ||
                              *bounds.low <= *evidence.cgroup_peak + evidence.largest_files + kMost;
    if (*bounds.low > proven + little && is_explained)
        bounds.from = kFromSamples;
    else
        bounds.low = std::min(*bounds.low, proven);
    return bounds;
}

}  // namespace tidemark::warden
