#include <array>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trainer/datasets/augmentation.hpp"
#include "trainer/datasets/cifar.hpp"
#include "trainer/datasets/dataset_catalogue.hpp"
#include "trainer/datasets/subset.hpp"
#include "trainer/datasets/synthetic.hpp"
#include "unit/trainer/support.hpp"

namespace tidemark::trainer {
namespace {

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

/// Of so many images of each class, one class behind the other.
class Sorted : public Dataset {
  public:
    explicit Sorted(std::vector<std::int64_t> labels) : labels_(std::move(labels)) {}
    std::int64_t size() const override { return static_cast<std::int64_t>(labels_.size()); }
    DataShape shape() const override { return {.classes = 3}; }
    Normalisation normalisation() const override { return Normalisation::of_unknown(3); }
    void read(std::int64_t index, Example& example) const override { example.label = label(index); }
    std::int64_t label(std::int64_t index) const override {
        return labels_.at(static_cast<std::size_t>(index));
    }
    bool may_lie_class_by_class() const override { return true; }

  private:
    std::vector<std::int64_t> labels_;
};

TEST(FirstImages, AreOfAllClassesWhereTheyLieClassByClass) {
    using testing::ElementsAre;
    EXPECT_THAT(first_images(Sorted({0, 0, 0, 1, 1, 1, 2, 2, 2}), 3), ElementsAre(0, 3, 6));
    EXPECT_THAT(first_images(Sorted({2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0}), 5), ElementsAre(0, 4, 5, 8, 9));
}

TEST(FirstImages, AreTheFirstWhereTheClassesAreMixed) {
    EXPECT_THAT(first_images(Sorted({0, 1, 2, 1, 0, 2, 2, 1, 0}), 4), testing::ElementsAre(0, 1, 2, 3));
}

TEST(SplitByClass, TakesTheShareOfEachClassAndTheSameAlways) {
    std::vector<std::int64_t> labels(100);
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = i < 60 ? 0 : i < 90 ? 1 : 2;
    const Sorted data(labels);
    const StratifiedSplit split = split_by_class(data, 0.1, 1);
    std::vector<std::int64_t> taken(3);
    for (const std::int64_t index : split.taken) ++taken[static_cast<std::size_t>(data.label(index))];
    EXPECT_THAT(taken, testing::ElementsAre(6, 3, 1));
    EXPECT_EQ(split.rest.size(), 90);
    std::set<std::int64_t> all(split.taken.begin(), split.taken.end());
    all.insert(split.rest.begin(), split.rest.end());
    EXPECT_EQ(all.size(), 100) << "no image is in both";
    EXPECT_EQ(split_by_class(data, 0.1, 1).taken, split.taken);
    EXPECT_NE(split_by_class(data, 0.1, 2).taken, split.taken);
}

TEST(OpenData, TakesTheValidationImagesOutOfTheTrainingOnesAndSaysWhereThatIsNone) {
    Options options;
    options.train_samples = 100;
    options.validation = 0.2;
    const OpenedData data = open_data(options);
    EXPECT_EQ(data.validation->size(), 20);
    EXPECT_EQ(data.train->size(), 80);
    EXPECT_EQ(open_data({}).validation, nullptr);
    options.validation = 0.01;
    EXPECT_THAT([&] { open_data(options); },
                testing::ThrowsMessage<std::runtime_error>(
                    "validation: 1 % of 100 images leaves none to validate with; give another share"));
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
    std::set<std::vector<std::uint8_t>> seen;
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
        ++labels.at(static_cast<std::size_t>(example.label));
    }
    EXPECT_THAT(labels, testing::Each(20));
}

TEST(Synthetic, HasTheFormThatIsAskedFor) {
    for (const DataShape& shape :
         {DataShape{1, 28, 28, 10}, DataShape{3, 64, 64, 100}, DataShape{5, 16, 16, 3}}) {
        const Synthetic data(Split::Train, shape);
        EXPECT_EQ(data.normalisation().mean.size(), static_cast<std::size_t>(shape.channels));
        std::set<std::int64_t> labels;
        Example example;
        for (std::int64_t i = 0; i < shape.classes; ++i) {
            data.read(i, example);
            ASSERT_EQ(example.pixels.size(), static_cast<std::size_t>(pixels_of(shape)));
            labels.insert(example.label);
        }
        EXPECT_EQ(labels.size(), static_cast<std::size_t>(shape.classes));
        EXPECT_EQ(*labels.rbegin(), shape.classes - 1);
    }
}

TEST(Synthetic, IsTheSamePictureInAnotherSize) {
    Example large;
    Example small;
    Synthetic(Split::Train, {3, 64, 64, 10}).read(3, large);
    Synthetic(Split::Train).read(3, small);
    double difference = 0;
    for (std::size_t row = 0; row < 32; ++row) {
        for (std::size_t column = 0; column < 32; ++column) {
            const int one = large.pixels[2 * row * 64 + 2 * column];
            difference += std::abs(one - small.pixels[row * 32 + column]);
        }
    }
    EXPECT_LT(difference / 1024, 20);  // the mean of two noises' difference is a third of their 50 levels
}

TEST(OpenDataset, GivesSyntheticImagesTheFormOfTheOptions) {
    const auto data = open_dataset(
        {.image_channels = 1, .image_size = 28, .classes = 26, .train_samples = 30}, Split::Train);
    const DataShape shape = data->shape();
    EXPECT_EQ(shape.channels, 1);
    EXPECT_EQ(shape.height, 28);
    EXPECT_EQ(shape.width, 28);
    EXPECT_EQ(shape.classes, 26);
}

/// Pixel (row, column) of channel c has the value 64 c + 2 row + column % 2.
Example gradient_image() {
    Example example;
    example.pixels.resize(kPixels);
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
    write_normalised(example, DataShape{}, cifar10_normalisation(), augmentation, output.data());
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
        const Augmentation drawn = Augmentation::random(random, DataShape{}, /*may_be_mirrored=*/true);
        horizontal.insert(drawn.shift_x);
        vertical.insert(drawn.shift_y);
        mirrored += drawn.mirrored ? 1 : 0;
    }
    EXPECT_THAT(horizontal, testing::ElementsAre(-4, -3, -2, -1, 0, 1, 2, 3, 4));
    EXPECT_THAT(vertical, testing::ElementsAre(-4, -3, -2, -1, 0, 1, 2, 3, 4));
    EXPECT_NEAR(mirrored, 500, 80);  // five standard deviations
}

