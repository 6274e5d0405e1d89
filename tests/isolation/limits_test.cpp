#include <csignal>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/one_run.hpp"
#include "warden/cpu_cgroup.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

std::string status_of(const run::Record& record) {
    return std::string(run::status(record.outcome));
}

run::Abilities here() {
    return run::abilities(warden_binary());
}

bool counts_cpu_time_in_cgroups() {
    warden::CpuCgroup cgroup;
    return cgroup.create(warden::cpu_cgroup_parents({}));
}

TEST(MemoryLimit, EndsWhatGrowsBeyondItAndSaysSo) {
    if (!here().memory_limit.available) GTEST_SKIP() << here().memory_limit.explanation;
    OneRun run;
    run.limits.memory = Bytes{64 << 20};
    const run::Record small = run.known({"allocate", "32"});
    EXPECT_EQ(status_of(small), "ok");
    EXPECT_EQ(small.measurement.memory_limit_reached, false);
    const run::Record killed = run.known({"allocate", "200"});
    EXPECT_EQ(status_of(killed), "oom");
    EXPECT_EQ(run::reason(killed.outcome), "out of memory: killed at the memory limit of 64.0 MiB");
    EXPECT_EQ(killed.measurement.memory_limit_reached, true);
    EXPECT_THAT(
        killed.warnings,
        testing::Contains("the memory limit of 64.0 MiB was reached: without it the peak may be higher"));
}

TEST(MemoryLimit, AWorkerThatIsKilledMakesTheRunOutOfMemoryThoughTheMainProcessGoesOn) {
    if (!here().memory_limit.available) GTEST_SKIP() << here().memory_limit.explanation;
    OneRun run;
    run.limits.memory = Bytes{64 << 20};
    const run::Record worker = run.known({"worker-oom", "200"});
    EXPECT_EQ(worker.measurement.exit_code, 0);
    EXPECT_EQ(status_of(worker), "oom");
}

TEST(MemoryLimit, AnOutsideSigkillIsNoLackOfMemory) {
    OneRun run;
    if (here().memory_limit.available) run.limits.memory = Bytes{64 << 20};
    const run::Record killed = run.known({"kill", std::to_string(SIGKILL)});
    EXPECT_EQ(status_of(killed), "crashed");
    EXPECT_EQ(run::reason(killed.outcome), "killed by SIGKILL (Killed)");
}

TEST(SwapLimit, IsSetBesideTheMemoryLimit) {
    if (!here().swap_limit.available) GTEST_SKIP() << here().swap_limit.explanation;
    OneRun run;
    run.limits.memory = Bytes{64 << 20};
    run.limits.swap = Bytes{32 << 20};
    // of its own cgroup, whichever version it is
    const run::Record record = run.make(
        {"sh", "-c",
         "v2=$(sed -n 's/^0:://p' /proc/self/cgroup); v1=$(sed -n 's/^[0-9]*:memory://p' /proc/self/cgroup); "
         "for f in /sys/fs/cgroup$v2/memory.swap.max /sys/fs/cgroup/memory$v1/memory.memsw.limit_in_bytes; "
         "do if [ -f $f ]; then cat $f; fi; done | tail -n 1"});
    EXPECT_THAT(run.out(record), testing::AnyOf("33554432\n", "100663296\n"));
}

TEST(PidsLimit, StopsAForkBomb) {
    if (!here().pids_limit.available) GTEST_SKIP() << here().pids_limit.explanation;
    OneRun run;
    run.limits.pids = 50;
    const run::Record record = run.known({"fork-bomb"});
    EXPECT_EQ(run.out(record), "49 Resource temporarily unavailable\n")
        << "with the first process they are 50";
    EXPECT_EQ(status_of(record), "ok") << "what the program makes of it is its own business";
    EXPECT_EQ(record.measurement.leftovers_killed, 49);
}

