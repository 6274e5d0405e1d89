#pragma once

#include "trainer/datasets/dataset.hpp"
#include "trainer/datasets/random.hpp"

namespace tidemark::trainer {

/// How one image is shifted and mirrored: a crop of 32 × 32 out of the image padded by 4 black pixels on each
/// side.
struct Augmentation {
    std::int64_t shift_x = 0;  ///< -4 to 4
    std::int64_t shift_y = 0;
    bool mirrored = false;

    static Augmentation random(Random& random);
};

/// Writes the image as 3 × 32 × 32 floats, normalised by CIFAR-10's mean and standard deviation per channel.
void write_normalised(const Example& example, const Augmentation& augmentation, float* output);

}  // namespace tidemark::trainer
