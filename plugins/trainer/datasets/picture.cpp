#include "trainer/datasets/picture.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "trainer/datasets/picture_decoders.hpp"

namespace tidemark::trainer {
namespace {

/// The weights of the old pixels, from `first` on, in a new one.
struct Weights {
    std::int64_t first = 0;
    std::vector<float> of;
};

std::vector<Weights> triangle_weights(std::int64_t from, std::int64_t to) {
    const double scale = static_cast<double>(from) / static_cast<double>(to);
    const double reach = std::max(scale, 1.0);
    std::vector<Weights> all;
    for (std::int64_t i = 0; i < to; ++i) {
        const double centre = (static_cast<double>(i) + 0.5) * scale;
        const auto first = std::max<std::int64_t>(0, std::llround(std::floor(centre - reach)));
        const auto last = std::min<std::int64_t>(from, std::llround(std::ceil(centre + reach)));
        std::vector<double> weights;
        double sum = 0;
        for (std::int64_t j = first; j < last; ++j) {
            const double distance = std::abs(static_cast<double>(j) + 0.5 - centre) / reach;
            weights.push_back(std::max(0.0, 1 - distance));
            sum += weights.back();
        }
        Weights& one = all.emplace_back(Weights{first, {}});
        for (const double weight : weights) one.of.push_back(static_cast<float>(weight / sum));
    }
    return all;
}

}  // namespace

void require_sane_size(std::int64_t height, std::int64_t width) {
    if (std::max(height, width) <= kLargestPictureSide) return;
    throw PictureProblem{
        fmt::format("it is {} × {}, and no side may be longer than {}", height, width, kLargestPictureSide),
        0};
}

PlanesWriter::PlanesWriter(std::int64_t channels, std::int64_t wanted, std::int64_t height,
                           std::int64_t width)
    : channels_(channels),
      booked_(wanted * height * width),
      picture_{wanted, height, width,
               std::vector<std::uint8_t>(static_cast<std::size_t>(wanted * height * width))} {}

void PlanesWriter::write_row(std::int64_t row, const std::uint8_t* pixels) {
    constexpr std::int64_t kColours = 3;
    const std::int64_t plane = picture_.height * picture_.width;
    std::uint8_t* out = picture_.pixels.data() + row * picture_.width;
    for (std::int64_t column = 0; column < picture_.width; ++column, ++out, pixels += channels_) {
        if (channels_ == 1) {
            for (std::int64_t channel = 0; channel < picture_.channels; ++channel)
                out[channel * plane] = *pixels;
        } else if (picture_.channels == 1) {
            *out = grey_of(pixels[0], pixels[1], pixels[2]);
        } else {
            for (std::int64_t channel = 0; channel < kColours; ++channel)
                out[channel * plane] = pixels[channel];
        }
    }
}

Picture read_picture(const std::string& file, const WantedPicture& wanted) {
    return with_picture(file, [&](std::FILE* open) {
        return readable_format_of(open) == PictureFormat::Png ? decode_png(open, wanted)
                                                              : decode_jpeg(open, wanted);
    });
}

Picture square_of(const Picture& picture, std::int64_t side) {
    const std::int64_t cut = std::min(picture.height, picture.width);
    const std::int64_t top = (picture.height - cut) / 2;
    const std::int64_t left = (picture.width - cut) / 2;
    const std::vector<Weights> all = triangle_weights(cut, side);
    Picture out{picture.channels, side, side, {}};
    std::vector<float> narrow(static_cast<std::size_t>(cut * side));  // each old row, with new columns
    for (std::int64_t channel = 0; channel < picture.channels; ++channel) {
        const std::uint8_t* plane = picture.pixels.data() + channel * picture.height * picture.width;
        auto* next = narrow.data();
        for (std::int64_t row = 0; row < cut; ++row) {
            const std::uint8_t* from = plane + (top + row) * picture.width + left;
            for (const Weights& weights : all) {
                float sum = 0;
                for (std::size_t j = 0; j < weights.of.size(); ++j)
                    sum += weights.of[j] *
                           static_cast<float>(from[weights.first + static_cast<std::int64_t>(j)]);
                *next++ = sum;
            }
        }
        for (const Weights& weights : all) {
            for (std::int64_t column = 0; column < side; ++column) {
                float sum = 0;
                for (std::size_t j = 0; j < weights.of.size(); ++j)
                    sum +=
                        weights.of[j] * narrow[static_cast<std::size_t>(
                                            (weights.first + static_cast<std::int64_t>(j)) * side + column)];
                out.pixels.push_back(static_cast<std::uint8_t>(std::lround(sum)));
            }
        }
    }
    return out;
}

}  // namespace tidemark::trainer
