#include "warden/sample_times.hpp"

#include <gtest/gtest.h>

namespace tidemark::warden {
namespace {

TEST(SampleTimes, ASampleStandsForTheEndOnlyWhereItIsNearIt) {
    EXPECT_TRUE(is_from_the_end(1.95, 2));
    EXPECT_FALSE(is_from_the_end(1.85, 2)) << "three looks later much may have changed";
    EXPECT_FALSE(is_from_the_end(0.01, 0.06)) << "the first look is not the last of a short run";
    EXPECT_TRUE(is_from_the_end(0.05, 0.06));
    EXPECT_TRUE(is_from_the_end(37.7, 38));
    EXPECT_FALSE(is_from_the_end(37.0, 38));
    EXPECT_FALSE(is_from_the_end(35998, 36000)) << "a hundredth of ten hours is not their end";
}

TEST(SampleTimes, ASampleStandsForTheStartOnlyWhereItIsNearIt) {
    EXPECT_TRUE(is_from_the_start(0.01, 0.02));
    EXPECT_TRUE(is_from_the_start(0.3, 38));
    EXPECT_FALSE(is_from_the_start(0.5, 38));
    EXPECT_FALSE(is_from_the_start(0.5, 2));
}

}  // namespace
}  // namespace tidemark::warden
