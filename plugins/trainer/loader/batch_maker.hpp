#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

#include "trainer/datasets/dataset.hpp"

namespace tidemark::trainer {

struct Batch {
    torch::Tensor images;  ///< float, batch × channels × height × width, normalised
    torch::Tensor labels;  ///< int64, batch
    std::int64_t size() const { return labels.size(0); }
};

enum class WorkerKind { Thread, Process };

struct LoaderOptions {
    std::int64_t batch_size = 1;
    std::int64_t workers = 0;  ///< that prepare batches ahead
    bool shuffle = false;
    bool augment = false;
    bool drop_last = false;
    std::uint64_t seed = 0;
    WorkerKind worker_kind = WorkerKind::Thread;
    std::int64_t prefetch = 2;  ///< batches ahead, of each worker
    bool pin_memory = false;    ///< page-locked, for a GPU
};

/// Makes the batches of an epoch, in any order and from several threads or processes at once: they depend on
/// seed and epoch alone.
class BatchMaker {
  public:
    /// The data set must outlive it.
    BatchMaker(const Dataset& dataset, const LoaderOptions& options);

    std::int64_t batches() const;
    std::int64_t batch_size(std::int64_t batch) const;  ///< the last one may be smaller
    const DataShape& shape() const { return shape_; }
    void start_epoch(std::int64_t epoch);

    /// Throws what reading the data set threw.
    Batch make(std::int64_t batch) const;
    /// The same into memory for batch_size(batch) images of shape() and as many labels.
    void write(std::int64_t batch, float* pixels, std::int64_t* labels) const;

  private:
    void shuffle();

    const Dataset& dataset_;
    DataShape shape_;
    Normalisation normalisation_;
    LoaderOptions options_;
    std::int64_t epoch_ = 0;
    std::vector<std::int64_t> order_;
};

/// Tensors for a batch of `size` images, entered in the account as such, whose values are not set.
Batch empty_batch(std::int64_t size, const DataShape& shape);

}  // namespace tidemark::trainer
