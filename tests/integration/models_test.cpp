#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/places.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

TEST(Models, AreListedOfEveryWorkloadThatDescribesSome) {
    Workspace folder;
    const Finished said = folder.tidemark({"models", "--format", "csv"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, testing::StartsWith("workload,model,title,params,options,meaning\n"));
    EXPECT_THAT(
        said.out,
        HasSubstr("train-pytorch,h2q,H2Q-Spacetime,13957074,\"hidden, depth, checkpointing\",convolutions "
                  "over features that are normalised as quaternions\n"));
}

TEST(Models, OfTheTrainerHaveTheirNumbersOfParametersAndWhatShapesThem) {
    TIDEMARK_NEEDS_TRAINER();
    Workspace folder;
    const std::string csv = folder.tidemark({"models", "--format", "csv"}).out;
    EXPECT_THAT(csv, HasSubstr("train,h2q,H2Q-Spacetime,13957074,\"hidden, depth, norm, formulation, "
                               "checkpointing\","));
    EXPECT_THAT(csv, HasSubstr("train,baseline,Baseline CNN,559178,\"hidden, norm, checkpointing\","));
    EXPECT_THAT(csv, HasSubstr("train,resnet18,ResNet-18,11173962,\"norm, checkpointing\","));
    EXPECT_THAT(csv, HasSubstr("train,mlp,MLP,986634,\"hidden, depth\","));
    EXPECT_THAT(folder.tidemark({"models"}).out, HasSubstr("11,173,962"));
}

TEST(Models, AnOptionThatOneHasNotIsRefusedBeforeAnyRun) {
    TIDEMARK_NEEDS_TRAINER();
    Workspace folder;
    folder.write("s.yaml", "sweep: s\nworkload: train\nparameters: {model: resnet18, formulation: lean}\n");
    const Finished said = folder.tidemark({"run", "s.yaml"});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err,
              "s.yaml:3:44: parameters.formulation: the model 'resnet18' has no formulation; h2q has (in the "
              "run 's'); remove it, or give it to runs of other models alone\n");
    EXPECT_FALSE(std::filesystem::exists(folder / "results"));
}

/// Small trainings with models that the trainer does not have itself.
class ForeignModels : public testing::Test {
  protected:
    Finished run(const std::string& rest) {
        folder.write(
            "own.yaml",
            "sweep: own\nworkload: train\n"
            "parameters: {dataset: synthetic, epochs: 1, batch_size: 8, threads: 1, train_samples: 16, "
            "test_samples: 8}\n" +
                rest);
        return folder.tidemark({"run", "own.yaml", "--quiet"});
    }
    std::string query(const std::string& sql) {
        return folder.tidemark({"query", sql, "--format", "csv"}).out;
    }
    static std::string library(const char* name) {
        return std::string(test::binary_dir() + "/tests/programs/") + name + ".so";
    }
    void take_script() {
        std::filesystem::copy_file(test::source_dir() + "/tests/models/tiny.pt", folder / "tiny.pt");
    }
    Workspace folder;
};

TEST_F(ForeignModels, ATorchScriptModuleIsTrainedWithItsBytesByPart) {
    TIDEMARK_NEEDS_TRAINER();
    take_script();
    const Finished said =
        run("runs: {plain: {model: 'script:tiny.pt'}, bf16: {model: 'script:tiny.pt', precision: bf16}}\n");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    // 3·8·9 + 8 of the convolution, 2·8 of the norm, 8·10 + 10 of the head; the frozen scale is no parameter
    EXPECT_EQ(query("SELECT run, params, params_features, params_head, parameter_bytes, gradient_bytes FROM "
                    "results ORDER BY run DESC"),
              "run,params,params_features,params_head,parameter_bytes,gradient_bytes\n"
              "plain,330.0,240.0,90.0,1320.0,1320.0\nbf16,330.0,240.0,90.0,1320.0,1320.0\n");
    EXPECT_EQ(query("SELECT count(DISTINCT model) AS models, min(model) = 'script:' || '" +
                    (folder / "tiny.pt").string() + "' AS absolute FROM results"),
              "models,absolute\n1,1\n");
}

