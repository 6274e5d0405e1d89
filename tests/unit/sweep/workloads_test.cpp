// Sweeps whose runs have different workloads: `workload: "{engine}"`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

using testing::ElementsAre;

constexpr const char* kEngines = R"(
sweep: s
workload: "{engine}"
matrix: {engine: [train, train-pytorch]}
)";

TEST_F(SweepFile, AnAxisMayChooseTheWorkload) {
    const Sweep sweep = load(kEngines);
    EXPECT_EQ(sweep.workload(sweep.runs()[0])->build_id, "b1");
    EXPECT_EQ(sweep.workload(sweep.runs()[1])->build_id, "p1");
    EXPECT_THAT(sweep.request(sweep.runs()[1]).command, ElementsAre("/example/train_cifar10.py"));
    EXPECT_EQ(sweep.request(sweep.runs()[1]).workload, "train-pytorch");
    EXPECT_EQ(value(sweep, "engine=train-pytorch", "engine"), "train-pytorch");
}

TEST_F(SweepFile, TheWorkloadMayBeChosenByParametersRunsAndSet) {
    const std::string text = "sweep: s\nworkload: \"{engine}\"\nparameters: {engine: train}\n";
    const Sweep by_runs = load(text + "runs: {a: {}, b: {engine: train-pytorch}}\n");
    EXPECT_EQ(by_runs.workload(by_runs.runs()[0])->build_id, "b1");
    EXPECT_EQ(by_runs.workload(by_runs.runs()[1])->build_id, "p1");
    const Sweep by_set = load(text, {.set = {"engine=train-pytorch"}});
    EXPECT_EQ(by_set.workload(by_set.runs()[0])->build_id, "p1");
    EXPECT_EQ(refusal(text, {.set = {"engine=trian"}}),
              "--set engine=trian: there is no workload 'trian' (did you mean 'train'?); there are train, "
              "train-pytorch");
}

TEST_F(SweepFile, AWorkloadMayHaveANameOfSeveralParts) {
    const Sweep sweep = load(
        "sweep: s\nworkload: \"{engine}{flavour}\"\nparameters: {engine: train}\n"
        "matrix: {flavour: [\"\", -pytorch]}\n");
    EXPECT_EQ(sweep.workload(sweep.runs()[0])->build_id, "b1");
    EXPECT_EQ(sweep.workload(sweep.runs()[1])->build_id, "p1");
}

TEST_F(SweepFile, AWorkloadHasItsOwnDefaults) {
    const Sweep sweep = load(kEngines);
    EXPECT_EQ(value(sweep, "engine=train", "epochs"), "10");
    EXPECT_EQ(value(sweep, "engine=train-pytorch", "epochs"), "3");
}

TEST_F(SweepFile, AWorkloadIsToldItsOwnParametersOnly) {
    const Sweep sweep = load(kEngines + std::string("parameters: {allocator: tcmalloc}\n"));
    EXPECT_EQ(value(sweep, "engine=train", "allocator"), "tcmalloc");
    EXPECT_EQ(value(sweep, "engine=train-pytorch", "allocator"), "none")
        << "what is given to the whole sweep goes to those that know it";
    EXPECT_TRUE(sweep.request(sweep.runs()[1]).environment.empty());
    EXPECT_NE(cell(sweep, 0), cell(load(kEngines), 0));
    EXPECT_EQ(cell(sweep, 1), cell(load(kEngines), 1)) << "and makes no difference to the others";
}

TEST_F(SweepFile, AnExplicitValueThatEqualsAnotherWorkloadsDefaultIsKept) {
    const Sweep sweep =
        load("sweep: s\nworkload: \"{engine}\"\nmatrix: {engine: [train, train-pytorch], epochs: [10, 3]}\n");
    EXPECT_EQ(value(sweep, "engine=train-pytorch,epochs=10", "epochs"), "10");
    EXPECT_EQ(value(sweep, "engine=train,epochs=3", "epochs"), "3");
}

TEST_F(SweepFile, DerivationsAndSelectionsSeeTheRunsOwnDefaults) {
    const std::string text = kEngines + std::string("derive: {batch_size: epochs * 2}\n");
    const Sweep sweep = load(text);
    EXPECT_EQ(value(sweep, "engine=train", "batch_size"), "20");
    EXPECT_EQ(value(sweep, "engine=train-pytorch", "batch_size"), "6");
    EXPECT_THAT(names(load(text, {.set = {}, .only = "epochs = 3"})), ElementsAre("engine=train-pytorch"));
    EXPECT_THAT(names(load(text + "exclude: [\"workers = 2\"]\n")), ElementsAre("engine=train"));
}

TEST_F(SweepFile, WhatIsDerivedForOneWorkloadDoesNotReachTheOther) {
    const Sweep sweep = load(kEngines + std::string("derive: {allocator: \"'tcmalloc'\"}\n"));
    EXPECT_EQ(value(sweep, "engine=train", "allocator"), "tcmalloc");
    EXPECT_EQ(value(sweep, "engine=train-pytorch", "allocator"), "none");
}

TEST_F(SweepFile, AValueMustSuitTheWorkloadThatItReaches) {
    const std::string text = "sweep: s\nworkload: \"{engine}\"\n";
    EXPECT_EQ(refusal(text + "matrix: {engine: [train, train-pytorch], workers: [1, 8]}\n"),
              "s.yaml:3:55: matrix.workers: must be an integer from 0 to 4, not 8 (in the run "
              "'engine=train-pytorch,workers=8' of the workload 'train-pytorch')");
    EXPECT_EQ(refusal(text + "matrix: {engine: [train, train-pytorch]}\nparameters: {epochs: 50}\n"),
              "s.yaml:4:22: parameters.epochs: must be an integer from 1 to 20, not 50 (for the workload "
              "'train-pytorch')");
    EXPECT_EQ(refusal(text + "matrix: {engine: [train, train-pytorch]}\n", {.set = {"epochs=50"}}),
              "--set epochs=50: must be an integer from 1 to 20, not 50 (for the workload 'train-pytorch')");
    EXPECT_EQ(refusal(text + "matrix: {engine: [train, train-pytorch]}\nderive: {epochs: 10 * 5}\n"),
              "s.yaml:4:18: derive.epochs: must be an integer from 1 to 20, not 50 (in the run "
              "'engine=train-pytorch')");
    EXPECT_THAT(
        names(load(text + "matrix: {engine: [train, train-pytorch], workers: [1, 8]}\n"
                          "exclude: [\"engine = 'train-pytorch' and workers > 4\"]\n")),
        ElementsAre("engine=train,workers=1", "engine=train,workers=8", "engine=train-pytorch,workers=1"))
        << "what is excluded need not suit";
}

TEST_F(SweepFile, CellsThatGiveAWorkloadWhatItDoesNotKnowMayBeExcluded) {
    EXPECT_THAT(
        names(load("sweep: s\nworkload: \"{engine}\"\n"
                   "matrix: {engine: [train, train-pytorch], allocator: [glibc, tcmalloc]}\n"
                   "exclude: [\"engine = 'train-pytorch'\"]\nruns: {pytorch: {engine: train-pytorch}}\n")),
        ElementsAre("engine=train,allocator=glibc", "engine=train,allocator=tcmalloc", "pytorch"));
}

}  // namespace
}  // namespace tidemark::sweep
