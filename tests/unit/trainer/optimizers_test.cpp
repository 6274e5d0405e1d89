#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "trainer/optimizers/adamw8bit.hpp"
#include "trainer/optimizers/dynamic_code.hpp"
#include "trainer/optimizers/optimizer_catalogue.hpp"
#include "trainer/training/loss_scaler.hpp"

namespace tidemark::trainer {
namespace {

using Sign = DynamicCode::Sign;

TEST(DynamicCode, HasTheValuesOfThePaper) {
    const DynamicCode with_sign(Sign::Signed);
    const DynamicCode without(Sign::Unsigned);
    std::set<float> values;
    for (int code = 0; code < 256; ++code) values.insert(with_sign.decode(static_cast<std::uint8_t>(code)));
    EXPECT_EQ(values.size(), 256);
    EXPECT_TRUE(values.contains(0));
    EXPECT_EQ(*values.rbegin(), 1);
    EXPECT_FLOAT_EQ(*values.begin(), -(1 - 0.9F / 128));  // the middle of the last of 64 steps from 0.1 to 1
    EXPECT_FLOAT_EQ(*values.upper_bound(0), 0.55e-6F);    // the middle of the smallest decade
    EXPECT_EQ(without.decode(0), 0);
    EXPECT_FLOAT_EQ(without.decode(1), 0.325e-6F);
    EXPECT_EQ(without.decode(255), 1);
}

TEST(DynamicCode, EncodesToTheNearest) {
    for (const Sign sign : {Sign::Signed, Sign::Unsigned}) {
        const DynamicCode code(sign);
        for (int one = 0; one < 256; ++one)
            EXPECT_EQ(code.encode(code.decode(static_cast<std::uint8_t>(one))), one);
        for (float value = sign == Sign::Signed ? -1.0F : 1e-6F; value <= 1; value += 0.00037F) {
            const float got = code.decode(code.encode(value));
            for (int one = sign == Sign::Signed ? 0 : 1; one < 256; ++one) {
                ASSERT_LE(std::abs(got - value),
                          std::abs(code.decode(static_cast<std::uint8_t>(one)) - value) + 1e-7F)
                    << value;
            }
        }
    }
}

TEST(DynamicCode, NeverRoundsASecondMomentToZero) {
    const DynamicCode code(Sign::Unsigned);
    EXPECT_EQ(code.encode(0), 0);
    EXPECT_EQ(code.encode(1e-30F), 1);
    EXPECT_EQ(DynamicCode(Sign::Signed).decode(DynamicCode(Sign::Signed).encode(1e-30F)), 0);
}

/// The weights after some steps on a noisy quadratic.
torch::Tensor walk(std::int64_t size, int steps,
                   const std::function<std::unique_ptr<torch::optim::Optimizer>(torch::Tensor)>& make) {
    torch::manual_seed(1);
    torch::Tensor weights = torch::randn({size}).set_requires_grad(true);
    const torch::Tensor goal = torch::randn({size});
    const auto optimizer = make(weights);
    for (int step = 0; step < steps; ++step) {
        optimizer->zero_grad();
        (weights - goal + 0.1 * torch::randn({size})).square().sum().backward();
        optimizer->step();
    }
    return weights.detach() - goal;
}

const auto kOptions = torch::optim::AdamWOptions(1e-2).weight_decay(0.1);

std::unique_ptr<torch::optim::Optimizer> exact(const torch::Tensor& weights) {
    return std::make_unique<torch::optim::AdamW>(std::vector<torch::Tensor>{weights}, kOptions);
}

std::unique_ptr<torch::optim::Optimizer> quantised(const torch::Tensor& weights) {
    return std::make_unique<AdamW8bit>(std::vector<torch::Tensor>{weights}, kOptions);
}

TEST(AdamW8bit, IsAdamWForSmallParameters) {
    EXPECT_TRUE(torch::allclose(walk(4095, 20, quantised), walk(4095, 20, exact), 1e-4, 1e-5));
}

TEST(AdamW8bit, StaysNearAdamWForLargeOnes) {
    constexpr std::int64_t kSize = 2048 * 3 + 5;  // the last block is not full
    const torch::Tensor exactly = walk(kSize, 60, exact);
    const torch::Tensor nearly = walk(kSize, 60, quantised);
    EXPECT_FALSE(torch::equal(exactly, nearly));
    EXPECT_LT((exactly - nearly).norm().item<double>(), 0.03 * exactly.norm().item<double>());
}

TEST(MakeOptimizer, MakesWhatTheOptionsName) {
    Options options;
    const torch::Tensor weight = torch::zeros({2}, torch::requires_grad());
    const auto is = [&](const char* name, const auto* type) {
        options.optimizer = name;
        const auto made = make_optimizer(options, {weight});
        return dynamic_cast<std::remove_reference_t<decltype(type)>>(made.get()) != nullptr;
    };
    EXPECT_TRUE(is("sgd", static_cast<torch::optim::SGD*>(nullptr)));
    EXPECT_TRUE(is("adam", static_cast<torch::optim::Adam*>(nullptr)));
    EXPECT_TRUE(is("adamw", static_cast<torch::optim::AdamW*>(nullptr)));
    EXPECT_TRUE(is("adamw8bit", static_cast<AdamW8bit*>(nullptr)));
}

TEST(LossScaler, SkipsAStepThatOverflowsAndLowersTheScale) {
    torch::Tensor weight = torch::ones({1}, torch::requires_grad());
    torch::optim::SGD optimizer({weight}, torch::optim::SGDOptions(1));
    LossScaler scaler(/*enabled=*/true);
    EXPECT_EQ(scaler.scale(), 65536);
    weight.mutable_grad() = torch::full({1}, std::numeric_limits<float>::infinity());
    scaler.step(optimizer);
    EXPECT_EQ(weight.item<float>(), 1);
    EXPECT_EQ(scaler.scale(), 32768);
    EXPECT_EQ(scaler.skipped_steps(), 1);
    weight.mutable_grad() = torch::full({1}, 0.25F * 32768);
    scaler.step(optimizer);
    EXPECT_EQ(weight.item<float>(), 0.75F);
    EXPECT_EQ(scaler.scale(), 32768);
}

TEST(LossScaler, DoublesTheScaleAfterManyGoodSteps) {
    torch::Tensor weight = torch::ones({1}, torch::requires_grad());
    torch::optim::SGD optimizer({weight}, torch::optim::SGDOptions(1));
    LossScaler scaler(/*enabled=*/true);
    weight.mutable_grad() = torch::zeros({1});
    for (int step = 0; step < 2000; ++step) scaler.step(optimizer);
    EXPECT_EQ(scaler.scale(), 131072);
}

TEST(LossScaler, LooksAtNothingWhereItIsNotEnabled) {
    torch::Tensor weight = torch::ones({1}, torch::requires_grad());
    torch::optim::SGD optimizer({weight}, torch::optim::SGDOptions(1));
    LossScaler scaler(/*enabled=*/false);
    EXPECT_EQ(scaler.scale(), 1);
    weight.mutable_grad() = torch::full({1}, 0.5F);
    scaler.step(optimizer);
    EXPECT_EQ(weight.item<float>(), 0.5F);
}

}  // namespace
}  // namespace tidemark::trainer
