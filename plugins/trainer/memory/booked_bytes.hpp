#pragma once

#include <cstdint>

namespace tidemark::trainer {

/// While it lives, so many bytes beside tensors are entered in this thread's account of tensors as those of
/// batches: what decoding a picture takes belongs to the loader.
class BookedBytes {
  public:
    explicit BookedBytes(std::int64_t bytes);
    ~BookedBytes();
    BookedBytes(const BookedBytes&) = delete;
    BookedBytes& operator=(const BookedBytes&) = delete;

  private:
    std::int64_t bytes_;
};

}  // namespace tidemark::trainer
