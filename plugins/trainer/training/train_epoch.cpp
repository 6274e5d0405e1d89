#include "trainer/training/train_epoch.hpp"

#include <algorithm>

#include "trainer/libtorch_version.hpp"

namespace tidemark::trainer {
namespace {

std::int64_t images_of_group(const BatchLoader& loader, std::int64_t first, std::int64_t accumulation) {
    std::int64_t images = 0;
    for (std::int64_t batch = first; batch < std::min(first + accumulation, loader.batches()); ++batch) {
        images += loader.batch_size(batch);
    }
    return images;
}

}  // namespace

EpochFigures train_epoch(const Forward& forward, torch::optim::Optimizer& optimizer, BatchLoader& loader,
                         std::int64_t accumulation, const OnBatch& on_batch) {
    namespace F = torch::nn::functional;
    EpochFigures figures;
    double loss_sum = 0;
    std::int64_t group_images = 0;
    std::int64_t number = 0;
    zero_gradients(optimizer);
    while (auto batch = loader.next()) {
        if (number % accumulation == 0) group_images = images_of_group(loader, number, accumulation);
        const torch::Tensor sum = F::cross_entropy(forward(std::move(batch->images)), batch->labels,
                                                   F::CrossEntropyFuncOptions().reduction(torch::kSum));
        (sum / static_cast<double>(group_images)).backward();
        const auto batch_loss = sum.item<double>();
        loss_sum += batch_loss;
        figures.images += batch->size();
        ++number;
        if (number % accumulation == 0 || number == loader.batches()) {
            optimizer.step();
            zero_gradients(optimizer);
            ++figures.optimizer_steps;
        }
        on_batch(number, batch_loss / static_cast<double>(batch->size()));
    }
    if (figures.images > 0) figures.loss = loss_sum / static_cast<double>(figures.images);
    return figures;
}

}  // namespace tidemark::trainer