TEST(CpuTimeLimit, EndsABusyRun) {
    OneRun run;
    run.limits.cpu_time = Seconds{0.2};
    const run::Record record = run.make({"sh", "-c", "while :; do :; done"});
    EXPECT_EQ(status_of(record), "timeout");
    EXPECT_EQ(run::reason(record.outcome), "reached the CPU time limit of 200 ms");
    EXPECT_GE(*record.measurement.user_s + *record.measurement.system_s, 0.18);
}

TEST(CpuTimeLimit, IsThatOfTheWholeTree) {
    OneRun run;
    run.limits.cpu_time = Seconds{0.3};
    const run::Record record =
        run.make({"sh", "-c", "for i in 1 2 3; do (while :; do :; done) & done; wait"});
    EXPECT_EQ(run::reason(record.outcome), "reached the CPU time limit of 300 ms");
}

TEST(CpuTimeLimit, CountsChildrenThatTheKernelReapsItself) {
    if (!counts_cpu_time_in_cgroups()) GTEST_SKIP() << "no cgroup counts CPU time here";
    for (const char* method : {"auto", "wait4"}) {  // whatever measures memory
        OneRun run(method);
        const run::Record all = run.known({"ignored-children", "4", "150"});
        EXPECT_GE(*all.measurement.user_s + *all.measurement.system_s, 0.58) << method;
        EXPECT_FALSE(all.measurement.cpu_time_is_low);
        run.limits.cpu_time = Seconds{0.4};
        const run::Record limited = run.known({"ignored-children", "100", "150"});
        EXPECT_EQ(run::reason(limited.outcome), "reached the CPU time limit of 400 ms") << method;
        EXPECT_LT(*limited.measurement.user_s + *limited.measurement.system_s, 2) << method;
    }
}

TEST(CpuTimeLimit, CountsNoSleep) {
    OneRun run;
    run.limits.cpu_time = Seconds{0.2};
    EXPECT_EQ(status_of(run.make({"sleep", "0.5"})), "ok");
}

/// As an ordinary user, who has no cgroup.
class WithoutRights : public testing::Test {
  protected:
    void SetUp() override {
        if (getuid() != 0) GTEST_SKIP() << "needs root, to become another user";
        folder.run({"chmod", "-R", "a+rwX", folder.path().string()});
        folder.write("limited.yaml",
                     "sweep: limited\ncommand: ['" + known_program() +
                         "', allocate, '{mib}', '2000']\nruns: {small: {mib: 10}, large: {mib: 200}}\n"
                         "limits: {memory: 64 MiB, pids: 100}\n");
        folder.write("effort.yaml",
                     "sweep: effort\ncommand: ['" + known_program() +
                         "', allocate, '{mib}', '1500']\nruns: {small: {mib: 10}, large: {mib: 200}}\n"
                         "limits: {memory: 64 MiB, pids: 100, enforce: best effort}\n");
        folder.write("tree.yaml", "sweep: tree\ncommand: ['" + known_program() + "', together, '4', '50']\n");
    }

    Finished as_nobody(std::vector<std::string> arguments) {
        std::vector<std::string> command{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                                         tidemark_binary()};
        command.insert(command.end(), arguments.begin(), arguments.end());
        return folder.run(command);
    }

    std::string query(const std::string& sql) {
        return as_nobody({"query", sql, "--format", "csv", "--db", db()}).out;
    }
    std::string db() const { return (folder / "r.db").string(); }

    Workspace folder;
};

TEST_F(WithoutRights, ALimitThatCannotBeEnforcedIsAnErrorThatNamesBothWaysOut) {
    const Finished said = as_nobody({"run", "limited.yaml", "--db", db()});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_THAT(said.err,
                testing::StartsWith("limited.yaml: limits.memory: cannot be enforced here: cannot "));
    EXPECT_THAT(
        said.err,
        testing::EndsWith(
            "  either run as root or in a delegated cgroup: systemd-run --user --scope -p Delegate=yes "
            "tidemark run …\n"
            "  or make the runs without it, each with a warning: limits: {enforce: best effort}\n"));
    EXPECT_FALSE(std::filesystem::exists(db())) << "nothing was run";
}

