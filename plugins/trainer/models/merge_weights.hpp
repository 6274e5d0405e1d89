#pragma once

#include <torch/torch.h>

namespace tidemark::trainer {

/// The weight [V W] of h2q's merging convolution, out × 2·in × 1 × 1, as the two convolutions that its
/// rearranged form has: (V + W) for the gate and s·(V − W) for the turn, each out × in × 1 × 1.
struct MergeWeights {
    torch::Tensor sum;
    torch::Tensor turning;
};

/// In `type`, which is that of the activations. One pass over the weight instead of one for each sum and
/// product: there are ten million of them, and with small batches they are made again and again.
MergeWeights merge_weights(const torch::Tensor& weight, const torch::Tensor& scale, torch::ScalarType type);

struct MergeGradients {
    torch::Tensor of_weight;
    torch::Tensor of_scale;
};

/// The gradients of the weight and of s, both in the weight's type, from those of the two convolutions.
MergeGradients merge_gradients(const MergeWeights& gradients, const torch::Tensor& weight,
                               const torch::Tensor& scale);

}  // namespace tidemark::trainer
