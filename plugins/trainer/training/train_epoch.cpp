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
double add_gradients(const Forward& forward, Batch batch, double weight) {
    namespace F = torch::nn::functional;
    const torch::Tensor scores = forward(std::move(batch.images));
    const torch::Tensor sum = F::cross_entropy(scores, batch.labels.to(scores.device()),
                                               F::CrossEntropyFuncOptions().reduction(torch::kSum));
    (sum * weight).backward();
    return sum.item<double>();
}

}  // namespace

EpochFigures train_epoch(const Forward& forward, torch::optim::Optimizer& optimizer, LossScaler& scaler,
                         BatchLoader& loader, std::int64_t accumulation, const OnBatch& on_batch) {
    EpochFigures figures;
    double loss_sum = 0;
    std::int64_t group_images = 0;
    std::int64_t number = 0;
    zero_gradients(optimizer);
    while (auto batch = loader.next()) {
        if (number % accumulation == 0) group_images = images_of_group(loader, number, accumulation);
        const std::int64_t images = batch->size();
        const double batch_loss = add_gradients(forward, *std::exchange(batch, {}),
                                                scaler.scale() / static_cast<double>(group_images));
        loss_sum += batch_loss;
        figures.images += images;
        ++number;
        if (number % accumulation == 0 || number == loader.batches()) {
            const CategoryScope scope(Category::OptimizerStep);
            scaler.step(optimizer);
            zero_gradients(optimizer);
            ++figures.optimizer_steps;
        }
        on_batch(number, batch_loss / static_cast<double>(images));
    }
    if (figures.images > 0) figures.loss = loss_sum / static_cast<double>(figures.images);
    return figures;
}

}  // namespace tidemark::trainer
