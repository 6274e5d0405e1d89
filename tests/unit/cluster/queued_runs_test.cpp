#include "cluster/queued_runs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.hpp"
#include "support/example_run.hpp"
#include "support/workspace.hpp"

namespace tidemark::cluster {
namespace {

using run::QueueCause;
using testing::ElementsAre;
using testing::IsEmpty;

/// One run in an array that Slurm has, and a clock that stands still unless it is moved.
class QueuedRun : public testing::Test {
  protected:
    void SetUp() override {
        launch.request = test::example_request("run1");
        launch.directory = run::RunDirectory::create(folder.path(), launch.request).path();
        const Batch batch = Batch::create(folder / "slurm", {"auto", 1, {{{launch.directory}}}});
        name = batch.name();
        ArrayJob array{batch, batch.plan()};
        array.state = ArrayJob::State::Submitted;
        array.submitted = now;
        arrays.emplace(name, array);
        runs.add(launch, name, 0);
        pass(1);
    }
    Batch& batch() { return arrays.at(name).batch; }
    void pass(double seconds) { now.value += seconds; }
    /// What squeue says from here on; an empty state: it knows nothing of the job.
    void slurm_says(const std::string& state, const std::string& reason = "None") {
        word = {{}, now};
        if (!state.empty())
            word.answer[{name, 0}] = QueueEntry{state, reason, "12_0", "12", "debug", std::nullopt};
    }
    std::vector<std::string> judge() {
        runs.look(arrays.at(name));
        return runs.judge(arrays, word);
    }
    run::QueueEnd end() const { return run::read_queue_end(run::RunDirectory(launch.directory)).value(); }

