#pragma once

#include <cstdint>

namespace tidemark::trainer {

/// The form of a data set's images, and how many classes they have.
struct DataShape {
    std::int64_t channels = 3;
    std::int64_t height = 32;
    std::int64_t width = 32;
    std::int64_t classes = 10;
};

}  // namespace tidemark::trainer
