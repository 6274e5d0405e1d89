#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <torch/torch.h>

#include "trainer/datasets/dataset.hpp"

namespace tidemark::trainer {

struct Batch {
    torch::Tensor images;  ///< float, batch × 3 × 32 × 32, normalised
    torch::Tensor labels;  ///< int64, batch
    std::int64_t size() const { return labels.size(0); }
};

struct LoaderOptions {
    std::int64_t batch_size = 1;
    std::int64_t workers = 0;  ///< threads that prepare batches ahead, two each
    bool shuffle = false;
    bool augment = false;
    bool drop_last = false;
    std::uint64_t seed = 0;
};

/// Cuts a data set into batches. The batches of an epoch depend on seed and epoch alone, not on the workers.
class BatchLoader {
  public:
    /// The data set must outlive the loader.
    BatchLoader(const Dataset& dataset, const LoaderOptions& options);
    ~BatchLoader();

    std::int64_t batches() const;
    std::int64_t batch_size(std::int64_t batch) const;  ///< the last one may be smaller

    void start_epoch(std::int64_t epoch);

    /// The next batch of the epoch; nothing at its end. Throws what reading the data set threw, in a worker
    /// too.
    std::optional<Batch> next();

  private:
    class Workers;
    Batch make(std::int64_t batch) const;
    void shuffle();

    const Dataset& dataset_;
    LoaderOptions options_;
    std::int64_t epoch_ = 0;
    std::int64_t next_ = 0;
    std::vector<std::int64_t> order_;
    std::unique_ptr<Workers> workers_;
};

}  // namespace tidemark::trainer
