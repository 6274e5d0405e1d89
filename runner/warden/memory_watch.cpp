#include "warden/memory_watch.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <unistd.h>

#include "warden/child.hpp"
#include "warden/clock.hpp"
#include "warden/process_status.hpp"
#include "warden/process_tree.hpp"
#include "warden/sample_times.hpp"
#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

constexpr double kThreadPeriod = 0.05;  // seconds
/// A sample stands for the peak where it saw at least this share of it.
constexpr double kNearThePeak = 0.9;
/// What a child faults between vfork and joining the cgroup.
constexpr std::int64_t kFaultsBeforeJoining = 64;

std::string seconds_text(double seconds) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f s", seconds);
    return text;
}

}  // namespace

MemoryWatch::MemoryWatch(const Options& options) : options_(options), exit_stops_(counters_) {}

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
    if (!may_measure && !options_.memory_bytes) {
        // of version 2 the same cgroup counts processes
        const bool counts = options_.method != MemoryMethod::ExitStop && !options_.cgroups.empty() &&
                            options_.cgroups.front().version == 2;
        had_cgroup_ = counts && cgroup_.create(options_.cgroups, {});
        return true;
    }
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
    if (cgroup_measures_) exit_marks_.listen();
    evidence_.cgroup_version = cgroup_.version();
    evidence_.charged_ahead = MemoryCgroup::kChargedAhead * sysconf(_SC_NPROCESSORS_ONLN);
    return true;
}

bool MemoryWatch::set_up_pids() {
    if (had_cgroup_ && cgroup_.version() == 2) {
        pids_cgroup_.look_into(cgroup_.folder());
        return true;
    }
    if (pids_cgroup_.create(options_.pids_cgroups, options_.pids) || !options_.pids) return true;
    return refuse("pids", options_.pids_cgroups.empty() ? cgroup_.problem() : pids_cgroup_.problem());
}

std::vector<CgroupToJoin> MemoryWatch::cgroups_to_join() const {
    std::vector<CgroupToJoin> cgroups;
    if (cgroup_.exists()) cgroups.push_back({cgroup_.entry(), true});
    if (pids_cgroup_.exists()) cgroups.push_back({pids_cgroup_.entry(), options_.pids.has_value()});
    return cgroups;
}

std::string MemoryWatch::own_cgroup2() const {
    return had_cgroup_ && cgroup_.version() == 2 ? cgroup_.folder() : std::string();
}

bool MemoryWatch::wants_exit_stops() const {
    return options_.method == MemoryMethod::ExitStop ||
           (options_.method == MemoryMethod::Automatic && !had_cgroup_);
}

void MemoryWatch::begin(pid_t main, double started) {
    main_ = main;
    started_ = started;
    // the child had the warden's memory until it executed the program, and keeps its mark
    evidence_.inherited_mark = mark_left_to_children();
    evidence_.mark_above = counters_.above(1);
    evidence_.mark_below = counters_.below(1);
    phases_.watch(main);
    threads_due_ = started + kThreadPeriod;
    if (options_.method != MemoryMethod::Wait4) sampler_.emplace(options_.directory, started, counters_);
    if (sampler_) sampler_->watch_end_of(main);
    if (sampler_ && exit_marks_.is_listening())
        sampler_->hear_of_ends(exit_marks_, pids_cgroup_);
    else if (sampler_ && cgroup_measures_)
        sampler_->bound_unheard_ends(pids_cgroup_);
    if (sampler_ && unenforced_.contains("memory")) sampler_->watch_closely();
}

void MemoryWatch::follow(pid_t child, double now) {
    if (exit_stops_.follow(child, now) && sampler_ && !cgroup_measures_) sampler_->hear_of_ends(exit_stops_);
}

double MemoryWatch::due() const {
    return sampler_ ? std::min(sampler_->due(), sampler_->glance_due()) : threads_due_;
}

void MemoryWatch::sample_as_due() {
    if (sampler_ && monotonic_seconds() < sampler_->due()) return sampler_->glance(measuring_cgroup());
    sample();
}