    test::Workspace folder;
    run::Launch launch;
    std::string name;
    std::map<std::string, ArrayJob> arrays;
    Seconds now{1000};
    QueuedRuns runs{[this] { return now; }};
    QueueWord word;
};

TEST_F(QueuedRun, WaitsWhileSlurmKeepsIt) {
    slurm_says("PENDING", "Resources");
    EXPECT_THAT(judge(), IsEmpty());
    EXPECT_EQ(runs.text(arrays, word), "1 pending (Resources)");
    pass(100'000);
    EXPECT_THAT(judge(), IsEmpty());
    EXPECT_FALSE(runs.waits_for_word());
}

TEST_F(QueuedRun, IsBegunWhereItsNodeSaysSo) {
    EXPECT_THAT(runs.newly_begun(), IsEmpty());
    batch().begin("run1");
    judge();
    EXPECT_THAT(runs.newly_begun(), ElementsAre("run1"));
    EXPECT_THAT(runs.newly_begun(), IsEmpty()) << "it is said once";
    EXPECT_EQ(runs.text(arrays, word), "");
}

TEST_F(QueuedRun, HasEndedWhenItsNodeSaysSoAndSlurmTheRest) {
    batch().begin("run1");
    batch().note_ended("run1", false);
    EXPECT_THAT(judge(), IsEmpty());
    EXPECT_TRUE(runs.waits_for_word());
    pass(1);
    slurm_says("COMPLETED");
    EXPECT_THAT(judge(), ElementsAre("run1"));
    EXPECT_EQ(end().cause, QueueCause::None);
    EXPECT_EQ(end().state, "COMPLETED");
    EXPECT_EQ(end().job, "12_0");
    EXPECT_EQ(end().partition, "debug");
    EXPECT_TRUE(runs.empty());
}

TEST_F(QueuedRun, HasEndedAlsoWhereSlurmIsSilent) {
    batch().begin("run1");
    batch().note_ended("run1", false);
    judge();
    pass(11);
    EXPECT_THAT(judge(), ElementsAre("run1"));
    EXPECT_EQ(end().state, "");
}

TEST_F(QueuedRun, ThatWasToldToEndWaitsLongerForWhoDidIt) {
    batch().begin("run1");
    batch().note_ended("run1", true);
    judge();
    pass(30);
    slurm_says("COMPLETING");
    EXPECT_THAT(judge(), IsEmpty());
    pass(1);
    slurm_says("PREEMPTED");
    EXPECT_THAT(judge(), ElementsAre("run1"));
    EXPECT_EQ(end().cause, QueueCause::Preempted);
}

TEST_F(QueuedRun, ThatWasToldToEndByNobodyKnowsWhomSaysThat) {
    batch().begin("run1");
    batch().note_ended("run1", true);
    judge();
    pass(61);
    EXPECT_THAT(judge(), ElementsAre("run1"));
    EXPECT_EQ(end().cause, QueueCause::Cancelled);
    EXPECT_EQ(end().said, "its Slurm job was told to end; Slurm does not say why");
}

TEST_F(QueuedRun, OfAJobThatIsGoneBeforeItIsBegunIsWithdrawnAfterAWhile) {
    slurm_says("CANCELLED");
    EXPECT_THAT(judge(), IsEmpty());
    pass(5);
    EXPECT_THAT(judge(), IsEmpty()) << "its node may have begun it, and it is not seen here yet";
    pass(8);
    EXPECT_THAT(judge(), ElementsAre("run1"));
    EXPECT_EQ(end().cause, QueueCause::Cancelled);
    EXPECT_EQ(batch().begin("run1"), Batch::Beginning::OfAnother) << "no node can begin it any more";
}

TEST_F(QueuedRun, OfAJobThatComesBackIsWaitedFor) {
    slurm_says("");
    judge();
    pass(10);
    slurm_says("PENDING");
    EXPECT_THAT(judge(), IsEmpty());
    pass(10);
    slurm_says("");
    EXPECT_THAT(judge(), IsEmpty()) << "it is gone since now alone";
}

TEST_F(QueuedRun, WhatTheJobWroteSaysWhyItNeverBegan) {
    write_file(batch().log_of_task(0), "job.sh: 2: exec: /opt/tidemark-node: not found\n");
    slurm_says("FAILED");
    judge();
    pass(13);
    EXPECT_THAT(judge(), ElementsAre("run1"));
    EXPECT_EQ(end().said,
              "lost: its Slurm job ended before it was begun (Slurm says FAILED): job.sh: 2: exec: "
              "/opt/tidemark-node: not found");
}

TEST_F(QueuedRun, OfALostNodeLivesAsLongAsItShowsLife) {
    batch().begin("run1");
    batch().note_life("run1", 1);
    slurm_says("NODE_FAIL");
    judge();
    for (int sign = 2; sign < 20; ++sign) {
        pass(10);
        batch().note_life("run1", sign);
        EXPECT_THAT(judge(), IsEmpty());
    }
    pass(29);
    EXPECT_THAT(judge(), IsEmpty());
    pass(2);
    EXPECT_THAT(judge(), ElementsAre("run1"));
    EXPECT_EQ(end().cause, QueueCause::Lost);
    EXPECT_EQ(end().said, "lost: its node failed (Slurm says NODE_FAIL)");
}

TEST_F(QueuedRun, ThatEndsAfterItsNodeWasLostIsMeasuredAllTheSame) {
    batch().begin("run1");
    slurm_says("NODE_FAIL");
    judge();
    pass(20);
    batch().note_ended("run1", false);
    judge();
    pass(1);
    slurm_says("NODE_FAIL");
    EXPECT_THAT(judge(), ElementsAre("run1"));
    EXPECT_EQ(end().cause, QueueCause::None);
    EXPECT_EQ(end().state, "NODE_FAIL");
}

TEST_F(QueuedRun, NothingIsGoneOfWhichSlurmWasAskedBeforeItWasSubmitted) {
    word = {{}, Seconds{arrays.at(name).submitted.value - 1}};
    judge();
    pass(1000);
    EXPECT_THAT(judge(), IsEmpty());
}

TEST_F(QueuedRun, IsWithdrawnAtOnceWhereTheUserWantsThat) {
    runs.cancel();
    EXPECT_THAT(judge(), ElementsAre("run1"));
    EXPECT_EQ(end().cause, QueueCause::Interrupted);
    EXPECT_EQ(end().said, "interrupted by the user");
}

TEST_F(QueuedRun, ThatIsBegunIsWaitedForAlsoThen) {
    batch().begin("run1");
    runs.cancel();
    EXPECT_THAT(judge(), IsEmpty());
    batch().note_ended("run1", true);
    EXPECT_THAT(judge(), ElementsAre("run1"));
    EXPECT_EQ(end().cause, QueueCause::Interrupted);
}

TEST_F(QueuedRun, OfARefusedJobSaysWhatSlurmSaid) {
    arrays.at(name).state = ArrayJob::State::Refused;
    arrays.at(name).problem = "sbatch: error: Memory specification can not be satisfied";
    EXPECT_THAT(judge(), ElementsAre("run1"));
    EXPECT_EQ(end().cause, QueueCause::Refused);
    EXPECT_EQ(end().said, "Slurm refused its job: sbatch: error: Memory specification can not be satisfied");
}

}  // namespace
}  // namespace tidemark::cluster
