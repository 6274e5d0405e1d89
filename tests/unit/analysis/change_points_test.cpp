#include "analysis/change_points.hpp"

#include <cmath>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark::analysis {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// So many values around each level, which scatter by 1 %.
std::vector<double> around(const std::vector<double>& levels, int count, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<double> values;
    for (const double level : levels) {
        std::normal_distribution<double> scatter(level, level / 100);
        for (int i = 0; i < count; ++i) values.push_back(scatter(random));
    }
    return values;
}

TEST(ChangePoints, FindsEachStep) {
    EXPECT_THAT(change_points(around({100, 110}, 10, 1)), ElementsAre(10));
    EXPECT_THAT(change_points(around({100, 110, 90}, 10, 2)), ElementsAre(10, 20));
    EXPECT_THAT(change_points({1, 1, 1, 1, 2, 2, 2, 2}), ElementsAre(4)) << "without any scatter";
}

TEST(ChangePoints, FindsASlowRatchetThatNoSingleCommitShows) {
    std::vector<double> values;
    for (int commit = 0; commit < 20; ++commit) values.push_back(100 * std::pow(1.029, commit / 4));
    EXPECT_FALSE(change_points(values).empty());
}

TEST(ChangePoints, FindsNoneInNoiseNorInTooFewValues) {
    EXPECT_THAT(change_points({}), IsEmpty());
    EXPECT_THAT(change_points({1, 2, 1, 2, 9}), IsEmpty());
    EXPECT_THAT(change_points(std::vector<double>(30, 5.0)), IsEmpty());
    int found = 0;
    constexpr int kSeries = 200;
    for (int seed = 0; seed < kSeries; ++seed)
        found += change_points(around({100}, 20, seed)).empty() ? 0 : 1;
    EXPECT_LE(found, kSeries / 10) << "1 in 20 is what the test allows by its own error";
}

}  // namespace
}  // namespace tidemark::analysis
