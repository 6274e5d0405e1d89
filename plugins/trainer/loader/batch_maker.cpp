#include "trainer/loader/batch_maker.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "trainer/datasets/augmentation.hpp"
#include "trainer/datasets/random.hpp"
#include "trainer/memory/tensor_account.hpp"

namespace tidemark::trainer {
namespace {

constexpr std::uint64_t kOrderStream = 1;
constexpr std::uint64_t kAugmentationStream = 2;

}  // namespace

Batch empty_batch(std::int64_t size, const DataShape& shape) {
    const CategoryScope scope(Category::Batches);
    return {torch::empty({size, shape.channels, shape.height, shape.width}),
            torch::empty({size}, torch::kInt64)};
}

BatchMaker::BatchMaker(const Dataset& dataset, const LoaderOptions& options)
    : dataset_(dataset),
      shape_(dataset.shape()),
      normalisation_(dataset.normalisation()),
      options_(options),
      order_(static_cast<std::size_t>(dataset.size())) {}

std::int64_t BatchMaker::batches() const {
    const std::int64_t size = dataset_.size();
    return options_.drop_last ? size / options_.batch_size
                              : (size + options_.batch_size - 1) / options_.batch_size;
}

std::int64_t BatchMaker::batch_size(std::int64_t batch) const {
    return std::min(options_.batch_size, dataset_.size() - batch * options_.batch_size);
}

void BatchMaker::start_epoch(std::int64_t epoch) {
    epoch_ = epoch;
    std::iota(order_.begin(), order_.end(), 0);
    if (options_.shuffle) shuffle();
}

/// Fisher and Yates, with our own generator: std::shuffle may differ between standard libraries.
void BatchMaker::shuffle() {
    Random random(options_.seed, kOrderStream, epoch_);
    for (std::size_t i = order_.size(); i > 1; --i) {
        std::swap(order_[i - 1],
                  order_[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(i)))]);
    }
}

Batch BatchMaker::make(std::int64_t batch) const {
    Batch out = empty_batch(batch_size(batch), shape_);
    write(batch, out.images.data_ptr<float>(), out.labels.data_ptr<std::int64_t>());
    return out;
}

void BatchMaker::write(std::int64_t batch, float* pixels, std::int64_t* labels) const {
    Example example;
    for (std::int64_t i = 0; i < batch_size(batch); ++i) {
        const std::int64_t index = order_[static_cast<std::size_t>(batch * options_.batch_size + i)];
        dataset_.read(index, example);
        Augmentation augmentation;
        if (options_.augment) {
            Random random(options_.seed, kAugmentationStream, epoch_, index);
            augmentation = Augmentation::random(random, shape_, dataset_.may_be_mirrored());
        }
        write_normalised(example, shape_, normalisation_, augmentation, pixels + i * pixels_of(shape_));
        labels[i] = example.label;
    }
}

}  // namespace tidemark::trainer
