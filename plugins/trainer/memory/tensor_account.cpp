#include "trainer/memory/tensor_account.hpp"

#include <algorithm>

namespace tidemark::trainer {
namespace {

thread_local Category current = Category::Activations;

}  // namespace

CategoryScope::CategoryScope(Category category) : before_(current) {
    current = category;
}

CategoryScope::~CategoryScope() {
    current = before_;
}

void TensorAccount::reportMemoryUsage(void* pointer, std::int64_t size, ReportedTotal allocated,
                                      ReportedTotal reserved, c10::Device device) {
    const std::lock_guard lock(mutex_);
    if (!device.is_cpu()) {
        device_allocated_ = std::max(device_allocated_, static_cast<std::int64_t>(allocated));
        device_reserved_ = std::max(device_reserved_, static_cast<std::int64_t>(reserved));
    }
    if (size > 0) {
        blocks_[pointer] = {size, current};
        add(current, size);
    } else if (const auto block = blocks_.extract(pointer)) {
        add(block.mapped().category, -block.mapped().size);
    }
}

void TensorAccount::claim(const torch::Tensor& tensor, Category category) {
    const std::lock_guard lock(mutex_);
    const auto found = blocks_.find(tensor.storage().data_ptr().get());
    if (found == blocks_.end()) return;
    add(found->second.category, -found->second.size);
    found->second.category = category;
    add(category, found->second.size);
}

void TensorAccount::claim_all(Category from, Category to) {
    const std::lock_guard lock(mutex_);
    std::int64_t& peak = peak_.by_category[static_cast<std::size_t>(from)];
    for (auto& [pointer, block] : blocks_) {
        if (block.category != from) continue;
        add(from, -block.size);
        block.category = to;
        add(to, block.size);
        peak -= block.size;
    }
    peak = std::max(peak, live_.of(from));
}

void TensorAccount::start_phase() {
    const std::lock_guard lock(mutex_);
    peak_ = live_;
}

void TensorAccount::add(Category category, std::int64_t size) {
    const auto at = static_cast<std::size_t>(category);
    live_.by_category[at] += size;
    live_.total += size;
    peak_.by_category[at] = std::max(peak_.by_category[at], live_.by_category[at]);
    peak_.total = std::max(peak_.total, live_.total);
}

TensorBytes TensorAccount::live() const {
    const std::lock_guard lock(mutex_);
    return live_;
}

TensorBytes TensorAccount::peak() const {
    const std::lock_guard lock(mutex_);
    return peak_;
}

std::int64_t TensorAccount::device_peak_allocated() const {
    const std::lock_guard lock(mutex_);
    return device_allocated_;
}

std::int64_t TensorAccount::device_peak_reserved() const {
    const std::lock_guard lock(mutex_);
    return device_reserved_;
}

}  // namespace tidemark::trainer
