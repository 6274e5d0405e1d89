#pragma once

#include <cstdint>
#include <functional>

#include <torch/torch.h>

#include "trainer/loader/batch_loader.hpp"
#include "trainer/training/loss_scaler.hpp"

namespace tidemark::trainer {

struct EpochFigures {
    double loss = 0;  ///< mean over the images
    std::int64_t images = 0;
    std::int64_t optimizer_steps = 0;
};

using Forward = std::function<torch::Tensor(torch::Tensor images)>;
using OnBatch =
    std::function<void(std::int64_t batch, double loss)>;  ///< batches from 1, loss the mean of the batch

/// One pass over the started epoch of the loader. The gradients of `accumulation` batches are added up before
/// each step of the optimizer, each image weighing the same: the loss is divided by the true number of images
/// of the group, so that a short last batch and a short last group, which makes its step too, count for what
/// they are.
EpochFigures train_epoch(const Forward& forward, torch::optim::Optimizer& optimizer, LossScaler& scaler,
                         BatchLoader& loader, std::int64_t accumulation, const OnBatch& on_batch);

}  // namespace tidemark::trainer
