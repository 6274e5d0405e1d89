#include "trainer/models/merge_weights.hpp"

#include <ATen/Parallel.h>
#include <array>
#include <numeric>
#include <vector>

#include "trainer/models/vector_loops.hpp"

namespace tidemark::trainer {
namespace {

constexpr std::int64_t kRowsAtATime = 8;  // for a thread: few enough to share, enough to be worth it

constexpr std::size_t kLanes = 16;  // sums side by side, so that the compiler may use vectors

/// Whether the weight can be gone through as it lies in memory.
bool lies_in_rows(const torch::Tensor& weight, torch::ScalarType type) {
    return weight.is_cpu() && weight.is_contiguous() && weight.scalar_type() == torch::kFloat &&
           (type == torch::kFloat || type == torch::kBFloat16);
}

/// `Number` is what the loops take for the type of the tensors.
template <typename Number>
void make_rows(const torch::Tensor& weight, float scale, MergeWeights& out) {
    const std::int64_t in = weight.size(1) / 2;
    const auto* both = weight.data_ptr<float>();
    auto* sum = static_cast<Number*>(out.sum.data_ptr());
    auto* turning = static_cast<Number*>(out.turning.data_ptr());
    at::parallel_for(0, weight.size(0), kRowsAtATime, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            const float* v = both + row * 2 * in;
            const float* w = v + in;
            loops::sum_and_difference(v, w, scale, in, sum + row * in, turning + row * in);
        }
    });
}

/// Returns the gradient of the scale, added up row by row: the same for any number of threads.
template <typename Number>
double unmake_rows(const MergeWeights& gradients, const torch::Tensor& weight, float scale,
                   torch::Tensor& of_weight) {
    const std::int64_t in = weight.size(1) / 2;
    const auto* both = weight.data_ptr<float>();
    const auto* of_sum = gradients.sum.data_ptr<Number>();
    const auto* of_turning = gradients.turning.data_ptr<Number>();
    auto* out = of_weight.data_ptr<float>();
    std::vector<double> of_scale(static_cast<std::size_t>(weight.size(0)));
    at::parallel_for(0, weight.size(0), kRowsAtATime, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            const float* v = both + row * 2 * in;
            const float* w = v + in;
            float* of_v = out + row * 2 * in;
            float* of_w = of_v + in;
            std::array<float, kLanes> along{};
            const auto at = [&](std::int64_t i, std::size_t lane) {
                const auto common = static_cast<float>(of_sum[row * in + i]);
                const auto turn = static_cast<float>(of_turning[row * in + i]);
                along[lane] += turn * (v[i] - w[i]);
                of_v[i] = common + scale * turn;
                of_w[i] = common - scale * turn;
            };
            std::int64_t i = 0;
            for (; i + static_cast<std::int64_t>(kLanes) <= in; i += kLanes)
                for (std::size_t lane = 0; lane < kLanes; ++lane)
                    at(i + static_cast<std::int64_t>(lane), lane);
            for (; i < in; ++i) at(i, 0);
            of_scale[static_cast<std::size_t>(row)] = std::accumulate(along.begin(), along.end(), 0.0);
        }
    });
    return std::accumulate(of_scale.begin(), of_scale.end(), 0.0);
}

}  // namespace

MergeWeights merge_weights(const torch::Tensor& weight, const torch::Tensor& scale, torch::ScalarType type) {
    if (!lies_in_rows(weight, type)) {
        const auto halves = weight.chunk(2, 1);
        return {(halves[0] + halves[1]).to(type), (halves[0] - halves[1]).mul_(scale).to(type)};
    }
    const std::vector<std::int64_t> half{weight.size(0), weight.size(1) / 2, 1, 1};
    MergeWeights out{torch::empty(half, type), torch::empty(half, type)};
    const auto factor = scale.item<float>();
    if (type == torch::kFloat)
        make_rows<float>(weight, factor, out);
    else
        make_rows<std::uint16_t>(weight, factor, out);
    return out;
}

MergeGradients merge_gradients(const MergeWeights& gradients, const torch::Tensor& weight,
                               const torch::Tensor& scale) {
    const auto type = gradients.sum.scalar_type();
    if (!lies_in_rows(weight, type)) {
        const auto halves = weight.chunk(2, 1);
        const torch::Tensor sum = gradients.sum.to(weight.scalar_type());
        torch::Tensor turning =
            gradients.turning.to(weight.scalar_type(), /*non_blocking=*/false, /*copy=*/true);
        const torch::Tensor of_scale = (turning * (halves[0] - halves[1])).sum().view_as(scale);
        turning.mul_(scale);
        return {torch::cat({sum + turning, sum - turning}, 1), of_scale};
    }
    torch::Tensor of_weight = torch::empty_like(weight);
    const auto factor = scale.item<float>();
    const MergeWeights rows{gradients.sum.contiguous(), gradients.turning.contiguous()};
    const double of_scale = type == torch::kFloat
                                ? unmake_rows<float>(rows, weight, factor, of_weight)
                                : unmake_rows<at::BFloat16>(rows, weight, factor, of_weight);
    return {of_weight, torch::full_like(scale, of_scale)};
}

}  // namespace tidemark::trainer
