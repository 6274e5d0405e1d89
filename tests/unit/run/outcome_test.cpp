#include "run/outcome.hpp"

#include <csignal>

#include <gtest/gtest.h>

namespace tidemark::run {
namespace {

struct Case {
    Outcome outcome;
    const char* status;
    const char* reason;
};

TEST(Outcome, EveryEndHasAStatusAndAReason) {
    const Case cases[] = {
        {Exited{0}, "ok", ""},
        {Exited{3}, "failed", "exit code 3"},
        {Exited{3, true}, "ok", ""},
        {Exited{0, false}, "failed", "exit code 0, which accept_exit does not name"},
        {Exited{137}, "failed", "exit code 137"},
        {Signalled{SIGSEGV}, "crashed", "killed by SIGSEGV (Segmentation fault)"},
        {Signalled{SIGKILL}, "crashed", "killed by SIGKILL (Killed)"},
        {Signalled{SIGXCPU}, "crashed", "killed by SIGXCPU (CPU time limit exceeded)"},
        {Signalled{64}, "crashed", "killed by signal 64"},
        {OutOfMemory{"std::bad_alloc"}, "oom", "out of memory: std::bad_alloc"},
        {TimedOut{"wall time limit of 2 h 00 min"}, "timeout", "reached the wall time limit of 2 h 00 min"},
        {Cancelled{"interrupted by the user"}, "cancelled", "interrupted by the user"},
        {CouldNotStart{"execvp: No such file or directory"}, "failed",
         "could not start: execvp: No such file or directory"},
        {BrokeContract{"no measurement was left"}, "failed", "no measurement was left"},
    };
    for (const Case& one : cases) {
        EXPECT_EQ(status(one.outcome), one.status);
        EXPECT_EQ(reason(one.outcome), one.reason);
    }
}

TEST(Outcome, OnlyAProgramThatEndedByItselfHasAnExitCode) {
    EXPECT_EQ(exit_code(Exited{7}), 7);
    EXPECT_EQ(exit_code(Signalled{9}), std::nullopt);
    EXPECT_EQ(exit_code(TimedOut{"limit"}), std::nullopt);
    EXPECT_EQ(signal_number(Signalled{9}), 9);
    EXPECT_EQ(signal_number(Exited{7}), std::nullopt);
}

}  // namespace
}  // namespace tidemark::run
