#include "trainer/models/memory_order.hpp"

#include <ATen/Parallel.h>

#include "trainer/models/vector_loops.hpp"

namespace tidemark::trainer {
namespace {

namespace autograd = torch::autograd;

constexpr std::int64_t kDimensionsOfImages = 4;
constexpr std::int64_t kAtATime = 16384;  // numbers for a thread: few enough to share, enough to be worth it

bool is_channels_last(const torch::Tensor& tensor) {
    return tensor.dim() == kDimensionsOfImages && !tensor.is_contiguous() &&
           tensor.is_contiguous(torch::MemoryFormat::ChannelsLast);
}

struct Tanh : autograd::Function<Tanh> {
    static torch::Tensor forward(autograd::AutogradContext* context, torch::Tensor input) {
        auto* numbers = static_cast<std::uint16_t*>(input.data_ptr());
        at::parallel_for(0, input.numel(), kAtATime, [&](std::int64_t begin, std::int64_t end) {
            loops::tanh(numbers + begin, end - begin);
        });
        context->mark_dirty({input});
        context->save_for_backward({input});
        return input;
    }

    static autograd::variable_list backward(autograd::AutogradContext* context,
                                            autograd::variable_list gradients) {
        return {torch::tanh_backward(gradients[0], context->get_saved_variables()[0])};
    }
};

}  // namespace

torch::Tensor in_memory_order(const torch::Tensor& tensor) {
    return is_channels_last(tensor) ? tensor.permute({0, 2, 3, 1}) : tensor;
}

torch::Tensor as_axes_of(const torch::Tensor& original, const torch::Tensor& seen) {
    return is_channels_last(original) ? seen.permute({0, 3, 1, 2}) : seen;
}

torch::Tensor gelu_in_order(const torch::Tensor& input) {
    return as_axes_of(input, torch::gelu(in_memory_order(input)));
}

torch::Tensor gelu_in_order_(torch::Tensor input) {
    torch::Tensor seen = in_memory_order(input);
    torch::gelu_(seen);
    return input;
}

torch::Tensor tanh_in_order_(const torch::Tensor& input) {
    const bool own =
        input.is_cpu() && input.scalar_type() == torch::kBFloat16 && in_memory_order(input).is_contiguous();
    return own ? Tanh::apply(input) : torch::Tensor(input).tanh_();
}

}  // namespace tidemark::trainer
