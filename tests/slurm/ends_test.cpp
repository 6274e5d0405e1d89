// How runs end on Slurm that do not end by themselves, and what is said of it.
#include <csignal>
#include <memory>
#include <optional>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "slurm/cluster.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string kHog = "exec perl -e 'my $x = \"a\" x (150 << 20); sleep 20'";

/// What ends at a time limit of Slurm's takes more than a minute, and goes on while other tests are made.
class EndsOnSlurm : public OnSlurm {
  protected:
    static void SetUpTestSuite() {
        if (!Cluster::why_not().empty()) return;
        at_time_limit_ = std::make_unique<SlurmSweep>();
        at_time_limit_->sweep("sleep 300", "slurm: {options: [--time=1, --nodelist=node1]}\n");
        time_limited_.emplace(at_time_limit_->start());
        never_begun_ = std::make_unique<SlurmSweep>();
        never_begun_->sweep("true", "slurm: {options: [--begin=now+1hour]}\n");
        cancelled_.emplace(never_begun_->start());
    }
    static void TearDownTestSuite() {
        time_limited_.reset();
        cancelled_.reset();
        at_time_limit_.reset();
        never_begun_.reset();
    }
    static inline std::unique_ptr<SlurmSweep> at_time_limit_;
    static inline std::unique_ptr<SlurmSweep> never_begun_;
    static inline std::optional<Started> time_limited_;
    static inline std::optional<Started> cancelled_;
};

TEST_F(EndsOnSlurm, AtTheLimitOfTheRun) {
    if (!Cluster::enforces_memory()) GTEST_SKIP() << "needs memory cgroups";
    sweep(kHog, "limits: {memory: 64 MiB}\n");
    EXPECT_EQ(run().exit_code, 1);
    EXPECT_EQ(ending(), "oom: out of memory: killed at the memory limit of 64.0 MiB\n");
}

TEST_F(EndsOnSlurm, AtTheLimitOfTheJob) {
    if (!Cluster::enforces_memory()) GTEST_SKIP() << "needs memory cgroups";
    sweep(kHog, "slurm: {options: [--mem=90M]}\n");
    EXPECT_EQ(run().exit_code, 1);
    EXPECT_EQ(ending(), "\"oom: out of memory: killed at the limit of the enclosing cgroup, 90.0 MiB\"\n");
}

TEST_F(EndsOnSlurm, AtTheTimeLimitOfTheRun) {
    sweep("sleep 60", "limits: {wall: 1 s}\n");
    EXPECT_EQ(run().exit_code, 1);
    EXPECT_EQ(ending(), "timeout: reached the wall time limit of 1.0 s\n");
}

TEST_F(EndsOnSlurm, WhenSomebodyCancelsTheJob) {
    sweep("touch begun; exec sleep 60");
    Started started = start();
    ASSERT_TRUE(appears("begun"));
    folder.run({"sh", "-c", "scancel $(cat results/runs/slurm/*/submitted)"});
    EXPECT_EQ(started.wait().exit_code, 1);
    EXPECT_EQ(ending(), "cancelled: its Slurm job was cancelled\n");
    expect_nothing_left();
}

TEST_F(EndsOnSlurm, WhenSomebodyCancelsTheJobBeforeItBegins) {
    ASSERT_TRUE(says(*cancelled_, "1 pending (BeginTime)"));
    never_begun_->folder.run({"sh", "-c", "scancel $(cat results/runs/slurm/*/submitted)"});
    EXPECT_EQ(cancelled_->wait().exit_code, 1);
    EXPECT_EQ(never_begun_->ending(), "cancelled: its Slurm job was cancelled\n");
    never_begun_->expect_nothing_left();
}

TEST_F(EndsOnSlurm, WhenAnotherJobIsMoreImportant) {
    if (!Cluster::enforces_memory()) GTEST_SKIP() << "needs a Slurm that preempts";
    sweep("[ -e once ] || { touch once; exec sleep 60; }",
          "slurm: {partition: low, options: [--nodelist=node2, --exclusive]}\nretries: {times: 1, after: "
          "crashed}\n");
    Started started = start();
    ASSERT_TRUE(appears("once"));
    folder.run({"sbatch", "--partition=high", "--nodelist=node2", "--exclusive", "--output=/dev/null",
                "--wrap=sleep 1"});
    const Finished made = started.wait();
    EXPECT_EQ(made.exit_code, 0) << made.err;
    EXPECT_THAT(made.err, HasSubstr("cancelled (preempted: Slurm gave its node to another job)"));
    EXPECT_THAT(made.err, HasSubstr("again, attempt 2 of 2"));
    EXPECT_EQ(query("SELECT status, reason FROM attempts ORDER BY started_at"),
              "cancelled,preempted: Slurm gave its node to another job\nok,\n");
}