TEST(Augmentation, ShiftsByAnEighthOfTheSideAndMirrorsOnlyWhatMayBe) {
    Random random(1);
    std::set<std::int64_t> horizontal;
    std::set<std::int64_t> vertical;
    for (int i = 0; i < 1000; ++i) {
        const Augmentation drawn = Augmentation::random(random, {1, 8, 28, 10}, /*may_be_mirrored=*/false);
        horizontal.insert(drawn.shift_x);
        vertical.insert(drawn.shift_y);
        EXPECT_FALSE(drawn.mirrored);
    }
    EXPECT_THAT(horizontal, testing::ElementsAre(-3, -2, -1, 0, 1, 2, 3));
    EXPECT_THAT(vertical, testing::ElementsAre(-1, 0, 1));
}

TEST(WriteNormalised, KeepsRowsAndColumnsOfAnOblongImageApart) {
    const Example example{0, {0, 51, 102, 153, 204, 255}};  // 2 rows of 3
    std::vector<float> output(6);
    const Normalisation unit = Normalisation::of_unknown(1);
    write_normalised(example, {1, 2, 3, 10}, unit, {0, 0, /*mirrored=*/true}, output.data());
    EXPECT_THAT(output,
                testing::Pointwise(testing::FloatNear(1e-6F), {-0.2F, -0.6F, -1.0F, 1.0F, 0.6F, 0.2F}));
    write_normalised(example, {1, 2, 3, 10}, unit, {1, 1, /*mirrored=*/false}, output.data());
    EXPECT_THAT(output,
                testing::Pointwise(testing::FloatNear(1e-6F), {0.6F, 1.0F, -1.0F, -1.0F, -1.0F, -1.0F}));
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
