#include "trainer/datasets/synthetic.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>

#include "trainer/datasets/cifar.hpp"
#include "trainer/datasets/dataset_catalogue.hpp"
#include "trainer/datasets/random.hpp"

namespace tidemark::trainer {
namespace {

constexpr std::int64_t kTrainSize = 50'000;
constexpr std::int64_t kTestSize = 10'000;
constexpr std::uint64_t kTrainSeed = 0x7469'6465;
constexpr std::uint64_t kTestSeed = 0x6d61'726b;
constexpr int kFigures = 5;
constexpr float kNoise = 50;        // peak to peak, in grey levels
constexpr std::int64_t kSide = 32;  // to which the lengths below belong; other images are drawn to scale

struct Figure {
    std::int64_t kind;
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
    float of(std::int64_t channel) const { return channel % 3 == 0 ? red : channel % 3 == 1 ? green : blue; }
};

/// Two families are warm and cold; more of them lie around the circle of hues.
Colour figure_colour(std::int64_t family, std::int64_t families, Random& random) {
    const float strong = random.uniform(150, 235);
    const float middle = random.uniform(70, 160);
    const float weak = random.uniform(30, 110);
    if (families <= 2) return family == 0 ? Colour{strong, middle, weak} : Colour{weak, middle, strong};
    const float hue = static_cast<float>(family) / static_cast<float>(families);
    const auto at = [&](float of_channel) {
        const float angle = 2 * std::numbers::pi_v<float> * (hue - of_channel);
        return weak + (strong - weak) * (0.5F + 0.5F * std::cos(angle));
    };
    return {at(0), at(1 / 3.0F), at(2 / 3.0F)};
}

/// Of an image of one channel, where hues cannot be told apart: the families take turns from dark to light.
Colour figure_grey(std::int64_t family, std::int64_t families, Random& random) {
    constexpr float kDarkest = 20;
    constexpr float kLightest = 235;
    const float step = (kLightest - kDarkest) / static_cast<float>(families);
    const float light = kDarkest + step * (static_cast<float>(family) + random.uniform());
    return {light, light, light};
}

}  // namespace

Synthetic::Synthetic(Split split, const DataShape& shape) : split_(split), shape_(shape) {}

std::int64_t Synthetic::size() const {
    return split_ == Split::Train ? kTrainSize : kTestSize;
}

Normalisation Synthetic::normalisation() const {
    return shape_.channels == 3 ? cifar10_normalisation() : Normalisation::of_unknown(shape_.channels);
}

void Synthetic::read(std::int64_t index, Example& example) const {
    Random random(split_ == Split::Train ? kTrainSeed : kTestSeed, index);
    example.label = label(index);
    example.pixels.resize(static_cast<std::size_t>(pixels_of(shape_)));
    const Figure figure{example.label % kFigures, random.uniform(11, 21), random.uniform(11, 21),
                        random.uniform(6, 11)};
    const std::int64_t family = example.label / kFigures;
    const std::int64_t families = (shape_.classes + kFigures - 1) / kFigures;
    const Colour colour = shape_.channels == 1 ? figure_grey(family, families, random)
                                               : figure_colour(family, families, random);
    const Colour background{random.uniform(50, 190), random.uniform(50, 190), random.uniform(50, 190)};
    const float slope = random.uniform(-2, 2);  // of the background's brightness, in grey levels a row
    const float scale_x = static_cast<float>(kSide) / static_cast<float>(shape_.width);
    const float scale_y = static_cast<float>(kSide) / static_cast<float>(shape_.height);
    for (std::int64_t row = 0; row < shape_.height; ++row) {
        const float y = scale_y * static_cast<float>(row);
        for (std::int64_t column = 0; column < shape_.width; ++column) {
            const bool covered = figure.covers(scale_x * static_cast<float>(column), y);
            for (std::int64_t channel = 0; channel < shape_.channels; ++channel) {
                const float light =
                    covered ? colour.of(channel)
                            : background.of(channel) + slope * (y - static_cast<float>(kSide / 2));
                const float value = light + random.uniform(-kNoise / 2, kNoise / 2);
                const std::int64_t at = (channel * shape_.height + row) * shape_.width + column;
                example.pixels[static_cast<std::size_t>(at)] =
                    static_cast<std::uint8_t>(std::clamp(value, 0.0F, 255.0F));
            }
        }
    }
}

DatasetKind synthetic() {
    return {
        .name = "synthetic",
        .title = "synthetic data",
        .meaning =
            "synthetic ones are made up on the spot, in the form that image_channels, image_size and "
            "classes give, and need no files",
        .files = {},
        .fetched = false,
        .caveat = {.text =
                       "synthetic data, made up by tidemark: its accuracies say nothing about real images",
                   .brief = "synthetic data"},
        .open = [](const Options& options, Split split) {
            const std::int64_t side = options.image_size == 0 ? kSide : options.image_size;
            return std::make_unique<Synthetic>(
                split, DataShape{options.image_channels, side, side, options.classes});
        }};
}

}  // namespace tidemark::trainer
