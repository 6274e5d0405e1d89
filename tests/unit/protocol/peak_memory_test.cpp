#include "protocol/peak_memory.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace tidemark::protocol {
namespace {

constexpr double kMebibyte = 1024.0 * 1024;

TEST(DoubtOfPeak, IsNoneWhereTheBoundsAreClose) {
    EXPECT_FALSE(doubt_of_peak(40 * kMebibyte, 42 * kMebibyte)) << "2 MiB";
    EXPECT_FALSE(doubt_of_peak(980 * kMebibyte, 1000 * kMebibyte)) << "2 %";
    EXPECT_FALSE(doubt_of_peak(std::nullopt, std::nullopt)) << "nothing is known of it";
}

TEST(DoubtOfPeak, ReachesFromBoundToBound) {
    EXPECT_EQ(doubt_of_peak(73 * kMebibyte, 277 * kMebibyte), (Interval{73 * kMebibyte, 277 * kMebibyte}));
    EXPECT_EQ(doubt_of_peak(40 * kMebibyte, 42.1 * kMebibyte), (Interval{40 * kMebibyte, 42.1 * kMebibyte}));
}

TEST(DoubtOfPeak, IsOpenWhereNothingBoundsItFromAbove) {
    const auto doubt = doubt_of_peak(73 * kMebibyte, std::nullopt);
    ASSERT_TRUE(doubt);
    EXPECT_EQ(doubt->low, 73 * kMebibyte);
    EXPECT_TRUE(std::isinf(doubt->high));
}

}  // namespace
}  // namespace tidemark::protocol
