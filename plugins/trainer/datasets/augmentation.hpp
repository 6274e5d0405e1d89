#pragma once

#include "trainer/datasets/dataset.hpp"
#include "trainer/datasets/random.hpp"

namespace tidemark::trainer {

/// How one image is shifted and mirrored: a crop of its own size out of the image padded on each side by
/// black pixels, an eighth of its side (4 for 32 × 32, as is usual with CIFAR).
struct Augmentation {
    std::int64_t shift_x = 0;
    std::int64_t shift_y = 0;
    bool mirrored = false;

    static Augmentation random(Random& random, const DataShape& shape, bool may_be_mirrored);
};

/// Writes the image as channels × height × width floats.
void write_normalised(const Example& example, const DataShape& shape, const Normalisation& normalisation,
                      const Augmentation& augmentation, float* output);

}  // namespace tidemark::trainer