TEST_F(EndsOnSlurm, WhenTheUserInterruptsIt) {
    sweep("touch begun.$1; exec sleep 60", "matrix: {n: [1, 2, 3, 4]}\n");
    Started started = start({"--jobs", "1"});
    ASSERT_TRUE(appears("begun.1"));
    started.signal(SIGINT);
    const Finished ended = started.wait();
    EXPECT_EQ(ended.exit_code, 130) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("cancelling the jobs; press Ctrl-C again to leave them to Slurm\n"));
    EXPECT_EQ(query("SELECT DISTINCT status, reason FROM results"), "cancelled,interrupted by the user\n");
    expect_nothing_left();
}

TEST_F(EndsOnSlurm, WhenItsNodeHasAnotherProgram) {
    sweep("true", "slurm: {options: [--begin=now+4]}\n");
    Started started = start();
    ASSERT_TRUE(says(started, "pending"));
    folder.write_script("program.sh", "#!/bin/sh\nfalse\n");
    EXPECT_EQ(started.wait().exit_code, 1);
    EXPECT_THAT(ending(), StartsWith("failed: could not start: " + (folder / "program.sh").string() +
                                     " on the node node"));
    EXPECT_THAT(ending(), HasSubstr(" is another program than "));
}

/// The program of a sweep's one run, and what it was started by, from the outermost: the step of Slurm,
/// tidemark-node, the warden.
std::vector<pid_t> chain_of(SlurmSweep& sweep) {
    EXPECT_TRUE(eventually([&] { return sweep.folder.read("pid").ends_with("\n"); }));
    std::vector<pid_t> chain{static_cast<pid_t>(std::stol(sweep.folder.read("pid")))};
    for (int above = 0; above < 3; ++above) chain.insert(chain.begin(), parent_of(chain.front()));
    return chain;
}

TEST_F(EndsOnSlurm, WithItsNodeAndByItselfWhereSlurmAloneHasGivenTheNodeUp) {
    const std::string on_node2 = "slurm: {options: [--nodelist=node2]}\n";
    sweep("echo $$ > pid; exec sleep 300", on_node2);
    SlurmSweep living;
    living.sweep("echo $$ > pid; sleep 45; echo done", on_node2);
    Started lost = start();
    Started lives = living.start();
    std::vector<pid_t> gone = chain_of(*this);
    // all at once, as a node goes that loses its power; of the other run Slurm's own step alone
    gone.insert(gone.begin(), {Cluster::daemon(2), chain_of(living).front()});
    for (const int number : {SIGSTOP, SIGKILL})
        for (const pid_t pid : gone) kill(pid, number);
    EXPECT_EQ(lost.wait().exit_code, 1);
    EXPECT_EQ(ending(), "failed: lost: its node failed (Slurm says NODE_FAIL)\n");
    const Finished made = lives.wait();
    EXPECT_EQ(made.exit_code, 0) << made.err;
    EXPECT_EQ(living.ending(), "ok: \n");
    EXPECT_EQ(living.query("SELECT value FROM facts WHERE name = 'queue state'"), "NODE_FAIL\n");
    Cluster::start_daemon(2);
    expect_nothing_left();
}

TEST_F(EndsOnSlurm, AtTheTimeLimitOfTheJob) {
    EXPECT_EQ(time_limited_->wait().exit_code, 1);
    EXPECT_EQ(at_time_limit_->ending(), "timeout: reached the time limit of its Slurm job\n");
    EXPECT_EQ(at_time_limit_->query("SELECT value FROM facts WHERE name = 'queue state'"), "TIMEOUT\n");
    EXPECT_EQ(at_time_limit_->query("SELECT wall_s > 30 FROM results"), "1\n")
        << "what was measured until then stays";
}

}  // namespace
}  // namespace tidemark::test
