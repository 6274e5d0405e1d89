#include "base/median.hpp"

#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace tidemark {
namespace {

TEST(MedianValue, OfWholeNumbersIsWholeWhereItCanBe) {
    EXPECT_EQ(median_value(3, true), Value(std::int64_t{3}));
    EXPECT_EQ(median_value(2.5, true), Value(2.5));
    EXPECT_EQ(median_value(3, false), Value(3.0));
    EXPECT_EQ(median_value(-0x1p53, true), Value(-(std::int64_t{1} << 53)));
}

TEST(MedianValue, WhereADoubleStandsForSeveralWholeNumbersStaysOne) {
    EXPECT_EQ(median_value(0x1p63, true), Value(0x1p63));  // of 9223372036854775807, as a double
    EXPECT_EQ(median_value(-1e300, true), Value(-1e300));
    const double infinite = std::numeric_limits<double>::infinity();
    EXPECT_EQ(median_value(infinite, true), Value(infinite));
}

}  // namespace
}  // namespace tidemark
