#include "warden/memory_watch.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include <unistd.h>

#include "warden/clock.hpp"
#include "warden/process_tree.hpp"
#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

constexpr double kNever = 1e300;
/// A sample stands for the peak where it saw at least this share of it.
constexpr double kNearThePeak = 0.9;

}  // namespace

bool MemoryWatch::refuse(const char* limit, const std::string& why) {
    if (options_.best_effort) {
        unenforced_[limit] = why;
        return true;
    }
    problem_ = std::string(limit) + " limit: " + why;
    return false;
}

bool MemoryWatch::set_up() {
    return set_up_memory() && set_up_pids();
}

bool MemoryWatch::set_up_memory() {
    const bool may_measure =
        options_.method == MemoryMethod::Automatic || options_.method == MemoryMethod::Cgroup;
    if (!may_measure && !options_.memory_bytes) return true;
    had_cgroup_ =
        cgroup_.create(options_.cgroups, {options_.memory_bytes, options_.swap_bytes, options_.pids});
    if (!had_cgroup_ && options_.best_effort && options_.swap_bytes) {
        had_cgroup_ = cgroup_.create(options_.cgroups, {options_.memory_bytes, {}, options_.pids});
        if (had_cgroup_) unenforced_["swap"] = "the kernel does not count swap for cgroups";
    }
    if (!had_cgroup_) {
        // what cannot be enforced may still be measured, by a cgroup without limits
        if (options_.memory_bytes && !refuse("memory", cgroup_.problem())) return false;
        had_cgroup_ = may_measure && cgroup_.create(options_.cgroups, {});
    }
    if (!had_cgroup_ && options_.method == MemoryMethod::Cgroup) {
        problem_ = "memory cgroup: " + cgroup_.problem();
        return false;
    }
    cgroup_measures_ = had_cgroup_ && may_measure;
    if (!had_cgroup_) return true;
    evidence_.cgroup_version = cgroup_.version();
    evidence_.charged_ahead = MemoryCgroup::kChargedAhead * sysconf(_SC_NPROCESSORS_ONLN);
    return true;
}

bool MemoryWatch::set_up_pids() {
    if (!options_.pids || (had_cgroup_ && cgroup_.version() == 2)) return true;
    if (pids_cgroup_.create(options_.pids_cgroups, *options_.pids)) return true;
    return refuse("pids", options_.pids_cgroups.empty() ? cgroup_.problem() : pids_cgroup_.problem());
}

std::vector<std::string> MemoryWatch::cgroup_procs() const {
    std::vector<std::string> procs;
    if (cgroup_.exists()) procs.push_back(cgroup_.procs());
    if (pids_cgroup_.exists()) procs.push_back(pids_cgroup_.procs());
    return procs;
}

bool MemoryWatch::wants_exit_stops() const {
    return options_.method == MemoryMethod::ExitStop ||
           (options_.method == MemoryMethod::Automatic && !had_cgroup_);
}

void MemoryWatch::begin(pid_t main, double started) {
    main_ = main;
    started_ = started;
    if (options_.method != MemoryMethod::Wait4) sampler_.emplace(options_.directory, started);
    if (sampler_ && unenforced_.contains("memory")) sampler_->watch_closely();
}

void MemoryWatch::follow(pid_t child, double now) {
    exit_stops_.follow(child, now);
}

double MemoryWatch::due() const {
    return sampler_ ? sampler_->due() : kNever;
}

void MemoryWatch::sample() {
    const auto charge = cgroup_.exists() ? cgroup_.charge() : std::nullopt;
    sampler_->sample(charge);
    phases_.saw(sampler_->last() ? sampler_->last()->rss_bytes : 0,
                static_cast<int>(sampler_->last_processes().size()));
    look_at_cgroup(charge);
    if (!cgroup_measures_) return;
    const auto has_left = [this](pid_t pid) {
        // one that is ending has no memory any more, and leaves its cgroup for that reason
        return !cgroup_.holds(pid) && high_water_mark(pid) > 0;
    };
    if (std::ranges::any_of(sampler_->last_processes(), has_left)) evidence_.left_cgroup = true;
}

bool MemoryWatch::is_above_limit() const {
    return unenforced_.contains("memory") && sampler_ && sampler_->largest_rss() > *options_.memory_bytes;
}

