#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/units.hpp"
#include "trainer/loader/batch_maker.hpp"
#include "trainer/loader/workers.hpp"

namespace tidemark::trainer {

/// Cuts a data set into batches. The batches of an epoch depend on seed and epoch alone, not on the workers.
class BatchLoader {
  public:
    /// The data set must outlive the loader.
    BatchLoader(const Dataset& dataset, const LoaderOptions& options);

    const DataShape& shape() const { return maker_.shape(); }
    std::int64_t batches() const { return maker_.batches(); }
    std::int64_t batch_size(std::int64_t batch) const { return maker_.batch_size(batch); }

    /// The most images that so many batches in succession have.
    std::int64_t largest_group(std::int64_t batches_of_group) const;

    /// `first`: the batch to begin with, where the epoch was begun before.
    void start_epoch(std::int64_t epoch, std::int64_t first = 0);

    /// The next batch of the epoch; nothing at its end. Throws what reading the data set threw, in a worker
    /// too, and std::runtime_error where a worker process has died.
    std::optional<Batch> next();

    /// The most that worker processes had for themselves at the end of an epoch.
    Bytes worker_memory() const { return worker_memory_; }

  private:
    LoaderOptions options_;
    BatchMaker maker_;
    std::int64_t next_ = 0;
    std::unique_ptr<Workers> workers_;
    Bytes worker_memory_{};
};

}  // namespace tidemark::trainer
