#pragma once

#include <cstdint>
#include <memory>

#include "base/units.hpp"
#include "trainer/loader/batch_maker.hpp"

namespace tidemark::trainer {

/// Make the batches of one epoch ahead of their use. They end with this object.
class Workers {
  public:
    virtual ~Workers() = default;
    /// To be called for every batch in order. Throws what making it threw.
    virtual Batch take(std::int64_t batch) = 0;
    /// What they have in memory for themselves beside tensors.
    virtual Bytes own_memory() const { return {}; }
};

struct WorkersPlan {
    std::int64_t workers = 1;
    std::int64_t prefetch = 1;  ///< batches ahead, of each
    std::int64_t first = 0;     ///< the batch that is taken first
};

/// The maker must outlive them, and stay in its epoch.
std::unique_ptr<Workers> make_thread_workers(const BatchMaker& maker, const WorkersPlan& plan);

/// Forked processes that hand batches over in shared memory, as PyTorch's loader has them. They share what
/// the process has when they begin, and keep what it changes afterwards as it was. take throws
/// std::runtime_error where one of them dies.
std::unique_ptr<Workers> make_process_workers(const BatchMaker& maker, const WorkersPlan& plan);

}  // namespace tidemark::trainer
