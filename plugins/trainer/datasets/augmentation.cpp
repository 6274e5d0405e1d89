#include "trainer/datasets/augmentation.hpp"

#include <array>

namespace tidemark::trainer {
namespace {

constexpr std::int64_t kPadding = 4;
constexpr std::array<float, 3> kMean{0.4914F, 0.4822F, 0.4465F};
constexpr std::array<float, 3> kDeviation{0.2023F, 0.1994F, 0.2010F};
constexpr float kWhite = 255;

}  // namespace

Augmentation Augmentation::random(Random& random) {
    const std::int64_t shift_x = random.below(2 * kPadding + 1) - kPadding;
    const std::int64_t shift_y = random.below(2 * kPadding + 1) - kPadding;
    return {shift_x, shift_y, random.below(2) == 1};
}

void write_normalised(const Example& example, const Augmentation& augmentation, float* output) {
    for (std::int64_t channel = 0; channel < kChannels; ++channel) {
        const auto at = static_cast<std::size_t>(channel);
        const float scale = 1 / (kWhite * kDeviation[at]);
        const float offset = -kMean[at] / kDeviation[at];
        const std::uint8_t* plane = example.pixels.data() + channel * kSide * kSide;
        for (std::int64_t row = 0; row < kSide; ++row) {
            const std::int64_t from_row = row + augmentation.shift_y;
            for (std::int64_t column = 0; column < kSide; ++column) {
                const std::int64_t seen = augmentation.mirrored ? kSide - 1 - column : column;
                const std::int64_t from_column = seen + augmentation.shift_x;
                const bool inside =
                    from_row >= 0 && from_row < kSide && from_column >= 0 && from_column < kSide;
                const float value = inside ? static_cast<float>(plane[from_row * kSide + from_column]) : 0.0F;
                *output++ = value * scale + offset;
            }
        }
    }
}

}  // namespace tidemark::trainer
