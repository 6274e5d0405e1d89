#include "trainer/models/memory_order.hpp"

namespace tidemark::trainer {
namespace {

constexpr std::int64_t kDimensionsOfImages = 4;

bool is_channels_last(const torch::Tensor& tensor) {
    return tensor.dim() == kDimensionsOfImages && !tensor.is_contiguous() &&
           tensor.is_contiguous(torch::MemoryFormat::ChannelsLast);
}

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

}  // namespace tidemark::trainer