/// Without samples the threads are counted all the same, because what the kernel counts are processes and
/// threads; and so is what is mapped twice, which its marks count twice.
void MemoryWatch::count_threads() {
    if (const auto status = process_status(main_)) note_threads(status->threads);
    for (const pid_t pid : descendants())
        evidence_.mapped_twice = std::max(evidence_.mapped_twice, parts_mapped_twice(pid));
    threads_due_ = monotonic_seconds() + kThreadPeriod;
}

/// Before Linux 6.2 each of them keeps some pages to itself.
void MemoryWatch::note_threads(int threads) {
    most_threads_ = std::max(most_threads_, threads);
    evidence_.mark_above = counters_.above(most_threads_);
    evidence_.mark_below = counters_.below(most_threads_);
}

void MemoryWatch::sample(Sampler::Occasion occasion) {
    if (!sampler_) return count_threads();
    const double cpu_begin = own_cpu_seconds();  // not the time: on a busy machine that is others' doing
    const TreeLook tree = sampler_->look(measuring_cgroup(), occasion);
    PhaseMeter::Look look{sampler_->last_rss(), sampler_->last_still(), 0,
                          static_cast<int>(sampler_->last_processes().size())};
    for (const LivingProcess& process : tree.processes)
        look.largest_mark = std::max(look.largest_mark, process.status.high_water_mark);
    if (cgroup_measures_) look_for_leavers(tree);
    phases_.saw(look);
    look_at_cgroup(sampler_->last_charge());
    sampler_->schedule(own_cpu_seconds() - cpu_begin);
}

