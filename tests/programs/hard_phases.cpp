// Programs whose phases are hard to measure.
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <sys/prctl.h>
#include <sys/wait.h>

#include "verbs.hpp"

namespace known {
namespace {

void announce_name(const char* name) {
    announce(name, std::strlen(name));
}

}  // namespace

int exec_between(const Words& words) {
    if (words.count() > 1) {
        announce_name("small");
        touched(kMebibyte);
        return EXIT_SUCCESS;
    }
    announce_name("big");
    touched(mebibytes(words.number(0)));
    execl("/proc/self/exe", "known-program", "exec-between", words.text(0), "again", nullptr);
    fail("exec");
}

int phases_ignoring(const Words& words) {
    std::signal(SIGCHLD, SIG_IGN);
    announce_name("one");
    const long count = words.number(0);
    Barrier barrier(static_cast<int>(count));
    for (long i = 0; i < count; ++i) {
        const pid_t pid = fork();
        if (pid < 0) fail("fork");
        if (pid != 0) continue;
        touched(mebibytes(words.number(1)));
        barrier.arrive_and_wait();
        _exit(EXIT_SUCCESS);
    }
    // returns when the last is gone, and tells of none
    while (wait(nullptr) > 0) {
    }
    announce_name("two");
    return EXIT_SUCCESS;
}

int phases_undumpable(const Words&) {
    if (prctl(PR_SET_DUMPABLE, 0) != 0) fail("prctl");
    constexpr std::size_t kFirst = 100 * kMebibyte;
    constexpr std::size_t kSecond = 10 * kMebibyte;
    announce_name("a");
    release(touched(kFirst), kFirst);
    announce_name("b");
    release(touched(kSecond), kSecond);
    return EXIT_SUCCESS;
}

}  // namespace known
