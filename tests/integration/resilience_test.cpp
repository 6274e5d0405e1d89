#include <algorithm>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Runs that note their process id and end when their gate opens (a file appears), or at once where it is
/// open already.
constexpr const char* kSweep = R"(
sweep: gated
command: [./gated.sh, "{n}"]
matrix: {n: [1, 2, 3]}
)";
constexpr const char* kJob = R"(#!/bin/sh
echo $$ > "pid.$1"
echo "$1" >> made.txt
echo '{"event":"phase","name":"waiting"}' >> "$TIDEMARK_EVENTS"
echo '{"event":"progress","step":3,"total":7,"epoch":1,"epochs":2,"loss":1.25}' >> "$TIDEMARK_EVENTS"
while [ ! -e "gate.$1" ]; do sleep 0.02; done
)";

class Resilience : public testing::Test {
  protected:
    void SetUp() override {
        folder.write("gated.yaml", kSweep);
        folder.write_script("gated.sh", kJob);
    }
    void open(int gate) { folder.write("gate." + std::to_string(gate), ""); }
    pid_t pid_of(int run) {
        const std::string name = "pid." + std::to_string(run);
        EXPECT_TRUE(eventually([&] { return folder.read(name).ends_with("\n"); }));
        return static_cast<pid_t>(std::stol(folder.read(name)));
    }
    std::string query(const std::string& sql) {
        return folder.tidemark({"query", sql, "--format", "csv"}).out;
    }

    Workspace folder;
};

TEST_F(Resilience, AKilledRunnerLeavesNothingAliveAndTheNextGoesOn) {
    Started first = folder.start_tidemark({"run", "gated.yaml"});
    open(1);
    const pid_t second_run = pid_of(2);
    first.signal(SIGKILL);
    EXPECT_EQ(first.wait().exit_code, -SIGKILL);
    EXPECT_TRUE(eventually([&] { return !is_running(second_run); }));

    open(2);
    open(3);
    const Finished next = folder.tidemark({"run", "gated.yaml"});
    EXPECT_EQ(next.exit_code, 0);
    EXPECT_THAT(next.err,
                testing::StartsWith("1 run of a tidemark that was killed: stored as they were left\n"
                                    "gated: 3 runs, 1 done already, 2 to make\n"));
    EXPECT_EQ(folder.read("made.txt"), "1\n2\n2\n3\n");
    EXPECT_EQ(query("SELECT run, status, reason FROM attempts WHERE status <> 'ok'"),
              "run,status,reason\nn=2,cancelled,its runner was killed\n");
    EXPECT_EQ(query("SELECT count(*) FROM results WHERE status = 'ok'"), "count(*)\n3\n");
}

/// The one child of a process: of a runner with one run at work, the warden.
pid_t child_of(pid_t parent) {
    const std::string number = std::to_string(parent);
    std::ifstream children("/proc/" + number + "/task/" + number + "/children");
    pid_t child = 0;
    children >> child;
    return child;
}

/// By the next tidemark of anybody, so that another test may come first.
TEST_F(Resilience, WhatIsLeftOfAKilledRunnerAndWardenIsEndedByTheNext) {
    folder.write_script("gated.sh", R"(#!/bin/sh
if [ ! -e gate.1 ]; then
    setsid sleep 1000 & echo $! > pid.2  # a service in a session of its own
    setsid sleep 1000 & echo $! > pid.3
fi
echo $$ > "pid.$1"
while [ ! -e gate.1 ]; do sleep 0.02; done
)");
    folder.write("gated.yaml", "sweep: gated\ncommand: [./gated.sh, '1']\n");
    Started first = folder.start_tidemark({"run", "gated.yaml"});
    const pid_t run = pid_of(1);
    const pid_t service = pid_of(2);
    const pid_t another = pid_of(3);
    kill(first.pid(), SIGSTOP);  // so that it does not see the warden's end
    kill(child_of(first.pid()), SIGKILL);
    first.signal(SIGKILL);
    first.wait();

    open(1);
    EXPECT_EQ(folder.tidemark({"run", "gated.yaml"}).exit_code, 0);
    for (const pid_t pid : {run, service, another})
        EXPECT_TRUE(eventually([pid] { return !is_running(pid); }));
}

TEST_F(Resilience, CtrlCKeepsWhatIsDoneAndSaysHowToGoOn) {
    Started started = folder.start_tidemark({"run", "gated.yaml", "--only", "n < 3"});
    open(1);
    const pid_t second_run = pid_of(2);
    started.signal(SIGINT);
    const Finished said = started.wait();
    EXPECT_EQ(said.exit_code, 130);
    EXPECT_THAT(said.err, HasSubstr("\nending the running runs; press Ctrl-C again to kill them at once\n"));
    EXPECT_THAT(said.err, HasSubstr("✗ n=2: cancelled (interrupted by the user), "));
    EXPECT_THAT(
        said.err,
        testing::EndsWith("interrupted: 1 of 2 runs are done and kept in results/tidemark.db; to go on from "
                          "there:\n    " +
                          tidemark_binary() + " run gated.yaml --only 'n < 3'\n"));
    EXPECT_FALSE(is_running(second_run));
    EXPECT_EQ(query("SELECT run, status FROM results ORDER BY run"), "run,status\nn=1,ok\nn=2,cancelled\n");
}