void MemoryWatch::look_for_leavers(const TreeLook& tree) {
    const std::vector<pid_t> members = cgroup_.members();
    for (const LivingProcess& process : tree.processes) {
        if (std::ranges::find(members, process.pid) != members.end()) continue;
        // one that is ending has no memory any more, and leaves its cgroup for that reason
        if (!cgroup_.holds(process.pid) && high_water_mark(process.pid) > 0) evidence_.left_cgroup = true;
    }
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
/// and some for what is thinly spread; with its descriptors and slabs that is kOfProcess. A thread has a
/// stack of 16 KiB, its registers, and page tables for its own stack and heap. Whom the kernel counted and
/// nobody saw may have been a process.
std::int64_t MemoryWatch::most_kernel_memory() const {
    if (cgroup_.version() == 1) return 0;
    constexpr std::int64_t kPagesOfATable = 512;
    constexpr std::int64_t kOfProcess = 256 * 1024;
    constexpr std::int64_t kOfThread = 128 * 1024;
    const std::int64_t seen = sampler_ ? sampler_->most_threads() : most_threads_;
    const std::int64_t unseen = std::max(std::int64_t{0}, pids_cgroup_.peak().value_or(seen) - seen);
    const std::int64_t processes = std::max(1, sampler_ ? sampler_->most_processes() : 1);
    const std::int64_t further_threads = std::max(std::int64_t{0}, seen - processes);
    return (processes + unseen) * (cgroup_.peak_bytes().value_or(0) / kPagesOfATable + kOfProcess) +
           further_threads * kOfThread;
}

MemoryCgroup* MemoryWatch::measuring_cgroup() {
    return cgroup_measures_ ? &cgroup_ : nullptr;
}

PhaseMeter::Marks MemoryWatch::marks() {
    return {main_,
            measuring_cgroup(),
            exit_stops_,
            started_,
            kernel_counted_one_process() && !ignored_children(),
            sampler_ ? sampler_->kept_in_phase() : KeptByLooks{}};
}

void MemoryWatch::begin_phase(const std::string& name) {
    if (sampler_) sample();
    gather_samples();
    if (sampler_) evidence_.charged_beside = sampler_->cache().most_of_phase();
    phases_.begin(name, marks(), evidence_);
    if (sampler_) sampler_->begin_phase();
}

void MemoryWatch::take_stop(pid_t thread) {
    const double now = monotonic_seconds();
    if (!exit_stops_.take_stop(thread, now)) return;
    if (sampler_ && sampler_->can_afford_another(now)) {
        sample(Sampler::Occasion::Exit);
        sampler_->looked_at_exit(thread);
    }
    ExitStops::let_exit(thread);
}

void MemoryWatch::before_reaping(pid_t process, bool is_own_child) {
    if (process == main_) look_at_dead_main();
    if (sampler_ && is_own_child) sampler_->reap(process, process == main_);
    exit_stops_.has_ended(process, monotonic_seconds());
}

void MemoryWatch::main_has_ended(std::int64_t last_mark) {
    main_mark_ = last_mark;
    if (sampler_) sampler_->tell_end({main_, getpid(), last_mark});
}

/// A zombie's stat still tells the page faults of the children that it has waited for: none means that it
/// waited for none, because a forked process faults before its first instruction is done.
void MemoryWatch::look_at_dead_main() {
    main_waited_for_none_ = stat_field(main_, kChildrenFaults) == 0;
    main_ignored_children_ = ignores_children(main_);
    if (main_ignored_children_ && sampler_) sampler_->lose_children();
}

bool MemoryWatch::ignored_children() const {
    return main_ignored_children_ || (sampler_ && sampler_->saw_children_ignored());
}

/// Children that nobody waits for, because their parent ignores SIGCHLD or has set SA_NOCLDWAIT for a while,
/// leave no trace in what wait4 tells. Who counts them is the pids controller, with all threads; and exit
/// stops.
bool MemoryWatch::kernel_counted_one_process() const {
    if (exit_stops_.active()) return exit_stops_.most_processes() <= 1 && !exit_stops_.missed_a_process();
    const auto tasks = pids_cgroup_.peak();
    return tasks && *tasks <= std::max(most_threads_, sampler_ ? sampler_->most_threads() : 1);
}

bool MemoryWatch::saw_one_process(const protocol::Measurement& measured) const {
    const bool saw_more = sampler_ && sampler_->most_processes() > 1;
    return main_waited_for_none_ && !adopted_orphan_ && measured.leftovers_killed == 0 && !saw_more;
}

/// The cgroup counts the page faults of who is in it, and rusage those of all who were waited for.
bool MemoryWatch::faulted_elsewhere(const TreeUsage& usage) const {
    const auto in_cgroup = cgroup_.page_faults();
    // memory.stat may be so far behind: MEMCG_CHARGE_BATCH for each CPU, twice (mm/memcontrol.c)
    const std::int64_t doubt = 2 * evidence_.charged_ahead / sysconf(_SC_PAGESIZE) + kFaultsBeforeJoining;
    return in_cgroup && usage.page_faults() > *in_cgroup + doubt;
}

void MemoryWatch::gather_samples() {
    evidence_.some_left_no_trace = ignored_children() && !exit_stops_.active();
    evidence_.most_tasks = ignored_children() ? std::nullopt : pids_cgroup_.peak();
    if (!sampler_) return;
    evidence_.largest_sample = sampler_->largest_rss();
    evidence_.mark_at_end = sampler_->mark_at_end();
    evidence_.largest_still = sampler_->largest_still();
    evidence_.mapped_elsewhere = sampler_->mapped_elsewhere().most();
    evidence_.mapped_has_settled = sampler_->heard_all_ends() || sampler_->mapped_elsewhere().has_settled();
    evidence_.mapped_file = sampler_->mapped_file();
    evidence_.largest_anonymous = sampler_->largest_anonymous();
    evidence_.largest_files = sampler_->largest_files();
    evidence_.mapped_twice = sampler_->mapped_twice();
    evidence_.unmapped_shared = sampler_->unmapped_shared();
    evidence_.charged_beside = sampler_->cache().most_of_run();
    note_threads(sampler_->most_threads());
}

void MemoryWatch::write_samples(protocol::Measurement& measured) const {
    if (!sampler_) return;
    measured.peak_swap_bytes = sampler_->largest_swap();
    measured.peak_hugetlb_bytes = sampler_->largest_huge_pages();
    measured.supervision_hold_s = sampler_->hold_s();
    write_start_and_end(measured);
}

/// A sample of any other time says nothing of them.
void MemoryWatch::write_start_and_end(protocol::Measurement& measured) const {
    if (!sampler_->first()) return;
    const double wall = measured.wall_s.value_or(0);
    const double first = sampler_->first()->t_s;
    const double last = sampler_->last()->t_s;
    if (is_from_the_start(first, wall))
        measured.initial_rss_bytes = sampler_->first()->rss_bytes;
    else
        measured.missing["initial_rss_bytes"] =
            "the first sample was taken " + seconds_text(first) + " after the start";
    if (is_from_the_end(last, wall))
        measured.final_rss_bytes = sampler_->last()->rss_bytes;
    else
        measured.missing["final_rss_bytes"] =
            "the last sample was taken " + seconds_text(wall - last) + " before the end";
}

void MemoryWatch::conclude(const TreeUsage& usage, protocol::Measurement& measured) {
    if (sampler_) sampler_->finish(cgroup_.peak_bytes().value_or(0));
    evidence_.largest_process = std::max(evidence_.largest_process, usage.largest_process());
    gather_samples();
    evidence_.single_as_far_as_seen = saw_one_process(measured);
    evidence_.single_process = evidence_.single_as_far_as_seen && kernel_counted_one_process();
    look_at_cgroup(cgroup_.exists() ? cgroup_.charge() : std::nullopt);
    if (cgroup_measures_ && faulted_elsewhere(usage)) evidence_.left_cgroup = true;
    MemoryEvidence of_phase = evidence_;
    if (sampler_) of_phase.charged_beside = sampler_->cache().most_of_phase();
    phases_.finish(marks(), of_phase, main_mark_);
    if (sampler_) {
        evidence_.mapped_elsewhere = sampler_->mapped_elsewhere().most_at_peak();
        evidence_.held_between_looks = sampler_->mapped_elsewhere().most_missed();
        evidence_.most_held = sampler_->most_held();
    }
    exit_stops_.take_overlap(monotonic_seconds());
    evidence_.overlapping_marks = exit_stops_.largest_overlap();
    write_samples(measured);
    if (cgroup_.exists()) write_cgroup_figures(measured);
    measured.phases = phases_.phases();
    measured.unenforced = unenforced_;
    const PeakBounds bounds = bounds_of(evidence_);
    measured.memory_method = bounds.method;
    measured.peak_bounds_from = bounds.from;
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
        if (sampler_ && evidence_.cgroup_peak)
            evidence_.kept_by_looks =
                *evidence_.cgroup_peak - sampler_->kept().without(*evidence_.cgroup_peak);
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
        const protocol::MemoryParts& parts = sampler_->largest()->parts;
        measured.peak_anonymous_bytes = parts.anonymous;
        measured.peak_shared_bytes = parts.shared;
        measured.peak_file_bytes = parts.file;
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
    explain("user_s", measured.user_s.has_value(), "");
    explain("system_s", measured.system_s.has_value(), "");
    explain("initial_rss_bytes", measured.initial_rss_bytes.has_value(), too_short);
    explain("final_rss_bytes", measured.final_rss_bytes.has_value(), too_short);
    explain("peak_rss_bytes", measured.peak_rss_bytes.has_value(), "");
    explain("peak_rss_low_bytes", measured.peak_rss_low_bytes.has_value(), "");
    explain("peak_rss_high_bytes", measured.peak_rss_high_bytes.has_value(), "");
    explain("major_faults", measured.major_faults.has_value(), "");
    explain("peak_anonymous_bytes", measured.peak_anonymous_bytes.has_value(), too_short);
    explain("peak_shared_bytes", measured.peak_shared_bytes.has_value(), too_short);
    explain("peak_file_bytes", measured.peak_file_bytes.has_value(), too_short);
    explain("peak_swap_bytes", measured.peak_swap_bytes.has_value(), too_short);
    explain("peak_hugetlb_bytes", measured.peak_hugetlb_bytes.has_value(), too_short);
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
