#pragma once

#include <cstdint>
#include <functional>

#include <torch/torch.h>

#include "trainer/loader/batch_loader.hpp"
#include "trainer/training/loss_scaler.hpp"

namespace tidemark::trainer {

/// What has been done of an epoch.
struct EpochSums {
    std::int64_t batches = 0;
    std::int64_t images = 0;
    std::int64_t optimizer_steps = 0;
    double loss = 0;  ///< over the images
    double mean_loss() const { return images > 0 ? loss / static_cast<double>(images) : 0; }
};

/// How gradients are made and used.
struct TrainingRules {
    std::int64_t accumulation = 1;
    double label_smoothing = 0;
    double clip_norm = 0;           ///< of all gradients of a step together; 0: any
    torch::Tensor class_weights{};  ///< one for each class; undefined: all weigh 1
};

using Forward = std::function<torch::Tensor(torch::Tensor images)>;
/// Told of each batch, behind the step that it may have ended: the mean loss of the batch.
using OnBatch = std::function<void(double loss, const EpochSums& sums)>;

/// The rest of the started epoch of the loader, behind what `begun` has of it. The gradients of
/// `accumulation` batches are added up before each step of the optimizer, each image weighing the same: the
/// loss is divided by the true number of images of the group, so that a short last batch and a short last
/// group, which makes its step too, count for what they are. Gradients are those of the group that was begun,
/// or zero.
EpochSums train_epoch(const Forward& forward, torch::optim::Optimizer& optimizer, LossScaler& scaler,
                      BatchLoader& loader, const TrainingRules& rules, const OnBatch& on_batch,
                      const EpochSums& begun = {});

}  // namespace tidemark::trainer
