#include "warden/calculation.hpp"

#include <gtest/gtest.h>

namespace tidemark::warden {
namespace {

TEST(Calculation, TakesTimeAndItsSpreadIsThatOfTheTenths) {
    EXPECT_GT(timed_calculation(), 0);
    EXPECT_FALSE(speed_of({1, 1, 1, 1, 1, 1, 1, 1, 1})) << "too few";
    EXPECT_EQ(speed_of(std::vector<double>(10, 0.0)), std::nullopt) << "a clock that tells nothing";
    const auto steady = speed_of({1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 9});
    ASSERT_TRUE(steady);
    EXPECT_EQ(steady->spread, 0) << "one that was interrupted says nothing of the others";
    const auto scattered = speed_of({2, 4, 2, 4, 2, 4, 2, 4, 2, 4, 4});
    ASSERT_TRUE(scattered);
    EXPECT_EQ(scattered->calculation_s, 4);
    EXPECT_DOUBLE_EQ(scattered->spread, 0.5);
}

}  // namespace
}  // namespace tidemark::warden
