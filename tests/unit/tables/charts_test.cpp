#include "tables/charts.hpp"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/sweep_ledger.hpp"
#include "support/workspace.hpp"

namespace tidemark::tables {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ReportCharts : public testing::Test {
  protected:
    /// A run that ended well, to be changed before `charts`.
    run::Record& add(const std::string& name, double seconds, std::int64_t peak) {
        run::Record& record = records_.emplace_back();
        record.request.run_id = "id-" + name;
        record.request.invocation = "invocation-1";
        record.request.sweep = "sizes";
        record.request.run = record.request.cell = record.request.key = name;
        record.request.repeat = 1;
        record.outcome = run::Exited{0};
        record.measurement.wall_s = seconds;
        record.measurement.peak_rss_bytes = peak;
        return record;
    }

    report::Charts charts(int repeats = 1) {
        test::Workspace workspace;
        store::Database database = store::Database::open_or_create(workspace / "tidemark.db");
        store::Invocation invocation;
        invocation.invocation_id = "invocation-1";
        store::SweepLedger ledger(database, invocation, false);
        results::Expectation expected{"sizes", {}};
        for (const run::Record& record : records_) {
            ledger.record(record);
            if (record.request.repeat > 1) continue;
            expected.runs.push_back({record.request.run, record.request.cell, record.request.key, {}});
            expected.runs.back().repeats = expected.runs.back().most_repeats = repeats;
        }
        results::CurrentResults results(database.connection(), expected);
        return charts_of(results, results::Units(), Texts(Language::English));
    }

