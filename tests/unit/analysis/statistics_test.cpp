#include "analysis/statistics.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace tidemark::analysis {
namespace {

TEST(Median, IsTheMiddleValueInWhateverOrderTheyCome) {
    EXPECT_EQ(median({7}), 7);
    EXPECT_EQ(median({3, 1, 2}), 2);
    EXPECT_EQ(median({100, -5, 3, 3, 4}), 3);
}

TEST(Median, OfAnEvenNumberIsTheMeanOfTheTwoInTheMiddle) {
    EXPECT_EQ(median({1, 2}), 1.5);
    EXPECT_EQ(median({10, 1, 3, 2}), 2.5);
}

TEST(Median, OfNothingIsNothing) {
    EXPECT_EQ(median({}), std::nullopt);
}

TEST(Median, LeavesOutWhatIsNoNumberAndKeepsInfinity) {
    const double nan = std::nan("");
    const double infinity = std::numeric_limits<double>::infinity();
    EXPECT_EQ(median({nan, 1, nan, 3}), 2);
    EXPECT_EQ(median({nan}), std::nullopt);
    EXPECT_EQ(median({1, infinity, infinity}), infinity);
    EXPECT_EQ(median({-infinity, 1, infinity}), 1);
}

TEST(StandardDeviation, IsTheUnbiasedOne) {
    EXPECT_DOUBLE_EQ(*standard_deviation({1, 3}), std::sqrt(2.0));
    EXPECT_EQ(standard_deviation({1}), std::nullopt);
}

TEST(MedianInterval, LiesAboutTheMedianAndGrowsWithTheScatter) {
    const Interval narrow = *median_interval({99, 100, 101});
    const Interval wide = *median_interval({90, 100, 110});
    EXPECT_DOUBLE_EQ((narrow.low + narrow.high) / 2, 100);
    EXPECT_NEAR(wide.high - wide.low, 10 * (narrow.high - narrow.low), 1e-9);
}

TEST(MedianInterval, OfManyValuesLeavesOutTheOutermost) {
    std::vector<double> values;
    for (int i = 0; i < 100; ++i) values.push_back(i);
    const Interval calm = *median_interval(values);
    values.back() = 1e9;
    EXPECT_EQ(*median_interval(values), calm) << "one wild value of a hundred must not count";
    EXPECT_NEAR(calm.high - calm.low, 20, 3);
}

TEST(MedianInterval, OfTooFewOrOfNoNumbersIsNothing) {
    EXPECT_EQ(median_interval({1, 2}), std::nullopt);
    EXPECT_EQ(median_interval({1, 2, std::nan("")}), std::nullopt);
    EXPECT_EQ(*median_interval({5, 5, 5}), (Interval{5, 5}));
}

}  // namespace
}  // namespace tidemark::analysis
