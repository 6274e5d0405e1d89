#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cluster/array_job.hpp"
#include "cluster/job_request.hpp"
#include "cluster/slurm_queue.hpp"
#include "support/example_run.hpp"

namespace tidemark::cluster {
namespace {

using run::QueueCause;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using testing::StartsWith;

TEST(QueueAnswers, AreReadByNameAndTask) {
    const QueueAnswer answer = queue_answer(
        "tidemark-a|0|RUNNING|None|12|2026-11-27T20:00:00|2026-11-27T20:00:07|debug\n"
        "tidemark-a|1|PENDING|Resources|12|2026-11-27T20:00:00|N/A|debug\n"
        "tidemark-b|N/A|PENDING|Resources|13|2026-11-27T20:00:00|N/A|debug\n"
        "slurm_load_jobs error\n");
    ASSERT_EQ(answer.size(), 2U) << "what is no task of an array is not ours";
    const QueueEntry& running = answer.at({"tidemark-a", 0});
    EXPECT_EQ(running.state, "RUNNING");
    EXPECT_EQ(running.job, "12_0");
    EXPECT_EQ(running.array, "12");
    EXPECT_EQ(running.partition, "debug");
    EXPECT_EQ(running.wait_s, 7.0);
    EXPECT_FALSE(running.is_over());
    const QueueEntry& pending = answer.at({"tidemark-a", 1});
    EXPECT_TRUE(pending.is_pending());
    EXPECT_EQ(pending.reason, "Resources");
    EXPECT_FALSE(pending.wait_s) << "nobody knows yet when it begins";
}

TEST(QueueAnswers, OfANameThatWasSubmittedTwiceWhatIsToComeCounts) {
    const std::string over = "n|0|CANCELLED|None|1|2026-11-27T20:00:00|2026-11-27T20:00:00|p\n";
    const std::string to_come = "n|0|PENDING|Priority|2|2026-11-27T20:00:00|N/A|p\n";
    EXPECT_EQ(queue_answer(over + to_come).at({"n", 0}).array, "2");
    EXPECT_EQ(queue_answer(to_come + over).at({"n", 0}).array, "2");
}

TEST(QueueAnswers, ItIsAskedForAllNamesAtOnceAndForThoseThatEndedToo) {
    EXPECT_THAT(queue_command({"a", "b"}),
                ElementsAre("squeue", "--noheader", "--array", "--states=all", "--format",
                            "%j|%K|%T|%r|%F|%V|%S|%P", "--name", "a,b"));
}

run::QueueEnd meaning(const std::string& state, bool began) {
    QueueEntry entry;
    entry.state = state;
    entry.job = state.empty() ? "" : "12_0";
    return meaning_of(entry, began);
}

TEST(EndsInTheQueue, AreToldAsSlurmSaysThem) {
    EXPECT_EQ(meaning("CANCELLED", true).cause, QueueCause::Cancelled);
    EXPECT_EQ(meaning("CANCELLED", true).said, "its Slurm job was cancelled");
    EXPECT_EQ(meaning("PREEMPTED", true).cause, QueueCause::Preempted);
    EXPECT_EQ(meaning("PREEMPTED", true).said, "preempted: Slurm gave its node to another job");
    EXPECT_EQ(meaning("TIMEOUT", true).cause, QueueCause::TimeLimit);
    EXPECT_EQ(meaning("TIMEOUT", true).said, "time limit of its Slurm job");
    EXPECT_EQ(meaning("OUT_OF_MEMORY", true).cause, QueueCause::MemoryLimit);
    EXPECT_EQ(meaning("OUT_OF_MEMORY", true).said, "killed at the memory limit of its Slurm job");
    EXPECT_EQ(meaning("NODE_FAIL", true).cause, QueueCause::Lost);
    EXPECT_EQ(meaning("NODE_FAIL", true).said, "lost: its node failed (Slurm says NODE_FAIL)");
    EXPECT_EQ(meaning("FAILED", false).said,
              "lost: its Slurm job ended before it was begun (Slurm says FAILED)");
    EXPECT_EQ(meaning("COMPLETED", true).said,
              "lost: its Slurm job ended without a measurement (Slurm says COMPLETED)");
    EXPECT_EQ(meaning("", false).said, "lost: Slurm does not know its job any more, and it was never begun");
    EXPECT_EQ(meaning("", true).said,
              "lost: Slurm does not know its job any more, and its folder shows no life");
    EXPECT_EQ(meaning("FAILED", true).job, "12_0");
}

TEST(Submissions, AreJudgedByWhatSbatchSays) {
    EXPECT_EQ(submission_by(0, false, ""), Submission::Taken);
    EXPECT_EQ(
        submission_by(1, false, "sbatch: error: Batch job submission failed: Socket timed out on send/recv"),
        Submission::Unsure);
    EXPECT_EQ(submission_by(1, false, "sbatch: error: Unable to contact slurm controller (connect failure)"),
              Submission::Unsure);
    EXPECT_EQ(submission_by(1, true, ""), Submission::Unsure) << "it was killed";
    EXPECT_EQ(
        submission_by(1, false, "sbatch: Slurm temporarily unable to accept job, sleeping and retrying"),
        Submission::Later);
    EXPECT_EQ(submission_by(1, false, "sbatch: error: invalid partition specified: nope"),
              Submission::Refused);
}

TEST(Resources, FollowFromTheLimitsOfARun) {
    protocol::Request request = test::example_request("run1");
    EXPECT_EQ(resources_of(request), Resources{}) << "the site decides";
    request.limits.wall = Seconds{61};
    request.limits.memory = Bytes{1000 * kMebibyte};
    request.limits.cpus = 3;
    const Resources one = resources_of(request);
    EXPECT_EQ(one.minutes, 3) << "61 s and a minute of grace, rounded up";
    EXPECT_EQ(one.memory_mib, 1064) << "and what supervises it";
    EXPECT_EQ(one.cpus, 3);
    request.warmup = 1;
    EXPECT_EQ(resources_of(request).minutes, 4) << "twice 61 s and a minute";
    request.setup = {"make"};
    EXPECT_EQ(resources_of(request).minutes, 24) << "ten minutes more for the steps of each execution";
}

TEST(SubmissionOfABatch, SaysAllThatTheSiteAndTheRunsWant) {
    const Batch batch("/shared/100 % mine/tidemark-x");
    const BatchPlan plan{"auto", 2, {{{"/r/1"}}, {{"/r/2"}}, {{"/r/3"}}}};
    const sweep::SlurmOptions site{
        .partition = "fast", .account = "ada", .gpus = "a100:1", .options = {"--nice=3"}, .runs_per_job = 2};
    EXPECT_THAT(submission(batch, plan, {.minutes = 5, .memory_mib = 100, .cpus = 4}, site, {"11", "12"}),
                ElementsAre("sbatch", "--parsable", "--no-requeue", "--export=ALL", "--nodes=1", "--ntasks=1",
                            "--job-name=tidemark-x", "--chdir=/shared/100 % mine/tidemark-x",
                            "--output=/shared/100 %% mine/tidemark-x/job-%a.log", "--open-mode=append",
                            "--array=0-2%2", "--time=10", "--mem=100M", "--cpus-per-task=4",
                            "--dependency=afterany:11:12", "--partition=fast", "--account=ada",
                            "--gpus=a100:1", "--nice=3", "/shared/100 % mine/tidemark-x/job.sh"));
    EXPECT_THAT(submission(batch, plan, {}, {}, {}), Not(Contains(StartsWith("--time"))))
        << "what is not asked for is the site's to decide";
    EXPECT_THAT(trial_submission(site),
                ElementsAre("sbatch", "--test-only", "--nodes=1", "--ntasks=1", "--partition=fast",
                            "--account=ada", "--gpus=a100:1", "--nice=3", "--wrap=true"));
}

}  // namespace
}  // namespace tidemark::cluster
