#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <vector>

// jpeglib.h needs <cstdio> before it
#include <jpeglib.h>
#include <png.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/places.hpp"
#include "trainer/datasets/dataset_catalogue.hpp"
#include "trainer/datasets/picture.hpp"
#include "trainer/datasets/subset.hpp"
#include "unit/trainer/support.hpp"

namespace tidemark::trainer {
namespace {

namespace fs = std::filesystem;
using testing::Each;
using testing::ElementsAre;

void write_png(const fs::path& file, std::uint32_t format, std::uint32_t height, std::uint32_t width,
               const std::vector<std::uint8_t>& pixels) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.format = format;
    image.height = height;
    image.width = width;
    ASSERT_NE(png_image_write_to_file(&image, file.c_str(), 0, pixels.data(), 0, nullptr), 0)
        << image.message;
}

void write_grey_png(const fs::path& file, std::uint32_t height, std::uint32_t width, std::uint8_t grey) {
    write_png(file, PNG_FORMAT_GRAY, height, width,
              std::vector<std::uint8_t>(std::size_t{height} * width, grey));
}

/// One colour all over, which JPEG keeps nearly as it is.
void write_jpeg(const fs::path& file, std::uint32_t height, std::uint32_t width,
                std::vector<std::uint8_t> colour) {
    jpeg_compress_struct writer{};
    jpeg_error_mgr errors{};
    writer.err = jpeg_std_error(&errors);
    jpeg_create_compress(&writer);
    std::FILE* out = std::fopen(file.c_str(), "wb");
    ASSERT_NE(out, nullptr);
    jpeg_stdio_dest(&writer, out);
    writer.image_height = height;
    writer.image_width = width;
    writer.input_components = static_cast<int>(colour.size());
    writer.in_color_space = colour.size() == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&writer);
    jpeg_start_compress(&writer, TRUE);
    std::vector<std::uint8_t> row;
    for (std::uint32_t i = 0; i < width; ++i) row.insert(row.end(), colour.begin(), colour.end());
    JSAMPROW line = row.data();
    while (writer.next_scanline < height) jpeg_write_scanlines(&writer, &line, 1);
    jpeg_finish_compress(&writer);
    jpeg_destroy_compress(&writer);
    std::fclose(out);
}

/// cats and dogs, 2 × 3 pixels each.
class Folder : public testing::Test {
  protected:
    void SetUp() override {
        for (const char* name : {"train/cat", "train/dog", "test/cat", "test/dog"})
            fs::create_directories(folder_ / name);
        write_png(folder_ / "train/cat/a.png", PNG_FORMAT_RGB, 2, 3,
                  {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19});
        write_grey_png(folder_ / "train/dog/b.png", 2, 3, 77);
        write_jpeg(folder_ / "train/dog/c.JPG", 2, 3, {200, 100, 50});
        write_grey_png(folder_ / "test/dog/d.png", 2, 3, 5);
        write_grey_png(folder_ / "test/cat/e.png", 2, 3, 6);
        write_file(folder_ / "train/cat/.hidden", "of no interest");
    }

    std::unique_ptr<Dataset> open(Options options = {}, Split split = Split::Train) const {
        options.dataset = "folder";
        options.data_dir = folder_.path();
        return open_dataset(options, split);
    }

    Example read(std::int64_t index, const Options& options = {}) const {
        Example example;
        open(options)->read(index, example);
        return example;
    }

    std::string problem(const Options& options = {}, Split split = Split::Train) const {
        try {
            const auto data = open(options, split);
            Example example;
            for (std::int64_t i = 0; i < data->size(); ++i) data->read(i, example);
            return "";
        } catch (const std::runtime_error& error) {
            return error.what();
        }
    }

    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    TemporaryFolder folder_;
};

TEST_F(Folder, GivesItsImagesByClassInAlphabeticalOrder) {
    const auto data = open();
    const DataShape shape = data->shape();
    EXPECT_THAT((std::vector{shape.channels, shape.height, shape.width, shape.classes}),
                ElementsAre(3, 2, 3, 2));
    EXPECT_EQ(data->size(), 3);
    Example example;
    data->read(0, example);
    EXPECT_EQ(example.label, 0);
    EXPECT_THAT(example.pixels, ElementsAre(1, 4, 7, 11, 14, 17, 2, 5, 8, 12, 15, 18, 3, 6, 9, 13, 16, 19));
    data->read(1, example);
    EXPECT_EQ(example.label, 1);
    EXPECT_THAT(example.pixels, Each(77));  // grey is as much of each colour
    data->read(2, example);
    EXPECT_EQ(example.label, 1);
    for (std::size_t i = 0; i < 6; ++i) {
        EXPECT_NEAR(example.pixels[i], 200, 3);
        EXPECT_NEAR(example.pixels[6 + i], 100, 3);
        EXPECT_NEAR(example.pixels[12 + i], 50, 3);
    }
    const auto test = open({}, Split::Test);
    EXPECT_EQ(test->size(), 2);
    test->read(1, example);
    EXPECT_EQ(example.label, 1);
    EXPECT_THAT(example.pixels, Each(5));
}

