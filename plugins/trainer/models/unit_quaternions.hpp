#pragma once

#include <torch/torch.h>

namespace tidemark::trainer {

/// Divides each group of four neighbouring channels by its length. `features`: batch × 4n × height × width.
torch::Tensor normalise_quaternions(const torch::Tensor& features);

/// The same, keeping only its result and the lengths for the backward pass.
torch::Tensor normalise_quaternions_lean(const torch::Tensor& features);

}  // namespace tidemark::trainer
