#include "trainer/datasets/picture.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "trainer/datasets/picture_decoders.hpp"

namespace tidemark::trainer {
namespace {

using Signature = std::vector<std::uint8_t>;

Picture decode(std::FILE* file, std::int64_t channels) {
    // https://www.w3.org/TR/png-3/#3PNGsignature; ITU-T T.81, B.1.1.3
    static const Signature png{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    static const Signature jpeg{0xff, 0xd8, 0xff};
    Signature beginning(png.size());
    beginning.resize(std::fread(beginning.data(), 1, beginning.size(), file));
    std::rewind(file);
    const auto begins_with = [&](const Signature& signature) {
        return beginning.size() >= signature.size() &&
               std::equal(signature.begin(), signature.end(), beginning.begin());
    };
    if (begins_with(png)) return decode_png(file, channels);
    if (begins_with(jpeg)) return decode_jpeg(file, channels);
    if (beginning.empty()) throw PictureProblem{"the file is empty", 0};
    throw PictureProblem{
        fmt::format("it begins with {:02x}, and is neither a PNG nor a JPEG file", fmt::join(beginning, " ")),
        0};
}

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

Picture from_interleaved(const std::vector<std::uint8_t>& pixels, std::int64_t channels, std::int64_t height,
                         std::int64_t width) {
    Picture picture{channels, height, width, std::vector<std::uint8_t>(pixels.size())};
    const auto count = static_cast<std::size_t>(channels);
    const std::size_t plane = pixels.size() / count;
    for (std::size_t at = 0; at < pixels.size(); ++at)
        picture.pixels[at % count * plane + at / count] = pixels[at];
    return picture;
}

Picture read_picture(const std::string& file, std::int64_t channels) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> open(std::fopen(file.c_str(), "rbe"), std::fclose);
    if (!open) throw std::runtime_error(fmt::format("cannot read {}: {}", file, std::strerror(errno)));
    try {
        return decode(open.get(), channels);
    } catch (const PictureProblem& problem) {
        throw std::runtime_error(fmt::format("{}: at offset {}: {}", file, problem.offset, problem.message));
    }
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