TEST_F(Folder, IsGreyWhereOneChannelIsAskedFor) {
    EXPECT_THAT(read(1, {.image_channels = 1}).pixels, ElementsAre(77, 77, 77, 77, 77, 77));
    EXPECT_EQ(read(2, {.image_channels = 1}).pixels.size(), 6);
    EXPECT_EQ(problem({.image_channels = 4}),
              "image_channels is 4; images of a folder have 3 (colour) or 1 (grey)");
}

TEST_F(Folder, BringsImagesToOneSizeWhereOneIsGiven) {
    write_grey_png(folder_ / "train/dog/b.png", 40, 7, 33);
    const auto data = open({.image_size = 4});
    EXPECT_EQ(data->shape().height, 4);
    EXPECT_EQ(data->shape().width, 4);
    Example example;
    data->read(1, example);
    EXPECT_EQ(example.pixels.size(), 48);
    EXPECT_THAT(example.pixels, Each(33));
}

TEST_F(Folder, RefusesImagesOfDifferentSizes) {
    write_grey_png(folder_ / "train/dog/b.png", 3, 2, 33);
    EXPECT_EQ(problem(), path("train/dog/b.png") + " is 3 × 2, but the first image, " +
                             path("train/cat/a.png") +
                             ", 2 × 3; image_size brings all to one size: --set image_size=32");
}

TEST_F(Folder, RefusesWhatIsNoImage) {
    write_file(folder_ / "train/dog/b.png", "no picture");
    EXPECT_EQ(problem(),
              path("train/dog/b.png") +
                  ": at offset 0: it begins with 6e 6f 20 70 69 63 74 75, and is neither a PNG nor a "
                  "JPEG file");
    write_file(folder_ / "train/dog/b.png", "");
    EXPECT_EQ(problem(), path("train/dog/b.png") + ": at offset 0: the file is empty");
}

TEST_F(Folder, RefusesWhatIsNoImageBeforeAnyIsRead) {
    write_file(folder_ / "train/dog/z.webp", "RIFF....WEBPVP8 ");
    const std::string expected =
        path("train/dog/z.webp") +
        ": at offset 0: it is a WebP file, and PNG and JPEG files alone are read: make it one "
        "of these (ImageMagick's `convert FILE FILE.png` does), or leave it out";
    EXPECT_THAT([&] { open(); }, testing::ThrowsMessage<std::runtime_error>(expected));
}

TEST_F(Folder, HasTheFilesThatTorchvisionTakesAndSaysWhatIsLeftOut) {
    write_file(folder_ / "train/labels.csv", "");
    write_file(folder_ / "train/cat/Thumbs.db", "");
    write_file(folder_ / "train/cat/._a.png", "what macOS adds");
    fs::create_directories(folder_ / "train/__MACOSX/cat");
    fs::create_directories(folder_ / "train/cat/more");
    write_grey_png(folder_ / "train/cat/more/z.PNG", 2, 3, 9);
    const auto data = open();
    EXPECT_EQ(data->size(), 4);
    Example example;
    data->read(1, example);
    EXPECT_EQ(example.label, 0);
    EXPECT_THAT(example.pixels, Each(9));
    EXPECT_THAT(data->notes(),
                ElementsAre(path("train") +
                            ": 3 files are left out, being hidden or not named like images; the first is " +
                            path("train/cat/._a.png")));
    EXPECT_THAT(open({}, Split::Test)->notes(), testing::IsEmpty());
}

TEST_F(Folder, TestsWithValWhereThereIsNoTest) {
    fs::rename(folder_ / "test", folder_ / "val");
    EXPECT_EQ(open({}, Split::Test)->size(), 2);
    fs::create_directories(folder_ / "test/cat");
    EXPECT_EQ(problem({}, Split::Test), path("test/cat") + " holds no images");
}

TEST_F(Folder, SaysWhichImagesAreTurnedAndWhichAreNotAsPillowGivesThem) {
    const fs::path stored = test::source_dir() + "/tests/unit/trainer/pictures";
    fs::copy_file(stored / "turned.jpg", folder_ / "train/dog/turned.jpg");
    fs::copy_file(stored / "grey16.png", folder_ / "train/dog/deep.png");
    EXPECT_THAT(
        open({.image_size = 4})->notes(),
        ElementsAre(
            path("train") +
                ": 1 file is said by EXIF to be turned or mirrored; they are taken as they lie, as "
                "torchvision's ImageFolder does; the first is " +
                path("train/dog/turned.jpg"),
            path("train") +
                ": 1 file is grey with 16 bits; the upper 8 are taken, where Pillow makes white of all "
                "above 255; the first is " +
                path("train/dog/deep.png")));
}

