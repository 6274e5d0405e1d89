#include <array>
#include <csetjmp>
#include <cstdio>

// jpeglib.h needs <cstdio> before it
#include <jerror.h>
#include <jpeglib.h>

#include "trainer/datasets/picture_decoders.hpp"

namespace tidemark::trainer {
namespace {

/// libjpeg's reader. Its errors jump out of the library, which knows no exceptions; what it only warns of
/// (data that end early, codes that do not exist) is an error here, too: it would fill the rest with grey.
class JpegReader {
  public:
    explicit JpegReader(std::FILE* file) : file_(file) {
        library_.err = jpeg_std_error(&errors_.library);
        errors_.library.error_exit = [](j_common_ptr library) { leave(library); };
        errors_.library.emit_message = [](j_common_ptr library, int level) {
            constexpr int kWarning = -1;
            if (level == kWarning && library->err->msg_code != JWRN_EXTRANEOUS_DATA) leave(library);
        };
        jpeg_create_decompress(&library_);
    }
    JpegReader(const JpegReader&) = delete;
    JpegReader& operator=(const JpegReader&) = delete;
    ~JpegReader() { jpeg_destroy_decompress(&library_); }

    std::int64_t height() const { return library_.image_height; }
    std::int64_t width() const { return library_.image_width; }

    void read_header() {
        if (!begin()) fail();
    }

    std::vector<std::uint8_t> read_pixels(std::int64_t channels) {
        std::vector<std::uint8_t> pixels(static_cast<std::size_t>(channels * height() * width()));
        if (!finish(channels, pixels.data())) fail();
        return pixels;
    }

  private:
    struct Errors {
        jpeg_error_mgr library{};  // first: the library knows only this part
        std::jmp_buf way_out{};
    };

    [[noreturn]] static void leave(j_common_ptr library) {
        std::longjmp(reinterpret_cast<Errors*>(library->err)->way_out, 1);
    }

    // Nothing with a destructor may live in these two: errors jump over it.

    bool begin() {
        if (setjmp(errors_.way_out) != 0) return false;
        jpeg_stdio_src(&library_, file_);
        jpeg_read_header(&library_, TRUE);
        return true;
    }

    bool finish(std::int64_t channels, std::uint8_t* pixels) {
        if (setjmp(errors_.way_out) != 0) return false;
        library_.out_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
        jpeg_start_decompress(&library_);
        while (library_.output_scanline < library_.output_height) {
            JSAMPROW row = pixels + static_cast<std::int64_t>(library_.output_scanline) * width() * channels;
            jpeg_read_scanlines(&library_, &row, 1);
        }
        jpeg_finish_decompress(&library_);
        return true;
    }

    [[noreturn]] void fail() {
        std::array<char, JMSG_LENGTH_MAX> message{};
        (*library_.err->format_message)(reinterpret_cast<j_common_ptr>(&library_), message.data());
        const bool at_end = library_.err->msg_code == JWRN_JPEG_EOF;
        const std::size_t unread = library_.src == nullptr || at_end ? 0 : library_.src->bytes_in_buffer;
        throw PictureProblem{message.data(), std::ftell(file_) - static_cast<std::int64_t>(unread)};
    }

    std::FILE* file_;
    Errors errors_;
    jpeg_decompress_struct library_{};
};

}  // namespace

Picture decode_jpeg(std::FILE* file, std::int64_t channels) {
    JpegReader reader(file);
    reader.read_header();
    require_sane_size(reader.height(), reader.width());
    const std::vector<std::uint8_t> pixels = reader.read_pixels(channels);
    return from_interleaved(pixels, channels, reader.height(), reader.width());
}

}  // namespace tidemark::trainer
