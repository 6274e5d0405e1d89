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

/// What of a picture is wanted.
struct WantedPicture {
    std::int64_t channels = 3;  ///< colour (3) or grey (1)
    /// Where it will be brought to a square of this side, a JPEG may be decoded to a half, a quarter or an
    /// eighth of its size, as long as the shorter side stays twice this one; 0: it is wanted as it is.
    std::int64_t side = 0;
};

/// Reads a PNG or JPEG file, whichever its first bytes say it is. Pixels are those that Pillow's
/// `Image.open(file).convert("RGB")` gives, as torchvision's ImageFolder reads files, and grey those of
/// `.convert("L")` behind it: what is transparent keeps its colour, gAMA, colour profiles and the orientation
/// of EXIF are left alone, and of 16 bits the upper 8 count. But for grey PNG files of 16 bits, of which
/// Pillow 9 makes white whatever is above 255: their upper 8 bits count, too. Throws std::runtime_error
/// naming the file and the offset up to which it could be read.
Picture read_picture(const std::string& file, const WantedPicture& wanted);

/// The largest square in the middle of the picture, brought to side × side: each new pixel is the mean of the
/// old ones around it, weighted by a triangle as wide as one new pixel to both sides (bilinear, with the
/// support widened where it shrinks, as Pillow's BILINEAR).
Picture square_of(const Picture& picture, std::int64_t side);

}  // namespace tidemark::trainer
