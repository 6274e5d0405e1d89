#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/one_run.hpp"
#include "warden/cgroup_place.hpp"

namespace tidemark::test {
namespace {

/// A shell that says when it is ready, and when it has been asked to end, which it heeds with `and_then`.
std::vector<std::string> asked(const std::string& and_then) {
    return {"sh", "-c", "trap 'echo asked;" + and_then + "' TERM; echo ready; while :; do sleep 0.02; done"};
}

/// A shell that says the pids of its parent, which is the warden, and of a daemon that it leaves behind.
const std::vector<std::string> kWithDaemon{
    "sh", "-c", "setsid sleep 1000 & echo warden $PPID daemon $!; exec sleep 1000"};

class Ending : public testing::Test {
  protected:
    std::string said(const std::string& id) const { return run.folder.read(id + "/stdout.log"); }

    void wait_for(const std::string& id, const std::string& text) const {
        ASSERT_TRUE(eventually([&] { return said(id).find(text) != std::string::npos; }));
    }

    pid_t number_behind(const std::string& word, const std::string& id) const {
        wait_for(id, "\n");
        const std::string text = said(id);
        return static_cast<pid_t>(std::stol(text.substr(text.find(word + " ") + word.size())));
    }

    OneRun run;
};

TEST_F(Ending, ACancelledRunIsAskedToEnd) {
    const std::string id = run.start(asked("exit 0"));
    wait_for(id, "ready\n");
    run.launcher().cancel_all(false);
    const run::Record record = run.finish(id);
    EXPECT_EQ(run.out(record), "ready\nasked\n");
    EXPECT_EQ(run::reason(record.outcome), "interrupted by the user") << "though it exited with 0";
    EXPECT_EQ(record.measurement.ended_by, "SIGTERM");
    EXPECT_LT(record.measurement.ending_s, 1.9);
}

TEST_F(Ending, EveryProcessOfTheTreeIsAskedInWhateverSession) {
    run.environment["DAEMON"] =
        "trap 'echo daemon asked; exit' TERM; echo daemon ready; while :; do sleep 0.02; done";
    const std::string id = run.start(
        {"sh", "-c", "trap 'wait; exit' TERM; setsid sh -c \"$DAEMON\" & while :; do sleep 0.02; done"});
    wait_for(id, "daemon ready\n");
    run.launcher().cancel_all(false);
    EXPECT_EQ(run.out(run.finish(id)), "daemon ready\ndaemon asked\n");
}

TEST_F(Ending, AtOnceNobodyIsAsked) {
    const std::string id = run.start(asked(""));
    wait_for(id, "ready\n");
    run.launcher().cancel_all(true);
    const run::Record record = run.finish(id);
    EXPECT_EQ(run.out(record), "ready\n");
    EXPECT_EQ(run::reason(record.outcome), "interrupted by the user");
    EXPECT_EQ(record.measurement.signal, SIGKILL);
    EXPECT_EQ(record.measurement.ended_by, "SIGKILL");
    EXPECT_LT(record.measurement.ending_s, 1.9) << "without a grace";
}

TEST_F(Ending, ARunThatDoesNotHeedIsEndedAfterAWhileOrWhenAskedForASecondTime) {
    const std::string patient = run.start(asked(""));
    wait_for(patient, "ready\n");
    run.launcher().cancel_all(false);
    const run::Record record = run.finish(patient);
    EXPECT_EQ(run.out(record), "ready\nasked\n");
    EXPECT_EQ(record.measurement.signal, SIGKILL);
    EXPECT_EQ(record.measurement.ended_by, "SIGKILL");
    EXPECT_GE(record.measurement.ending_s, 1.9) << "the grace of 2 s";

    const std::string impatient = run.start(asked(""));
    wait_for(impatient, "ready\n");
    run.launcher().cancel_all(false);
    wait_for(impatient, "asked\n");
    run.launcher().cancel_all(true);
    EXPECT_EQ(run::reason(run.finish(impatient).outcome), "interrupted by the user");
}

TEST_F(Ending, ATimeoutTellsWhetherItHadToBeKilledAndItsReasonStaysWhatScriptsMatch) {
    run.limits.wall = Seconds{0.2};
    const run::Record heeding = run.make(asked("exit 0"));
    EXPECT_EQ(run::reason(heeding.outcome), "reached the wall time limit of 200 ms");
    EXPECT_EQ(heeding.measurement.ended_by, "SIGTERM");
    const run::Record stubborn = run.known({"stubborn"});
    EXPECT_EQ(run::reason(stubborn.outcome), "reached the wall time limit of 200 ms");
    EXPECT_EQ(stubborn.measurement.ended_by, "SIGKILL");
    EXPECT_GE(stubborn.measurement.ending_s, 1.9);

    run.limits = {};
    run.limits.cpu_time = Seconds{0.1};
    const run::Record busy = run.make({"sh", "-c", "trap '' TERM; while :; do :; done"});
    EXPECT_EQ(run::reason(busy.outcome), "reached the CPU time limit of 100 ms");
    EXPECT_EQ(busy.measurement.ended_by, "SIGKILL");
}

TEST_F(Ending, ARunThatWasNotAskedToEndTellsOfNoEnding) {
    const run::Record record = run.make({"/bin/true"});
    EXPECT_EQ(record.measurement.ended_by, "");
    EXPECT_EQ(record.measurement.missing.at("ended_by"), "it was not asked to end");
    EXPECT_EQ(record.measurement.missing.at("ending_s"), "it was not asked to end");
}

TEST_F(Ending, ALauncherThatGoesTakesItsRunsWithIt) {
    pid_t daemon = 0;
    {
        run::LocalLauncher launcher(warden_binary());
        run::Launch launch;
        launch.request.run_id = "gone";
        launch.request.command = kWithDaemon;
        launch.directory = run::RunDirectory::create(run.folder.path(), launch.request).path();
        launcher.start(launch);
        daemon = number_behind("daemon", "gone");
    }
    EXPECT_FALSE(is_running(daemon));
    const run::Record record = run::read_record(run::RunDirectory(run.folder / "gone"));
    EXPECT_EQ(run::status(record.outcome), "cancelled");
}

/// As `kill -9 -PGID`, or a terminal that ends everything in it.
TEST_F(Ending, AKilledProcessGroupLeavesNoDaemon) {
    const pid_t runner = fork();
    if (runner == 0) {
        setpgid(0, 0);
        run.start(kWithDaemon);
        pause();
    }
    const pid_t warden = number_behind("warden", "run1");
    const pid_t daemon = number_behind("daemon", "run1");
    ASSERT_TRUE(is_running(daemon));
    kill(-runner, SIGKILL);
    waitpid(runner, nullptr, 0);
    EXPECT_EQ(waitpid(warden, nullptr, 0), warden) << "it came to us, who have a launcher too";
    EXPECT_FALSE(is_running(daemon));
    EXPECT_EQ(run::reason(run::read_record(run::RunDirectory(run.folder / "run1")).outcome),
              "its runner was killed");
}

TEST(EndingOfAWarden, TakesItsDaemonsWithItAndNobodyElse) {
    const pid_t bystander = fork();  // as a shell's background job is a child of what the shell becomes
    if (bystander == 0) {
        pause();
        _exit(EXIT_SUCCESS);
    }
    OneRun run;
    const std::string id = run.start(kWithDaemon);
    const std::string other = run.start({"sleep", "1000"});
    std::string said;
    ASSERT_TRUE(eventually([&] { return !(said = run.folder.read(id + "/stdout.log")).empty(); }));
    int warden_pid = 0, daemon = 0;
    ASSERT_EQ(std::sscanf(said.c_str(), "warden %d daemon %d", &warden_pid, &daemon), 2);
    kill(warden_pid, SIGKILL);
    EXPECT_EQ(run::reason(run.finish(id).outcome),
              "no measurement was left: the warden ended before it could write one");
    EXPECT_FALSE(is_running(daemon));
    for (const warden::CgroupParent& parent : warden::CgroupParents({}).all()) {
        std::error_code error;
        for (const auto& entry : std::filesystem::directory_iterator(parent.folder, error))
            EXPECT_NE(warden::maker_of_cgroup(entry.path().filename()), warden_pid) << entry.path();
    }
    EXPECT_TRUE(is_running(bystander));
    kill(bystander, SIGKILL);
    waitpid(bystander, nullptr, 0);
    run.launcher().cancel_all(true);
    EXPECT_EQ(run::status(run.finish(other).outcome), "cancelled") << "it was not taken for an orphan";
}

}  // namespace
}  // namespace tidemark::test
