#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdio>
#include <vector>

// jpeglib.h needs <cstdio> before it
#include <jerror.h>
#include <jpeglib.h>

#include "trainer/datasets/picture_decoders.hpp"

namespace tidemark::trainer {
namespace {

constexpr int kExifMarker = JPEG_APP0 + 1;
constexpr unsigned kLongestMarker = 0xffff;
constexpr std::int64_t kColours = 3;
constexpr std::int64_t kInks = 4;

/// a·b / 255, rounded, as Pillow computes it.
std::uint8_t share_of(unsigned a, unsigned b) {
    const unsigned product = a * b + 128;
    return static_cast<std::uint8_t>(((product >> 8U) + product) >> 8U);
}

/// Four inks, inverted as Adobe's programs write them (Pillow takes all for these), to colours in place.
void inks_to_colours(std::uint8_t* row, std::int64_t width) {
    const std::uint8_t* in = row;
    for (std::int64_t i = 0; i < width; ++i, in += kInks) {
        const unsigned light = in[3];
        for (std::int64_t colour = 0; colour < kColours; ++colour)
            *row++ = static_cast<std::uint8_t>(light - share_of(255U - in[colour], light));
    }
}

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

    PictureHead head() const {
        PictureHead head;
        head.height = height();
        head.width = width();
        head.bits = library_.data_precision;
        head.is_grey = library_.jpeg_color_space == JCS_GRAYSCALE;
        head.has_four_inks = has_four_inks();
        head.orientation = orientation();
        return head;
    }

    Picture read(const WantedPicture& wanted) {
        choose_scale(wanted.side);
        if (!start()) fail();
        const auto decoded = static_cast<std::int64_t>(library_.output_components);
        const std::int64_t rows = library_.output_height;
        const std::int64_t columns = library_.output_width;
        PlanesWriter planes(decoded == kInks ? kColours : decoded, wanted.channels, rows, columns);
        const BookedBytes booked(decoded * columns);
        std::vector<std::uint8_t> row(static_cast<std::size_t>(decoded * columns));
        for (std::int64_t i = 0; i < rows; ++i) {
            if (!read_row(row.data())) fail();
            if (decoded == kInks) inks_to_colours(row.data(), columns);
            planes.write_row(i, row.data());
        }
        if (!finish()) fail();
        return planes.take();
    }

  private:
    struct Errors {
        jpeg_error_mgr library{};  // first: the library knows only this part
        std::jmp_buf way_out{};
    };

    [[noreturn]] static void leave(j_common_ptr library) {
        std::longjmp(reinterpret_cast<Errors*>(library->err)->way_out, 1);
    }

    bool has_four_inks() const {
        return library_.jpeg_color_space == JCS_CMYK || library_.jpeg_color_space == JCS_YCCK;
    }

    int orientation() const {
        constexpr std::array<std::uint8_t, 6> kName{'E', 'x', 'i', 'f', 0, 0};
        for (jpeg_saved_marker_ptr at = library_.marker_list; at != nullptr; at = at->next) {
            const std::span<const std::uint8_t> data(at->data, at->data_length);
            if (at->marker != kExifMarker || data.size() < kName.size()) continue;
            if (std::equal(kName.begin(), kName.end(), data.begin()))
                return exif_orientation(data.subspan(kName.size()));
        }
        return 1;
    }

    /// To shrink what has been decoded costs most of the memory and time that pictures of cameras take.
    void choose_scale(std::int64_t side) {
        constexpr std::int64_t kLeft = 2;  // of what is wanted, for the filter that brings it to its size
        library_.scale_num = 1;
        library_.scale_denom = 1;
        for (const unsigned denominator : {2U, 4U, 8U}) {
            if (side > 0 && std::min(height(), width()) / denominator >= kLeft * side)
                library_.scale_denom = denominator;
        }
    }

    // Nothing with a destructor may live in these: errors jump over it.

    bool begin() {
        if (setjmp(errors_.way_out) != 0) return false;
        jpeg_stdio_src(&library_, file_);
        jpeg_save_markers(&library_, kExifMarker, kLongestMarker);
        jpeg_read_header(&library_, TRUE);
        return true;
    }

    bool start() {
        if (setjmp(errors_.way_out) != 0) return false;
        if (has_four_inks())
            library_.out_color_space = JCS_CMYK;
        else
            library_.out_color_space = library_.jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
        jpeg_start_decompress(&library_);
        return true;
    }

    bool read_row(std::uint8_t* pixels) {
        if (setjmp(errors_.way_out) != 0) return false;
        JSAMPROW row = pixels;
        jpeg_read_scanlines(&library_, &row, 1);
        return true;
    }

    bool finish() {
        if (setjmp(errors_.way_out) != 0) return false;
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

PictureHead head_of_jpeg(std::FILE* file) {
    JpegReader reader(file);
    reader.read_header();
    return reader.head();
}

Picture decode_jpeg(std::FILE* file, const WantedPicture& wanted) {
    JpegReader reader(file);
    reader.read_header();
    require_sane_size(reader.height(), reader.width());
    return reader.read(wanted);
}

}  // namespace tidemark::trainer
