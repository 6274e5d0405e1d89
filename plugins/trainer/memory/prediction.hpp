#pragma once

#include <cstdint>

#include "trainer/options.hpp"

namespace tidemark::trainer {

/// What the document that Tidemark began with estimates, by its own formulas, so that they can stand beside
/// what was measured.
struct Prediction {
    double model_bytes = 0;
    double activation_bytes = 0;
    double loader_bytes = 0;
    double total_bytes() const { return model_bytes + activation_bytes + loader_bytes; }
};

Prediction predict(const Options& options, std::int64_t parameters);

}  // namespace tidemark::trainer
