#include "report/timeline.hpp"

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
