#include "base/clock.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark {
namespace {

constexpr double kYear = 365.0 * 24 * 3600;

TEST(Clock, NowIsWrittenAsIso8601WithMilliseconds) {
    EXPECT_THAT(utc_now(), testing::MatchesRegex(
                               "20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9].[0-9]+Z"));
    EXPECT_EQ(utc_now().size(), std::string("2026-01-23T14:05:09.123Z").size());
}

TEST(Clock, NowSortsAsText) {
    const std::string before = utc_now();
    EXPECT_LE(before, utc_now());
}

TEST(Clock, MonotonicTimeNeverGoesBack) {
    const Seconds before = monotonic_now();
    EXPECT_LE(before, monotonic_now());
}

TEST(SecondsSince, CountsFromAWrittenMoment) {
    EXPECT_GT(seconds_since("2000-01-01T00:00:00.000Z").value, 20 * kYear);
    // two moments one minute and a quarter of a second apart
    const double first = seconds_since("2000-01-01T00:00:00.250Z").value;
    const double second = seconds_since("2000-01-01T00:01:00.500Z").value;
    EXPECT_NEAR(first - second, 60.25, 30) << "but for the time between the two calls";
    EXPECT_NEAR(seconds_since("2000-03-01T00:00:00Z").value + 86400,
                seconds_since("2000-02-29T00:00:00Z").value, 3600)
        << "leap years count";
}

TEST(SecondsSince, AMomentJustNowIsAlmostNoTimeAgo) {
    const double since = seconds_since(utc_now()).value;
    EXPECT_GE(since, 0);
    EXPECT_LT(since, 3600) << "UTC is taken for UTC, whatever the time zone";
}

TEST(SecondsSince, WhatIsNoMomentOrLiesInTheFutureIsNoTimeAgo) {
    for (const char* text : {"", "yesterday", "2026-01-23", "2026-01-23T14:05", "9999-01-01T00:00:00.000Z"})
        EXPECT_EQ(seconds_since(text).value, 0) << text;
}

}  // namespace
}  // namespace tidemark
