#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include <torch/torch.h>

#include "trainer/libtorch_version.hpp"

namespace tidemark::trainer {

/// What a tensor is for.
enum class Category { Parameters, Buffers, Gradients, OptimizerState, OptimizerStep, Activations, Batches };
inline constexpr std::size_t kCategories = 7;

/// Tensors that this thread makes while it lives are of this category; of Activations where there is none.
class CategoryScope {
  public:
    explicit CategoryScope(Category category);
    ~CategoryScope();
    CategoryScope(const CategoryScope&) = delete;
    CategoryScope& operator=(const CategoryScope&) = delete;

  private:
    Category before_;
};

struct TensorBytes {
    std::array<std::int64_t, kCategories> by_category{};
    std::int64_t total = 0;  ///< for peaks: of all at once, which may be less than the sum of their peaks
    std::int64_t of(Category category) const { return by_category[static_cast<std::size_t>(category)]; }
};

/// Keeps account of every tensor's bytes, by what LibTorch's allocators themselves report, whatever lies
/// behind malloc. What a tensor is for follows from the CategoryScope in which it was made.
class TensorAccount : public c10::MemoryReportingInfoBase {
  public:
    void reportMemoryUsage(void* pointer, std::int64_t size, ReportedTotal allocated, ReportedTotal reserved,
                           c10::Device device) override;
    bool memoryProfilingEnabled() const override { return true; }

    /// Counts a tensor that lives already as `category`.
    void claim(const torch::Tensor& tensor, Category category);
    /// Counts all that live as `from` as `to`, and the peak of `from` as if they had been so from the start:
    /// what a step of the optimizer leaves behind is its state.
    void claim_all(Category from, Category to);
    /// Peaks begin anew with what lives now.
    void start_phase();

    TensorBytes live() const;
    TensorBytes peak() const;  ///< since start_phase
    std::int64_t device_peak_allocated() const;
    std::int64_t device_peak_reserved() const;

  private:
    struct Block {
        std::int64_t size;
        Category category;
    };
    void add(Category category, std::int64_t size);  // the mutex is held

    mutable std::mutex mutex_;
    std::unordered_map<void*, Block> blocks_;
    TensorBytes live_;
    TensorBytes peak_;
    std::int64_t device_allocated_ = 0;
    std::int64_t device_reserved_ = 0;
};

/// While it lives, tensors of this thread, of autograd's threads and of the loader's are entered in
/// `account`.
class AccountingScope {
  public:
    explicit AccountingScope(std::shared_ptr<TensorAccount> account)
        : guard_(c10::DebugInfoKind::PROFILER_STATE, std::move(account)) {}

  private:
    c10::DebugInfoGuard guard_;
};

}  // namespace tidemark::trainer
