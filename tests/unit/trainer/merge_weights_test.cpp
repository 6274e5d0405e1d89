#include "trainer/models/merge_weights.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace tidemark::trainer {
namespace {

/// Channels that fill whole vectors, and some that do not.
class MergeWeightsOf : public testing::TestWithParam<std::int64_t> {
  protected:
    MergeWeightsOf() { torch::manual_seed(1); }
    torch::Tensor weight() const { return torch::randn({GetParam(), 2 * GetParam(), 1, 1}); }
    torch::Tensor half() const { return torch::randn({GetParam(), GetParam(), 1, 1}); }
    const torch::Tensor scale = torch::full({1}, 0.3);
};
INSTANTIATE_TEST_SUITE_P(Channels, MergeWeightsOf, testing::Values(4, 16, 20, 33));

TEST_P(MergeWeightsOf, AreSumAndScaledDifferenceOfTheHalves) {
    const torch::Tensor both = weight();
    const auto halves = both.chunk(2, 1);
    const MergeWeights made = merge_weights(both, scale, torch::kFloat);
    EXPECT_TRUE(made.sum.equal(halves[0] + halves[1]));
    EXPECT_TRUE(made.turning.equal((halves[0] - halves[1]) * scale));
    const MergeWeights rounded = merge_weights(both, scale, torch::kBFloat16);
    EXPECT_TRUE(rounded.sum.equal(made.sum.to(torch::kBFloat16)));
    EXPECT_TRUE(rounded.turning.equal(made.turning.to(torch::kBFloat16)));
}

TEST_P(MergeWeightsOf, HaveTheGradientsThatAutogradFinds) {
    const torch::Tensor of_sum = half(), of_turning = half();
    const torch::Tensor both = weight().requires_grad_();
    const torch::Tensor s = scale.clone().requires_grad_();
    const auto halves = both.chunk(2, 1);
    torch::autograd::backward({halves[0] + halves[1], (halves[0] - halves[1]) * s}, {of_sum, of_turning});
    const MergeGradients made = merge_gradients({of_sum, of_turning}, both.detach(), scale);
    EXPECT_TRUE(torch::allclose(made.of_weight, both.grad(), 1e-5, 1e-6));
    EXPECT_TRUE(torch::allclose(made.of_scale, s.grad(), 1e-4, 1e-4));
}

TEST_P(MergeWeightsOf, AreTheSameWhereTheWeightDoesNotLieInRows) {
    const torch::Tensor both = weight();
    const torch::Tensor apart = both.transpose(0, 1).contiguous().transpose(0, 1);
    ASSERT_FALSE(apart.is_contiguous());
    const torch::Tensor of_sum = half(), of_turning = half();
    for (const auto type : {torch::kFloat, torch::kBFloat16}) {
        EXPECT_TRUE(merge_weights(apart, scale, type).sum.equal(merge_weights(both, scale, type).sum));
        EXPECT_TRUE(
            merge_weights(apart, scale, type).turning.equal(merge_weights(both, scale, type).turning));
        const MergeWeights given{of_sum.to(type), of_turning.to(type)};
        const MergeGradients one = merge_gradients(given, apart, scale);
        const MergeGradients other = merge_gradients(given, both, scale);
        EXPECT_TRUE(torch::allclose(one.of_weight, other.of_weight, 1e-5, 1e-6));
        EXPECT_TRUE(torch::allclose(one.of_scale, other.of_scale, 1e-3, 1e-3));
    }
}

}  // namespace
}  // namespace tidemark::trainer
