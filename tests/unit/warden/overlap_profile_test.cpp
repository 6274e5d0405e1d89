#include "warden/overlap_profile.hpp"

#include <gtest/gtest.h>

namespace tidemark::warden {
namespace {

TEST(OverlapProfile, OfNobodyIsNothing) {
    EXPECT_EQ(OverlapProfile().peak(), 0);
}

TEST(OverlapProfile, AddsThoseWhoLivedAtTheSameTime) {
    OverlapProfile profile;
    profile.add(0, 10, 100);
    profile.add(1, 2, 30);
    profile.add(2, 3, 50);
    EXPECT_EQ(profile.peak(), 150) << "one ended when the other began";
    profile.add(1.5, 2.5, 7);
    EXPECT_EQ(profile.peak(), 157);
    profile.add(20, 30, 140);
    EXPECT_EQ(profile.peak(), 157);
}

TEST(OverlapProfile, CountsALifeTooShortForTheClock) {
    OverlapProfile profile;
    profile.add(0, 10, 100);
    profile.add(5, 5, 30);
    EXPECT_EQ(profile.peak(), 130);
    profile.add(6, 7, 20);
    EXPECT_EQ(profile.peak(), 130) << "it is over by then";
}

TEST(OverlapProfile, OfManyLivesStaysABoundAndATightOne) {
    OverlapProfile profile;
    profile.add(0, 100'000, 1000);
    for (int i = 0; i < 100'000; ++i) profile.add(i, i + 0.5, 10);
    EXPECT_GE(profile.peak(), 1010);
    EXPECT_LE(profile.peak(), 1010);
    profile.add(100'001, 100'002, 1500);
    EXPECT_EQ(profile.peak(), 1500) << "nothing of what is over is counted with it";
}

}  // namespace
}  // namespace tidemark::warden
