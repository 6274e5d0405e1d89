#include "trainer/datasets/picture_head.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

#include <sys/stat.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "trainer/datasets/picture_decoders.hpp"

namespace tidemark::trainer {
namespace {

constexpr std::size_t kLongestSignature = 12;

struct Signature {
    PictureFormat format;
    std::size_t at;
    std::string_view bytes;
};

// https://www.w3.org/TR/png-3/#3PNGsignature; ITU-T T.81, B.1.1.3; RFC 9649; TIFF 6.0; netpbm's pnm(5)
constexpr std::array kSignatures{Signature{PictureFormat::Png, 0, "\x89PNG\r\n\x1a\n"},
                                 Signature{PictureFormat::Jpeg, 0, "\xff\xd8\xff"},
                                 Signature{PictureFormat::WebP, 8, "WEBP"},
                                 Signature{PictureFormat::Gif, 0, "GIF8"},
                                 Signature{PictureFormat::Bmp, 0, "BM"},
                                 Signature{PictureFormat::Tiff, 0, std::string_view("II*\0", 4)},
                                 Signature{PictureFormat::Tiff, 0, std::string_view("MM\0*", 4)},
                                 Signature{PictureFormat::Pnm, 0, "P5"},
                                 Signature{PictureFormat::Pnm, 0, "P6"}};

PictureFormat format_of(std::string_view beginning) {
    for (const Signature& one : kSignatures) {
        if (beginning.size() >= one.at + one.bytes.size() &&
            beginning.substr(one.at, one.bytes.size()) == one.bytes)
            return one.format;
    }
    return PictureFormat::Unknown;
}

[[noreturn]] void refuse(PictureFormat format, std::string_view beginning) {
    if (beginning.empty()) throw PictureProblem{"the file is empty", 0};
    if (format == PictureFormat::Unknown) {
        std::vector<unsigned> first(beginning.begin(),
                                    beginning.begin() + std::min<std::size_t>(8, beginning.size()));
        for (unsigned& byte : first) byte &= 0xffU;
        throw PictureProblem{
            fmt::format("it begins with {:02x}, and is neither a PNG nor a JPEG file", fmt::join(first, " ")),
            0};
    }
    throw PictureProblem{fmt::format("it is {}, and PNG and JPEG files alone are read: make it one of these "
                                     "(ImageMagick's `convert FILE FILE.png` does), or leave it out",
                                     to_text(format)),
                         0};
}

}  // namespace

std::string_view to_text(PictureFormat format) {
    switch (format) {
        case PictureFormat::Png:
            return "a PNG file";
        case PictureFormat::Jpeg:
            return "a JPEG file";
        case PictureFormat::WebP:
            return "a WebP file";
        case PictureFormat::Gif:
            return "a GIF file";
        case PictureFormat::Bmp:
            return "a BMP file";
        case PictureFormat::Tiff:
            return "a TIFF file";
        case PictureFormat::Pnm:
            return "a PPM or PGM file";
        case PictureFormat::Unknown:
            break;
    }
    return "";
}

PictureFormat readable_format_of(std::FILE* file) {
    std::array<char, kLongestSignature> bytes{};
    const std::string_view beginning(bytes.data(), std::fread(bytes.data(), 1, bytes.size(), file));
    std::rewind(file);
    const PictureFormat format = format_of(beginning);
    if (format != PictureFormat::Png && format != PictureFormat::Jpeg) refuse(format, beginning);
    return format;
}

PictureHead look_at_picture(const std::string& file) {
    return with_picture(file, [](std::FILE* open) {
        const PictureFormat format = readable_format_of(open);
        PictureHead head = format == PictureFormat::Png ? head_of_png(open) : head_of_jpeg(open);
        head.format = format;
        struct stat status {};
        if (fstat(fileno(open), &status) == 0) head.file_bytes = status.st_size;
        require_sane_size(head.height, head.width);
        return head;
    });
}

}  // namespace tidemark::trainer