TEST_F(Folder, GivesASubsetImagesOfAllClassesInTurn) {
    for (int i = 0; i < 8; ++i) write_grey_png(folder_ / fmt::format("train/cat/c{}.png", i), 2, 3, 1);
    const auto data = open({.train_samples = 4});
    EXPECT_EQ(data->size(), 4);
    EXPECT_THAT(class_counts(*data), ElementsAre(2, 2));
    EXPECT_THAT(class_counts(*open({.train_samples = 7})), ElementsAre(5, 2)) << "there are only two dogs";
    EXPECT_EQ(describe_counts(class_counts(*data), data->class_names()), "cat: 2, dog: 2");
}

TEST_F(Folder, NamesThePlaceWhereAnImageIsDamaged) {
    const std::string whole = read_file(folder_ / "train/dog/b.png").value();
    write_file(folder_ / "train/dog/b.png", whole.substr(0, 50));
    EXPECT_EQ(problem(), path("train/dog/b.png") + ": at offset 50: Read Error");
    std::string changed = whole;
    changed[20] = static_cast<char>(changed[20] ^ 1);  // in the header
    write_file(folder_ / "train/dog/b.png", changed);
    EXPECT_EQ(problem(), path("train/dog/b.png") + ": at offset 33: IHDR: CRC error");
    write_file(folder_ / "train/dog/b.png", whole);

    const std::string jpeg = read_file(folder_ / "train/dog/c.JPG").value();
    write_file(folder_ / "train/dog/c.JPG", jpeg.substr(0, jpeg.size() - 8));
    EXPECT_EQ(problem(), path("train/dog/c.JPG") + ": at offset " + std::to_string(jpeg.size() - 8) +
                             ": Premature end of JPEG file");
    write_file(folder_ / "train/dog/c.JPG", jpeg.substr(0, 3) + "nothing");
    EXPECT_THAT(problem(), testing::StartsWith(path("train/dog/c.JPG") + ": at offset "));
}

TEST_F(Folder, RefusesClassesThatWereNotTrained) {
    fs::create_directory(folder_ / "test/dgo");
    write_grey_png(folder_ / "test/dgo/f.png", 2, 3, 5);
    EXPECT_EQ(problem({}, Split::Test),
              path("test/dgo") + ": there is no class 'dgo' in " + path("train") + " (did you mean 'dog'?)");
}

TEST_F(Folder, SaysWhatItMustHold) {
    fs::create_directory(folder_ / "train/cow");
    EXPECT_EQ(problem(), path("train/cow") + " holds no images");
    fs::remove(folder_ / "train/cow");
    fs::remove_all(folder_ / "test");
    EXPECT_EQ(problem({}, Split::Test),
              "cannot read " + path("test") +
                  ": No such file or directory; data_dir must hold train/CLASS/ and "
                  "test/CLASS/ with PNG or JPEG files");
    fs::remove_all(folder_ / "train/dog");
    EXPECT_EQ(problem(),
              path("train") + " holds one folder; a folder for each of two classes or more is needed");
}

Picture grey(std::int64_t height, std::int64_t width, std::vector<std::uint8_t> pixels) {
    return {1, height, width, std::move(pixels)};
}

TEST(SquareOf, KeepsAPictureThatFits) {
    EXPECT_THAT(square_of(grey(2, 2, {1, 2, 3, 4}), 2).pixels, ElementsAre(1, 2, 3, 4));
}

TEST(SquareOf, CutsOutTheMiddle) {
    EXPECT_THAT(square_of(grey(2, 4, {9, 1, 2, 9, 9, 3, 4, 9}), 2).pixels, ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(square_of(grey(4, 2, {9, 9, 1, 2, 3, 4, 9, 9}), 2).pixels, ElementsAre(1, 2, 3, 4));
}

TEST(SquareOf, WeightsByATriangle) {
    // 4 to 2: the weights of a new pixel are 3/8 and 3/8 of its own two old ones, and 1/8 of the next on each
    // side; at the border, where one is missing, 3/7, 3/7 and 1/7
    const std::vector<std::uint8_t> row{0, 70, 140, 210};
    std::vector<std::uint8_t> pixels;
    for (int i = 0; i < 4; ++i) pixels.insert(pixels.end(), row.begin(), row.end());
    const double left = (3 * 0 + 3 * 70 + 1 * 140) / 7.0;
    const double right = (1 * 70 + 3 * 140 + 3 * 210) / 7.0;
    EXPECT_THAT(square_of(grey(4, 4, pixels), 2).pixels, ElementsAre(left, right, left, right));
}

TEST(SquareOf, DrawsStraightLinesBetweenPixelsWhereItGrows) {
    const Picture grown = square_of(grey(2, 2, {0, 100, 0, 100}), 4);
    EXPECT_THAT(std::vector<int>(grown.pixels.begin(), grown.pixels.begin() + 4),
                ElementsAre(0, 25, 75, 100));
    EXPECT_EQ(grown.pixels.size(), 16);
}

}  // namespace
}  // namespace tidemark::trainer
