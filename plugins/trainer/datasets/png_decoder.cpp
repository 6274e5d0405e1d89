#include <array>
#include <csetjmp>
#include <vector>

#include <png.h>

#include "trainer/datasets/picture_decoders.hpp"

namespace tidemark::trainer {
namespace {

/// libpng's reader. Its errors jump out of the library, which knows no exceptions. Of what it could do to
/// pixels only that is asked for which Pillow does, too.
class PngReader {
  public:
    explicit PngReader(std::FILE* file)
        : file_(file), library_(png_create_read_struct(PNG_LIBPNG_VER_STRING, this, keep_message, ignore)) {
        if (library_ != nullptr) info_ = png_create_info_struct(library_);
        if (info_ == nullptr) throw PictureProblem{"libpng cannot be used: no memory, or another version", 0};
    }
    PngReader(const PngReader&) = delete;
    PngReader& operator=(const PngReader&) = delete;
    ~PngReader() { png_destroy_read_struct(&library_, &info_, nullptr); }

    void read_header() {
        if (!begin()) fail();
    }

    PictureHead head() {
        PictureHead head;
        head.height = height();
        head.width = width();
        head.bits = png_get_bit_depth(library_, info_);
        head.is_grey = (png_get_color_type(library_, info_) & PNG_COLOR_MASK_COLOR) == 0;
#ifdef PNG_eXIf_SUPPORTED
        png_uint_32 size = 0;
        png_bytep exif = nullptr;
        if (png_get_eXIf_1(library_, info_, &size, &exif) != 0)
            head.orientation = exif_orientation({exif, size});
#endif
        return head;
    }

    std::int64_t height() const {
        return png_get_image_height(library_, info_);
    }
    std::int64_t width() const {
        return png_get_image_width(library_, info_);
    }

    Picture read(std::int64_t channels) {
        if (!start()) fail();
        const auto decoded = static_cast<std::int64_t>(png_get_channels(library_, info_));
        PlanesWriter planes(decoded, channels, height(), width());
        if (passes_ == 1) {
            const BookedBytes booked(decoded * width());
            std::vector<std::uint8_t> row(static_cast<std::size_t>(decoded * width()));
            for (std::int64_t i = 0; i < height(); ++i) {
                if (!read_rows(row.data(), row.size(), 1)) fail();
                planes.write_row(i, row.data());
            }
        } else {  // each pass brings some pixels of all rows
            const auto row_size = static_cast<std::size_t>(decoded * width());
            const BookedBytes booked(decoded * width() * height());
            std::vector<std::uint8_t> all(row_size * static_cast<std::size_t>(height()));
            for (int pass = 0; pass < passes_; ++pass)
                if (!read_rows(all.data(), row_size, height())) fail();
            for (std::int64_t i = 0; i < height(); ++i)
                planes.write_row(i, all.data() + row_size * static_cast<std::size_t>(i));
        }
        if (!end()) fail();
        return planes.take();
    }

  private:
    static void keep_message(png_structp library, png_const_charp message) {
        auto* const reader = static_cast<PngReader*>(png_get_error_ptr(library));
        std::snprintf(reader->message_.data(), reader->message_.size(), "%s", message);
        std::longjmp(reader->way_out_, 1);
    }
    static void ignore(png_structp, png_const_charp) {}

    // Nothing with a destructor may live in these: errors jump over it.

    bool begin() {
        if (setjmp(way_out_) != 0) return false;
        png_init_io(library_, file_);
        png_read_info(library_, info_);
        return true;
    }

    bool start() {
        if (setjmp(way_out_) != 0) return false;
        png_set_strip_16(library_);
        png_set_strip_alpha(library_);
        const int colour = png_get_color_type(library_, info_);
        if (colour == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(library_);
        if (colour == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(library_);
        passes_ = png_set_interlace_handling(library_);
        png_read_update_info(library_, info_);
        return true;
    }

    bool read_rows(std::uint8_t* first, std::size_t row_size, std::int64_t rows) {
        if (setjmp(way_out_) != 0) return false;
        for (std::int64_t i = 0; i < rows; ++i)
            png_read_row(library_, first + row_size * static_cast<std::size_t>(i), nullptr);
        return true;
    }

    bool end() {
        if (setjmp(way_out_) != 0) return false;
        png_read_end(library_, nullptr);
        return true;
    }

    [[noreturn]] void fail() const {
        throw PictureProblem{message_.data(), std::ftell(file_)};
    }

    std::FILE* file_;
    png_structp library_;
    png_infop info_ = nullptr;
    int passes_ = 1;
    std::array<char, 256> message_{};
    std::jmp_buf way_out_{};
};

}  // namespace

PictureHead head_of_png(std::FILE* file) {
    PngReader reader(file);
    reader.read_header();
    return reader.head();
}

Picture decode_png(std::FILE* file, const WantedPicture& wanted) {
    PngReader reader(file);
    reader.read_header();
    require_sane_size(reader.height(), reader.width());
    return reader.read(wanted.channels);
}

}  // namespace tidemark::trainer
