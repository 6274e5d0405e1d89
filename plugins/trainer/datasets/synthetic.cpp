#include "trainer/datasets/synthetic.hpp"

#include <algorithm>
#include <cmath>

#include "trainer/datasets/random.hpp"

namespace tidemark::trainer {
namespace {

constexpr std::int64_t kTrainSize = 50'000;
constexpr std::int64_t kTestSize = 10'000;
constexpr std::uint64_t kTrainSeed = 0x7469'6465;
constexpr std::uint64_t kTestSeed = 0x6d61'726b;
constexpr int kFigures = 5;
constexpr float kNoise = 50;  // peak to peak, in grey levels

struct Figure {
    int kind;
    float x, y, radius;

    bool covers(float column, float row) const {
        const float dx = std::abs(column - x);
        const float dy = std::abs(row - y);
        const float distance = std::hypot(dx, dy);
        const bool inside = dx <= radius && dy <= radius;
        switch (kind) {
            case 0:
                return distance <= radius;
            case 1:
                return distance <= radius && distance >= 0.55F * radius;
            case 2:
                return inside;
            case 3:
                return inside && (dx <= 0.3F * radius || dy <= 0.3F * radius);
            default:
                return inside && static_cast<int>(row - y + radius) / 2 % 2 == 0;
        }
    }
};

struct Colour {
    float red, green, blue;
    float of(std::int64_t channel) const { return channel == 0 ? red : channel == 1 ? green : blue; }
};

Colour figure_colour(bool warm, Random& random) {
    const float strong = random.uniform(150, 235);
    const float middle = random.uniform(70, 160);
    const float weak = random.uniform(30, 110);
    return warm ? Colour{strong, middle, weak} : Colour{weak, middle, strong};
}

}  // namespace

std::int64_t Synthetic::size() const {
    return split_ == Split::Train ? kTrainSize : kTestSize;
}

void Synthetic::read(std::int64_t index, Example& example) const {
    Random random(split_ == Split::Train ? kTrainSeed : kTestSeed, index);
    example.label = static_cast<std::uint8_t>(index % (2 * kFigures));  // as many of each
    const Figure figure{example.label % kFigures, random.uniform(11, 21), random.uniform(11, 21),
                        random.uniform(6, 11)};
    const Colour colour = figure_colour(example.label < kFigures, random);
    const Colour background{random.uniform(50, 190), random.uniform(50, 190), random.uniform(50, 190)};
    const float slope = random.uniform(-2, 2);  // of the background's brightness, in grey levels a row
    for (std::int64_t row = 0; row < kSide; ++row) {
        for (std::int64_t column = 0; column < kSide; ++column) {
            const bool covered = figure.covers(static_cast<float>(column), static_cast<float>(row));
            for (std::int64_t channel = 0; channel < kChannels; ++channel) {
                const float light =
                    covered ? colour.of(channel)
                            : background.of(channel) + slope * static_cast<float>(row - kSide / 2);
                const float value = light + random.uniform(-kNoise / 2, kNoise / 2);
                example.pixels[static_cast<std::size_t>((channel * kSide + row) * kSide + column)] =
                    static_cast<std::uint8_t>(std::clamp(value, 0.0F, 255.0F));
            }
        }
    }
}

}  // namespace tidemark::trainer
