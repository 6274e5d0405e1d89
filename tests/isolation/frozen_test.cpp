// What acts on no SIGKILL, or on nothing else.
#include <csignal>
#include <fstream>

#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/freezer_cgroup.hpp"
#include "support/one_run.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

/// A shell with a child, whose pid it says; it ends when the file `go` is there.
const std::vector<std::string> kWithChild{
    "sh", "-c", "sleep 1000 & echo child $!; while [ ! -e \"$GO\" ]; do sleep 0.02; done"};

/// Of the program that it executes, as the kernel has it (proc(5), comm).
std::string name_of(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/comm");
    std::string name;
    std::getline(file, name);
    return name;
}

class Frozen : public testing::Test {
  protected:
    void SetUp() override {
        if (!freezer.problem().empty()) GTEST_SKIP() << freezer.problem();
        run.environment["GO"] = (run.folder / "go").string();
    }

    pid_t child_of(const std::string& id) const {
        std::string said;
        eventually([&] { return (said = run.folder.read(id + "/stdout.log")).ends_with("\n"); });
        return said.starts_with("child ") ? static_cast<pid_t>(std::stol(said.substr(6))) : -1;
    }

    void freeze(pid_t pid) const {
        freezer.take(pid);
        freezer.set("FROZEN");
        EXPECT_TRUE(eventually([&] { return freezer.state() == "FROZEN\n"; }));
    }

    FreezerCgroup freezer;
    OneRun run;
};

TEST_F(Frozen, AChildDoesNotOutliveItsRun) {
    const std::string id = run.start(kWithChild);
    const pid_t child = child_of(id);
    ASSERT_GT(child, 0);
    const pid_t stranger = fork();
    if (stranger == 0) {
        pause();
        _exit(EXIT_SUCCESS);
    }
    freezer.take(stranger);
    freeze(child);
    run.folder.write("go", "");
    const run::Record record = run.finish(id);
    EXPECT_EQ(run::status(record.outcome), "ok");
    EXPECT_FALSE(is_running(child));
    EXPECT_EQ(record.measurement.leftovers_killed, 1);
    EXPECT_TRUE(record.measurement.survivors.empty());
    EXPECT_EQ(freezer.state(), "FROZEN\n") << "a stranger in the same cgroup stays as it is";
    freezer.set("THAWED");
    kill(stranger, SIGKILL);
    waitpid(stranger, nullptr, 0);
}

TEST_F(Frozen, ATreeIsEndedAtItsWallLimitInTime) {
    run.limits.wall = Seconds{0.3};
    const std::string id = run.start(kWithChild);
    const pid_t child = child_of(id);
    ASSERT_GT(child, 0);
    freeze(child);
    const run::Record record = run.finish(id);
    EXPECT_EQ(run::reason(record.outcome), "reached the wall time limit of 300 ms");
    EXPECT_FALSE(is_running(child));
    EXPECT_LT(record.measurement.wall_s, 2.0);
    EXPECT_EQ(record.measurement.ended_by, "SIGTERM");
}

TEST_F(Frozen, AMainProcessHeedsSigtermWhenItIsThawedForIt) {
    run.limits.wall = Seconds{0.3};
    const std::string id =
        run.start({"sh", "-c", "trap 'echo asked; exit' TERM; echo child $$; while :; do sleep 0.02; done"});
    const pid_t main = child_of(id);
    ASSERT_GT(main, 0);
    freeze(main);
    const run::Record record = run.finish(id);
    EXPECT_THAT(run.out(record), HasSubstr("\nasked\n"));
    EXPECT_EQ(record.measurement.ended_by, "SIGTERM");
}

TEST_F(Frozen, ADaemonOfAKilledWardenDoesNotHoldTheRunnerUp) {
    const std::string id =
        run.start({"sh", "-c", "sleep 1000 & echo child $! warden $PPID; exec sleep 1000"});
    const pid_t child = child_of(id);
    ASSERT_GT(child, 0);
    freeze(child);
    const std::string said = run.folder.read(id + "/stdout.log");
    kill(static_cast<pid_t>(std::stol(said.substr(said.find("warden ") + 7))), SIGKILL);
    EXPECT_THAT(run::reason(run.finish(id).outcome), HasSubstr("no measurement was left"));
    EXPECT_FALSE(is_running(child));
}

/// Where the warden does not see the freezer, as in a container. It takes the warden's patience of 10 s.
TEST_F(Frozen, WhatCannotBeThawedIsNamedInTheRecord) {
    Workspace folder;
    folder.write("frozen.yaml",
                 "sweep: frozen\ncommand: [sh, -c, 'sleep 1000 & echo child $! > said; while [ ! "
                 "-e go ]; do sleep 0.02; done']\n");
    Started started = folder.start(
        {"unshare", "--mount", "sh", "-c",
         "umount " + freezer.mount() + " && exec " + tidemark_binary() + " run frozen.yaml --db r.db"});
    const bool has_begun = eventually([&] { return folder.read("said").ends_with("\n"); });
    if (!has_begun) GTEST_SKIP() << "cannot be made here: " << started.wait().err;
    const auto child = static_cast<pid_t>(std::stol(folder.read("said").substr(6)));
    // the shell's fork may not have become the program yet
    ASSERT_TRUE(eventually([&] { return name_of(child) == "sleep"; }));
    freeze(child);
    folder.write("go", "");
    EXPECT_EQ(started.wait().exit_code, 0);
    // it lives until it is thawed below, or another tidemark sees it in a cgroup whose maker is gone
    EXPECT_THAT(
        folder.tidemark({"query", "SELECT text FROM warnings", "--format", "csv", "--db", "r.db"}).out,
        testing::ContainsRegex("\"?1 process of it could not be killed and lives on: " +
                               std::to_string(child) + " \\(/[a-z/]*sleep, state [A-Z]\\)"));
    freezer.set("THAWED");
    EXPECT_TRUE(eventually([&] { return !is_running(child); })) << "SIGKILL was pending";
}

TEST(Stopped, GrandchildrenAreEndedToo) {
    OneRun run;
    run.limits.wall = Seconds{0.3};
    const run::Record record =
        run.make({"sh", "-c", "sh -c 'kill -STOP $$; sleep 1000' & echo $!; kill -STOP $$; sleep 1000"});
    EXPECT_EQ(run::status(record.outcome), "timeout");
    EXPECT_FALSE(is_running(static_cast<pid_t>(std::stol(run.out(record)))));
    EXPECT_LT(record.measurement.wall_s, 2.0) << "they went on to heed SIGTERM";
    EXPECT_TRUE(record.measurement.survivors.empty());
}

TEST(Stopped, ByPtraceAChildIsEndedToo) {
    if (!why_not("cgroup").empty()) GTEST_SKIP() << why_not("cgroup");  // by exit stops it is the warden's
    OneRun run("cgroup");
    run.limits.wall = Seconds{0.3};
    const run::Record record = run.known({"traced-child"});
    EXPECT_EQ(run::status(record.outcome), "timeout");
    ASSERT_THAT(run.out(record), testing::StartsWith("child "));
    EXPECT_FALSE(is_running(static_cast<pid_t>(std::stol(run.out(record).substr(6)))));
    EXPECT_LT(record.measurement.wall_s, 2.0);
}

}  // namespace
}  // namespace tidemark::test
