#include <filesystem>
#include <fstream>
#include <memory>
#include <vector>

#include <zlib.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trainer/datasets/dataset_catalogue.hpp"
#include "unit/trainer/support.hpp"

namespace tidemark::trainer {
namespace {

using testing::ElementsAre;

/// The big-endian numbers of a header, then the bytes.
std::string idx_file(const std::vector<std::uint32_t>& header, const std::string& content) {
    std::string text;
    for (const std::uint32_t number : header) {
        for (const int shift : {24, 16, 8, 0}) text += static_cast<char>(number >> shift & 0xffU);
    }
    return text + content;
}

/// Three training images and two to test with, of 2 rows and 3 columns; pixels count up.
class IdxFiles : public testing::Test {
  protected:
    void SetUp() override {
        write("train-images-idx3-ubyte", idx_file({0x803, 3, 2, 3}, counting(18)));
        write("train-labels-idx1-ubyte", idx_file({0x801, 3}, {2, 0, 6}));
        write("t10k-images-idx3-ubyte", idx_file({0x803, 2, 2, 3}, counting(12)));
        write("t10k-labels-idx1-ubyte", idx_file({0x801, 2}, {6, 1}));
    }

    static std::string counting(char count) {
        std::string text;
        for (char i = 0; i < count; ++i) text += i;
        return text;
    }

    std::string path(const std::string& name) const { return (folder_ / name).string(); }
    void write(const std::string& name, const std::string& content) const {
        write_file(folder_ / name, content);
    }

    std::unique_ptr<Dataset> open(Split split) const {
        return open_dataset({.dataset = "idx", .data_dir = folder_.path()}, split);
    }

    std::string problem(Split split = Split::Train) const {
        try {
            open(split);
            return "";
        } catch (const std::runtime_error& error) {
            return error.what();
        }
    }

