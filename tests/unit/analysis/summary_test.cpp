#include "analysis/summary.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark::analysis {
namespace {

using store::ResultRow;
using testing::IsEmpty;

/// A repeat of the cell "small" that ended well.
ResultRow ok(double wall_s, std::int64_t peak_rss_bytes) {
    ResultRow row;
    row.cell = "small";
    row.status = "ok";
    row.wall_s = wall_s;
    row.peak_rss_bytes = peak_rss_bytes;
    return row;
}

ResultRow failed(const std::string& status, const std::string& reason, double wall_s) {
    ResultRow row = ok(wall_s, 1);
    row.status = status;
    row.reason = reason;
    return row;
}

RunSummary summary_of(const std::vector<ResultRow>& rows) {
    return summarise(rows).at("small");
}

TEST(Summary, OfNoRowsIsEmpty) {
    EXPECT_THAT(summarise({}), IsEmpty());
}

TEST(Summary, HasTheMedianOverTheRepeats) {
    const RunSummary summary = summary_of({ok(3, 300), ok(1, 100), ok(2, 250)});
    EXPECT_EQ(summary.repeats, 3U);
    EXPECT_EQ(summary.ok, 3U);
    EXPECT_EQ(summary.status, "ok");
    EXPECT_EQ(summary.reason, "");
    EXPECT_EQ(summary.wall_s.median, 2);
    EXPECT_EQ(summary.peak_rss_bytes.median, 250);
}

TEST(Summary, KeepsCellsApart) {
    ResultRow large = ok(9, 900);
    large.cell = "large";
    const auto summaries = summarise({ok(1, 100), large, ok(3, 300)});
    ASSERT_EQ(summaries.size(), 2U);
    EXPECT_EQ(summaries.at("small").wall_s.median, 2);
    EXPECT_EQ(summaries.at("large").wall_s.median, 9);
    EXPECT_EQ(summaries.at("large").repeats, 1U);
}

TEST(Summary, LeavesFailedRepeatsOutOfTheFiguresAndTellsOfTheFirst) {
    const RunSummary summary = summary_of(
        {ok(2, 200), failed("oom", "out of memory", 50), failed("failed", "exit code 1", 60), ok(4, 400)});
    EXPECT_EQ(summary.repeats, 4U);
    EXPECT_EQ(summary.ok, 2U);
    EXPECT_EQ(summary.status, "oom");
    EXPECT_EQ(summary.reason, "out of memory");
    EXPECT_EQ(summary.wall_s.median, 3);
    EXPECT_EQ(summary.peak_rss_bytes.median, 300);
}

TEST(Summary, OfARunThatNeverEndedWellShowsWhatThereWas) {
    const RunSummary summary = summary_of(
        {failed("timeout", "reached the wall time limit of 1 min 00 s", 60), failed("oom", "", 20)});
    EXPECT_EQ(summary.ok, 0U);
    EXPECT_EQ(summary.status, "timeout");
    EXPECT_EQ(summary.reason, "reached the wall time limit of 1 min 00 s");
    EXPECT_EQ(summary.wall_s.median, 40);
}

TEST(Summary, MetricsOfAnyNumericTypeHaveAMedian) {
    ResultRow first = ok(1, 100);
    first.metrics = {{"accuracy", 0.5}, {"params", std::int64_t{10}}, {"label", "none"}};
    ResultRow second = ok(1, 100);
    second.metrics = {{"accuracy", 0.75}, {"params", std::int64_t{10}}, {"label", "none"}};
    const RunSummary summary = summary_of({first, second});
    EXPECT_EQ(summary.metrics.at("accuracy").median, 0.625);
    EXPECT_EQ(summary.metrics.at("params").median, 10);
    EXPECT_EQ(summary.metrics.at("label").median, std::nullopt);
}

TEST(Summary, AFigureThatNoRepeatHasSaysWhy) {
    ResultRow row = ok(1, 100);
    row.peak_rss_bytes.reset();
    row.missing = {{"peak_rss_bytes", "it ended too soon"}, {"loss", "not a number"}};
    row.metrics = {{"loss", Value()}, {"accuracy", Value()}};
    const RunSummary summary = summary_of({row, row});
    EXPECT_EQ(summary.peak_rss_bytes.median, std::nullopt);
    EXPECT_EQ(summary.peak_rss_bytes.missing, "it ended too soon");
    EXPECT_EQ(summary.metrics.at("loss").missing, "not a number");
    EXPECT_EQ(summary.metrics.at("accuracy").median, std::nullopt);
    EXPECT_EQ(summary.metrics.at("accuracy").missing, "");
    EXPECT_EQ(summary.wall_s.missing, "");
}

TEST(Summary, AFigureThatSomeRepeatHasIsNotMissing) {
    ResultRow without = ok(1, 100);
    without.peak_rss_bytes.reset();
    without.missing = {{"peak_rss_bytes", "it ended too soon"}};
    const RunSummary summary = summary_of({without, ok(3, 300)});
    EXPECT_EQ(summary.peak_rss_bytes.median, 300);
    EXPECT_EQ(summary.peak_rss_bytes.missing, "");
}

}  // namespace
}  // namespace tidemark::analysis
