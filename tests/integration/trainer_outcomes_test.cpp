// What goes wrong in a training has a name, and the sweep goes on.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

class TrainerOutcomes : public testing::Test {
  protected:
    /// A sweep of small trainings; `rest` are its runs and whatever else.
    Finished run(const std::string& rest) {
        folder.write("sweep.yaml",
                     "sweep: outcomes\nworkload: train\n"
                     "parameters: {dataset: synthetic, model: baseline, hidden: 16, epochs: 1, batch_size: "
                     "16, threads: 1,\n"
                     "             train_samples: 16, test_samples: 16}\n" +
                         rest);
        return folder.tidemark({"run", "sweep.yaml", "--quiet"});
    }
    std::string outcomes() {
        return folder
            .tidemark(
                {"query", "SELECT run, status, reason FROM results ORDER BY started_at", "--format", "csv"})
            .out;
    }
    Workspace folder;
};

TEST_F(TrainerOutcomes, ATrainingThatThrowsFailsWithWhatItSaidAndTheNextIsMade) {
    TIDEMARK_NEEDS_TRAINER();
    const Finished said = run("runs: {throws: {model: h2q, hidden: 56}, fine: {}}\n");
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_EQ(outcomes(), "run,status,reason\nthrows,failed,exit code 1\nfine,ok,\n");
    EXPECT_THAT(said.err,
                HasSubstr("\n    tidemark-train: h2q cannot divide 56 channels into 3 groups at hidden 56; "
                          "choose a multiple of 16 for hidden\n"));
}

TEST_F(TrainerOutcomes, ATrainingThatDivergesFailsUnlessItMayAndItsFiguresAreKept) {
    TIDEMARK_NEEDS_TRAINER();
    // the weights grow ten thousandfold at each step
    const std::string wild =
        "model: mlp, batch_size: 8, epochs: 4, lr: 100, weight_decay: 100, schedule: constant";
    const Finished said = run(fmt::format(
        "runs: {{diverges: {{{0}}}, may: {{{0}, allow_divergence: true}}}}\norder: listed\n", wild));
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_EQ(outcomes(), "run,status,reason\ndiverges,failed,exit code 1\nmay,ok,\n");
    EXPECT_THAT(said.err,
                testing::ContainsRegex("tidemark-train: the loss is (NaN|infinite) from epoch [2-4] on"));
    EXPECT_THAT(said.out, HasSubstr("NaN"));
}

TEST_F(TrainerOutcomes, ATrainingThatNeverEndsTimesOutAndTheNextIsMade) {
    TIDEMARK_NEEDS_TRAINER();
    const Finished said =
        run("runs: {endless: {epochs: 100000}, other: {seed: 2, epochs: 100000}}\nlimits: {wall: 3 s}\n");
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_EQ(outcomes(),
              "run,status,reason\nendless,timeout,reached the wall time limit of 3.0 "
              "s\nother,timeout,reached the wall time limit of 3.0 s\n");
}

TEST_F(TrainerOutcomes, ATrainingThatTakesMoreThanItMayIsOutOfMemoryAndTheNextIsMade) {
    TIDEMARK_NEEDS_TRAINER();
    const Finished said =
        run("runs: {greedy: {hidden: 64, batch_size: 512, train_samples: 512}, fine: {}}\nlimits: {memory: "
            "400 MiB}\n");
    if (said.err.find("cannot be enforced here") != std::string::npos)
        GTEST_SKIP() << "needs a memory cgroup: " << said.err;
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_THAT(outcomes(), HasSubstr("\ngreedy,oom,"));
    EXPECT_THAT(outcomes(), HasSubstr("\nfine,ok,"));
}

/// What counts is CPU time, so that how busy the machine is does not matter.
TEST_F(TrainerOutcomes, ATrainingThatIsCutOffGoesOnWhereItWasUntilItsEnd) {
    TIDEMARK_NEEDS_TRAINER();
    const auto training = [&](const char* sweep, const char* rest) {
        folder.write(
            "sweep.yaml",
            fmt::format(
                "sweep: {}\nworkload: train\nparameters: {{dataset: synthetic, model: baseline, hidden: 16, "
                "batch_size: 16, threads: 1, epochs: 4,\n             train_samples: 160, test_samples: 16, "
                "save: last{}",
                sweep, rest));
        return folder.tidemark({"run", "sweep.yaml", "--quiet"});
    };
    EXPECT_EQ(training("whole", "}\n").exit_code, 0);
    const auto query = [&](const std::string& sql) {
        return folder.tidemark({"query", sql, "--format", "csv"}).out;
    };
    // less than a half of what all of it takes on this machine, and more than the start of the trainer alone
    constexpr double kPart = 0.45;
    const std::string took = query("SELECT user_s + system_s AS s FROM results WHERE sweep = 'whole'");
    const double limit = kPart * std::stod(took.substr(took.find('\n') + 1));
    const Finished said =
        training("parts", fmt::format(", checkpoint_every: 1 ms}}\nlimits: {{cpu_time: {:.2f} s}}\n"
                                      "retries: {{times: 100, after: [timeout]}}\n",
                                      limit)
                              .c_str());
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(query("SELECT count(*) > 1 AS parts, max(resumed_at_epoch) > 0 AS resumed FROM attempts WHERE "
                    "sweep = 'parts'"),
              "parts,resumed\n1,1\n");
    EXPECT_EQ(
        query(
            "SELECT count(DISTINCT loss) AS losses, count(DISTINCT test_loss) AS test_losses, count(DISTINCT "
            "accuracy) AS accuracies FROM results WHERE status = 'ok'"),
        "losses,test_losses,accuracies\n1,1,1\n");
    EXPECT_EQ(query("SELECT count(*) AS epochs FROM metrics WHERE name = 'loss' AND run_id = (SELECT run_id "
                    "FROM results "
                    "WHERE sweep = 'parts')"),
              "epochs\n4\n");
}

}  // namespace
}  // namespace tidemark::test