/// What is charged for page cache can only be seen from time to time; it is what widens the bounds.
void MemoryWatch::look_at_cgroup(const std::optional<CgroupCharge>& charge) {
    if (!cgroup_.exists()) return;
    if (charge) {
        cache_ = std::max(cache_.value_or(0), charge->file);
        evidence_.cgroup_file = *cache_;
    }
    evidence_.cgroup_kernel = std::max(evidence_.cgroup_kernel, cgroup_.kernel_bytes().value_or(0));
    evidence_.cgroup_kernel_high = std::max(evidence_.cgroup_kernel, most_kernel_memory());
}

/// Version 1 keeps a mark of kernel memory; version 2 tells what there is now, and samples may miss the most.
/// A page table of 4 KiB maps 512 pages, so a process has no more of them than a 512th of what it may hold,
/// and some for what is thinly spread; with its stacks and descriptors that is kSpread.
std::int64_t MemoryWatch::most_kernel_memory() const {
    if (cgroup_.version() == 1) return 0;
    constexpr std::int64_t kPagesOfATable = 512;
    constexpr std::int64_t kSpread = 256 * 1024;
    const std::int64_t processes = sampler_ ? std::max(1, sampler_->most_processes()) : 1;
    return processes * (cgroup_.peak_bytes().value_or(0) / kPagesOfATable + kSpread);
}

MemoryCgroup* MemoryWatch::measuring_cgroup() {
    return cgroup_measures_ ? &cgroup_ : nullptr;
}

PhaseMeter::Marks MemoryWatch::marks() {
    return {main_, measuring_cgroup(), exit_stops_, started_};
}

void MemoryWatch::begin_phase(const std::string& name) {
    look_at_cgroup(cgroup_.exists() ? cgroup_.charge() : std::nullopt);
    if (sampler_) evidence_.largest_mapped_file = sampler_->largest_mapped_file();
    phases_.begin(name, marks(), evidence_);
}

void MemoryWatch::take_stop(pid_t thread) {
    const double now = monotonic_seconds();
    if (!exit_stops_.take_stop(thread, now)) return;
    if (sampler_ && sampler_->can_afford_another(now)) sample();
    ExitStops::let_exit(thread);
}

void MemoryWatch::before_reaping(pid_t process) {
    if (process == main_) look_at_dead_main();
    exit_stops_.has_ended(process, monotonic_seconds());
}

/// A zombie's stat still tells the page faults of the children that it has waited for: none means that there
/// were none, because a forked process faults before its first instruction is done. Only a parent that
/// ignores SIGCHLD has children that leave no trace.
void MemoryWatch::look_at_dead_main() {
    const bool waited_for_children = stat_field(main_, kChildrenFaults) != 0;
    const std::string status = read_small_file("/proc/" + std::to_string(main_) + "/status");
    const std::size_t line = status.find("SigIgn:");
    const auto ignored =
        line == std::string::npos ? ~0ULL : std::strtoull(status.c_str() + line + 7, nullptr, 16);
    main_was_alone_ = !waited_for_children && (ignored & (1ULL << (SIGCHLD - 1))) == 0;
}

void MemoryWatch::conclude(const TreeUsage& usage, protocol::Measurement& measured) {
    evidence_.largest_process = std::max(evidence_.largest_process, usage.largest_process());
    evidence_.single_process = main_was_alone_ && !adopted_orphan_ && measured.leftovers_killed == 0;
    if (exit_stops_.active()) evidence_.single_process &= exit_stops_.most_processes() <= 1;
    if (sampler_) {
        evidence_.single_process &= sampler_->most_processes() <= 1;
        evidence_.largest_sample = sampler_->largest_rss();
        evidence_.largest_mapped_file = sampler_->largest_mapped_file();
        measured.peak_swap_bytes = sampler_->largest_swap();
        if (sampler_->first()) measured.initial_rss_bytes = sampler_->first()->rss_bytes;
        if (sampler_->last()) measured.final_rss_bytes = sampler_->last()->rss_bytes;
        measured.supervision_hold_s = sampler_->hold_s();
    }
    look_at_cgroup(cgroup_.exists() ? cgroup_.charge() : std::nullopt);
    phases_.finish(marks(), evidence_, main_mark_);
    exit_stops_.take_overlap(monotonic_seconds());
    evidence_.overlapping_marks = exit_stops_.largest_overlap();
    if (cgroup_.exists()) write_cgroup_figures(measured);
    measured.phases = phases_.phases();
    measured.unenforced = unenforced_;
    const PeakBounds bounds = bounds_of(evidence_);
    measured.memory_method = bounds.method;
    measured.peak_rss_low_bytes = bounds.low;
    measured.peak_rss_bytes = bounds.best;
    measured.peak_rss_high_bytes = bounds.high;
    if (!bounds.high) measured.missing["peak_rss_high_bytes"] = bounds.why_no_high;
    write_parts(measured);
    cgroup_.remove();
    pids_cgroup_.remove();
}

