#include <array>
#include <filesystem>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trainer/datasets/augmentation.hpp"
#include "trainer/datasets/cifar10.hpp"
#include "trainer/datasets/dataset_catalogue.hpp"
#include "trainer/datasets/synthetic.hpp"
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

    std::string problem(Split split) const {
        try {
            const Cifar10 data(folder_.path(), split);
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
    const Cifar10 data(folder_.path(), Split::Train);
    EXPECT_EQ(data.size(), 50'000);
    Example example;
    data.read(20'007, example);
    EXPECT_EQ(example.label, 4);
    EXPECT_EQ(example.pixels.front(), 0x11);
    EXPECT_EQ(example.pixels.back(), 0xee);
    EXPECT_EQ(Cifar10(folder_.path(), Split::Test).size(), 10'000);
}

TEST_F(FabricatedCifar10, RefusesAFileThatIsCutShort) {
    fs::resize_file(files() / "data_batch_2.bin", kFileSize - 1);
    EXPECT_EQ(problem(Split::Train),
              (files() / "data_batch_2.bin").string() +
                  " has 30729999 bytes, a file of CIFAR-10 has 30730000; it is cut short or another file");
    EXPECT_EQ(problem(Split::Test), "");
}

TEST_F(FabricatedCifar10, RefusesAFileThatIsCutShortWhileItIsUsed) {
    const Cifar10 data(folder_.path(), Split::Test);
    fs::resize_file(files() / "test_batch.bin", 3 * kRecordSize - 1);
    Example example;
    EXPECT_NO_THROW(data.read(1, example));
    EXPECT_THAT([&] { data.read(2, example); },
                testing::ThrowsMessage<std::runtime_error>((files() / "test_batch.bin").string() +
                                                           " ends at offset 6146, within a record"));
}

TEST_F(FabricatedCifar10, RefusesALabelThatCifar10DoesNotHave) {
    write("test_batch.bin", 5 * kRecordSize, 10);
    const Cifar10 data(folder_.path(), Split::Test);
    Example example;
    EXPECT_THAT([&] { data.read(5, example); },
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
        [] { Cifar10("", Split::Train); },
        testing::ThrowsMessage<std::runtime_error>(
            "the dataset cifar10 needs data_dir, the folder that holds cifar-10-batches-bin/: "
            "--set data_dir=DIR in a sweep, --data-dir DIR by hand; the dataset synthetic needs no files"));
}

TEST(OpenDataset, CutsToTheWantedSamplesAndSaysWhereThereAreTooFew) {
    Options options;
    options.train_samples = 30;
    EXPECT_EQ(open_dataset(options, Split::Train)->size(), 30);
    EXPECT_EQ(open_dataset(options, Split::Test)->size(), 10'000);
    options.test_samples = 10'001;
    EXPECT_THAT([&] { open_dataset(options, Split::Test); },
                testing::ThrowsMessage<std::runtime_error>(
                    "test_samples is 10001, but synthetic has only 10000 images to test with"));
}

TEST(RealCifar10, HasTheKnownLabelsAndTheMeansThatImagesAreNormalisedBy) {
    TIDEMARK_NEEDS_REAL_DATA();
    const Cifar10 data(real_data(), Split::Train);
    std::array<int, 10> labels{};
    std::array<double, 3> sums{};
    std::vector<int> first;
    Example example;
    for (std::int64_t i = 0; i < data.size(); ++i) {
        data.read(i, example);
        ++labels.at(example.label);
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

TEST(Synthetic, DrawsTheSameImageForTheSameIndexAlways) {
    Example first;
    Example again;
    Synthetic(Split::Train).read(123, first);
    const Synthetic data(Split::Train);
    data.read(7, again);
    EXPECT_NE(first.pixels, again.pixels);
    data.read(123, again);
    EXPECT_EQ(first.label, again.label);
    EXPECT_EQ(first.pixels, again.pixels);
}

TEST(Synthetic, TestsWithOtherImagesThanItTrainsWith) {
    const Synthetic train(Split::Train);
    const Synthetic test(Split::Test);
    std::set<std::array<std::uint8_t, kPixels>> seen;
    Example example;
    for (std::int64_t i = 0; i < 100; ++i) {
        train.read(i, example);
        seen.insert(example.pixels);
        test.read(i, example);
        seen.insert(example.pixels);
    }
    EXPECT_EQ(seen.size(), 200);
}

TEST(Synthetic, HasAsManyImagesOfEachClass) {
    const Synthetic data(Split::Train);
    std::array<int, 10> labels{};
    Example example;
    for (std::int64_t i = 0; i < 200; ++i) {
        data.read(i, example);
        ++labels.at(example.label);
    }
    EXPECT_THAT(labels, testing::Each(20));
}

/// Pixel (row, column) of channel c has the value 64 c + 2 row + column % 2.
Example gradient_image() {
    Example example;
    for (std::size_t channel = 0; channel < 3; ++channel) {
        for (std::size_t row = 0; row < 32; ++row) {
            for (std::size_t column = 0; column < 32; ++column) {
                example.pixels[(channel * 32 + row) * 32 + column] =
                    static_cast<std::uint8_t>(64 * channel + 2 * row + column % 2);
            }
        }
    }
    return example;
}

std::vector<float> normalised(const Example& example, const Augmentation& augmentation) {
    std::vector<float> output(kPixels);
    write_normalised(example, augmentation, output.data());
    return output;
}

TEST(WriteNormalised, SubtractsTheMeanAndDividesByTheDeviationOfTheChannel) {
    const auto output = normalised(gradient_image(), {});
    EXPECT_NEAR(output[0], (0 / 255.0 - 0.4914) / 0.2023, 1e-6);
    EXPECT_NEAR(output[1], (1 / 255.0 - 0.4914) / 0.2023, 1e-6);
    EXPECT_NEAR(output[1024 + 5 * 32 + 3], (75 / 255.0 - 0.4822) / 0.1994, 1e-6);
    EXPECT_NEAR(output[2 * 1024 + 31 * 32 + 31], (191 / 255.0 - 0.4465) / 0.2010, 1e-6);
}

TEST(WriteNormalised, ShiftsWithBlackAtTheBorder) {
    // the crop starts 2 pixels further right and 3 rows above the image
    const auto output = normalised(gradient_image(), {2, -3, false});
    const double black = (0 - 0.4914) / 0.2023;
    EXPECT_NEAR(output[0], black, 1e-6);
    EXPECT_NEAR(output[2 * 32 + 10], black, 1e-6);
    EXPECT_NEAR(output[3 * 32 + 1], (1 / 255.0 - 0.4914) / 0.2023, 1e-6);     // row 0, column 3
    EXPECT_NEAR(output[10 * 32 + 4], (14 / 255.0 - 0.4914) / 0.2023, 1e-6);   // row 7, column 6
    EXPECT_NEAR(output[10 * 32 + 29], (15 / 255.0 - 0.4914) / 0.2023, 1e-6);  // row 7, column 31
    EXPECT_NEAR(output[10 * 32 + 30], black, 1e-6);
}

TEST(WriteNormalised, MirrorsWhatWasCutOut) {
    for (const std::int64_t shift_x : {-4, 0, 3}) {
        const auto straight = normalised(gradient_image(), {shift_x, 1, false});
        const auto mirrored = normalised(gradient_image(), {shift_x, 1, true});
        for (std::size_t row = 0; row < 96; ++row) {
            for (std::size_t column = 0; column < 32; ++column)
                ASSERT_EQ(mirrored[row * 32 + column], straight[row * 32 + 31 - column]);
        }
    }
}

TEST(Augmentation, DrawsEveryShiftAndBothWaysRoundAndNothingElse) {
    Random random(1);
    std::set<std::int64_t> horizontal;
    std::set<std::int64_t> vertical;
    int mirrored = 0;
    for (int i = 0; i < 1000; ++i) {
        const Augmentation drawn = Augmentation::random(random);
        horizontal.insert(drawn.shift_x);
        vertical.insert(drawn.shift_y);
        mirrored += drawn.mirrored ? 1 : 0;
    }
    EXPECT_THAT(horizontal, testing::ElementsAre(-4, -3, -2, -1, 0, 1, 2, 3, 4));
    EXPECT_THAT(vertical, testing::ElementsAre(-4, -3, -2, -1, 0, 1, 2, 3, 4));
    EXPECT_NEAR(mirrored, 500, 80);  // five standard deviations
}

TEST(Random, IsSplitMix64) {
    // the first numbers of the reference implementation (https://prng.di.unimi.it/splitmix64.c) for the seed
    // 0
    Random random(0);
    EXPECT_EQ(random.next(), 0xe220a8397b1dcdafULL);
    EXPECT_EQ(random.next(), 0x6e789e6aa1b965f4ULL);
}

TEST(Random, StreamsOfNeighbouringNumbersDiffer) {
    std::set<std::uint64_t> first;
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
        for (std::int64_t stream = 0; stream < 4; ++stream) {
            for (std::int64_t index = 0; index < 64; ++index)
                first.insert(Random(seed, stream, index).next());
        }
    }
    EXPECT_EQ(first.size(), 4 * 4 * 64);
}

}  // namespace
}  // namespace tidemark::trainer
