// `run --on`, as far as it can be seen without a cluster.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

class OnClusters : public testing::Test {
  protected:
    void sweep(const std::string& more) { folder.write("s.yaml", "sweep: s\ncommand: [/bin/true]\n" + more); }
    Finished run(std::vector<std::string> options) {
        options.insert(options.begin(), {"run", "s.yaml"});
        return folder.tidemark(options, {.environment = {{"PATH", folder.path().string()}}});
    }
    void expect_refused(const std::vector<std::string>& options, const std::string& message) {
        const Finished refused = run(options);
        EXPECT_EQ(refused.exit_code, 2);
        EXPECT_EQ(refused.err, message);
        EXPECT_EQ(refused.out, "");
    }
    Workspace folder;
};

TEST_F(OnClusters, WithoutSlurmItIsSaidWhereItIsToBeFound) {
    sweep("");
    expect_refused(
        {"--on", "slurm"},
        "there is no program 'scontrol' on the PATH; runs are handed to Slurm where its commands are "
        "installed, such as on a cluster's login node\n");
}

TEST_F(OnClusters, StepsOfAnAllocationAreNotBuiltYet) {
    sweep("");
    expect_refused(
        {"--on", "srun"},
        "--on srun: runs as steps of an allocation are not built yet; --on local makes them on the node "
        "where this command is, --on slurm in jobs of their own\n");
}

TEST_F(OnClusters, NothingOutlivesARunnerOnItsOwnMachine) {
    sweep("");
    expect_refused(
        {"--detach"},
        "--detach: runs on this machine end with the tidemark that makes them; with --on slurm they do "
        "not\n");
}

TEST_F(OnClusters, SecretsAreNotGivenToASlurmThatStoresThem) {
    sweep("parameters: {token: \"\"}\nsecrets: [token]\n");
    expect_refused(
        {"--on", "slurm", "--set", "token=abcdefgh"},
        "s.yaml: secrets: Slurm stores what its jobs are told, and a secret is stored nowhere; make these "
        "runs with --on local\n");
}

TEST_F(OnClusters, WhatNeedsATidemarkThatWaitsIsNotDetached) {
    sweep("stop_after: 2 equal failures\n");
    expect_refused({"--on", "slurm", "--detach"},
                   "s.yaml: stop_after: needs a tidemark that waits for the runs; leave out --detach\n");
    sweep("teardown: [/bin/true]\n");
    expect_refused({"--on", "slurm", "--detach"},
                   "s.yaml: teardown: would be made before the runs have ended; leave out --detach\n");
}

TEST_F(OnClusters, WhatSlurmIsToldIsNoPartOfARun) {
    sweep("");
    EXPECT_EQ(run({}).exit_code, 0);
    sweep("slurm: {partition: fast, gpus: 'a100:2', options: [--nice=3], runs_per_job: 4}\n");
    EXPECT_THAT(run({}).err, HasSubstr("all done already"));
}

TEST_F(OnClusters, ANodeIsStartedByItsJobsAlone) {
    const std::string node = std::filesystem::path(tidemark_binary()).parent_path().parent_path() /
                             "libexec/tidemark/tidemark-node";
    const Finished bare = folder.run({node});
    EXPECT_EQ(bare.exit_code, 2);
    EXPECT_EQ(bare.err,
              "tidemark-node: usage: tidemark-node BATCH; jobs of Slurm start this program, `tidemark run "
              "FILE --on slurm` makes them\n");
    const Finished outside = folder.run({node, "batch"}, {.environment = {{"SLURM_ARRAY_TASK_ID", ""}}});
    EXPECT_EQ(outside.exit_code, 2);
    EXPECT_EQ(outside.err,
              "tidemark-node: SLURM_ARRAY_TASK_ID is no number of a task; jobs of Slurm start this program, "
              "`tidemark run FILE --on slurm` makes them\n");
}

TEST_F(OnClusters, TimesOfSeveralMachinesAreNotCompared) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    sweep("matrix: {n: [1, 2]}\n");
    run({});
    EXPECT_EQ(
        folder
            .run(
                {"python3", "-c",
                 "import sqlite3; c = sqlite3.connect('results/tidemark.db'); c.execute(\"INSERT INTO facts "
                 "SELECT run_id, 'node cpu', 'Abacus' FROM runs WHERE run = 'n=1' UNION SELECT run_id, 'node "
                 "cores', '64' FROM runs WHERE run = 'n=1'\"); c.execute(\"INSERT INTO provenance SELECT "
                 "invocation_id, 'launcher', 'slurm' FROM invocations\"); c.commit()"})
            .exit_code,
        0);
    const Finished report = folder.tidemark({"report", "s.yaml"});
    EXPECT_THAT(report.out, HasSubstr("The runs were made on 2 different machines ("));
    EXPECT_THAT(report.out, HasSubstr("Abacus, 64 cores"));
    EXPECT_THAT(report.out, HasSubstr("): their times cannot be compared with each other."));
    EXPECT_THAT(folder.tidemark({"report", "s.yaml", "--lang", "zh"}).out,
                HasSubstr("这些运行是在 2 种不同的机器上进行的"));
    EXPECT_THAT(run({}).out, HasSubstr("The runs were made on 2 different machines ("));
}

}  // namespace
}  // namespace tidemark::test
