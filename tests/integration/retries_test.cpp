// Runs that are made again, and sweeps that stop because their runs all fail alike.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"

namespace tidemark::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class Retries : public OwnProgram {
  protected:
    /// Counts how often it was started, and ends with 0 at the third time.
    void write_flaky() {
        folder.write_script("flaky.sh",
                            "#!/bin/sh\necho x >> count\ntest $(wc -l < count) -ge 3 || exit 5\n");
    }
};

TEST_F(Retries, ARunIsMadeAgainAndEveryAttemptIsKept) {
    write_flaky();
    const Finished said = run("command: [./flaky.sh]\nretries: 2\nobserve: false\n");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.err, HasSubstr("[0/1] ✗ own: failed (exit code 5)"));
    EXPECT_THAT(said.err, HasSubstr("; again, attempt 2 of 3\n"));
    EXPECT_THAT(said.err, HasSubstr("; again, attempt 3 of 3\n"));
    EXPECT_THAT(said.err, HasSubstr("[1/1] ✓ own: "));
    EXPECT_EQ(query("SELECT status, exit_code FROM attempts ORDER BY started_at"),
              "status,exit_code\nfailed,5\nfailed,5\nok,0\n");
    EXPECT_EQ(query("SELECT status FROM results"), "status\nok\n");
    EXPECT_THAT(folder.tidemark({"show", "own"}).out,
                HasSubstr("this is attempt 3; the one before ended failed (exit code 5)"));
}

TEST_F(Retries, TheLastFailureIsTheResult) {
    write_flaky();
    const Finished said = run("command: [./flaky.sh]\nretries: {times: 1, after: failed}\nobserve: false\n");
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_THAT(said.err, HasSubstr("[1/1] ✗ own: failed (exit code 5)"));
    EXPECT_THAT(said.err, HasSubstr("1 of 1 run failed"));
    EXPECT_EQ(query("SELECT count(*) AS n FROM attempts"), "n\n2\n");
}

TEST_F(Retries, OtherEndingsAreNotMadeAgain) {
    write_flaky();
    EXPECT_EQ(run("command: [./flaky.sh]\nretries: {times: 2, after: [crashed, timeout]}\nobserve: false\n")
                  .exit_code,
              1);
    EXPECT_EQ(query("SELECT count(*) AS n FROM attempts"), "n\n1\n");
    EXPECT_EQ(run("command: [sh, -c, 'kill -SEGV $$']\nretries: {times: 2, after: [crashed, timeout]}\n",
                  {"--fresh"})
                  .exit_code,
              1);
    EXPECT_EQ(query("SELECT count(*) AS n FROM attempts WHERE status = 'crashed'"), "n\n3\n");
}

TEST_F(Retries, ASweepStopsAfterEqualFailuresAndNamesTheRest) {
    const Finished said = run(
        "command: [sh, -c, 'echo \"step {n}: no such data set\" >&2; exit 4']\nmatrix: {n: [1, 2, 3, 4, 5]}\n"
        "stop_after: 3 equal failures\n");
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_THAT(said.err,
                HasSubstr("stopped after 3 equal failures, as stop_after says; the last is failed (exit "
                          "code 4): step 3: no such data set\nnot run: n=4; n=5\n"));
    EXPECT_EQ(query("SELECT n FROM results ORDER BY n"), "n\n1\n2\n3\n");
    EXPECT_THAT(said.out, HasSubstr("not run"));
}

TEST_F(Retries, FailuresOfAnotherKindAndSuccessesBeginToCountAnew) {
    const Finished others =
        run("command: [sh, -c, 'test {n} -ne 3 && echo kind-{kind} >&2 && exit 1; true']\nmatrix: {n: [1, 2, "
            "3, 4, 5, 6]}\n"
            "derive: {kind: \"CASE WHEN n = 5 THEN 'b' ELSE 'a' END\"}\norder: listed\nstop_after: 3 equal "
            "failures\n",
            {"--fresh"});
    EXPECT_EQ(others.exit_code, 1);
    EXPECT_THAT(others.err, Not(HasSubstr("stopped after")));
    EXPECT_EQ(query("SELECT count(*) AS n FROM results"), "n\n6\n");
}

TEST_F(Retries, ASweepThatHasNothingLeftToStopIsNotStopped) {
    const Finished said = run("command: [false]\nrepeat: 2\nstop_after: 2 equal failures\n");
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_THAT(said.err, Not(HasSubstr("stopped after")));
}

