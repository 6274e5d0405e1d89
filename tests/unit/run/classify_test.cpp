// How a run ended, as its record says it.
#include "run/classify.hpp"

#include <algorithm>
#include <csignal>

#include <gtest/gtest.h>

#include "unit/run/filled_directory.hpp"

namespace tidemark::run {
namespace {

using protocol::EndCause;
using protocol::EndKind;

class Classified : public FilledDirectory {};

TEST_F(Classified, TheOutcomeIsWhatTheKernelAndTheWardenTold) {
    measured.exit_code = 3;
    EXPECT_EQ(reason(read().outcome), "exit code 3");
    measured.end = EndKind::Signalled;
    measured.signal = SIGABRT;
    EXPECT_EQ(reason(read().outcome), "killed by SIGABRT (Aborted)");
    measured.signal = SIGTERM;
    measured.cause = EndCause::WallLimit;
    request.limits.wall = Seconds{90};
    EXPECT_EQ(reason(read().outcome), "reached the wall time limit of 1 min 30 s");
    measured.cause = EndCause::Cancelled;
    EXPECT_EQ(reason(read().outcome), "interrupted by the user");
    measured.cause = EndCause::RunnerLost;
    EXPECT_EQ(reason(read().outcome), "its runner was killed");
    measured.end = EndKind::CouldNotStart;
    measured.start_step = "chdir";
    measured.start_errno = ENOENT;
    EXPECT_EQ(reason(read().outcome), "could not start: chdir: No such file or directory");
}

TEST_F(Classified, AnOomKillOutranksEverythingElse) {
    request.limits.memory = Bytes{64 << 20};
    measured.oom_kills = 1;
    EXPECT_EQ(reason(read().outcome), "out of memory: killed at the memory limit of 64.0 MiB")
        << "though the main process exited with 0";
    measured.cause = EndCause::WallLimit;
    EXPECT_EQ(status(read().outcome), "oom");
    request.limits.memory.reset();
    EXPECT_EQ(reason(read().outcome), "out of memory: killed by the kernel, which had no memory left");
}

TEST_F(Classified, AKillInACgroupAroundTheRunIsOutOfMemory) {
    measured.end = EndKind::Signalled;
    measured.signal = SIGKILL;
    measured.enclosing = {1, 300 << 20};
    EXPECT_EQ(status(read().outcome), "oom");
    EXPECT_EQ(reason(read().outcome), "out of memory: killed at the limit of the enclosing cgroup, 300 MiB");
    measured.enclosing = {1, {}};
    EXPECT_EQ(reason(read().outcome), "out of memory: killed by the kernel, which had no memory left");
    measured.enclosing = {};
    EXPECT_EQ(status(read().outcome), "crashed") << "somebody else has killed it";
    measured.enclosing = {1, 300 << 20};
    measured.signal = SIGSEGV;
    EXPECT_EQ(status(read().outcome), "crashed") << "what was killed was another";
    measured.end = EndKind::Exited;
    measured.exit_code = 0;
    EXPECT_EQ(status(read().outcome), "ok") << "what was killed was another";
    measured.exit_code = 137;
    EXPECT_EQ(status(read().outcome), "oom") << "as a shell says of its child";
}

TEST_F(Classified, AKillAroundTheRunThatMayHaveBeenOneOfItsWorkersIsWarnedOf) {
    const auto warned = [&](const std::string& text) {
        const auto warnings = read().warnings;
        return std::ranges::find(warnings, text) != warnings.end();
    };
    const std::string one =
        "the kernel killed a process in the cgroup around this run meanwhile, for want of memory; it may "
        "have "
        "been one of this run's";
    measured.exit_code = 3;
    measured.enclosing = {1, 300 << 20};
    EXPECT_EQ(status(read().outcome), "failed");
    EXPECT_TRUE(warned(one)) << "its worker may be gone";
    measured.exit_code = 0;
    EXPECT_TRUE(warned(one)) << "it may have gone on without a worker";
    measured.enclosing = {3, {}};
    EXPECT_TRUE(warned(
        "the kernel killed 3 processes in the cgroup around this run meanwhile, for want of memory; it may "
        "have been some of this run's"));
    measured.peak_cgroup_bytes = 100 << 20;
    EXPECT_TRUE(read().warnings.empty()) << "its own cgroup counts its kills, and there was none";
    measured.peak_cgroup_bytes.reset();
    measured.exit_code = 137;
    EXPECT_EQ(status(read().outcome), "oom");
    EXPECT_FALSE(warned(one)) << "the outcome says it";
    measured.exit_code = 1;
    measured.enclosing = {};
    EXPECT_TRUE(read().warnings.empty());
}

TEST_F(Classified, AKillThatIsKnownToHaveBeenOfAWorkerIsOutOfMemoryHoweverTheRunEnded) {
    measured.enclosing = {2, 300 << 20, 1};
    for (const int exit_code : {0, 3}) {
        measured.exit_code = exit_code;
        EXPECT_EQ(status(read().outcome), "oom") << exit_code;
        EXPECT_EQ(reason(read().outcome),
                  "out of memory: a process of it was killed at the limit of the enclosing cgroup, 300 MiB");
        EXPECT_TRUE(read().warnings.empty()) << "the outcome says it";
    }
    measured.cause = protocol::EndCause::WallLimit;
    EXPECT_EQ(status(read().outcome), "oom") << "it waited for a worker that was gone";
    measured.enclosing.limit_bytes.reset();
    EXPECT_EQ(reason(read().outcome),
              "out of memory: a process of it was killed by the kernel, which had no memory left");
}

TEST_F(Classified, AKillBelowTheOwnLimitWasForTheLimitAround) {
    measured.oom_kills = 1;
    measured.enclosing = {0, 300 << 20};
    request.limits.memory = Bytes{400 << 20};
    measured.peak_cgroup_bytes = 299 << 20;
    EXPECT_EQ(reason(read().outcome), "out of memory: killed at the limit of the enclosing cgroup, 300 MiB");
    measured.peak_cgroup_bytes = 400 << 20;
    EXPECT_EQ(reason(read().outcome), "out of memory: killed at the memory limit of 400 MiB");
    request.limits.memory.reset();
    EXPECT_EQ(reason(read().outcome), "out of memory: killed at the limit of the enclosing cgroup, 300 MiB");
}

TEST_F(Classified, AFailedAllocationThatEndedTheRunIsOutOfMemory) {
    test::make_run_directory(folder.path(), request, measured);
    write("stderr.log",
          "loading\nterminate called after throwing an instance of 'std::bad_alloc'\n  what():  "
          "std::bad_alloc\n");
    EXPECT_EQ(status(read().outcome), "ok") << "it told of one, and went on";
    measured.end = EndKind::Signalled;
    measured.signal = SIGABRT;
    EXPECT_EQ(reason(read().outcome),
              "out of memory: terminate called after throwing an instance of 'std::bad_alloc'");
    write("stderr.log", "RuntimeError: [enforce fail] DefaultCPUAllocator: can't allocate memory: you tried");
    EXPECT_EQ(reason(read().outcome),
              "out of memory: RuntimeError: [enforce fail] DefaultCPUAllocator: can't allocate memory: you "
              "tried");
    write("stderr.log", "std::bad_alloc\n" + std::string(100'000, 'x') + "\n");
    EXPECT_EQ(status(read().outcome), "crashed") << "long ago: only the end of the log tells why it ended";
}

TEST_F(Classified, AProgramMaySayItselfThatItRanOutOfMemory) {
    write("events.jsonl", R"({"event":"info","name":"out_of_memory","value":"no room for the optimizer"})"
                          "\n");
    measured.exit_code = 1;
    EXPECT_EQ(reason(read().outcome), "out of memory: no room for the optimizer");
}

}  // namespace
}  // namespace tidemark::run
