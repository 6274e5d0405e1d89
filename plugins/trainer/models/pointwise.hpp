#pragma once

#include <torch/torch.h>

namespace tidemark::trainer {

/// Convolutions 1×1 of batch × channels × height × width, as the matrix products that they are. LibTorch's
/// own go through oneDNN, which brings every input and output into an order of its own and back: a third of
/// the time of h2q's convolutions. Weights are out × in × 1 × 1.

/// Whether this input can be taken: float, on the CPU, in contiguous order, with images large enough.
bool takes_products(const torch::Tensor& input);

/// weight · input + bias.
torch::Tensor pointwise(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias);
/// Adds weight · input to what is there.
void add_pointwise(torch::Tensor& output, const torch::Tensor& input, const torch::Tensor& weight);

/// weightᵀ · gradient, for the gradient of an output.
torch::Tensor pointwise_input_gradient(const torch::Tensor& gradient, const torch::Tensor& weight);
/// The sum over the batch of gradient · inputᵀ.
torch::Tensor pointwise_weight_gradient(const torch::Tensor& gradient, const torch::Tensor& input);
/// The sum over batch and image.
torch::Tensor pointwise_bias_gradient(const torch::Tensor& gradient);

/// conv1x1 with gradients: by products where they can be taken, else LibTorch's own.
torch::Tensor conv1x1_by_products(const torch::Tensor& input, const torch::nn::Conv2d& conv);

}  // namespace tidemark::trainer
