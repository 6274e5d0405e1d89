#include "trainer/loader/batch_loader.hpp"

#include <algorithm>

#include "trainer/memory/tensor_account.hpp"

namespace tidemark::trainer {

BatchLoader::BatchLoader(const Dataset& dataset, const LoaderOptions& options)
    : options_(options), maker_(dataset, options) {}

void BatchLoader::start_epoch(std::int64_t epoch, std::int64_t first) {
    workers_.reset();
    maker_.start_epoch(epoch);
    next_ = first;
    if (options_.workers == 0) return;
    const auto make =
        options_.worker_kind == WorkerKind::Process ? make_process_workers : make_thread_workers;
    workers_ = make(maker_, {options_.workers, options_.prefetch, first});
}

std::int64_t BatchLoader::largest_group(std::int64_t batches_of_group) const {
    std::int64_t images = 0;
    for (std::int64_t batch = 0; batch < std::min(batches_of_group, batches()); ++batch)
        images += batch_size(batch);
    return images;
}

std::optional<Batch> BatchLoader::next() {
    if (next_ >= batches()) {
        if (workers_) worker_memory_.value = std::max(worker_memory_.value, workers_->own_memory().value);
        workers_.reset();
        return std::nullopt;
    }
    const std::int64_t number = next_++;
    Batch batch = workers_ ? workers_->take(number) : maker_.make(number);
    if (options_.pin_memory) {
        const CategoryScope scope(Category::Batches);
        batch = {batch.images.pin_memory(), batch.labels.pin_memory()};
    }
    return batch;
}

}  // namespace tidemark::trainer
