#include "trainer/datasets/augmentation.hpp"

namespace tidemark::trainer {
namespace {

constexpr std::int64_t kSidesPerPadding = 8;
constexpr float kWhite = 255;

std::int64_t random_shift(Random& random, std::int64_t side) {
    const std::int64_t padding = side / kSidesPerPadding;
    return random.below(2 * padding + 1) - padding;
}

}  // namespace

Augmentation Augmentation::random(Random& random, const DataShape& shape, bool may_be_mirrored) {
    const std::int64_t shift_x = random_shift(random, shape.width);
    const std::int64_t shift_y = random_shift(random, shape.height);
    return {shift_x, shift_y, random.below(2) == 1 && may_be_mirrored};
}

void write_normalised(const Example& example, const DataShape& shape, const Normalisation& normalisation,
                      const Augmentation& augmentation, float* output) {
    for (std::int64_t channel = 0; channel < shape.channels; ++channel) {
        const auto at = static_cast<std::size_t>(channel);
        const float scale = 1 / (kWhite * normalisation.deviation[at]);
        const float offset = -normalisation.mean[at] / normalisation.deviation[at];
        const std::uint8_t* plane = example.pixels.data() + channel * shape.height * shape.width;
        for (std::int64_t row = 0; row < shape.height; ++row) {
            const std::int64_t from_row = row + augmentation.shift_y;
            for (std::int64_t column = 0; column < shape.width; ++column) {
                const std::int64_t seen = augmentation.mirrored ? shape.width - 1 - column : column;
                const std::int64_t from_column = seen + augmentation.shift_x;
                const bool inside =
                    from_row >= 0 && from_row < shape.height && from_column >= 0 && from_column < shape.width;
                const float value =
                    inside ? static_cast<float>(plane[from_row * shape.width + from_column]) : 0.0F;
                *output++ = value * scale + offset;
            }
        }
    }
}

}  // namespace tidemark::trainer
