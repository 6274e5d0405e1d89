#include <png.h>

#include "trainer/datasets/picture_decoders.hpp"

namespace tidemark::trainer {
namespace {

/// libpng's reader, freed whatever happens.
class PngReader {
  public:
    explicit PngReader(std::FILE* file) : file_(file) {
        image_.version = PNG_IMAGE_VERSION;
        if (png_image_begin_read_from_stdio(&image_, file) == 0) fail();
    }
    PngReader(const PngReader&) = delete;
    PngReader& operator=(const PngReader&) = delete;
    ~PngReader() { png_image_free(&image_); }

    std::int64_t height() const { return image_.height; }
    std::int64_t width() const { return image_.width; }

    std::vector<std::uint8_t> read(std::uint32_t format) {
        constexpr png_color kBlack{0, 0, 0};
        image_.format = format;
        std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(image_));
        if (png_image_finish_read(&image_, &kBlack, pixels.data(), 0, nullptr) == 0) fail();
        return pixels;
    }

  private:
    [[noreturn]] void fail() const { throw PictureProblem{image_.message, std::ftell(file_)}; }

    std::FILE* file_;
    png_image image_{};
};

}  // namespace

Picture decode_png(std::FILE* file, std::int64_t channels) {
    PngReader reader(file);
    require_sane_size(reader.height(), reader.width());
    const std::vector<std::uint8_t> pixels = reader.read(channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB);
    return from_interleaved(pixels, channels, reader.height(), reader.width());
}

}  // namespace tidemark::trainer