  private:
    std::vector<run::Record> records_;
};

TEST_F(ReportCharts, PartsAreThoseThatTheProgramReports) {
    add("told", 1, 100).final_metrics = {{"model_bytes", 30}, {"overhead_bytes", 50}};
    add("silent", 1, 70);
    const report::Charts all = charts();
    EXPECT_THAT(all.part_names, ElementsAre("model", "process overhead", "not attributed"));
    EXPECT_THAT(all.parts[0].bytes, ElementsAre(30, 50, 20));
    EXPECT_THAT(all.parts[1].bytes, ElementsAre(0, 0, 70));
    EXPECT_THAT(all.notes, IsEmpty());
}

TEST_F(ReportCharts, WithoutReportedPartsThereIsANote) {
    add("silent", 1, 70);
    const report::Charts all = charts();
    ASSERT_EQ(all.notes.size(), 1U);
    EXPECT_EQ(
        all.notes[0],
        "No run has reported what its memory consists of (model_bytes, activation_bytes, overhead_bytes).");
    EXPECT_THAT(all.parts, IsEmpty());
}

TEST_F(ReportCharts, PeaksThatAreNotKnownForCertainKnowWhereTheyMayLie) {
    constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;
    add("certain", 1, 100 * kMebibyte).measurement.peak_rss_low_bytes = 99 * kMebibyte;
    run::Record& tree = add("tree", 1, 100 * kMebibyte);
    tree.measurement.peak_rss_low_bytes = 70 * kMebibyte;
    tree.measurement.peak_rss_high_bytes = 200 * kMebibyte;
    tree.measurement.peak_anonymous_bytes = 90 * kMebibyte;
    const report::Charts all = charts();
    ASSERT_EQ(all.parts.size(), 2U);
    ASSERT_TRUE(all.parts[0].doubt) << "nothing bounds it from above";
    EXPECT_TRUE(std::isinf(all.parts[0].doubt->high));
    EXPECT_EQ(all.parts[1].doubt, (Interval{70.0 * kMebibyte, 200.0 * kMebibyte}));
}

TEST_F(ReportCharts, ATimelineSaysWhatItIsOfAndWhereItHasGaps) {
    run::Record& record = add("tree", 30, 900);
    for (const double t : {1.0, 2.0, 3.0, 4.0, 25.0, 26.0, 27.0, 28.0, 29.0})
        record.samples.push_back({.t_s = t, .cache_bytes = 5, .charged_bytes = 105});
    const report::Timeline timeline = charts().timelines.at(0).timeline;
    EXPECT_EQ(timeline.what, "charged to the run's cgroup, without page cache");
    ASSERT_EQ(timeline.points.size(), 10U);
    EXPECT_EQ(timeline.points[3].second, 100);
    EXPECT_TRUE(std::isnan(timeline.points[4].second));
}

TEST_F(ReportCharts, EveryMetricByEpochIsACurveOfItsRepeats) {
    const auto tell = [&](const char* id, int repeat, double first, double second) {
        run::Record& record = add("run", 1, 100);
        record.request.run_id = id;
        record.request.repeat = repeat;
        record.metrics = {{"accuracy", first, 1}, {"loss", 2, 1}, {"accuracy", second, 2}};
    };
    tell("id-1", 1, 0.5, 0.75);
    tell("id-2", 2, 0.25, 0.75);
    tell("id-3", 3, 0.75, 0.75);
    const report::Charts all = charts(3);
    ASSERT_EQ(all.curves.size(), 1U) << "one point is no curve";
    EXPECT_EQ(all.curves[0].metric, "accuracy");
    EXPECT_EQ(all.curves[0].unit, protocol::Unit::Fraction);
    EXPECT_THAT(all.curves[0].curves.at(0).points,
                ElementsAre(report::CurvePoint{1, 0.5, 0.25, 0.75}, report::CurvePoint{2, 0.75, 0.75, 0.75}));
}

TEST_F(ReportCharts, CurvesOfRunsWithoutTheMetricAreNotThere) {
    add("told", 1, 100).metrics = {{"loss", 2, 1}, {"loss", 1, 2}};
    add("silent", 1, 100);
    add("failed", 1, 100).metrics = {{"loss", INFINITY, 1}, {"loss", 1, 2}};
    const report::Charts all = charts();
    ASSERT_EQ(all.curves.size(), 1U);
    ASSERT_EQ(all.curves[0].curves.size(), 1U) << "what is infinite is not drawn, and then one point is left";
    EXPECT_EQ(all.curves[0].curves[0].run, "told");
}

TEST_F(ReportCharts, TimelinesKeepTheirPeakAndTheirPhases) {
    run::Record& record = add("run", 100, 900);
    for (int i = 0; i < 1000; ++i) record.samples.push_back({0.1 * i, i == 777 ? 900 : 100, 1});
    record.phases = {{"data", Seconds{0}, Seconds{10}, {}, {}, {}, {}},
                     {"train", Seconds{10}, Seconds{90}, {}, {}, {}, {}}};
    const report::Charts all = charts();
    ASSERT_EQ(all.timelines.size(), 1U);
    const report::Timeline& timeline = all.timelines[0].timeline;
    EXPECT_EQ(timeline.points.size(), 400U);
    EXPECT_EQ(std::ranges::max(timeline.points, {}, &std::pair<double, double>::second).second, 900);
    EXPECT_THAT(timeline.phases, ElementsAre(std::pair("data", 0.0), std::pair("train", 10.0)));
}

TEST_F(ReportCharts, PhasesOfUnknownTimesAreNotDrawn) {
    run::Record& record = add("run", 10, 900);
    record.samples = {{1, 100, 1}, {2, 200, 1}};
    record.phases = {{"data", Seconds{0}, Seconds{0}, {}, {}, {}, {}},
                     {"train", Seconds{0}, Seconds{10}, {}, {}, {}, {}}};
    EXPECT_THAT(charts().timelines[0].timeline.phases, IsEmpty());
}

TEST_F(ReportCharts, OneSampleIsNoLine) {
    add("short", 1, 900).samples = {{0.5, 100, 1}};
    EXPECT_THAT(charts().timelines, IsEmpty());
}

TEST_F(ReportCharts, ManyRunsHaveFewerPointsOverTime) {
    for (int i = 0; i < 100; ++i) {
        run::Record& record = add("run" + std::to_string(i), 100, 900);
        for (int sample = 0; sample < 500; ++sample)
            record.samples.push_back({0.2 * sample, 100 + sample, 1});
    }
    const report::Charts all = charts();
    ASSERT_EQ(all.timelines.size(), 100U);
    EXPECT_EQ(all.timelines[99].timeline.points.size(), 240U);
    EXPECT_EQ(all.timelines[99].timeline.points.back().second, 599) << "the largest is kept";
}

}  // namespace
}  // namespace tidemark::tables
