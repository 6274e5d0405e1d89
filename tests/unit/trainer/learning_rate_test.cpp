#include <gtest/gtest.h>
#include <torch/torch.h>

#include "trainer/training/schedule.hpp"

namespace tidemark::trainer {
namespace {

double rate(const Options& given, std::int64_t epoch) {
    Options options = given;
    options.lr = 0.1;
    return learning_rate(options, epoch);
}

TEST(LearningRate, FollowsTheCosine) {
    const Options cosine{.epochs = 10};
    EXPECT_DOUBLE_EQ(rate(cosine, 0), 0.1);
    EXPECT_NEAR(rate(cosine, 1), 0.1 * 0.975528258147577, 1e-15);
    EXPECT_NEAR(rate(cosine, 5), 0.05, 1e-15);
    EXPECT_NEAR(rate(cosine, 9), 0.1 * 0.0244717418524232, 1e-15);
    EXPECT_DOUBLE_EQ(rate({.epochs = 1}, 0), 0.1);
    EXPECT_DOUBLE_EQ(rate({.epochs = 10, .schedule = "constant"}, 9), 0.1);
}

TEST(LearningRate, FallsInSteps) {
    const Options steps{.epochs = 10, .schedule = "step", .step_epochs = 3, .step_factor = 0.5};
    EXPECT_DOUBLE_EQ(rate(steps, 2), 0.1);
    EXPECT_DOUBLE_EQ(rate(steps, 3), 0.05);
    EXPECT_DOUBLE_EQ(rate(steps, 9), 0.0125);
}

TEST(LearningRate, RisesFirstWhereItShallAndThenFollowsItsSchedule) {
    const Options warm{.epochs = 12, .warmup_epochs = 2};
    EXPECT_DOUBLE_EQ(rate(warm, 0), 0.05);
    EXPECT_DOUBLE_EQ(rate(warm, 1), 0.1);
    EXPECT_DOUBLE_EQ(rate(warm, 2), 0.1);
    EXPECT_NEAR(rate(warm, 7), 0.05, 1e-15);
    EXPECT_DOUBLE_EQ(rate({.epochs = 3, .warmup_epochs = 3}, 2), 0.1) << "nothing is left for the schedule";
}

TEST(LearningRate, ReachesTheOptimizer) {
    const torch::Tensor weight = torch::ones({1}, torch::requires_grad());
    torch::optim::AdamW optimizer({weight}, torch::optim::AdamWOptions(1e-3));
    set_learning_rate(optimizer, 0.25);
    EXPECT_DOUBLE_EQ(optimizer.param_groups()[0].options().get_lr(), 0.25);
}

}  // namespace
}  // namespace tidemark::trainer
