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

}  // namespace
}  // namespace tidemark::analysis
