#include "cluster/batch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/files.hpp"
#include "run/run_directory.hpp"
#include "support/example_run.hpp"
#include "support/workspace.hpp"

namespace tidemark::cluster {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

class SharedBatch : public testing::Test {
  protected:
    BatchRun run(const std::string& run_id) {
        const auto directory = run::RunDirectory::create(folder.path(), test::example_request(run_id));
        return {directory.path(), "/bin/true", "digest"};
    }

    test::Workspace folder;
    BatchPlan plan{"cgroup", 2, {{run("run1"), run("run2")}, {run("run3")}}};
    Batch batch = Batch::create(folder / "slurm", plan);
};

TEST_F(SharedBatch, TellsTheNodesWhatToMake) {
    EXPECT_THAT(batch.name(), StartsWith("tidemark-"));
    const BatchPlan read = Batch(batch.folder()).plan();
    EXPECT_EQ(read.memory_method, "cgroup");
    EXPECT_EQ(read.at_once, 2);
    ASSERT_EQ(read.tasks.size(), 2U);
    ASSERT_EQ(read.tasks[0].size(), 2U);
    EXPECT_EQ(read.tasks[0][1].run_id(), "run2");
    EXPECT_EQ(read.tasks[1][0].directory, folder / "run3");
    EXPECT_EQ(read.tasks[1][0].program, "/bin/true");
    EXPECT_EQ(read.tasks[1][0].digest, "digest");
}

TEST_F(SharedBatch, IsFoundFromTheDirectoryOfEachRun) {
    const auto found = Batch::of_run(folder / "run3");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->folder(), batch.folder());
    batch.remove();
    EXPECT_FALSE(Batch::of_run(folder / "run3")) << "it is no more";
    EXPECT_FALSE(Batch::of_run(folder / "nowhere"));
}

TEST_F(SharedBatch, ARunIsBegunOnceWhoeverTries) {
    EXPECT_EQ(batch.begin("run1"), Batch::Beginning::Ours);
    EXPECT_EQ(batch.begin("run1"), Batch::Beginning::OfAnother);
    EXPECT_EQ(Batch(batch.folder()).begin("run1"), Batch::Beginning::OfAnother);
    EXPECT_THAT(batch.begun(), ElementsAre("run1"));
    EXPECT_THAT(batch.ended(), IsEmpty());
}

TEST_F(SharedBatch, WhereItCannotBeBegunItIsSaidWhy) {
    batch.remove();
    std::string problem;
    EXPECT_EQ(batch.begin("run1", &problem), Batch::Beginning::Impossible);
    EXPECT_EQ(problem,
              "cannot make " + (batch.folder() / "begun/run1").string() + ": No such file or directory");
}

TEST_F(SharedBatch, TheEndOfARunSaysWhetherItsJobWasToldToEnd) {
    batch.note_ended("run1", false);
    batch.note_ended("run2", true);
    EXPECT_TRUE(batch.has_ended("run1"));
    EXPECT_FALSE(batch.has_ended("run3"));
    EXPECT_FALSE(batch.was_signalled("run1"));
    EXPECT_TRUE(batch.was_signalled("run2"));
    EXPECT_THAT(batch.ended(), ElementsAre("run1", "run2"));
}

TEST_F(SharedBatch, IsOverWhenTheLastOfItsRunsHasEnded) {
    batch.note_ended("run1", false);
    batch.note_ended("run2", false);
    EXPECT_FALSE(batch.is_over());
    batch.note_ended("run3", true);
    EXPECT_TRUE(batch.is_over());
}

TEST_F(SharedBatch, SignsOfLifeAreTold) {
    EXPECT_EQ(batch.life("run1"), "");
    batch.begin("run1");
    batch.note_life("run1", 1);
    const std::string first = batch.life("run1");
    batch.note_life("run1", 2);
    EXPECT_NE(batch.life("run1"), first);
    batch.remove();
    EXPECT_NO_THROW(batch.note_life("run1", 3)) << "it ends no run";
}

TEST_F(SharedBatch, KnowsHowLongItsRunnerIsSilent) {
    ASSERT_TRUE(batch.silence_of_runner());
    EXPECT_LT(batch.silence_of_runner()->value, 60);
    batch.forget_runner();
    EXPECT_FALSE(batch.silence_of_runner());
}

TEST_F(SharedBatch, ADamagedPlanIsSaidWithItsFile) {
    write_file(batch.folder() / "plan.json", "{\"memory_method\": 3}");
    try {
        batch.plan();
        FAIL() << "no error";
    } catch (const CannotGoOn& error) {
        EXPECT_THAT(error.what(), StartsWith((batch.folder() / "plan.json").string() + " is damaged: "));
    }
}

TEST_F(SharedBatch, RemembersTheNumberOfItsJob) {
    EXPECT_FALSE(batch.submitted());
    batch.note_submitted("1234");
    EXPECT_EQ(batch.submitted(), "1234");
}

}  // namespace
}  // namespace tidemark::cluster
