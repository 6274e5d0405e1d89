#pragma once

#include <cstdint>

#include <torch/torch.h>

#include "trainer/options.hpp"

namespace tidemark::trainer {

/// Learning rate in the epoch (from 0): in the first warmup_epochs it rises in equal steps to lr; behind
/// them, over the epochs that are left, cosine annealing towards 0 (Loshchilov and Hutter 2017,
/// arXiv:1608.03983, without restarts; stepped per epoch as PyTorch's CosineAnnealingLR), a step down every
/// step_epochs (StepLR), or constant.
double learning_rate(const Options& options, std::int64_t epoch);

void set_learning_rate(torch::optim::Optimizer& optimizer, double rate);

}  // namespace tidemark::trainer
