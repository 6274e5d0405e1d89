#include "trainer/models/vector_loops.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "trainer/models/memory_order.hpp"
#include "trainer/models/unit_quaternions.hpp"

namespace tidemark::trainer {
namespace {

std::uint16_t* bits(const torch::Tensor& tensor) {
    return static_cast<std::uint16_t*>(tensor.data_ptr());
}

/// Steps between two tensors of bfloat16, in the last of their eight bits of fraction, at most.
std::int64_t steps_between(const torch::Tensor& one, const torch::Tensor& other) {
    const auto position = [](const torch::Tensor& numbers) {
        const torch::Tensor all = numbers.contiguous().view(torch::kInt16).to(torch::kLong);
        return torch::where(all < 0, -(all & 0x7fff), all);
    };
    return (position(one) - position(other)).abs().max().item<std::int64_t>();
}

/// All numbers of bfloat16 but NaN.
torch::Tensor all_numbers() {
    const torch::Tensor all = torch::arange(65536).to(torch::kInt16).view(torch::kBFloat16);
    return all.masked_select(all.isnan().logical_not());
}

TEST(VectorLoops, FindTanhOfEveryNumberToTheLastBit) {
    const torch::Tensor numbers = all_numbers();
    torch::Tensor found = numbers.clone();
    loops::tanh(bits(found), found.numel());
    EXPECT_LE(steps_between(found, numbers.to(torch::kDouble).tanh().to(torch::kBFloat16)), 1);
}

TEST(VectorLoops, KeepWhatIsNotANumber) {
    torch::Tensor odd = torch::full({40}, std::nan(""), torch::kBFloat16);
    loops::tanh(bits(odd), odd.numel());
    EXPECT_TRUE(odd.isnan().all().item<bool>());
}

TEST(VectorLoops, RoundAsATenDoes) {
    const float infinity = std::numeric_limits<float>::infinity();
    const torch::Tensor some = torch::cat(
        {torch::randn({1000}) * 1e3,
         torch::tensor({1.00390625F, 1.01171875F, -1.00390625F, infinity, -infinity, 3.4e38F, 1e-40F})});
    const torch::Tensor zeros = torch::zeros_like(some);
    const torch::Tensor sum = torch::empty_like(some, torch::kBFloat16);
    const torch::Tensor difference = torch::empty_like(sum);
    loops::sum_and_difference(some.data_ptr<float>(), zeros.data_ptr<float>(), 1, some.numel(), bits(sum),
                              bits(difference));
    EXPECT_TRUE(sum.view(torch::kInt16).equal(some.to(torch::kBFloat16).view(torch::kInt16)));
    EXPECT_TRUE(difference.view(torch::kInt16).equal(sum.view(torch::kInt16)));
}

TEST(Tanh, HasTheGradientOfLibTorchs) {
    for (const auto format : {torch::MemoryFormat::Contiguous, torch::MemoryFormat::ChannelsLast}) {
        torch::manual_seed(3);
        const torch::Tensor input = torch::randn({2, 8, 3, 5}).to(torch::kBFloat16).contiguous(format);
        const torch::Tensor along = torch::randn({2, 8, 3, 5}).to(torch::kBFloat16).contiguous(format);
        const auto gradient = [&](auto function) {
            const torch::Tensor leaf = input.clone().set_requires_grad(true);
            const torch::Tensor result = function(leaf * 1);
            EXPECT_TRUE(
                torch::allclose(result.to(torch::kFloat), input.to(torch::kFloat).tanh(), 1e-2, 1e-3));
            (result * along).sum().backward();
            return leaf.grad().to(torch::kFloat);
        };
        const torch::Tensor own = gradient([](const torch::Tensor& x) { return tanh_in_order_(x); });
        const torch::Tensor theirs = gradient([](const torch::Tensor& x) { return x.tanh(); });
        EXPECT_TRUE(torch::allclose(own, theirs, 2e-2, 2e-2)) << (own - theirs).abs().max();
    }
}

TEST(UnitQuaternions, AreTheSameInChannelsLast) {
    torch::manual_seed(2);
    torch::Tensor values = torch::randn({2, 8, 33, 17});
    values.index_put_({0, torch::indexing::Slice(0, 4), 0, 0}, 0);  // one of no length
    const torch::Tensor along = torch::randn_like(values);
    for (const auto& [type, tolerance] :
         {std::pair{torch::kFloat, 1e-5}, std::pair{torch::kBFloat16, 2e-2}}) {
        const auto both = [&](torch::MemoryFormat format) {
            const torch::Tensor input = values.to(type).clone(format).set_requires_grad(true);
            const torch::Tensor unit = normalise_quaternions_lean(input);
            EXPECT_TRUE(unit.is_contiguous(format));
            (unit * along.to(type).contiguous(format)).sum().backward();
            torch::Tensor gradient = input.grad().to(torch::kFloat).contiguous();
            const torch::Tensor of_none = gradient[0].slice(0, 0, 4).select(1, 0).select(1, 0);
            EXPECT_TRUE(
                torch::allclose(of_none, along[0].slice(0, 0, 4).select(1, 0).select(1, 0) * 1e12, 2e-2, 0));
            of_none.zero_();  // of another order of magnitude than the others
            return std::pair{unit.detach().to(torch::kFloat).contiguous(), gradient};
        };
        const auto [unit, gradient] = both(torch::MemoryFormat::Contiguous);
        const auto [same_unit, same_gradient] = both(torch::MemoryFormat::ChannelsLast);
        EXPECT_TRUE(torch::allclose(unit, same_unit, tolerance, tolerance));
        EXPECT_TRUE(torch::allclose(gradient, same_gradient, 2 * tolerance, 10 * tolerance))
            << type << " " << (gradient - same_gradient).abs().max();
    }
}

}  // namespace
}  // namespace tidemark::trainer