void MemoryWatch::write_cgroup_figures(protocol::Measurement& measured) {
    if (cgroup_measures_) {
        evidence_.cgroup_peak = cgroup_.peak_bytes();
        if (evidence_.cgroup_peak)
            evidence_.cgroup_peak = std::max(*evidence_.cgroup_peak, phases_.cgroup_peak_before());
        measured.peak_cgroup_bytes = evidence_.cgroup_peak;
        measured.peak_cache_bytes = cache_;
    }
    measured.oom_kills = cgroup_.oom_kills();
    if (options_.memory_bytes && !unenforced_.contains("memory"))
        measured.memory_limit_reached = cgroup_.limit_reached();
    measured.swapped_in_bytes = cgroup_.swapped_in();
    measured.swapped_out_bytes = cgroup_.swapped_out();
    measured.memory_stall_s = cgroup_.stall_s();
}

/// The largest sample may have missed the peak by far; then it says nothing of its parts.
void MemoryWatch::write_parts(protocol::Measurement& measured) const {
    if (!sampler_ || !sampler_->largest() || measured.peak_rss_bytes.value_or(0) == 0) return;
    const double share =
        static_cast<double>(sampler_->largest_rss()) / static_cast<double>(*measured.peak_rss_bytes);
    if (share >= kNearThePeak) {
        measured.peak_parts = sampler_->largest()->parts;
        return;
    }
    const std::string why = "no sample came near the peak: the largest saw " +
                            std::to_string(static_cast<int>(share * 100)) + " % of it";
    for (const char* column : {"peak_anonymous_bytes", "peak_shared_bytes", "peak_file_bytes"})
        measured.missing[column] = why;
}

std::string MemoryWatch::why_no_cgroup() const {
    switch (options_.method) {
        case MemoryMethod::Automatic:
        case MemoryMethod::Cgroup:
            return "no memory cgroup: " + cgroup_.problem();
        default:
            return "measured without a cgroup, as asked";
    }
}

void MemoryWatch::explain_what_is_missing(protocol::Measurement& measured) const {
    const bool started = measured.end != protocol::EndKind::CouldNotStart;
    const auto explain = [&](const char* column, bool is_there, const std::string& why) {
        if (!is_there) measured.missing.emplace(column, started ? why : "the program could not be started");
    };
    const std::string too_short = options_.method == MemoryMethod::Wait4
                                      ? "measured without samples, as asked"
                                      : "the run ended before the first sample";
    explain("initial_rss_bytes", measured.initial_rss_bytes.has_value(), too_short);
    explain("final_rss_bytes", measured.final_rss_bytes.has_value(), too_short);
    explain("peak_rss_bytes", measured.peak_rss_bytes.has_value(), "");
    explain("peak_rss_low_bytes", measured.peak_rss_low_bytes.has_value(), "");
    explain("peak_rss_high_bytes", measured.peak_rss_high_bytes.has_value(), "");
    explain("major_faults", measured.major_faults.has_value(), "");
    explain("peak_anonymous_bytes", measured.peak_parts.anonymous.has_value(), too_short);
    explain("peak_shared_bytes", measured.peak_parts.shared.has_value(), too_short);
    explain("peak_file_bytes", measured.peak_parts.file.has_value(), too_short);
    explain("peak_swap_bytes", measured.peak_swap_bytes.has_value(), too_short);
    const std::string no_cgroup = why_no_cgroup();
    explain("peak_cgroup_bytes", measured.peak_cgroup_bytes.has_value(),
            cgroup_measures_ ? "the kernel keeps no memory.peak (it does from Linux 5.19)" : no_cgroup);
    explain("peak_cache_bytes", measured.peak_cache_bytes.has_value(),
            cgroup_measures_ ? "memory.stat could not be read" : no_cgroup);
    explain("memory_limit_reached", measured.memory_limit_reached.has_value(),
            options_.memory_bytes ? "the memory limit was not enforced" : "there was no memory limit");
    const std::string of_version2 =
        had_cgroup_ ? "the kernel does not count it for this version of cgroups" : no_cgroup;
    explain("swapped_in_bytes", measured.swapped_in_bytes.has_value(), of_version2);
    explain("swapped_out_bytes", measured.swapped_out_bytes.has_value(), of_version2);
    explain("memory_stall_s", measured.memory_stall_s.has_value(), of_version2);
}

}  // namespace tidemark::warden
