#include "trainer/models/pointwise.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace tidemark::trainer {
namespace {

/// Numbers of images that come out even among the threads, and some that do not.
class PointwiseOf : public testing::TestWithParam<std::int64_t> {
  protected:
    void SetUp() override {
        at::set_num_threads(2);
        torch::manual_seed(1);
    }
};
INSTANTIATE_TEST_SUITE_P(Images, PointwiseOf, testing::Values(1, 2, 3, 4));

TEST_P(PointwiseOf, IsTheConvolutionWithItsGradients) {
    torch::nn::Conv2d conv(torch::nn::Conv2dOptions(24, 40, 1));
    const torch::Tensor mine = torch::randn({GetParam(), 24, 8, 8}).requires_grad_();
    const torch::Tensor libtorchs = mine.detach().clone().requires_grad_();
    if (!takes_products(mine)) GTEST_SKIP() << "needs oneDNN's sgemm";
    const torch::Tensor gradient = torch::randn({GetParam(), 40, 8, 8});
    const auto gradients_of = [&](const torch::Tensor& output, const torch::Tensor& input) {
        return torch::autograd::grad({output}, {input, conv->weight, conv->bias}, {gradient});
    };
    const torch::Tensor output = conv1x1_by_products(mine, conv);
    const torch::Tensor expected = conv->forward(libtorchs);
    EXPECT_TRUE(torch::allclose(output, expected, 1e-5, 1e-5));
    const auto own = gradients_of(output, mine);
    const auto other = gradients_of(expected, libtorchs);
    for (std::size_t i = 0; i < own.size(); ++i)
        EXPECT_TRUE(torch::allclose(own[i], other[i], 1e-4, 1e-4)) << i;
}

}  // namespace
}  // namespace tidemark::trainer
