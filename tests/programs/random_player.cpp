#include "random_player.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <climits>

namespace random_tree {

Control* control;

namespace {

constexpr std::size_t kStackBytes = 32 * 1024;
/// Of processes that share their parent's memory, and of threads that go on for a first one. Never unmapped:
/// what a step takes, it does not give back.
alignas(kPage) char stacks[3 * kMostPlayers][kStackBytes];
/// A thread that starts another one still runs: they need two.
bool uses_second_stack[kMostPlayers];

char* end_of_stack(int number) {
    return stacks[number] + kStackBytes;
}

pid_t own_pid() {
    return static_cast<pid_t>(syscall(SYS_getpid));
}

/// As a pointer, which clone(2) hands to what it starts.
void* number(int player) {
    return reinterpret_cast<void*>(static_cast<std::intptr_t>(player));
}

int player_of(void* argument) {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(argument));
}

[[noreturn]] void execute(int player) {
    char text[16];
    std::snprintf(text, sizeof text, "%d", player);
    char program[] = "random-program";
    char word[] = "--go-on";
    char* words[] = {program, word, text, nullptr};
    // by the thread: where the first one has ended, the process tells nothing of its program
    execve("/proc/thread-self/exe", words, environ);
    give_up("exec");
}

int execute_in_thread(void* player) {
    execute(player_of(player));
}

/// The memory of a process whose first thread has ended is still there, and its other thread plays.
int succeed_first_thread(void* argument) {
    go_on(player_of(argument));
}

int play_in_shared_memory(void* argument) {
    const int player = player_of(argument);
    arrive(player);
    play(player);
}

constexpr int kThreadFlags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;

void start_thread(int (*work)(void*), int player) {
    const int stack = (uses_second_stack[player] ? 2 : 1) * kMostPlayers + player;
    uses_second_stack[player] = !uses_second_stack[player];
    if (clone(work, end_of_stack(stack), kThreadFlags, number(player)) < 0) give_up("thread");
}

/// By the call itself: what the C library does around its fork() touches pages that are nobody's business.
void fork_player(int child, unsigned long flags) {
    const long pid = syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
    if (pid < 0) give_up("fork");
    if (pid != 0) return;
    arrive(child);
    play(child);
}

void clone_player(int child) {
    if (clone(play_in_shared_memory, end_of_stack(child), CLONE_VM | SIGCHLD, number(child)) < 0)
        give_up("clone");
}

void vfork_player(int player, const Step& step) {
    const int child = step.other;
    if (player != 0) {
        control->suspended_parent[child] = player;
        control->state[player] = State::Suspended;
    }
    const pid_t pid = vfork();
    if (pid < 0) give_up("vfork");
    if (pid == 0) {
        if (player == 0) {
            usleep(step.delay_ms * 1000U);
            execute(child);
        }
        arrive(child);
        play(child);
    }
    control->state[player] = State::Ready;
}

void treat_children(void (*handler)(int), int flags) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigaction(SIGCHLD, &action, nullptr);
}

void end_first_thread(int player) {
    // a child of vfork or clone that shares its parent's memory has no first thread of its own to speak of
    start_thread(succeed_first_thread, player);
    for (;;) syscall(SYS_exit, 0);
}

}  // namespace

void give_up(const char* what) {
    std::fprintf(stderr, "random-program: step %d: %s: %s\n",
                 control == nullptr ? -1 : control->next_step - 1, what, std::strerror(errno));
    _exit(3);
}

void tell_leader() {
    ++control->news;
    wake(control->news);
}

void wake(std::atomic<std::uint32_t>& word) {
    syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

/// No longer than half a minute: then whoever should have changed it is gone, or the whole run has ended.
void wait_for_change(std::atomic<std::uint32_t>& word, std::uint32_t old) {
    const timespec patience{30, 0};
    while (word == old) {
        if (syscall(SYS_futex, &word, FUTEX_WAIT, old, &patience, nullptr, 0) != 0 && errno == ETIMEDOUT)
            give_up("nobody goes on");
    }
}

void arrive(int player) {
    control->pid[player] = own_pid();
    control->state[player] = State::Ready;
    tell_leader();
}

void play(int player) {
    std::atomic<std::uint32_t>& told = control->told[player];
    for (std::uint32_t last = control->done[player];;) {
        wait_for_change(told, last);
        last = told;
        act(player, control->script.steps[last - 1]);
        control->done[player] = last;
        tell_leader();
    }
}

void act(int player, const Step& step) {
    switch (step.act) {
        case Act::Fork:
            return fork_player(step.other, 0);
        case Act::ForkUntraced:
            return fork_player(step.other, CLONE_UNTRACED);
        case Act::Vfork:
            return vfork_player(player, step);
        case Act::CloneVm:
            return clone_player(step.other);
        case Act::Exec:
            execute(player);
        case Act::ExecByThread:
            start_thread(execute_in_thread, player);
            for (;;) pause();
        case Act::Exit:
            _exit(EXIT_SUCCESS);
        case Act::Kill:
            kill(control->pid[step.other], SIGKILL);
            return;
        case Act::ChildrenDefault:
            return treat_children(SIG_DFL, 0);
        case Act::ChildrenIgnored:
            return treat_children(SIG_IGN, 0);
        case Act::ChildrenUnwaited:
            return treat_children(SIG_DFL, SA_NOCLDWAIT);
        case Act::Reap:
            while (waitpid(-1, nullptr, WNOHANG) > 0) {
            }
            return;
        case Act::LeaderEnds:
            return end_first_thread(player);
        default:
            return act_on_memory(step);
    }
}

}  // namespace random_tree
