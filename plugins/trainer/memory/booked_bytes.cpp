#include "trainer/memory/booked_bytes.hpp"

#include <c10/core/Allocator.h>

#include "trainer/memory/tensor_account.hpp"

namespace tidemark::trainer {

BookedBytes::BookedBytes(std::int64_t bytes) : bytes_(bytes) {
    const CategoryScope scope(Category::Batches);
    if (bytes_ > 0) c10::reportMemoryUsageToProfiler(this, bytes_, 0, 0, c10::Device(c10::kCPU));
}

BookedBytes::~BookedBytes() {
    if (bytes_ > 0) c10::reportMemoryUsageToProfiler(this, -bytes_, 0, 0, c10::Device(c10::kCPU));
}

}  // namespace tidemark::trainer