    TemporaryFolder folder_;
};

TEST_F(IdxFiles, GiveTheirImagesWithTheirLabels) {
    const auto data = open(Split::Train);
    EXPECT_EQ(data->size(), 3);
    const DataShape shape = data->shape();
    EXPECT_THAT((std::vector{shape.channels, shape.height, shape.width, shape.classes}),
                ElementsAre(1, 2, 3, 7));
    EXPECT_FALSE(data->may_be_mirrored());
    Example example;
    data->read(2, example);
    EXPECT_EQ(example.label, 6);
    EXPECT_THAT(example.pixels, ElementsAre(12, 13, 14, 15, 16, 17));
    const auto test = open(Split::Test);
    EXPECT_EQ(test->size(), 2);
    EXPECT_EQ(test->shape().classes, 7);
    test->read(0, example);
    EXPECT_EQ(example.label, 6);
}

TEST_F(IdxFiles, OfMnistLieInAFolderOfItsName) {
    for (const char* name : {"mnist", "fashion-mnist"}) {
        std::filesystem::create_directory(folder_ / name);
        for (const char* file : {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                 "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}) {
            std::filesystem::copy_file(folder_ / file, folder_ / name / file);
        }
    }
    const auto mnist = open_dataset({.dataset = "mnist", .data_dir = folder_.path()}, Split::Test);
    EXPECT_FALSE(mnist->may_be_mirrored());
    EXPECT_THAT(mnist->normalisation().mean, ElementsAre(testing::FloatEq(0.1307F)));
    const auto fashion = open_dataset({.dataset = "fashion-mnist", .data_dir = folder_.path()}, Split::Test);
    EXPECT_TRUE(fashion->may_be_mirrored());
    EXPECT_EQ(fashion->size(), 2);
}

TEST_F(IdxFiles, ThatAreMissingAreNamed) {
    std::filesystem::remove(folder_ / "train-labels-idx1-ubyte");
    EXPECT_EQ(problem(), "cannot read " + path("train-labels-idx1-ubyte") +
                             ": No such file or directory; it is one of the four files of a set: "
                             "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and "
                             "t10k-labels-idx1-ubyte, each as it is or packed as .gz");
}

TEST_F(IdxFiles, ThatAreForeignAreRefused) {
    write("train-images-idx3-ubyte", idx_file({0x801, 3}, counting(18)));
    EXPECT_EQ(problem(), path("train-images-idx3-ubyte") +
                             ": the four bytes at offset 0 are 00000801, and not 00000803; it is no IDX file "
                             "of images");
    write("train-images-idx3-ubyte", "\x1f\x8b\x08\x08 packed as it came");
    EXPECT_EQ(problem(), path("train-images-idx3-ubyte") +
                             ": the four bytes at offset 0 are 1f8b0808, and not 00000803; it is no IDX file "
                             "of images, but packed: rename it to .gz and `gunzip` it");
    write("train-images-idx3-ubyte", idx_file({0x803, 1, 0, 70000}, ""));
    EXPECT_EQ(problem(),
              path("train-images-idx3-ubyte") +
                  ": the numbers at offset 8 announce images of 0 × 70000; sides from 1 to 4096 are "
                  "expected");
}

TEST_F(IdxFiles, ThatAreCutShortAreRefused) {
    write("train-images-idx3-ubyte", std::string("\0\0\x08", 3));
    EXPECT_EQ(problem(),
              path("train-images-idx3-ubyte") + " ends at offset 3, within the header at offset 0");
    write("train-images-idx3-ubyte", idx_file({0x803, 3, 2, 3}, counting(17)));
    EXPECT_EQ(problem(),
              path("train-images-idx3-ubyte") +
                  " has 33 bytes; its header of 16 bytes announces 3 images of 2 × 3, with which it "
                  "has 34; it is cut short or damaged");
    write("train-images-idx3-ubyte", idx_file({0x803, 3, 2, 3}, counting(18)));
    write("train-labels-idx1-ubyte", idx_file({0x801, 4}, {2, 0, 6}));
    EXPECT_EQ(problem(),
              path("train-labels-idx1-ubyte") +
                  " has 11 bytes; its header of 8 bytes announces 4 labels, with which it has 12; it "
                  "is cut short or damaged");
}

TEST_F(IdxFiles, ThatAreCutShortWhileTheyAreUsedAreNamed) {
    const auto data = open(Split::Train);
    std::filesystem::resize_file(folder_ / "train-images-idx3-ubyte", 25);
    Example example;
    EXPECT_THAT([&] { data->read(1, example); },
                testing::ThrowsMessage<std::runtime_error>(
                    path("train-images-idx3-ubyte") + " ends at offset 25, within the image at offset 22"));
}

TEST_F(IdxFiles, ThatDoNotBelongTogetherAreRefused) {
    write("train-labels-idx1-ubyte", idx_file({0x801, 2}, {2, 6}));
    EXPECT_EQ(problem(), path("train-images-idx3-ubyte") + " holds 3 images, but " +
                             path("train-labels-idx1-ubyte") + " 2 labels");
    write("t10k-labels-idx1-ubyte", idx_file({0x801, 2}, {6, 7}));
    EXPECT_EQ(problem(Split::Test), path("t10k-labels-idx1-ubyte") +
                                        ": the label at offset 9 is 7, but the training images have 0 to 6");
}

void pack(const std::filesystem::path& file) {
    const std::string text = read_file(file).value();
    gzFile const out = gzopen((file.string() + ".gz").c_str(), "wb");
    gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
    gzclose(out);
    std::filesystem::remove(file);
}

TEST_F(IdxFiles, MayBePackedAsTheyWerePublished) {
    for (const char* name : {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"}) pack(folder_ / name);
    const auto data = open(Split::Train);
    Example example;
    data->read(1, example);
    EXPECT_EQ(example.label, 0);
    EXPECT_THAT(example.pixels, ElementsAre(6, 7, 8, 9, 10, 11));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "train-images-idx3-ubyte")) << "nothing is left behind";
    const std::string whole = read_file(folder_ / "train-images-idx3-ubyte.gz").value();
    write("train-images-idx3-ubyte.gz", whole.substr(0, whole.size() - 9));
    EXPECT_EQ(problem(), "cannot unpack " + path("train-images-idx3-ubyte.gz") + ": unexpected end of file");
}

TEST_F(IdxFiles, OfMnistMayLieWhereTorchvisionPutsThem) {
    std::filesystem::create_directories(folder_ / "MNIST/raw");
    for (const char* name : {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"})
        std::filesystem::rename(folder_ / name, folder_ / "MNIST/raw" / name);
    EXPECT_EQ(open_dataset({.dataset = "mnist", .data_dir = folder_.path()}, Split::Train)->size(), 3);
}

TEST_F(IdxFiles, WhoseLabelsBeginAtOneHaveNoClassMoreThanLabels) {
    write("train-labels-idx1-ubyte", idx_file({0x801, 3}, {1, 3, 2}));
    write("t10k-labels-idx1-ubyte", idx_file({0x801, 2}, {3, 1}));
    const auto data = open(Split::Train);
    EXPECT_EQ(data->shape().classes, 3);
    Example example;
    data->read(0, example);
    EXPECT_EQ(example.label, 0);
    EXPECT_EQ(open(Split::Test)->label(0), 2);
    EXPECT_THAT(data->notes(), ElementsAre(path("train-labels-idx1-ubyte") +
                                           ": the labels are 1 to 3; they are taken as the classes 0 to 2"));
    write("t10k-labels-idx1-ubyte", idx_file({0x801, 2}, {3, 0}));
    EXPECT_EQ(problem(Split::Test), path("t10k-labels-idx1-ubyte") +
                                        ": the label at offset 9 is 0, but the training images have 1 to 3");
}

TEST_F(IdxFiles, WhoseLabelsHaveGapsOrAreAllTheSameAreSaidToBeSo) {
    EXPECT_THAT(
        open(Split::Train)->notes(),
        ElementsAre(path("train-labels-idx1-ubyte") +
                    ": of the labels 0 to 6 no image has 1, 3, 4, 5; each is a class without images"));
    write("train-labels-idx1-ubyte", idx_file({0x801, 3}, {2, 2, 2}));
    EXPECT_EQ(problem(),
              path("train-labels-idx1-ubyte") +
                  ": all 3 labels are 2; there is nothing to tell apart, two classes or more are needed");
}

}  // namespace
}  // namespace tidemark::trainer
