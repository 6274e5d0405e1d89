#include "analysis/trend.hpp"

#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace tidemark::analysis {
namespace {

using Points = std::vector<std::pair<double, double>>;

Points line(int count, double slope) {
    Points points;
    for (int i = 0; i < count; ++i) points.emplace_back(i, 100 + slope * i);
    return points;
}

TEST(Trend, OfALineIsItsSlopeWithoutDoubt) {
    const auto trend = trend_of(line(7, 3));
    ASSERT_TRUE(trend);
    EXPECT_DOUBLE_EQ(trend->slope, 3);
    EXPECT_EQ(trend->interval, (Interval{3, 3}));
    EXPECT_EQ(trend_of(line(5, 0))->interval, (Interval{0, 0}));
}

TEST(Trend, NeedsFivePointsThatAreNumbers) {
    EXPECT_FALSE(trend_of(line(4, 1)));
    EXPECT_TRUE(trend_of(line(5, 1)));
    Points odd = line(6, 1);
    odd[2].second = std::numeric_limits<double>::quiet_NaN();
    EXPECT_FALSE(trend_of(odd));
}

/// By hand: of five points the interval goes from the least to the largest of ten slopes, for one order in
/// 120 has no inversion, and five have one at most; of six the second of fifteen bounds it, for 6 of 720 have
/// one at most and 20 two.
TEST(Trend, ItsIntervalIsBoundedByTheSlopesThatSenNames) {
    const Points five{{0, 0}, {1, 4}, {2, 5}, {3, 9}, {4, 8}};
    EXPECT_DOUBLE_EQ(trend_of(five)->slope, 2.25) << "between 2 and 2.5";
    EXPECT_EQ(trend_of(five)->interval, (Interval{-1, 4}));
    const Points six{{0, 0}, {1, 4}, {2, 5}, {3, 9}, {4, 8}, {5, 20}};
    EXPECT_EQ(trend_of(six)->interval, (Interval{1, 5.5}));
}

TEST(Trend, ALeapOfOneIsNoTrend) {
    Points points = line(20, 1);
    points[0].second = 100000;
    points[13].second = -5000;
    EXPECT_DOUBLE_EQ(trend_of(points)->slope, 1);
}

/// In how many of 1000 the interval holds the true slope.
int held(int count, double slope) {
    std::mt19937 source(static_cast<unsigned>(count));
    std::exponential_distribution<double> noise(0.1);
    int hits = 0;
    for (int i = 0; i < 1000; ++i) {
        Points points = line(count, slope);
        for (auto& [place, figure] : points) figure += noise(source);
        const auto trend = trend_of(points);
        if (trend->interval.low <= slope && slope <= trend->interval.high) ++hits;
    }
    return hits;
}

TEST(Trend, ItsIntervalHoldsTheTrueSlopeAsOftenAsItSays) {
    for (const int count : {5, 6, 12, 40, 41, 60}) {
        EXPECT_GE(held(count, 2), 930) << count;
        EXPECT_LE(held(count, 2), 999) << count;
    }
}

TEST(Trend, OfManyPointsTakesNoTime) {
    const auto trend = trend_of(line(1'000'000, 0.5));
    ASSERT_TRUE(trend);
    EXPECT_DOUBLE_EQ(trend->slope, 0.5);
}

}  // namespace
}  // namespace tidemark::analysis
