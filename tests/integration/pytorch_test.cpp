#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

constexpr const char* kSweep = R"(
sweep: peer
workload: train-pytorch
parameters: {model: baseline, hidden: 16, train_samples: 32, test_samples: 16, epochs: 2, threads: 1, device: cpu}
matrix: {batch_size: [16, 8], workers: [0, 1]}
derive: {accumulation: 16 / batch_size}
exclude: ["workers > 0 and batch_size < 16"]
)";

class PyTorch : public testing::Test {
  protected:
    void SetUp() override { folder.write("peer.yaml", kSweep); }

    /// As the workload looks for it: in the first python3 of the PATH, and in Debian's.
    bool has_torch() {
        const std::string look = "import importlib.util as u, sys; sys.exit(u.find_spec('torch') is None)";
        return folder.run({"python3", "-c", look}).exit_code == 0 ||
               folder.run({"/usr/bin/python3", "-c", look}).exit_code == 0;
    }

    Workspace folder;
};

TEST_F(PyTorch, ItsDescriptionChecksASweepWithoutPython) {
    const Finished said = folder.tidemark({"run", "peer.yaml", "--dry-run", "--set", "optimiser=sgd"});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err, "--set optimiser=sgd: unknown parameter (did you mean 'optimizer'?)\n");
}

TEST_F(PyTorch, TrainsAndTellsWhatTheTrainerTells) {
    if (!has_torch()) GTEST_SKIP() << "needs PyTorch: sudo apt-get install python3-torch";
    const Finished said = folder.tidemark({"run", "peer.yaml"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(
        folder
            .tidemark(
                {"query",
                 "SELECT run, status, params, effective_batch, optimizer_steps, accuracy BETWEEN 0 AND 1 AS "
                 "share, images_per_s > 0 AS quick, model_bytes > 16 * params AS whole FROM results ORDER BY "
                 "batch_size, workers",
                 "--format", "csv"})
            .out,
        "run,status,params,effective_batch,optimizer_steps,share,quick,whole\n"
        "\"batch_size=8,workers=0\",ok,279578.0,16.0,4.0,1,1,1\n"
        "\"batch_size=16,workers=0\",ok,279578.0,16.0,4.0,1,1,1\n"
        "\"batch_size=16,workers=1\",ok,279578.0,16.0,4.0,1,1,1\n");
    EXPECT_EQ(folder
                  .tidemark({"query",
                             "SELECT DISTINCT name, phases.peak_rss_bytes > 1e8 AS large, "
                             "phases.peak_rss_low_bytes IS NOT "
                             "NULL AS exact FROM phases JOIN results USING (run_id) WHERE workers = 0 AND "
                             "name <> 'import' ORDER BY name",
                             "--format", "csv"})
                  .out,
              "name,large,exact\ndata,1,1\nevaluate,1,1\nmodel,1,1\ntrain,1,1\n");
}

TEST_F(PyTorch, AFailureSaysWhatToDo) {
    if (!has_torch()) GTEST_SKIP() << "needs PyTorch: sudo apt-get install python3-torch";
    const Finished said =
        folder.tidemark({"run", "peer.yaml", "--only", "batch_size = 8", "--set", "test_samples=10001"});
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_THAT(
        said.err,
        HasSubstr(
            "train_cifar10: test_samples is 10001, but synthetic has only 10000 images to test with\n"));
}

}  // namespace
}  // namespace tidemark::test
