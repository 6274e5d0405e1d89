// Pictures are read as Pillow reads them; pictures/make.py made the files, and printed what must come out.
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

// jpeglib.h needs <cstdio> before it
#include <jpeglib.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/places.hpp"
#include "trainer/datasets/picture.hpp"
#include "trainer/datasets/picture_decoders.hpp"
#include "trainer/datasets/picture_head.hpp"
#include "trainer/memory/tensor_account.hpp"
#include "unit/trainer/support.hpp"

namespace tidemark::trainer {
namespace {

std::string stored(const std::string& name) {
    return test::source_dir() + "/tests/unit/trainer/pictures/" + name;
}

struct Truth {
    const char* file;
    std::array<int, 3> colour;
    int grey;
};

/// All but the first are what Pillow 9.4 gives.
const Truth kTruths[] = {{"grey16.png", {128, 128, 128}, 128},
                         {"colour16.png", {128, 7, 255}, 71},
                         {"transparent16.png", {128, 7, 255}, 71},
                         {"transparent.png", {200, 100, 50}, 124},
                         {"transparent_grey.png", {200, 200, 200}, 200},
                         {"keyed_grey.png", {200, 200, 200}, 200},
                         {"gamma.png", {200, 100, 50}, 124},
                         {"palette.png", {200, 100, 50}, 124},
                         {"grey4.png", {119, 119, 119}, 119},
                         {"grey1.png", {255, 255, 255}, 255},
                         {"colour.jpg", {200, 100, 50}, 124},
                         {"inks.jpg", {207, 137, 49}, 148},
                         {"turned.jpg", {200, 100, 50}, 124},
                         {"turned.png", {200, 100, 50}, 124}};

TEST(Pictures, HaveTheColoursThatPillowGives) {
    for (const Truth& truth : kTruths) {
        const Picture colour = read_picture(stored(truth.file), {.channels = 3});
        const std::size_t plane = colour.pixels.size() / 3;
        EXPECT_EQ((std::array<int, 3>{colour.pixels[0], colour.pixels[plane], colour.pixels[2 * plane]}),
                  truth.colour)
            << truth.file;
        EXPECT_EQ(read_picture(stored(truth.file), {.channels = 1}).pixels[0], truth.grey) << truth.file;
    }
}

TEST(Pictures, ThatEXIFTurnsLieAsTheyAreStoredAndAreKnown) {
    for (const char* file : {"turned.jpg", "turned.png"}) {
        const PictureHead head = look_at_picture(stored(file));
        EXPECT_EQ(head.orientation, 6) << file;
        EXPECT_EQ(head.height, 8) << file;
        EXPECT_EQ(read_picture(stored(file), {}).height, 8) << file;
    }
    EXPECT_EQ(look_at_picture(stored("colour.jpg")).orientation, 1);
}

TEST(Pictures, TellTheirKindBeforeAPixelIsRead) {
    const PictureHead grey = look_at_picture(stored("grey16.png"));
    EXPECT_EQ(grey.bits, 16);
    EXPECT_TRUE(grey.is_grey);
    EXPECT_FALSE(look_at_picture(stored("colour16.png")).is_grey);
    EXPECT_TRUE(look_at_picture(stored("inks.jpg")).has_four_inks);
    EXPECT_FALSE(look_at_picture(stored("colour.jpg")).has_four_inks);
}

TEST(Pictures, OfKindsThatAreNotReadAreCalledByTheirNames) {
    const auto problem = [](const std::string& file) -> std::string {
        try {
            look_at_picture(stored(file));
            return "";
        } catch (const std::runtime_error& error) {
            return error.what();
        }
    };
    const std::pair<const char*, const char*> kinds[] = {{"foreign.webp", "a WebP file"},
                                                         {"foreign.gif", "a GIF file"},
                                                         {"foreign.bmp", "a BMP file"},
                                                         {"foreign.tiff", "a TIFF file"},
                                                         {"foreign.ppm", "a PPM or PGM file"}};
    for (const auto& [file, kind] : kinds) {
        EXPECT_EQ(problem(file), stored(file) + ": at offset 0: it is " + kind +
                                     ", and PNG and JPEG files alone are read: make it one of these "
                                     "(ImageMagick's `convert FILE FILE.png` does), or leave it out");
    }
}

/// A TIFF structure of one entry in the order of bytes of Intel's processors.
std::vector<std::uint8_t> exif(std::uint8_t tag, std::uint8_t value, std::uint8_t offset = 8,
                               std::uint8_t count = 1) {
    return {'I', 'I', 42, 0, offset, 0, 0, 0, count, 0, tag, 1, 3, 0, 1, 0, 0, 0, value, 0, 0, 0};
}

TEST(ExifOrientation, IsTheNumberOfItsTagAndOneWhereThereIsNone) {
    EXPECT_EQ(exif_orientation(exif(0x12, 8)), 8);
    EXPECT_EQ(exif_orientation(std::vector<std::uint8_t>{'M', 'M',  0, 42, 0, 0, 0, 8, 0, 1,
                                                         1,   0x12, 0, 3,  0, 0, 0, 1, 0, 3}),
              3);
    EXPECT_EQ(exif_orientation(exif(0x13, 8)), 1);
    EXPECT_EQ(exif_orientation(exif(0x12, 9)), 1);
    EXPECT_EQ(exif_orientation(exif(0x12, 8, 200)), 1) << "a directory behind the end";
    EXPECT_EQ(exif_orientation(exif(0x13, 8, 8, 255)), 1) << "more entries than there are";
    EXPECT_EQ(exif_orientation({}), 1);
    for (std::size_t length = 0; length < 22; ++length) {
        const std::vector<std::uint8_t> whole = exif(0x12, 8);
        EXPECT_EQ(exif_orientation(std::span(whole).first(length)), length < 20 ? 1 : 8) << length;
    }
}

/// Brighter and brighter to the right.
void write_slope(const std::filesystem::path& file, std::uint32_t height, std::uint32_t width) {
    jpeg_compress_struct writer{};
    jpeg_error_mgr errors{};
    writer.err = jpeg_std_error(&errors);
    jpeg_create_compress(&writer);
    std::FILE* const out = std::fopen(file.c_str(), "wb");
    ASSERT_NE(out, nullptr);
    jpeg_stdio_dest(&writer, out);
    writer.image_height = height;
    writer.image_width = width;
    writer.input_components = 3;
    writer.in_color_space = JCS_RGB;
    jpeg_set_defaults(&writer);
    jpeg_start_compress(&writer, TRUE);
    std::vector<std::uint8_t> row;
    for (std::uint32_t column = 0; column < width; ++column)
        row.insert(row.end(), 3, static_cast<std::uint8_t>(column * 255 / width));
    JSAMPROW line = row.data();
    while (writer.next_scanline < height) jpeg_write_scanlines(&writer, &line, 1);
    jpeg_finish_compress(&writer);
    jpeg_destroy_compress(&writer);
    std::fclose(out);
}

TEST(Pictures, OfCamerasAreDecodedNoLargerThanTheyAreNeeded) {
    const TemporaryFolder folder;
    const std::string file = (folder / "camera.jpg").string();
    write_slope(file, 1200, 1600);
    const auto height = [&](std::int64_t side) {
        return read_picture(file, {.channels = 3, .side = side}).height;
    };
    EXPECT_EQ(height(0), 1200);
    EXPECT_EQ(height(64), 150);
    EXPECT_EQ(height(100), 300);
    EXPECT_EQ(height(400), 1200) << "never less than twice what is wanted";
    const Picture exact = square_of(read_picture(file, {.channels = 1}), 64);
    const Picture quick = square_of(read_picture(file, {.channels = 1, .side = 64}), 64);
    for (std::size_t i = 0; i < exact.pixels.size(); ++i)
        ASSERT_NEAR(quick.pixels[i], exact.pixels[i], 1) << "pixel " << i;
}

TEST(Pictures, AreBookedAsBatchesWhileTheyAreDecoded) {
    const TemporaryFolder folder;
    const std::string file = (folder / "camera.jpg").string();
    write_slope(file, 1200, 1600);
    const auto account = std::make_shared<TensorAccount>();
    const AccountingScope accounting(account);
    read_picture(file, {.channels = 3});
    constexpr std::int64_t kPicture = 3 * 1200 * 1600, kRow = 3 * 1600;
    EXPECT_EQ(account->peak().of(Category::Batches), kPicture + kRow);
    EXPECT_EQ(account->live().of(Category::Batches), 0);
    account->start_phase();
    read_picture(file, {.channels = 3, .side = 64});
    EXPECT_EQ(account->peak().of(Category::Batches), (kPicture / 8 + kRow) / 8);
}

}  // namespace
}  // namespace tidemark::trainer