TEST_F(WithoutRights, WithBestEffortTheMemoryLimitIsWatchedBySamplesAndTheRunsAreWarnedOf) {
    const Finished said = as_nobody({"run", "effort.yaml", "--db", db()});
    EXPECT_EQ(said.exit_code, 1) << said.err;
    EXPECT_THAT(said.err, HasSubstr("note: limits.memory is not enforced here: cannot "));
    EXPECT_THAT(said.err, HasSubstr("note: limits.pids is not enforced here: cannot "));
    EXPECT_EQ(query("SELECT run, status, reason FROM results ORDER BY run"),
              "run,status,reason\n"
              "large,oom,out of memory: ended when a sample exceeded the memory limit of 64.0 MiB\n"
              "small,ok,\n");
    EXPECT_THAT(query("SELECT text FROM warnings JOIN results USING(run_id) WHERE run = 'small'"),
                HasSubstr("the memory limit of 64.0 MiB was not enforced: cannot "));
}

TEST_F(WithoutRights, TheTreeIsMeasuredByExitStops) {
    if (!here().exit_stops.available) GTEST_SKIP() << here().exit_stops.explanation;
    EXPECT_EQ(as_nobody({"run", "tree.yaml", "--db", db()}).exit_code, 0);
    EXPECT_EQ(
        query("SELECT memory_method, peak_rss_low_bytes <= 205 << 20, peak_rss_high_bytes >= 200 << 20, "
              "peak_rss_high_bytes < 215 << 20 FROM results"),
        "memory_method,peak_rss_low_bytes <= 205 << 20,peak_rss_high_bytes >= 200 << 20,"
        "peak_rss_high_bytes < 215 << 20\nexit-stop,1,1,1\n");
}

TEST_F(WithoutRights, AMethodThatCannotBeHadIsSaid) {
    const Finished said = as_nobody({"run", "tree.yaml", "--db", db(), "--memory-method", "cgroup"});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_THAT(said.err, testing::StartsWith("--memory-method cgroup: cannot make a cgroup in "));
}

TEST_F(WithoutRights, ChildrenThatTheKernelReapsItselfAreSeenAtTheirExitsOrMissed) {
    folder.write("ignored.yaml", "sweep: ignored\ncommand: ['" + known_program() +
                                     "', ignored-children, '{n}', '30']\nruns: {all: {n: 10}}\n");
    const auto cpu_and_warning = [&](const std::string& method) {
        EXPECT_EQ(
            as_nobody({"run", "ignored.yaml", "--db", db(), "--fresh", "--memory-method", method}).exit_code,
            0);
        return query(
            "SELECT user_s + system_s >= 0.27 AS all_of_it, (SELECT text FROM warnings JOIN results "
            "USING(run_id) WHERE text GLOB 'its CPU time*') AS warning FROM results");
    };
    if (here().exit_stops.available) {
        EXPECT_EQ(cpu_and_warning("exit-stop"), "all_of_it,warning\n1,\n");
    }
    EXPECT_THAT(
        cpu_and_warning("sampled"),
        HasSubstr("its CPU time is a lower bound: a process of it ignored SIGCHLD, and without a cgroup "
                  "nobody knows what children used that the kernel reaped itself"));
}

/// A program of root's that says whose rights it has.
class SetUserId : public WithoutRights {
  protected:
    void SetUp() override {
        WithoutRights::SetUp();
        if (IsSkipped()) return;
        if (!here().exit_stops.available) GTEST_SKIP() << here().exit_stops.explanation;
        std::filesystem::copy_file("/usr/bin/id", own_id);
        folder.run({"chmod", "4755", own_id});
        const std::string untraced = said_by_run("sampled", "[" + own_id + ", -u]", "direct");
        if (untraced != "0\n") GTEST_SKIP() << "nothing gives rights here: euid " << untraced;
    }

