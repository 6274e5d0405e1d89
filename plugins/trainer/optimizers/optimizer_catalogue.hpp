#pragma once

#include <memory>
#include <vector>

#include <torch/torch.h>

#include "trainer/options.hpp"

namespace tidemark::trainer {

/// Makes the optimizer that `options.optimizer` names.
std::unique_ptr<torch::optim::Optimizer> make_optimizer(const Options& options,
                                                        std::vector<torch::Tensor> parameters);

/// Gives every parameter a gradient of zeros, so that all gradients are added up in place from the start.
void make_gradients(const std::vector<torch::Tensor>& parameters);

}  // namespace tidemark::trainer
