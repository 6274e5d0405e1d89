#pragma once

#include <cstdint>
#include <string>

#include <torch/torch.h>

namespace tidemark::trainer {

/// Learning rate in the epoch (from 0) of `epochs`: cosine annealing from `base` towards 0 (Loshchilov and
/// Hutter 2017, arXiv:1608.03983, without restarts; stepped per epoch as PyTorch's CosineAnnealingLR), or
/// constant.
double learning_rate(const std::string& schedule, double base, std::int64_t epoch, std::int64_t epochs);

void set_learning_rate(torch::optim::Optimizer& optimizer, double rate);

}  // namespace tidemark::trainer