    std::string said_by_run(const std::string& method, const std::string& command, const std::string& name) {
        folder.write(name + ".yaml", "sweep: " + name + "\ncommand: " + command + "\n");
        const Finished said =
            as_nobody({"run", name + ".yaml", "--db", db(), "--fresh", "--memory-method", method});
        EXPECT_EQ(said.exit_code, 0) << said.err;
        std::string folder_of_run =
            query("SELECT directory FROM runs WHERE sweep = '" + name + "' AND latest = 1");
        folder_of_run = folder_of_run.substr(folder_of_run.find('\n') + 1);
        folder_of_run.pop_back();
        return folder.run({"cat", folder_of_run + "/stdout.log"}).out;
    }

    std::string own_id = (folder / "own-id").string();
};

TEST_F(SetUserId, AProgramOfARunIsNotTracedSoThatItKeepsItsRights) {
    EXPECT_EQ(said_by_run("auto", "[" + own_id + ", -u]", "direct"), "0\n");
    EXPECT_EQ(query("SELECT memory_method FROM results"), "memory_method\nwait4\n");
    EXPECT_EQ(query("SELECT count(*) AS n FROM warnings"), "n\n0\n");
}

TEST_F(SetUserId, OneThatIsFoundDeeperInTheTreeIsNamedInAWarning) {
    EXPECT_EQ(said_by_run("auto", "[sh, -c, '" + own_id + " -u; true']", "deeper"), "65534\n")
        << "the kernel's doing";
    EXPECT_THAT(
        query("SELECT text FROM warnings"),
        HasSubstr(own_id +
                  " got none of its set-user-ID, set-group-ID or file capability rights, because the run "
                  "was measured by exit stops (ptrace): make it with --memory-method sampled"));
    EXPECT_EQ(said_by_run("sampled", "[sh, -c, '" + own_id + " -u; true']", "deeper"), "0\n")
        << "the way out";
    EXPECT_EQ(query("SELECT count(*) AS n FROM warnings JOIN results USING(run_id) WHERE sweep = 'deeper'"),
              "n\n0\n");
}

/// As in a container whose cgroup file system is hidden or cannot be written to.
class InAContainer : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(InAContainer, TheTreeIsMeasuredByExitStopsAndTheReasonIsKept) {
    if (getuid() != 0 || !here().exit_stops.available) GTEST_SKIP() << "needs root and ptrace";
    Workspace folder;
    folder.write("tree.yaml", "sweep: tree\ncommand: ['" + known_program() + "', together, '4', '50']\n");
    const Finished said = folder.run(
        {"unshare", "--mount", "sh", "-c",
         std::string(GetParam().second) + " && exec " + tidemark_binary() + " run tree.yaml --db r.db"});
    if (said.exit_code != 0) GTEST_SKIP() << "cannot be made here: " << said.err;
    const char* question =
        "SELECT memory_method, peak_rss_high_bytes >= 200 << 20 AS above, missing.reason FROM results "
        "JOIN missing USING(run_id) WHERE \"column\" = 'peak_cgroup_bytes'";
    const Finished found = folder.tidemark({"query", question, "--format", "csv", "--db", "r.db"});
    EXPECT_THAT(found.out, HasSubstr("\nexit-stop,1,no memory cgroup: ")) << found.err;
}

INSTANTIATE_TEST_SUITE_P(
    Mounts, InAContainer,
    testing::Values(
        std::pair{"Hidden", "mount -t tmpfs none /sys/fs/cgroup"},
        std::pair{
            "ReadOnly",
            "for m in $(awk '$3 ~ /^cgroup/ {print $2}' /proc/mounts); do mount -o remount,bind,ro $m || "
            "exit 1; done"}),
    [](const auto& param) { return std::string(param.param.first); });

}  // namespace
}  // namespace tidemark::test
