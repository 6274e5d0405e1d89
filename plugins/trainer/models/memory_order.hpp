#pragma once

#include <torch/torch.h>

namespace tidemark::trainer {

/// A tensor seen in the order in which it lies in memory: one in channels_last as contiguous batch × height ×
/// width × channels, any other as it is. What works element by element need not know the axes, and LibTorch
/// 1.13 takes six times as long for GELU in bfloat16 where they are in another order.
torch::Tensor in_memory_order(const torch::Tensor& tensor);

/// The way back: `seen`, as in_memory_order gave it, with the axes of `original` again.
torch::Tensor as_axes_of(const torch::Tensor& original, const torch::Tensor& seen);

/// torch::gelu and torch::gelu_, in the order of the memory.
torch::Tensor gelu_in_order(const torch::Tensor& input);
torch::Tensor gelu_in_order_(torch::Tensor input);

/// torch::tanh_ of the result of another operation, with gradients; in bfloat16 on the CPU by a loop of our
/// own, which takes a ninth of the time.
torch::Tensor tanh_in_order_(const torch::Tensor& input);

}  // namespace tidemark::trainer
