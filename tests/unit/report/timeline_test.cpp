#include "report/timeline.hpp"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/golden.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::report {
namespace {

Timeline training() {
    Timeline timeline;
    timeline.seconds = 100;
    for (int t = 0; t < 100; ++t) {
        const double mebibytes = t < 10 ? 150 : t < 15 ? 250 : t < 80 ? 600 + 5 * (t % 7) : 400;
        timeline.points.emplace_back(t, mebibytes * 1048576);
    }
    timeline.points[50].second = 972.0 * 1048576;  // a spike of one sample
    timeline.phases = {{"import", 0}, {"data", 8}, {"model", 10}, {"train", 15}, {"评估", 80}};
    return timeline;
}

TEST(TimelineChart, KeepsThePeakAndNamesThePhases) {
    test::expect_golden("timeline.txt", draw_timeline(training(), 72));
}

std::vector<double> times_of(const Timeline& timeline, bool known) {
    std::vector<double> times;
    for (const auto& [time, value] : timeline.points) {
        if (std::isnan(value) != known) times.push_back(time);
    }
    return times;
}

TEST(TimelineGaps, AreWhereThereIsNoPointForMuchLongerThanIsUsual) {
    Timeline timeline;
    timeline.seconds = 60;
    for (const double t : {10.0, 11.0, 12.0, 13.0, 14.0, 24.0, 25.0, 27.0})
        timeline.points.emplace_back(t, 1);
    tell_gaps(timeline);
    EXPECT_THAT(times_of(timeline, false), testing::ElementsAre(0, 15, 28))
        << "before the first one, between, and until the end; 2 s are no gap among seconds";
    EXPECT_EQ(times_of(timeline, true).size(), 8U);
}

TEST(TimelineGaps, OfARunThatIsLookedAtLessOftenLaterAreNone) {
    Timeline timeline;
    for (double t = 0; t < 2; t += 0.05) timeline.points.emplace_back(t, 1);
    for (double t = 2; t < 40; t += 1) timeline.points.emplace_back(t, 1);
    timeline.seconds = 40;
    tell_gaps(timeline);
    EXPECT_THAT(times_of(timeline, false), testing::IsEmpty());
}

TEST(TimelineChart, LeavesGapsEmpty) {
    Timeline timeline;
    timeline.seconds = 30;
    for (const double t : {0.0, 1.0, 2.0, 3.0, 20.0, 21.0, 22.0}) timeline.points.emplace_back(t, 1048576.0);
    tell_gaps(timeline);
    const std::string chart = draw_timeline(timeline, 41);
    EXPECT_EQ(chart.substr(0, chart.find('\n')), " 1.00 MiB ┤████                ███");
}

TEST(TimelineChart, FitsItsWidth) {
    for (const std::size_t width : {30U, 72U, 200U}) {
        const std::string text = draw_timeline(training(), width);
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = text.find('\n', begin);
            EXPECT_LE(terminal::display_width(text.substr(begin, end - begin)), width);
            begin = end + 1;
        }
    }
}

TEST(TimelineChart, OfNothingIsNothingAndOfOnePointIsAChart) {
    EXPECT_EQ(draw_timeline({}, 72), "");
    Timeline one;
    one.points = {{0.01, 1048576.0}};
    EXPECT_NE(draw_timeline(one, 72).find("1.00 MiB ┤████"), std::string::npos);
}

}  // namespace
}  // namespace tidemark::report
