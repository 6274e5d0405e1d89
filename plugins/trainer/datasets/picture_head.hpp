#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tidemark::trainer {

enum class PictureFormat { Png, Jpeg, WebP, Gif, Bmp, Tiff, Pnm, Unknown };

/// "a WebP file"; empty for Unknown.
std::string_view to_text(PictureFormat format);

/// What the beginning of a picture's file tells.
struct PictureHead {
    PictureFormat format = PictureFormat::Unknown;
    std::int64_t height = 0;
    std::int64_t width = 0;
    int bits = 8;                 ///< of each value
    bool is_grey = false;         ///< one value for each pixel
    bool has_four_inks = false;   ///< CMYK
    int orientation = 1;          ///< of EXIF; 1: as it lies
    std::int64_t file_bytes = 0;  ///< of the whole file
};

/// Reads no pixels. Throws std::runtime_error naming the file where it is no picture that can be read, and
/// how to make it one.
PictureHead look_at_picture(const std::string& file);

}  // namespace tidemark::trainer
