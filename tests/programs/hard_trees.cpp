// Trees whose memory is known, and hard to measure: each is one that a way to measure has been wrong about.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "checkpoint.hpp"
#include "verbs.hpp"

namespace known {
namespace {

constexpr int kNotHere = 77;  // as skipped tests exit

char* mapped(std::size_t bytes, int protection, int flags, int file, std::size_t offset) {
    void* memory = mmap(nullptr, bytes, protection, flags, file, static_cast<off_t>(offset));
    if (memory == MAP_FAILED) fail("mmap");
    return static_cast<char*>(memory);
}

pid_t forked() {
    const pid_t pid = fork();
    if (pid < 0) fail("fork");
    return pid;
}

/// Not for the others where one has failed, for which they might wait for ever.
int wait_for_all() {
    int status = 0;
    while (wait(&status) > 0) {
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

/// All arrive, and what they have then is held. One of them speaks to who counts.
void hold_together(Barrier& barrier, bool is_first, long milliseconds) {
    barrier.arrive_and_wait();
    if (milliseconds == 0 && !is_observed()) return;
    if (is_first) checkpoint();
    sleep_ms(milliseconds);
    barrier.arrive_and_wait();
}

void hold(long milliseconds) {
    checkpoint();
    sleep_ms(milliseconds);
}

/// N processes, made by `make`, of which each does its work, holds what it has together with all others, and
/// ends with `end`.
template <typename Make, typename Work, typename End>
int hold_in_children(long count, long milliseconds, Make make, Work work, End end) {
    Barrier barrier(static_cast<int>(count));
    for (long i = 0; i < count; ++i) {
        if (make() != 0) continue;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        work(i);
        hold_together(barrier, i == 0, milliseconds);
        end();
        _exit(EXIT_SUCCESS);
    }
    return wait_for_all();
}

void nothing() {}

int map_parts(const Words& words, int flags) {
    const int file = open(words.text(0), O_RDONLY | O_CLOEXEC);
    if (file < 0) fail(words.text(0));
    const std::size_t bytes = mebibytes(words.number(2));
    char* part = nullptr;
    return hold_in_children(
        words.number(1), words.number(3), forked,
        [&](long i) {
            part = mapped(bytes, PROT_READ, flags, file, static_cast<std::size_t>(i) * bytes);
            read_all(part, bytes);
        },
        [&] { release(part, bytes); });
}

double now_ms() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

int sleep_in_shared_memory(void* words) {
    sleep_ms(static_cast<const Words*>(words)->number(1));
    _exit(EXIT_SUCCESS);
}

/// VmHWM of a process, in bytes; 0 where it tells none.
std::size_t mark_of(pid_t process) {
    char text[4096] = {};
    std::snprintf(text, sizeof text, "/proc/%d/status", static_cast<int>(process));
    const int file = open(text, O_RDONLY | O_CLOEXEC);
    const ssize_t length = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (file >= 0) close(file);
    if (length < 0) return 0;
    text[length] = '\0';
    const char* mark = std::strstr(text, "\nVmHWM:");
    return mark == nullptr ? 0 : std::strtoull(mark + std::strlen("\nVmHWM:"), nullptr, 10) * 1024;
}

bool has_ended(pid_t child) {
    siginfo_t info{};
    return waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == child;
}

}  // namespace

int map_file_parts(const Words& words) {
    return map_parts(words, MAP_SHARED);
}

int map_private_parts(const Words& words) {
    return map_parts(words, MAP_PRIVATE);
}

int with_library(const Words& words) {
    const int file = open(words.text(0), O_RDONLY | O_CLOEXEC);
    struct stat about {};
    if (file < 0 || fstat(file, &about) != 0) fail(words.text(0));
    const auto size = static_cast<std::size_t>(about.st_size);
    const char* library = mapped(size, PROT_READ, MAP_PRIVATE, file, 0);
    const std::size_t own = mebibytes(words.number(2));
    read_all(library, size);
    touched(own);
    return hold_in_children(
        words.number(1), words.number(3), forked,
        [&](long) {
            read_all(library, size);  // what a file backs is not mapped by fork
            touched(own);
        },
        nothing);
}

int no_child_wait(const Words& words) {
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    action.sa_flags = SA_NOCLDWAIT;
    sigaction(SIGCHLD, &action, nullptr);
    int end_of_child[2];
    if (pipe(end_of_child) != 0) fail("pipe");
    const pid_t child = forked();
    if (child == 0) {
        close(end_of_child[0]);
        touched(mebibytes(words.number(0)));
        hold(words.number(1));
        _exit(EXIT_SUCCESS);
    }
    close(end_of_child[1]);
    char letter = 0;
    while (read(end_of_child[0], &letter, 1) > 0) {
    }
    // its files are closed a moment before it is gone, and it must be gone while nobody waits for it
    while (kill(child, 0) == 0) sleep_ms(1);
    std::signal(SIGCHLD, SIG_DFL);
    return EXIT_SUCCESS;
}

int cache_beside(const Words& words) {
    Barrier both(2);
    if (forked() == 0) {
        touched(mebibytes(words.number(0)));
        both.arrive_and_wait();
        hold(words.number(3));
        _exit(EXIT_SUCCESS);
    }
    both.arrive_and_wait();
    const char* path = words.text(1);
    const int file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) fail(path);
    // small, so that this process is small beside its child
    static char block[kMebibyte / 16];
    for (long i = 0; i < words.number(2) * 16; ++i) {
        if (write(file, block, sizeof block) != static_cast<ssize_t>(sizeof block)) fail("write");
    }
    if (ftruncate(file, 0) != 0 || unlink(path) != 0) fail(path);
    close(file);
    return wait_for_all();
}

int vfork_sleep(const Words& words) {
    touched(mebibytes(words.number(0)));
    const pid_t child = vfork();
    if (child < 0) fail("vfork");
    if (child == 0) {
        checkpoint();
        sleep_ms(words.number(1));
        execl("/bin/true", "true", nullptr);
        _exit(127);
    }
    return wait_for_all();
}

int clone_vm(const Words& words) {
    touched(mebibytes(words.number(0)));
    constexpr std::size_t kStack = std::size_t{256} << 10;
    char* stack = mapped(kStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    const pid_t child =
        clone(sleep_in_shared_memory, stack + kStack, CLONE_VM | SIGCHLD, const_cast<Words*>(&words));
    if (child < 0) fail("clone");
    checkpoint();
    return wait_for_all();
}

int hand_on(const Words& words) {
    const std::size_t bytes = mebibytes(words.number(0));
    const long count = words.number(1);
    const int segment = memfd_create("segment", MFD_CLOEXEC);
    if (segment < 0 || ftruncate(segment, static_cast<off_t>(bytes)) != 0) fail("memfd_create");
    constexpr long kMost = 64;
    int turns[kMost][2];
    if (count > kMost) fail("that many processes");
    for (long i = 0; i < count; ++i) {
        if (pipe(turns[i]) != 0) fail("pipe");
    }
    Barrier barrier(static_cast<int>(count));
    for (long i = 0; i < count; ++i) {
        if (forked() != 0) continue;
        touched(mebibytes(words.number(2)));
        barrier.arrive_and_wait();
        const double end = now_ms() + static_cast<double>(words.number(3));
        const int next = turns[(i + 1) % count][1];
        char turn = 'g';  // go on, or e: the end
        if (i == 0 && write(turns[0][1], &turn, 1) != 1) fail("write");
        while (turn == 'g') {
            if (read(turns[i][0], &turn, 1) != 1) fail("read");
            if (turn == 'g') {
                char* memory = mapped(bytes, PROT_READ | PROT_WRITE, MAP_SHARED, segment, 0);
                write_all(memory, bytes);
                if (i == 0) checkpoint();
                release(memory, bytes);
                if (now_ms() > end) turn = 'e';
            }
            if (write(next, &turn, 1) != 1) fail("write");
        }
        barrier.arrive_and_wait();
        _exit(EXIT_SUCCESS);
    }
    return wait_for_all();
}

int exec_small(const Words& words) {
    return hold_in_children(
        words.number(0), words.number(2), forked, [&](long) { touched(mebibytes(words.number(1))); },
        [] {
            execl("/proc/self/exe", "known-program", "allocate", "1", nullptr);
            fail("exec");
        });
}

int exec_killed(const Words& words) {
    const std::size_t bytes = mebibytes(words.number(0));
    const pid_t child = forked();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        touched(bytes);
        execl("/proc/self/exe", "known-program", "allocate", "1", nullptr);
        fail("exec");
    }
    // its mark begins anew when the program has been executed; then what it held is given back, which takes a
    // while
    const auto has_much = [&] { return mark_of(child) >= bytes / 2; };
    while (!has_much() && !has_ended(child)) {
    }
    while (has_much()) {
    }
    kill(child, SIGKILL);
    if (waitpid(child, nullptr, 0) != child) fail("waitpid");
    return EXIT_SUCCESS;
}

int untraced(const Words& words) {
    const auto clone_untraced = [] {
        const long pid = syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
        if (pid < 0) fail("clone");
        return static_cast<pid_t>(pid);
    };
    return hold_in_children(
        words.number(0), words.number(2), clone_untraced, [&](long) { touched(mebibytes(words.number(1))); },
        nothing);
}

int leave(const Words& words) {
    return hold_in_children(
        words.number(1), words.number(3), forked,
        [&](long) {
            const int procs = open(words.text(0), O_WRONLY | O_CLOEXEC);
            if (procs < 0 || write(procs, "0", 1) != 1) fail(words.text(0));
            close(procs);
            touched(mebibytes(words.number(2)));
        },
        nothing);
}

int tmpfs_file_child(const Words& words) {
    if (forked() == 0) _exit(tmpfs_file(words));
    return wait_for_all();
}

int hugetlb(const Words& words) {
    const std::size_t bytes = mebibytes(words.number(0));
    void* memory =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
    if (memory == MAP_FAILED) return kNotHere;
    write_all(static_cast<char*>(memory), bytes);
    hold(words.number(1));
    return EXIT_SUCCESS;
}

}  // namespace known
