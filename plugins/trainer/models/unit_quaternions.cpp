#include "trainer/models/unit_quaternions.hpp"

#include <ATen/Parallel.h>

#include "trainer/models/memory_order.hpp"
#include "trainer/models/vector_loops.hpp"

namespace tidemark::trainer {
namespace {

namespace autograd = torch::autograd;

constexpr std::int64_t kQuaternion = 4;
constexpr double kShortest = 1e-12;  // against division by zero
constexpr std::int64_t kAtATime =
    4096;  // quaternions for a thread: few enough to share, enough to be worth it

/// A view of batch × channels × height × width as batch × quaternions × 4 × height × width.
torch::Tensor as_quaternions(const torch::Tensor& features) {
    const auto sizes = features.sizes();
    return features.view({sizes[0], sizes[1] / kQuaternion, kQuaternion, sizes[2], sizes[3]});
}

// the square root of the sum of squares: a `norm` over an axis of length 4 takes many times as long
// bounded before the root, whose slope at zero is infinite and would make the gradients NaN
torch::Tensor lengths(const torch::Tensor& quaternions) {
    const torch::Tensor squares = quaternions.square().sum(2, /*keepdim=*/true);
    return squares.clamp_min(kShortest * kShortest).sqrt();
}

/// Whether the four numbers of each quaternion are neighbours in memory: channels_last.
bool lie_together(const torch::Tensor& features) {
    return features.is_cpu() && in_memory_order(features).is_contiguous() && !features.is_contiguous() &&
           (features.scalar_type() == torch::kFloat || features.scalar_type() == torch::kBFloat16);
}

/// Calls `work(Number{}, first, count)` for parts of `all`, with what the loops take for the type.
template <typename Work>
void for_parts(torch::ScalarType type, std::int64_t all, const Work& work) {
    at::parallel_for(0, all, kAtATime, [&](std::int64_t begin, std::int64_t end) {
        if (type == torch::kFloat)
            work(float{}, begin, end - begin);
        else
            work(std::uint16_t{}, begin, end - begin);
    });
}

template <typename Number>
Number* at(const torch::Tensor& tensor, std::int64_t index) {
    return static_cast<Number*>(tensor.data_ptr()) + index;
}

/// The units, and the lengths one after the other.
std::pair<torch::Tensor, torch::Tensor> normalise_together(const torch::Tensor& features) {
    const torch::Tensor unit = torch::empty_like(features);
    const std::int64_t count = features.numel() / kQuaternion;
    const torch::Tensor length = torch::empty({count}, features.options());
    for_parts(features.scalar_type(), count, [&](auto number, std::int64_t first, std::int64_t some) {
        using Number = decltype(number);
        loops::normalise(at<Number>(features, kQuaternion * first), some, kShortest,
                         at<Number>(unit, kQuaternion * first), at<Number>(length, first));
    });
    return {unit, length};
}

torch::Tensor normalise_together_backward(const torch::Tensor& unit, const torch::Tensor& length,
                                          const torch::Tensor& gradient) {
    const torch::Tensor out = torch::empty_like(unit);
    for_parts(unit.scalar_type(), length.numel(), [&](auto number, std::int64_t first, std::int64_t some) {
        using Number = decltype(number);
        loops::normalise_backward(at<Number>(unit, kQuaternion * first), at<Number>(length, first), kShortest,
                                  at<Number>(gradient, kQuaternion * first), some,
                                  at<Number>(out, kQuaternion * first));
    });
    return out;
}

/// With u = x / |x|, the gradient of x is (v - u (u · v)) / |x| for the gradient v of u.
struct UnitQuaternions : autograd::Function<UnitQuaternions> {
    static torch::Tensor forward(autograd::AutogradContext* context, const torch::Tensor& features) {
        if (lie_together(features)) {
            auto [unit, length] = normalise_together(features);
            context->save_for_backward({unit, length});
            return unit;
        }
        const torch::Tensor quaternions = as_quaternions(features);
        const torch::Tensor length = lengths(quaternions);
        const torch::Tensor unit = (quaternions / length).view(features.sizes());
        context->save_for_backward({unit, length});
        return unit;
    }

    static autograd::variable_list backward(autograd::AutogradContext* context,
                                            autograd::variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const torch::Tensor& length = saved[1];
        const torch::Tensor from =
            gradients[0].to(saved[0].scalar_type()).contiguous(saved[0].suggest_memory_format());
        if (lie_together(saved[0])) return {normalise_together_backward(saved[0], length, from)};
        const torch::Tensor unit = as_quaternions(saved[0]);
        const torch::Tensor gradient = as_quaternions(from);
        torch::Tensor along = (unit * gradient).sum(2, /*keepdim=*/true);
        along.masked_fill_(length <= kShortest, 0);  // there the length is a constant
        torch::Tensor result = torch::addcmul(gradient, unit, along, -1);
        return {result.div_(length).view(saved[0].sizes())};
    }
};

}  // namespace

torch::Tensor normalise_quaternions(const torch::Tensor& features) {
    const torch::Tensor quaternions = as_quaternions(features);
    return (quaternions / lengths(quaternions)).view(features.sizes());
}

torch::Tensor normalise_quaternions_lean(const torch::Tensor& features) {
    return UnitQuaternions::apply(features);
}

}  // namespace tidemark::trainer
