#include "warden/cpu_watch.hpp"

#include <algorithm>
#include <cstdlib>

#include <unistd.h>

#include "warden/process_status.hpp"
#include "warden/process_tree.hpp"
#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

double seconds_of(std::int64_t ticks) {
    return static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

/// The first number of /proc/TID/schedstat: what the thread ran for, in nanoseconds (CONFIG_SCHED_INFO).
double seconds_of_thread(pid_t thread) {
    return std::atof(read_small_file("/proc/" + std::to_string(thread) + "/schedstat").c_str()) * 1e-9;
}

/// `known`, and what is in `more` beyond it.
CpuTime extended(const CpuTime& known, const CpuTime& more) {
    const double rest = more.sum() - known.sum();
    if (rest <= 0) return known;
    const double user_rest = std::clamp(more.user_s - known.user_s, 0.0, rest);
    return {known.user_s + user_rest, known.system_s + rest - user_rest};
}

}  // namespace

void CpuWatch::set_up(const Options& options, const std::string& own_cgroup2) {
    if (own_cgroup2.empty() || !cgroup_.look_into(own_cgroup2)) cgroup_.create(options.cpu_cgroups);
}

std::vector<CgroupToJoin> CpuWatch::cgroups_to_join() const {
    if (cgroup_.entry().empty()) return {};
    return {{cgroup_.entry(), false}};
}

double CpuWatch::see(pid_t process) {
    const auto times = process_times(process);
    if (!times) return 0;
    if (const auto known = processes_.find(process);
        known != processes_.end() && known->second.start != times->start)
        has_gone(process);
    Seen& seen = processes_[process];
    seen.start = times->start;
    seen.ticks = {seconds_of(times->user), seconds_of(times->system)};
    return seen.ticks.sum() + seconds_of(times->children);
}

double CpuWatch::look() {
    const std::vector<pid_t> living = descendants();
    double used = 0;
    for (const pid_t process : living) used += see(process);
    for (auto next = processes_.begin(); next != processes_.end();) {
        const pid_t process = (next++)->first;
        if (std::ranges::find(living, process) == living.end()) has_gone(process);
    }
    return used;
}

void CpuWatch::before_reaping(pid_t process) {
    if (!needs_looks()) return;
    children_were_ignored_ = children_were_ignored_ || ignores_children(process);
    see(process);
    if (const auto seen = processes_.find(process); seen != processes_.end())
        seen->second.first_thread_s = seconds_of_thread(process);
    has_gone(process);
}

void CpuWatch::has_gone(pid_t process) {
    const auto seen = processes_.find(process);
    if (seen == processes_.end()) return;
    const CpuTime time = time_of(seen->second);
    gone_ = {gone_.user_s + time.user_s, gone_.system_s + time.system_s};
    processes_.erase(seen);
}

CpuTime CpuWatch::time_of(const Seen& seen) {
    return extended(seen.ticks, {seen.first_thread_s, 0});
}

CpuTime CpuWatch::seen() const {
    CpuTime sum = gone_;
    for (const auto& [process, seen] : processes_) {
        const CpuTime time = time_of(seen);
        sum = {sum.user_s + time.user_s, sum.system_s + time.system_s};
    }
    return sum;
}

CpuTime CpuWatch::most(const TreeUsage& usage) const {
    const CpuTime waited_for{usage.user_s(), usage.system_s()};
    return extended(extended(waited_for, cgroup_.used().value_or(CpuTime{})), seen());
}

double CpuWatch::used_s(const TreeUsage& usage) {
    const double with_the_living = usage.cpu_s() + look();
    return std::max(with_the_living, most(usage).sum());
}

void CpuWatch::conclude(const TreeUsage& usage, bool exits_were_stopped, protocol::Measurement& measured) {
    const CpuTime all = most(usage);
    if (all.sum() > 0) {
        measured.user_s = all.user_s;
        measured.system_s = all.system_s;
    }
    // seen is by the clock's ticks, and may so be above what was used
    constexpr double kUncertain = 0.05;  // seconds
    const bool some_were_lost = children_were_ignored_ || seen().sum() > usage.cpu_s() + kUncertain;
    // what lives on has not been waited for, which is another matter
    measured.cpu_time_is_low =
        measured.survivors.empty() && needs_looks() && !exits_were_stopped && some_were_lost;
    cgroup_.remove();
}

}  // namespace tidemark::warden
