#pragma once

#include <cstdio>

#include "trainer/datasets/picture.hpp"

namespace tidemark::trainer {

inline constexpr std::int64_t kLargestPictureSide = 16384;

/// Why a picture could not be read, and up to where it could.
struct PictureProblem {
    std::string message;
    std::int64_t offset = 0;
};

// Each reads an open file from its beginning, and throws a PictureProblem.
Picture decode_png(std::FILE* file, std::int64_t channels);
Picture decode_jpeg(std::FILE* file, std::int64_t channels);

/// Throws a PictureProblem where a picture is larger than any that is meant.
void require_sane_size(std::int64_t height, std::int64_t width);

/// Takes a picture whose pixels lie channel by channel within each pixel.
Picture from_interleaved(const std::vector<std::uint8_t>& pixels, std::int64_t channels, std::int64_t height,
                         std::int64_t width);

}  // namespace tidemark::trainer