TEST_F(ForeignModels, AChangedScriptRunsAgain) {
    TIDEMARK_NEEDS_TRAINER();
    take_script();
    const std::string sweep = "runs: {plain: {model: 'script:tiny.pt'}}\n";
    EXPECT_EQ(run(sweep).exit_code, 0);
    EXPECT_THAT(run(sweep).err, HasSubstr("all done already"));
    folder.write("tiny.pt", folder.read("tiny.pt") + "x");
    EXPECT_THAT(run(sweep).err, testing::Not(HasSubstr("done already")));
}

TEST_F(ForeignModels, WhatDoesNotSuitAScriptIsRefusedBeforeTheRun) {
    TIDEMARK_NEEDS_TRAINER();
    take_script();
    const std::string model = "script:" + (folder / "tiny.pt").string();
    EXPECT_EQ(run("runs: {plain: {model: 'script:tiny.pt', formulation: lean}}\n").err,
              "own.yaml:4:54: runs.plain.formulation: the model '" + model +
                  "' has no formulation; h2q has (in the run 'plain'); remove it\n");
    EXPECT_THAT(
        run("runs: {plain: {model: 'script:tiny.pt', checkpointing: block}}\n").err,
        HasSubstr(
            "' has no checkpointing; h2q, baseline and resnet18 have (in the run 'plain'); remove it\n"));
    EXPECT_EQ(run("runs: {plain: {model: 'script:nowhere.pt'}}\n").err,
              "own.yaml:4:23: runs.plain.model: there is no file nowhere.pt\n");
    EXPECT_THAT(
        run("runs: {plain: {model: scrip}}\n").err,
        HasSubstr("must be one of h2q, baseline, resnet18, mlp, h2q+baseline or script:FILE, not 'scrip'"));
}

TEST_F(ForeignModels, AFileThatIsNoScriptAndScoresOfAnotherShapeFailAndTheSweepGoesOn) {
    TIDEMARK_NEEDS_TRAINER();
    take_script();
    folder.write("text.pt", "not a module");
    const Finished said =
        run("runs: {text: {model: 'script:text.pt'}, grey: {model: 'script:tiny.pt', image_channels: 1},\n"
            "       five: {model: 'script:tiny.pt', classes: 5}, fine: {model: 'script:tiny.pt'}}\n");
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_EQ(query("SELECT run, status FROM results ORDER BY started_at"),
              "run,status\ntext,failed\ngrey,failed\nfive,failed\nfine,ok\n");
    EXPECT_THAT(
        said.err,
        HasSubstr("/text.pt is no TorchScript module; in Python, torch.jit.script(model).save('net.pt') "
                  "writes one ("));
    EXPECT_THAT(
        said.err,
        HasSubstr("tidemark-train: in the script's forward: Given groups=1, weight of size [8, 3, 3, 3], "
                  "expected input[8, 1, 32, 32] to have 3 channels, but got 1 channels instead\n"));
    EXPECT_THAT(said.err,
                HasSubstr("' gives 8 × 10, where 8 × 5 is needed: a score for each image and class\n"));
}

TEST_F(ForeignModels, AreExportedInFiveLinesOfPython) {
    TIDEMARK_NEEDS_TRAINER();
    if (folder.run({"/usr/bin/python3", "-c", "import torch"}).exit_code != 0)
        GTEST_SKIP() << "needs PyTorch: sudo apt-get install python3-torch";
    folder.write(
        "export.py",
        "import torch\n"
        "from torch import nn\n\n"
        "net = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 64), nn.ReLU(), nn.Linear(64, 10))\n"
        "torch.jit.script(net).save('net.pt')\n");
    const Finished exported = folder.run({"/usr/bin/python3", "export.py"});
    ASSERT_EQ(exported.exit_code, 0) << exported.err;
    EXPECT_EQ(run("runs: {net: {model: 'script:net.pt'}}\n").exit_code, 0);
    EXPECT_EQ(query("SELECT params FROM results"), "params\n197322.0\n");
}

