#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trainer/datasets/dataset_catalogue.hpp"
#include "unit/trainer/support.hpp"

namespace tidemark::trainer {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kRecordSize = 3073;
constexpr std::int64_t kFileSize = 10'000 * kRecordSize;

/// Six files of the right size without content: black aeroplanes.
class FabricatedCifar10 : public testing::Test {
  protected:
    void SetUp() override {
        fs::create_directory(files());
        for (const char* name : {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                 "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"}) {
            std::ofstream(files() / name).close();
            fs::resize_file(files() / name, kFileSize);
        }
    }

    fs::path files() const { return folder_ / "cifar-10-batches-bin"; }

    void write(const std::string& name, std::int64_t offset, char byte) const {
        std::fstream file(files() / name, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(offset);
        file.put(byte);
    }

    std::unique_ptr<Dataset> open(Split split) const {
        return open_dataset({.dataset = "cifar10", .data_dir = folder_.path()}, split);
    }

    std::string problem(Split split) const {
        try {
            open(split);
            return "";
        } catch (const std::runtime_error& error) {
            return error.what();
        }
    }

    TemporaryFolder folder_;
};

TEST_F(FabricatedCifar10, ReadsTheRecordThatTheIndexNames) {
    write("data_batch_3.bin", 7 * kRecordSize, 4);              // label
    write("data_batch_3.bin", 7 * kRecordSize + 1, '\x11');     // first red pixel
    write("data_batch_3.bin", 7 * kRecordSize + 3072, '\xee');  // last blue one
    const auto data = open(Split::Train);
    EXPECT_EQ(data->size(), 50'000);
    Example example;
    data->read(20'007, example);
    EXPECT_EQ(example.label, 4);
    EXPECT_EQ(example.pixels.front(), 0x11);
    EXPECT_EQ(example.pixels.back(), 0xee);
    EXPECT_EQ(open(Split::Test)->size(), 10'000);
    EXPECT_EQ(data->shape().classes, 10);
}

TEST_F(FabricatedCifar10, RefusesAFileThatIsCutShort) {
    fs::resize_file(files() / "data_batch_2.bin", kFileSize - 1);
    EXPECT_EQ(problem(Split::Train),
              (files() / "data_batch_2.bin").string() +
                  " has 30729999 bytes, a file of CIFAR-10 has 30730000; it is cut short or another file");
    EXPECT_EQ(problem(Split::Test), "");
}

TEST_F(FabricatedCifar10, RefusesAFileThatIsCutShortWhileItIsUsed) {
    const auto data = open(Split::Test);
    fs::resize_file(files() / "test_batch.bin", 3 * kRecordSize - 1);
    Example example;
    EXPECT_NO_THROW(data->read(1, example));
    EXPECT_THAT(
        [&] { data->read(2, example); },
        testing::ThrowsMessage<std::runtime_error>((files() / "test_batch.bin").string() +
                                                   " ends at offset 9218, within the record at offset 6146"));
}

TEST_F(FabricatedCifar10, RefusesALabelThatCifar10DoesNotHave) {
    write("test_batch.bin", 5 * kRecordSize, 10);
    const auto data = open(Split::Test);
    Example example;
    EXPECT_THAT([&] { data->read(5, example); },
                testing::ThrowsMessage<std::runtime_error>(
                    (files() / "test_batch.bin").string() +
                    ": the label at offset 15365 is 10, not 0 to 9; the file is not CIFAR-10"));
}

TEST_F(FabricatedCifar10, NamesTheFileThatIsMissing) {
    fs::remove(files() / "data_batch_4.bin");
    EXPECT_EQ(problem(Split::Train),
              "cannot read " + (files() / "data_batch_4.bin").string() +
                  ": No such file or directory; data_dir must be the folder that holds "
                  "cifar-10-batches-bin/");
}

TEST(Cifar10, SaysHowToGiveTheFolder) {
    EXPECT_THAT(
        [] { open_dataset({.dataset = "cifar10"}, Split::Train); },
        testing::ThrowsMessage<std::runtime_error>(
            "the dataset cifar10 needs data_dir, the folder that holds cifar-10-batches-bin/: `tidemark data "
            "fetch cifar10` gets it; then --set data_dir=DIR in a sweep, --data-dir DIR by hand; the dataset "
            "synthetic needs no files"));
}

/// Files of CIFAR-100's size without content: two label bytes, of which the first is the coarse one.
class FabricatedCifar100 : public testing::Test {
  protected:
    static constexpr std::int64_t kRecord = 3074;

    void SetUp() override {
        fs::create_directory(folder_ / "cifar-100-binary");
        for (const auto& [name, records] : {std::pair{"train.bin", 50'000}, std::pair{"test.bin", 10'000}}) {
            std::ofstream(file(name)).close();
            fs::resize_file(file(name), static_cast<std::uintmax_t>(records * kRecord));
        }
    }

    fs::path file(const std::string& name) const { return folder_ / "cifar-100-binary" / name; }

    void write(const std::string& name, std::int64_t offset, char byte) const {
        std::fstream stream(file(name), std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(offset);
        stream.put(byte);
    }

    std::unique_ptr<Dataset> open(Split split, const std::string& labels = "fine") const {
        return open_dataset({.dataset = "cifar100", .data_dir = folder_.path(), .labels = labels}, split);
    }

    TemporaryFolder folder_;
};

TEST_F(FabricatedCifar100, ReadsFineAndCoarseLabels) {
    write("train.bin", 49'999 * kRecord, 19);
    write("train.bin", 49'999 * kRecord + 1, 99);
    write("train.bin", 49'999 * kRecord + 2, '\x11');     // first red pixel
    write("train.bin", 49'999 * kRecord + 3073, '\xee');  // last blue one
    Example example;
    const auto fine = open(Split::Train);
    fine->read(49'999, example);
    EXPECT_EQ(example.label, 99);
    EXPECT_EQ(example.pixels.size(), 3072);
    EXPECT_EQ(example.pixels.front(), 0x11);
    EXPECT_EQ(example.pixels.back(), 0xee);
    EXPECT_EQ(fine->shape().classes, 100);
    const auto coarse = open(Split::Train, "coarse");
    coarse->read(49'999, example);
    EXPECT_EQ(example.label, 19);
    EXPECT_EQ(coarse->shape().classes, 20);
    EXPECT_EQ(coarse->size(), 50'000);
    EXPECT_EQ(open(Split::Test)->size(), 10'000);
}

TEST_F(FabricatedCifar100, RefusesLabelsThatCifar100DoesNotHave) {
    write("test.bin", kRecord, 20);
    write("test.bin", 2 * kRecord + 1, 100);
    const auto data = open(Split::Test);
    Example example;
    EXPECT_THAT([&] { data->read(1, example); },
                testing::ThrowsMessage<std::runtime_error>(
                    file("test.bin").string() +
                    ": the coarse label at offset 3074 is 20, not 0 to 19; the file is not CIFAR-100"));
    EXPECT_THAT([&] { data->read(2, example); },
                testing::ThrowsMessage<std::runtime_error>(
                    file("test.bin").string() +
                    ": the fine label at offset 6149 is 100, not 0 to 99; the file is not CIFAR-100"));
}

TEST_F(FabricatedCifar100, RefusesAFileOfAnotherSize) {
    fs::resize_file(file("test.bin"), 10'000 * 3073);  // a file of CIFAR-10
    EXPECT_THAT(
        [&] { open(Split::Test); },
        testing::ThrowsMessage<std::runtime_error>(
            file("test.bin").string() + " has 30730000 bytes, a file of CIFAR-100 has 30740000; it is "
                                        "cut short or another file"));
}

TEST(RealCifar10, HasTheKnownLabelsAndTheMeansThatImagesAreNormalisedBy) {
    TIDEMARK_NEEDS_REAL_DATA();
    const auto data = open_dataset({.dataset = "cifar10", .data_dir = real_data()}, Split::Train);
    std::array<int, 10> labels{};
    std::array<double, 3> sums{};
    std::vector<std::int64_t> first;
    Example example;
    for (std::int64_t i = 0; i < data->size(); ++i) {
        data->read(i, example);
        ++labels.at(static_cast<std::size_t>(example.label));
        if (first.size() < 5) first.push_back(example.label);
        for (std::size_t channel = 0; channel < 3; ++channel) {
            std::int64_t sum = 0;
            for (std::size_t at = 0; at < 1024; ++at) sum += example.pixels[channel * 1024 + at];
            sums[channel] += static_cast<double>(sum);
        }
    }
    EXPECT_THAT(first, testing::ElementsAre(6, 9, 9, 4, 1));  // frog, truck, truck, deer, automobile
    EXPECT_THAT(labels, testing::Each(5000));
    for (double& sum : sums) sum /= 255.0 * 1024 * 50'000;
    EXPECT_THAT(sums,
                testing::ElementsAre(testing::DoubleNear(0.4914, 5e-5), testing::DoubleNear(0.4822, 5e-5),
                                     testing::DoubleNear(0.4465, 5e-5)));
}

}  // namespace
}  // namespace tidemark::trainer
