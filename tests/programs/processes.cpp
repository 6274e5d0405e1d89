#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <initializer_list>
#include <thread>

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "verbs.hpp"

namespace known {
namespace {

[[noreturn]] void sleep_forever() {
    for (;;) pause();
}

double seconds_now() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double cpu_seconds() {
    double sum = 0;
    for (const int whose : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        rusage usage{};
        getrusage(whose, &usage);
        for (const timeval& part : {usage.ru_utime, usage.ru_stime})
            sum += static_cast<double>(part.tv_sec) + static_cast<double>(part.tv_usec) * 1e-6;
    }
    return sum;
}

/// Seconds of time and of CPU time.
void print_cost(double begin, double cpu_begin) {
    std::printf("%.6f %.6f\n", seconds_now() - begin, cpu_seconds() - cpu_begin);
}

void write_pid(const char* file) {
    FILE* out = std::fopen(file, "w");
    if (out == nullptr) fail(file);
    std::fprintf(out, "%d\n", getpid());
    std::fclose(out);
}

void print_open_descriptors() {
    std::printf("descriptors");
    DIR* folder = opendir("/proc/self/fd");
    while (const dirent* entry = readdir(folder)) {
        const int number = std::atoi(entry->d_name);
        if (entry->d_name[0] != '.' && number != dirfd(folder)) std::printf(" %d", number);
    }
    closedir(folder);
    std::printf("\n");
}

void print_signals() {
    sigset_t blocked;
    sigprocmask(SIG_SETMASK, nullptr, &blocked);
    std::printf("blocked");
    for (int number = 1; number < NSIG; ++number) {
        if (sigismember(&blocked, number) == 1) std::printf(" %d", number);
    }
    std::printf("\nignored");
    for (int number = 1; number < NSIG; ++number) {
        struct sigaction action {};
        if (sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN)
            std::printf(" %d", number);
    }
    std::printf("\n");
}

}  // namespace

int daemonise(const Words& words) {
    int ready[2];
    if (pipe(ready) != 0) fail("pipe");
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            touched(static_cast<std::size_t>(words.number(0)) * kMebibyte);
            write_pid(words.text(1));
            [[maybe_unused]] const ssize_t told = write(ready[1], "x", 1);
            sleep_forever();
        }
        _exit(EXIT_SUCCESS);
    }
    wait(nullptr);
    char letter = 0;
    [[maybe_unused]] const ssize_t heard = read(ready[0], &letter, 1);
    sleep_ms(100);
    return EXIT_SUCCESS;
}

int stubborn(const Words&) {
    std::signal(SIGTERM, SIG_IGN);
    std::printf("ready\n");
    std::fflush(stdout);
    sleep_forever();
}

int stopped(const Words&) {
    std::printf("ready\n");
    std::fflush(stdout);
    raise(SIGSTOP);
    sleep_forever();
}

int zombies(const Words& words) {
    for (long i = 0; i < words.number(0); ++i) {
        if (fork() == 0) _exit(EXIT_SUCCESS);
    }
    sleep_ms(50);
    return EXIT_SUCCESS;
}

int fork_bomb(const Words& words) {
    long made = 0;
    for (; made < words.number_or(0, 10000); ++made) {
        const pid_t pid = fork();
        if (pid == 0) sleep_forever();
        if (pid < 0) break;
    }
    std::printf("%ld %s\n", made, std::strerror(errno));
    return EXIT_SUCCESS;
}

int ignored_children(const Words& words) {
    std::signal(SIGCHLD, SIG_IGN);
    for (long i = 0; i < words.number(0); ++i) {
        if (fork() == 0) {
            const std::clock_t end = std::clock() + words.number(1) * (CLOCKS_PER_SEC / 1000);
            while (std::clock() < end) {
            }
            _exit(EXIT_SUCCESS);
        }
        wait(nullptr);  // until there is none; it learns nothing of them
    }
    return EXIT_SUCCESS;
}

int traced_child(const Words&) {
    const pid_t child = fork();
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) fail("ptrace");
        raise(SIGSTOP);
        sleep_forever();
    }
    waitpid(child, nullptr, 0);
    std::printf("child %d\n", child);
    std::fflush(stdout);
    sleep_forever();
}

int forks(const Words& words) {
    const double begin = seconds_now(), cpu_begin = cpu_seconds();
    for (long i = 0; i < words.number(0); ++i) {
        const pid_t child = fork();
        if (child < 0) fail("fork");
        if (child == 0) _exit(EXIT_SUCCESS);
        waitpid(child, nullptr, 0);
    }
    print_cost(begin, cpu_begin);
    return EXIT_SUCCESS;
}

int short_threads(const Words& words) {
    const double begin = seconds_now(), cpu_begin = cpu_seconds();
    for (long i = 0; i < words.number(0); ++i) std::thread([] {}).join();
    print_cost(begin, cpu_begin);
    return EXIT_SUCCESS;
}

int describe(const Words& words) {
    std::printf("pid %d\nprocess group %d\nsession %d\nparent %d\n", getpid(), getpgrp(), getsid(0),
                getppid());
    cpu_set_t cpus;
    sched_getaffinity(0, sizeof cpus, &cpus);
    std::printf("cpus %d\n", CPU_COUNT(&cpus));
    char folder[4096];
    std::printf("folder %s\n", getcwd(folder, sizeof folder));
    print_open_descriptors();
    print_signals();
    for (int i = 0; i < words.count(); ++i) std::printf("argument [%s]\n", words.text(i));
    for (const char* name :
         {"TIDEMARK_REQUEST", "TIDEMARK_EVENTS", "TIDEMARK_PHASE", "LD_PRELOAD", "GIVEN"}) {
        const char* value = std::getenv(name);
        if (value != nullptr) std::printf("%s %s\n", name, value);
    }
    char line[256];
    while (std::fgets(line, sizeof line, stdin) != nullptr) std::printf("stdin %s", line);
    return EXIT_SUCCESS;
}

}  // namespace known