TEST_F(Retries, ASetupForEachValueIsMadeOnceAndBeforeAllRuns) {
    const std::string sweep =
        "command: [sh, -c, 'echo run {n} {lr} >> log']\nmatrix: {n: [1, 2], lr: [0.1, 0.2]}\nobserve: false\n"
        "setup: {each: n, command: [sh, -c, 'echo setup {n} >> log']}\n"
        "teardown: {each: n, command: [sh, -c, 'echo teardown {n} >> log']}\n";
    const Finished said = run(sweep);
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(folder.read("log"),
              "setup 1\nsetup 2\nrun 1 0.1\nrun 1 0.2\nrun 2 0.1\nrun 2 0.2\nteardown 1\nteardown 2\n");
    EXPECT_THAT(said.err, HasSubstr("own: setup of n=1\n"));
    const Finished failed =
        run("command: [true]\nmatrix: {n: [1, 2]}\nsetup: {each: n, command: [test, \"{n}\", -lt, 2]}\n");
    EXPECT_EQ(failed.exit_code, 1);
    EXPECT_THAT(failed.err, HasSubstr("own.yaml: the setup of n=2 failed: exit code 1\n"));
}

TEST_F(Retries, WhatASetupLeavesRunningIsNamed) {
    const Finished said =
        run("command: [true]\nsetup: {sweep: [sh, -c, 'sleep 600 & sleep 0.3'], run: [sh, -c, 'sleep 601 & "
            "sleep 602 & sleep 0.3']}\n");  // time to become `sleep`
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.err, HasSubstr("note: the setup left "));
    EXPECT_THAT(said.err,
                HasSubstr("sleep running, which was ended with it; what is to run beside the program is a "
                          "`service:`\n"));
    EXPECT_THAT(folder.tidemark({"show", "own"}).out, HasSubstr("its setup left "));
}

TEST_F(Retries, TheCommandLineGivesRepeatsAndLimits) {
    const std::string sweep = "command: [true]\nlimits: {wall: 1 h}\n";
    const Finished said = run(sweep, {"--repeat", "2", "--limit", "wall=90 s", "--limit", "cpu_time=1 h"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.err, HasSubstr("1 run × 2 repeats"));
    EXPECT_THAT(folder.tidemark({"show", "own"}).out, ContainsRegex("limit wall +90 s\n"));
    EXPECT_THAT(folder.tidemark({"report"}).out, Not(HasSubstr("not run"))) << "knows how the runs were made";
    EXPECT_THAT(run(sweep).err, Not(HasSubstr("all done already"))) << "a limit is part of what a run is";
    EXPECT_THAT(run(sweep, {"--limit", "wall=none", "--dry-run"}).exit_code, 0);
    const auto message = [&](const std::string& limit) { return run(sweep, {"--limit", limit}).err; };
    EXPECT_THAT(message("memory"),
                HasSubstr("--limit memory: must be written name=value, such as memory=2GiB"));
    EXPECT_THAT(message("memroy=1GiB"),
                HasSubstr("--limit memroy=1GiB: there is no such limit (did you mean 'memory'?); "
                          "limits are memory, swap, pids, wall, cpu_time, cpus, enforce"));
    EXPECT_THAT(message("memory=1G"),
                HasSubstr("--limit memory=1G: unknown unit 'G' in '1G' (did you mean '1 GiB'?)"));
    EXPECT_THAT(message("swap=1GiB"),
                HasSubstr("--limit: a limit of swap is one of what may be swapped out of the "
                          "memory limit; give a limit of memory too"));
}

TEST_F(Retries, ANumberOfRepeatsThatIsNoneIsRefused) {
    const auto message = [&](const std::string& number) {
        const Finished said = run("command: [\"true\"]\n", {"--repeat", number});
        EXPECT_EQ(said.exit_code, 2);
        return said.err;
    };
    EXPECT_THAT(message("0"), testing::StartsWith("--repeat: Value 0 not in range 1 to 100000; `"));
    EXPECT_THAT(message("100001"), testing::StartsWith("--repeat: Value 100001 not in range 1 to 100000; `"));
    EXPECT_THAT(message("two"), testing::StartsWith("--repeat: Value two not in range 1 to 100000; `"));
    EXPECT_THAT(message("1.5"), testing::StartsWith("--repeat: Value 1.5 not in range 1 to 100000; `"));
}

TEST_F(Retries, IterationsOfARunHaveAStatisticWithTheirNumberAndSpread) {
    const Finished said = run(R"yaml(
command: [printf, 'step 3 ms\nstep 1 ms\nstep 8 ms\nstep 2 ms\n']
capture:
  step: {stdout: 'step (\d+)', take: median, unit: ms}
  least: {stdout: 'step (\d+)', take: min}
  mean: {stdout: 'step (\d+)', take: mean}
)yaml");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(query("SELECT step, step_n, step_spread, least, mean, mean_n FROM results"),
              "step,step_n,step_spread,least,mean,mean_n\n0.0025,4.0,0.007,1.0,3.5,4.0\n");
    EXPECT_EQ(
        query("SELECT epoch, value FROM metrics WHERE name = 'least' AND epoch IS NOT NULL ORDER BY epoch"),
        "epoch,value\n1,3.0\n2,1.0\n3,8.0\n4,2.0\n");
}

}  // namespace
}  // namespace tidemark::test
