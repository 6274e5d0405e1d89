#include "warden/exit_stops.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <string>
#include <utility>

#include <sys/ptrace.h>
#include <sys/wait.h>

#include "warden/process_tree.hpp"
#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

constexpr int kFollowEverybody = PTRACE_O_TRACEEXIT | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                                 PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;

/// Its process, of a thread.
pid_t process_of(pid_t thread) {
    const std::string status = read_small_file("/proc/" + std::to_string(thread) + "/status");
    const std::size_t line = status.find("\nTgid:");
    return line == std::string::npos ? thread : static_cast<pid_t>(std::atol(status.c_str() + line + 6));
}

bool stops_a_process(int signal) {
    return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
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
    if (active_) note(child, now);
    return active_;
}

void ExitStops::note(pid_t process, double now) {
    lives_.try_emplace(process, Life{now, 0});
    most_processes_ = std::max(most_processes_, static_cast<int>(lives_.size()));
}

void ExitStops::learn_mark(pid_t thread) {
    // by the thread, because that of a process whose first thread has ended tells nothing
    const std::int64_t mark = high_water_mark(thread);
    const auto life = lives_.find(process_of(thread));
    if (life != lives_.end()) life->second.mark = std::max(life->second.mark, mark);
}

bool ExitStops::take_stop(pid_t thread, double now) {
    int status = 0;
    if (waitpid(thread, &status, __WALL | WNOHANG) != thread || !WIFSTOPPED(status)) return false;
    const int signal = WSTOPSIG(status);
    switch (status >> 16) {
        case 0:  // a signal is about to be delivered
            go_on(thread, signal);
            return false;
        case PTRACE_EVENT_EXIT:
            note(process_of(thread), now);
            learn_mark(thread);
            return true;  // it goes on when it has been looked at
        case PTRACE_EVENT_STOP:
            note(process_of(thread), now);
            if (stops_a_process(signal))
                ptrace(PTRACE_LISTEN, thread, nullptr, nullptr);
            else
                go_on(thread, 0);
            return false;
        default:  // fork, vfork, clone, exec
            go_on(thread, 0);
            return false;
    }
}

void ExitStops::let_exit(pid_t thread) {
    go_on(thread, 0);
}

void ExitStops::has_ended(pid_t process, double now) {
    const auto life = lives_.find(process);
    if (life == lives_.end()) return;
    if (life->second.mark == 0) lost_one_ = true;
    profile_.add(life->second.begin, now, life->second.mark);
    lives_.erase(life);
}

void ExitStops::mark_is_reset(pid_t process, std::int64_t mark, double now) {
    const auto life = lives_.find(process);
    if (life == lives_.end()) return;
    profile_.add(life->second.begin, now, std::max(mark, life->second.mark));
    life->second = {now, 0};
}

std::optional<std::int64_t> ExitStops::take_overlap(double now) {
    for (auto& [process, life] : lives_) {
        profile_.add(life.begin, now, std::max(life.mark, high_water_mark(process)));
        life.begin = now;
    }
    const std::int64_t most = profile_.peak();
    profile_ = {};
    largest_overlap_ = std::max(largest_overlap_, most);
    const bool lost_one = std::exchange(lost_one_, false);
    lost_any_ = lost_any_ || lost_one;
    if (!active_ || lost_one) return std::nullopt;
    return most;
}

std::optional<std::int64_t> ExitStops::largest_overlap() const {
    if (!active_ || lost_any_) return std::nullopt;
    return largest_overlap_;
}

}  // namespace tidemark::warden
