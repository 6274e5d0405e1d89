#include "trainer/training/train_epoch.hpp"

#include <algorithm>
#include <utility>

#include "trainer/libtorch_version.hpp"
#include "trainer/memory/tensor_account.hpp"

namespace tidemark::trainer {
namespace {

std::int64_t images_of_group(const BatchLoader& loader, std::int64_t first, std::int64_t accumulation) {
    std::int64_t images = 0;
    for (std::int64_t batch = first; batch < std::min(first + accumulation, loader.batches()); ++batch) {
        images += loader.batch_size(batch);
    }
    return images;
}

/// Adds the gradients of `weight` times the summed loss of a batch to what is there, and returns that loss.
/// All that it needs in between is gone afterwards.
double add_gradients(const Forward& forward, Batch batch, const TrainingRules& rules, double weight) {
    namespace F = torch::nn::functional;
    const torch::Tensor scores = forward(std::move(batch.images));
    auto options = F::CrossEntropyFuncOptions().reduction(torch::kSum).label_smoothing(rules.label_smoothing);
    if (rules.class_weights.defined()) options.weight(rules.class_weights);
    const torch::Tensor sum = F::cross_entropy(scores, batch.labels.to(scores.device()), options);
    (sum * weight).backward();
    return sum.item<double>();
}

}  // namespace

EpochSums train_epoch(const Forward& forward, torch::optim::Optimizer& optimizer, LossScaler& scaler,
                      BatchLoader& loader, const TrainingRules& rules, const OnBatch& on_batch,
                      const EpochSums& begun) {
    EpochSums sums = begun;
    if (sums.batches % rules.accumulation == 0) zero_gradients(optimizer);
    while (auto batch = loader.next()) {
        const std::int64_t first = sums.batches - sums.batches % rules.accumulation;
        const std::int64_t group_images = images_of_group(loader, first, rules.accumulation);
        const std::int64_t images = batch->size();
        const double batch_loss = add_gradients(forward, *std::exchange(batch, {}), rules,
                                                scaler.scale() / static_cast<double>(group_images));
        sums.loss += batch_loss;
        sums.images += images;
        ++sums.batches;
        if (sums.batches % rules.accumulation == 0 || sums.batches == loader.batches()) {
            const CategoryScope scope(Category::OptimizerStep);
            scaler.step(optimizer, rules.clip_norm);
            zero_gradients(optimizer);
            ++sums.optimizer_steps;
        }
        on_batch(batch_loss / static_cast<double>(images), sums);
    }
    return sums;
}

}  // namespace tidemark::trainer