TEST_F(ForeignModels, ALibraryThatIsNoneOrOfAnotherTimeIsRefusedWithItsReason) {
    TIDEMARK_NEEDS_TRAINER();
    EXPECT_EQ(
        run("plugins: [nowhere.so]\n").err,
        "own.yaml:4:11: plugins: there is no library nowhere.so; build it first, or correct the path\n");
    EXPECT_THAT(run("plugins: [" + library("libold-models") + "]\n").err,
                testing::MatchesRegex(
                    "own.yaml:4:10: plugins: tidemark-train: the library .*/libold-models.so was built for "
                    "model interface 0, LibTorch 0.4.1, and this tidemark-train is of model interface 1, "
                    "LibTorch .*; build it again\n"));
    EXPECT_THAT(run("plugins: [" + library("libno-models") + "]\n").err,
                testing::EndsWith("/libno-models.so has no TIDEMARK_MODELS (see tidemark_model.hpp)\n"));
    folder.write("text.so", "no library");
    EXPECT_THAT(run("plugins: [text.so]\n").err, HasSubstr("/text.so cannot be loaded: "));
    folder.write("c.yaml", "sweep: c\ncommand: [\"true\"]\nplugins: [text.so]\n");
    EXPECT_EQ(folder.tidemark({"run", "c.yaml"}).err,
              "c.yaml:3:10: plugins: are for a workload; a command loads what it wants by itself\n");
}

TEST_F(ForeignModels, ALibrarysModelsAreListedWithTheirOptions) {
    TIDEMARK_NEEDS_TRAINER();
    const Finished said =
        folder.tidemark({"models", "--plugin", library("libbroken-models"), "--format", "csv"});
    EXPECT_THAT(said.out, HasSubstr("train,throws,throws,,steadiness,throws as it is made\n")) << said.err;
    EXPECT_EQ(folder.tidemark({"models", "--plugin", "nowhere.so"}).err,
              "--plugin nowhere.so: there is no such library; build it first\n");
}

TEST_F(ForeignModels, WhatALibraryDoesWrongIsTheOutcomeOfItsRunAndTheSweepGoesOn) {
    TIDEMARK_NEEDS_TRAINER();
    const std::string plugins = "plugins: [" + library("libbroken-models") + "]\n";
    const Finished said = run(plugins +
                              "runs: {throws: {model: throws, steadiness: 7}, crashes: {model: crashes},\n"
                              "       misshapes: {model: misshapes}, fine: {model: mlp}}\n");
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_EQ(query("SELECT run, status, signal FROM results ORDER BY started_at"),
              "run,status,signal\nthrows,failed,\ncrashes,crashed,11\nmisshapes,failed,\nfine,ok,\n");
    EXPECT_THAT(said.err,
                HasSubstr("the model 'throws' cannot be made: no model of steadiness 7 for 10 classes\n"));
    EXPECT_THAT(said.err,
                HasSubstr("the model 'misshapes' gives 8 × 3, where 8 × 10 is needed: a score for each image "
                          "and class\n"));
    EXPECT_THAT(run(plugins + "runs: {throws: {model: throws, steadiness: 10}}\n").err,
                HasSubstr("runs.throws.steadiness: must be an integer from 0 to 9, not 10\n"));
    EXPECT_THAT(run(plugins + "runs: {other: {model: mlp, steadiness: 2}}\n").err,
                HasSubstr("the model 'mlp' has no steadiness; throws has (in the run 'other'); remove it\n"));
}

}  // namespace
}  // namespace tidemark::test
