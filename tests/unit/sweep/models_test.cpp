// Options of models: those that the run's own model has not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

using testing::ElementsAre;

const std::string kTrain = "sweep: s\nworkload: train\n";

TEST_F(SweepFile, AnOptionThatTheModelHasNotIsRefusedByItsPlace) {
    EXPECT_EQ(refusal(kTrain + "parameters: {model: baseline, formulation: lean}\n"),
              "s.yaml:3:44: parameters.formulation: the model 'baseline' has no formulation; h2q has (in the "
              "run 's'); remove it, or give it to runs of other models alone");
    EXPECT_EQ(refusal(kTrain + "matrix: {model: [h2q, baseline], depth: [4, 3]}\n"),
              "s.yaml:3:45: matrix.depth: the model 'baseline' has no depth; h2q has (in the run "
              "'model=baseline,depth=3'); leave such cells out with exclude");
    EXPECT_EQ(refusal(kTrain + "runs:\n  a: {model: baseline, depth: 3}\n"),
              "s.yaml:4:31: runs.a.depth: the model 'baseline' has no depth; h2q has (in the run 'a'); "
              "remove it");
    EXPECT_EQ(refusal(kTrain + "matrix: {model: [h2q, baseline]}\nderive: {depth: 5 - 2}\n"),
              "s.yaml:4:17: derive.depth: the model 'baseline' has no depth; h2q has (in the run "
              "'model=baseline'); remove it, or give it to runs of other models alone");
    EXPECT_EQ(refusal(kTrain + "matrix: {model: [h2q, baseline]}\n", {.set = {"depth=3"}}),
              "--set depth=3: the model 'baseline' has no depth; h2q has (in the run 'model=baseline'); "
              "remove it, or give it to runs of other models alone");
}

TEST_F(SweepFile, TheDefaultOfAnOptionSuitsEveryModel) {
    EXPECT_THAT(names(load(kTrain + "matrix: {model: [h2q, baseline], depth: [4]}\n")),
                ElementsAre("model=h2q,depth=4", "model=baseline,depth=4"));
}

TEST_F(SweepFile, CellsWithAnOptionThatTheirModelHasNotMayBeExcluded) {
    EXPECT_THAT(names(load(kTrain + "matrix: {model: [h2q, baseline], depth: [4, 3]}\n"
                                    "exclude: [\"model = 'baseline' and depth <> 4\"]\n")),
                ElementsAre("model=h2q,depth=4", "model=h2q,depth=3", "model=baseline,depth=4"));
}

}  // namespace
}  // namespace tidemark::sweep
