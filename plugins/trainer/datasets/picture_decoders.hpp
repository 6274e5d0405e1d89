#pragma once

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <span>
#include <stdexcept>

#include <fmt/format.h>

#include "trainer/datasets/picture.hpp"
#include "trainer/datasets/picture_head.hpp"
#include "trainer/memory/booked_bytes.hpp"

namespace tidemark::trainer {

inline constexpr std::int64_t kLargestPictureSide = 16384;

/// Why a picture could not be read, and up to where it could.
struct PictureProblem {
    std::string message;
    std::int64_t offset = 0;
};

// Each reads an open file from its beginning, and throws a PictureProblem.
Picture decode_png(std::FILE* file, const WantedPicture& wanted);
Picture decode_jpeg(std::FILE* file, const WantedPicture& wanted);
// These read no further than to the first pixel.
PictureHead head_of_png(std::FILE* file);
PictureHead head_of_jpeg(std::FILE* file);

/// Throws a PictureProblem where a picture is larger than any that is meant.
void require_sane_size(std::int64_t height, std::int64_t width);

/// A colour as a grey value by ITU-R 601, rounded as Pillow's convert("L") does.
inline std::uint8_t grey_of(std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
    constexpr std::uint32_t kRed = 19595, kGreen = 38470, kBlue = 7471, kHalf = 0x8000;  // of 65536
    return static_cast<std::uint8_t>((red * kRed + green * kGreen + blue * kBlue + kHalf) >> 16U);
}

/// Takes decoded pixels, whose channels lie one behind the other, into the planes of a picture. Its memory is
/// entered in the account of tensors as that of batches.
class PlanesWriter {
  public:
    /// `channels`: of the decoded pixels, 1 or 3; `wanted`: of the picture.
    PlanesWriter(std::int64_t channels, std::int64_t wanted, std::int64_t height, std::int64_t width);

    void write_row(std::int64_t row, const std::uint8_t* pixels);
    Picture take() { return std::move(picture_); }

  private:
    std::int64_t channels_;
    BookedBytes booked_;
    Picture picture_;
};

/// Throws a PictureProblem where its first bytes are of none that is read, and rewinds.
PictureFormat readable_format_of(std::FILE* file);

/// What `look` makes of the open file. Throws std::runtime_error naming the file, and the offset of a
/// PictureProblem.
template <typename Look>
auto with_picture(const std::string& file, Look look) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> open(std::fopen(file.c_str(), "rbe"), std::fclose);
    if (!open) throw std::runtime_error(fmt::format("cannot read {}: {}", file, std::strerror(errno)));
    try {
        return look(open.get());
    } catch (const PictureProblem& problem) {
        throw std::runtime_error(fmt::format("{}: at offset {}: {}", file, problem.offset, problem.message));
    }
}

/// What the orientation in EXIF data says (1 to 8; 1: as it lies), in a TIFF structure as JPEG and PNG files
/// have it; 1 where they say nothing that can be read.
int exif_orientation(std::span<const std::uint8_t> tiff);

}  // namespace tidemark::trainer