TEST_F(Resilience, ASecondCtrlCEndsAStubbornRunAtOnce) {
    folder.write_script("gated.sh",
                        "#!/bin/sh\ntrap '' TERM\necho $$ > pid.$1\nwhile :; do sleep 0.02; done\n");
    Started started = folder.start_tidemark({"run", "gated.yaml"});
    const pid_t run = pid_of(1);
    started.signal(SIGINT);
    EXPECT_TRUE(
        eventually([&] { return started.err().find("ending the running runs") != std::string::npos; }));
    started.signal(SIGINT);
    EXPECT_EQ(started.wait().exit_code, 130);
    EXPECT_FALSE(is_running(run));
}

TEST_F(Resilience, UnderNohupAHangupIsIgnored) {
    Started started =
        folder.start_tidemark({"run", "gated.yaml"}, {.environment = {}, .ignore_hangup = true});
    pid_of(1);
    started.signal(SIGHUP);
    for (const int gate : {1, 2, 3}) open(gate);
    EXPECT_EQ(started.wait().exit_code, 0);
}

TEST_F(Resilience, AHangupOtherwiseEndsItLikeCtrlC) {
    Started started = folder.start_tidemark({"run", "gated.yaml"});
    pid_of(1);
    started.signal(SIGHUP);
    EXPECT_EQ(started.wait().exit_code, 130);
}

TEST_F(Resilience, AClosedStderrDoesNotEndASweep) {
    for (const int gate : {1, 2, 3}) open(gate);
    const Finished said = folder.tidemark({"run", "gated.yaml"}, {.environment = {}, .close_stderr = true});
    EXPECT_EQ(said.exit_code, 0);
    EXPECT_EQ(query("SELECT count(*) FROM results WHERE status = 'ok'"), "count(*)\n3\n");
}

TEST_F(Resilience, AReaderThatHasGoneDoesNotEndASweep) {
    for (const int gate : {1, 2, 3}) open(gate);
    const Finished said = folder.run({"sh", "-c", tidemark_binary() + " run gated.yaml 2>&1 | head -n 1"});
    EXPECT_EQ(said.out, "gated: 3 runs\n");
    EXPECT_TRUE(eventually(
        [&] { return query("SELECT count(*) FROM results WHERE status = 'ok'") == "count(*)\n3\n"; }));
}

TEST_F(Resilience, WatchShowsARunningSweep) {
    Started started = folder.start_tidemark({"run", "gated.yaml"});
    open(1);
    pid_of(2);
    std::string seen;
    EXPECT_TRUE(eventually([&] {
        seen = folder.tidemark({"watch"}).out;
        return seen.find("waiting") != std::string::npos;
    })) << seen;
    EXPECT_THAT(seen, testing::StartsWith("gated ████████░░░░░░░░░░░░░░░░ 1/3 done · process " +
                                          std::to_string(started.pid())));
    EXPECT_THAT(seen, HasSubstr("\n  ▶ n=2  waiting · epoch 1/2 · step 3/7 · loss 1.250 · "));
    open(2);
    open(3);
    EXPECT_EQ(started.wait().exit_code, 0);
    EXPECT_EQ(folder.tidemark({"watch"}).out, "no sweep is running in results/tidemark.db\n");
}

TEST_F(Resilience, TwoRunnersShareTheWork) {
    folder.write("shared.yaml",
                 "sweep: shared\ncommand: [sh, -c, 'echo {n} >> made.txt; sleep 0.02']\n"
                 "matrix: {n: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}\nrepeat: 2\n");
    Started one = folder.start_tidemark({"run", "shared.yaml"});
    Started other = folder.start_tidemark({"run", "shared.yaml"});
    const Finished first = one.wait();
    const Finished second = other.wait();
    EXPECT_EQ(first.exit_code, 0) << first.err;
    EXPECT_EQ(second.exit_code, 0) << second.err;
    const std::string made = folder.read("made.txt");
    EXPECT_EQ(std::ranges::count(made, '\n'), 20);
    EXPECT_EQ(query("SELECT count(*), count(DISTINCT cell || repeat) FROM attempts WHERE status = 'ok'"),
              "count(*),count(DISTINCT cell || repeat)\n20,20\n");
}

/// `script` (util-linux) gives the command a terminal.
TEST_F(Resilience, OnATerminalLinesAreRedrawnUnlessNoColorAsks) {
    for (const int gate : {1, 2, 3}) open(gate);
    const std::vector<std::string> command{"script", "-qec", tidemark_binary() + " run gated.yaml --fresh",
                                           "/dev/null"};
    const std::string up_a_line = "\x1b[1F\x1b[J";
    const Finished live = folder.run(command, {.environment = {{"TERM", "xterm"}}});
    EXPECT_EQ(live.exit_code, 0);
    EXPECT_THAT(live.out, HasSubstr(up_a_line));
    EXPECT_THAT(live.out, HasSubstr("  n=1\r\n")) << "behind the figures";
    EXPECT_THAT(live.out, HasSubstr("[1/3] \x1b[32m✓\x1b[0m n=1: "));
    EXPECT_THAT(live.out, HasSubstr("/3 done"));
    const Finished plain = folder.run(command, {.environment = {{"TERM", "xterm"}, {"NO_COLOR", "1"}}});
    EXPECT_EQ(plain.exit_code, 0);
    EXPECT_THAT(plain.out, Not(HasSubstr("\x1b")));
    EXPECT_THAT(plain.out, HasSubstr("[0/3] n=1: started"));
}

}  // namespace
}  // namespace tidemark::test
