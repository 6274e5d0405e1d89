#include "warden/exit_stops.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>

#include <dirent.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "warden/address_spaces.hpp"
#include "warden/process_status.hpp"
#include "warden/process_tree.hpp"

namespace tidemark::warden {
namespace {

constexpr int kFollowEverybody = PTRACE_O_TRACEEXIT | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                                 PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;

bool stops_a_process(int signal) {
    return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

/// Of one that has executed a program and has done nothing since; as much as can be where it was killed.
std::int64_t mark_at_stop(pid_t process) {
    const auto status = process_status(process);
    return status ? status->high_water_mark : std::numeric_limits<std::int64_t>::max();
}

bool has_executed(pid_t process) {
    return (stat_field(process, kFlags) & kForkedOnly) == 0;
}

bool has_further_threads(pid_t process) {
    return stat_field(process, kThreads) > 1;
}

/// Of one whose first thread has ended, and so tells nothing any more.
std::int64_t mark_of_threads(pid_t process) {
    std::int64_t mark = 0;
    DIR* folder = opendir(("/proc/" + std::to_string(process) + "/task").c_str());
    if (folder == nullptr) return mark;
    while (const dirent* thread = readdir(folder)) {
        if (const auto status = process_status(std::atoi(thread->d_name)))
            mark = std::max(mark, status->high_water_mark);
    }
    closedir(folder);
    return mark;
}

void go_on(pid_t thread, int signal) {
    ptrace(PTRACE_CONT, thread, nullptr, static_cast<long>(signal));
}

}  // namespace

bool ExitStops::ask_to_be_traced() {
    return ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0;
}

bool ExitStops::follow(pid_t child, double now) {
    int status = 0;
    // the kernel stops who asked to be traced when exec has succeeded
    if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) return false;
    // PTRACE_TRACEME knows no way to leave a stopped process stopped, as PTRACE_SEIZE does; SIGSTOP keeps the
    // child from running in between
    ptrace(PTRACE_DETACH, child, nullptr, static_cast<long>(SIGSTOP));
    active_ = ptrace(PTRACE_SEIZE, child, nullptr, static_cast<long>(kFollowEverybody)) == 0;
    kill(child, SIGCONT);
    if (active_) meet(child, now);
    return active_;
}

/// A process that was not seen before.
void ExitStops::meet(pid_t process, double now) {
    if (process == 0 || lives_.contains(process)) return;
    Life life;
    life.begin = now;
    life.has_executed = has_executed(process);
    const auto parent = static_cast<pid_t>(stat_field(process, kParent));
    const auto of_parent = lives_.find(parent);
    if (of_parent != lives_.end() && share_memory(process, parent))
        life.memory_of = of_parent->second.memory_of != 0 ? of_parent->second.memory_of : parent;
    lives_.emplace(process, life);
    most_processes_ = std::max(most_processes_, static_cast<int>(lives_.size()));
}

bool ExitStops::take_stop(pid_t thread, double now) {
    int status = 0;
    rusage usage{};
    if (wait4(thread, &status, __WALL | WNOHANG, &usage) != thread || !WIFSTOPPED(status)) return false;
    const int signal = WSTOPSIG(status);
    const std::int64_t largest_mark = static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
    switch (status >> 16) {
        case 0:  // a signal is about to be delivered
            go_on(thread, signal);
            return false;
        case PTRACE_EVENT_EXIT:
            return take_exit(thread, largest_mark, now);  // it goes on when it has been looked at
        case PTRACE_EVENT_EXEC:
            // the first thread of its process, whoever executed the program
            take_exec(thread, largest_mark, mark_at_stop(thread), now);
            lost_rights_.look_at(thread);
            go_on(thread, 0);
            return false;
        case PTRACE_EVENT_STOP:
            // where it is gone again, killed, its process has been met or will be missed when it has ended
            if (const auto known = process_status(thread)) {
                meet(known->process, now);
                Life& life = lives_.at(known->process);
                life.threads = std::max(life.threads, known->threads);
            }
            if (stops_a_process(signal))
                ptrace(PTRACE_LISTEN, thread, nullptr, nullptr);
            else
                go_on(thread, 0);
            return false;
        default:  // fork, vfork, clone: the new one tells of itself
            go_on(thread, 0);
            return false;
    }
}

bool ExitStops::take_exit(pid_t thread, std::int64_t largest_mark, double now) {
    // by the thread, because that of a process whose first thread has ended tells nothing
    if (const auto status = process_status(thread)) {
        meet(status->process, now);
        // who was killed while it executed a program does not stop for that
        if (!lives_.at(status->process).has_executed && has_executed(status->process))
            take_exec(status->process, largest_mark, status->high_water_mark, now);
        Life& life = lives_.at(status->process);
        life.mark = std::max(life.mark, status->high_water_mark);
        life.threads = std::max(life.threads, status->threads);
    }
    return true;
}

/// The memory that the process had before is gone, and its mark with it. ru_maxrss still knows that mark, and
/// those of the children that were waited for: it is an upper bound.
void ExitStops::take_exec(pid_t process, std::int64_t largest_mark, std::int64_t mark_of_next, double now) {
    meet(process, now);
    Life& life = lives_.at(process);
    if (life.memory_of == 0) {
        const std::int64_t mark = std::max(life.mark, largest_mark);
        add_to_profile(life, mark, now);
        ended_.push_back({memory_before_exec(process), 0, mark, mark_of_next});
        end_memory(process, now);
    }
    life = Life{now, 0, 1, 0, life.childrens_faults, false, true};
}

/// Those who had its memory, too, have it alone now, or the first of them for all.
void ExitStops::end_memory(pid_t owner, double now) {
    pid_t heir = 0;
    for (auto& [process, life] : lives_) {
        if (life.memory_of != owner) continue;
        if (heir == 0) {
            heir = process;
            life.memory_of = 0;
            life.begin = now;
        } else {
            life.memory_of = heir;
        }
    }
}

void ExitStops::add_to_profile(const Life& life, std::int64_t mark, double now) {
    profile_.add(life.begin, now, mark + counters_.below(life.threads));
}

bool ExitStops::was_looked_at(pid_t thread) {
    const auto status = process_status(thread);
    const auto life = status && status->threads == 1 ? lives_.find(status->process) : lives_.end();
    if (life == lives_.end()) return false;
    life->second.is_told = true;
    return true;
}

std::vector<EndedTask> ExitStops::take_ended(const std::vector<pid_t>& living) {
    std::vector<EndedTask> ended = std::exchange(ended_, {});
    for (auto& [process, life] : lives_) {
        if (life.is_told || life.mark == 0 || life.memory_of != 0) continue;
        if (std::ranges::find(living, process) != living.end()) continue;
        // a zombie, which was stopped at its exit before; or its first thread is, while others have its
        // memory: that is told again and again
        life.is_told = !has_further_threads(process);
        if (!life.is_told) life.mark = std::max(life.mark, mark_of_threads(process));
        ended.push_back({process, 0, life.mark});
    }
    return ended;
}

void ExitStops::let_exit(pid_t thread) {
    go_on(thread, 0);
}

/// A process counts the page faults of the children that it has waited for. More than those of the children
/// that were traced: there was one that was not.
void ExitStops::compare_children(pid_t process, const Life& life) {
    const std::int64_t of_children = stat_field(process, kChildrenFaults);
    if (of_children > life.childrens_faults) missed_one_ = true;
    const auto parent = lives_.find(static_cast<pid_t>(stat_field(process, kParent)));
    if (parent != lives_.end())
        parent->second.childrens_faults += stat_field(process, kMinorFaults) + of_children;
}

void ExitStops::has_ended(pid_t process, double now) {
    if (!active_) return;
    const auto life = lives_.find(process);
    if (life == lives_.end()) {
        // a thread is no process
        if (process_of(process) == process) missed_one_ = true;
        return;
    }
    compare_children(process, life->second);
    const bool has_own_memory = life->second.memory_of == 0;
    if (has_own_memory) {
        if (life->second.mark == 0) lost_one_ = true;
        add_to_profile(life->second, life->second.mark, now);
        if (!life->second.is_told) ended_.push_back({process, 0, life->second.mark});
    }
    faults_of_ended_ += page_faults(process);
    lives_.erase(life);
    if (has_own_memory) end_memory(process, now);
}

void ExitStops::mark_is_reset(pid_t process, std::int64_t mark, double now) {
    const auto life = lives_.find(process);
    if (life == lives_.end() || life->second.memory_of != 0) return;
    add_to_profile(life->second, std::max(mark, life->second.mark), now);
    life->second.begin = now;
    life->second.mark = 0;
}

std::optional<std::int64_t> ExitStops::take_overlap(double now) {
    for (auto& [process, life] : lives_) {
        if (life.memory_of != 0) continue;
        add_to_profile(life, std::max(life.mark, high_water_mark(process)), now);
        life.begin = now;
    }
    const std::int64_t most = profile_.peak();
    profile_ = {};
    largest_overlap_ = std::max(largest_overlap_, most);
    const bool lost_one = std::exchange(lost_one_, false) || missed_one_;
    lost_any_ = lost_any_ || lost_one;
    if (!active_ || lost_one) return std::nullopt;
    return most;
}

std::optional<std::int64_t> ExitStops::largest_overlap() const {
    if (!active_ || lost_any_ || missed_one_) return std::nullopt;
    return largest_overlap_;
}

}  // namespace tidemark::warden
