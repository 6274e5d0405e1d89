#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tidemark::trainer {

/// An image out of a file: plane after plane, each row by row.
struct Picture {
    std::int64_t channels = 0;
    std::int64_t height = 0;
    std::int64_t width = 0;
    std::vector<std::uint8_t> pixels;
};

/// Reads a PNG or JPEG file, whichever its first bytes say it is, as colour (3 channels) or grey (1);
/// transparent parts are black. Throws std::runtime_error naming the file and the offset up to which it could
/// be read.
Picture read_picture(const std::string& file, std::int64_t channels);

/// The largest square in the middle of the picture, brought to side × side: each new pixel is the mean of the
/// old ones around it, weighted by a triangle as wide as one new pixel to both sides (bilinear, with the
/// support widened where it shrinks, as Pillow's BILINEAR).
Picture square_of(const Picture& picture, std::int64_t side);

}  // namespace tidemark::trainer
