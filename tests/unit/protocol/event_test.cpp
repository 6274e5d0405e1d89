#include "protocol/event.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace tidemark::protocol {
namespace {

TEST(ParseEvent, ReadsTheLinesOfTheContract) {
    const auto metric = parse_event(R"({"event":"metric","name":"accuracy","value":0.8712,"epoch":10})");
    ASSERT_TRUE(metric);
    EXPECT_EQ(std::get<Metric>(metric->what).epoch, 10);
    EXPECT_DOUBLE_EQ(std::get<Metric>(metric->what).value, 0.8712);

    const auto progress =
        parse_event(R"({"event":"progress","step":3120,"total":3125,"epoch":1,"epochs":10})");
    ASSERT_TRUE(progress);
    EXPECT_EQ(std::get<Progress>(progress->what).total, 3125);

    const auto info = parse_event(R"({"event":"info","name":"params","value":13957074,"t":12.5})");
    ASSERT_TRUE(info);
    EXPECT_EQ(std::get<Info>(info->what).value, Value(std::int64_t{13957074}));
    EXPECT_EQ(info->t, Seconds{12.5});
}

TEST(ParseEvent, SaysWhatIsWrongWithALine) {
    std::string problem;
    EXPECT_FALSE(parse_event("{\"event\":\"met", &problem));
    EXPECT_EQ(problem, "not a JSON object");
    EXPECT_FALSE(parse_event(R"({"event":"metric","name":"Top-1","value":1})", &problem));
    EXPECT_EQ(problem, "'Top-1' is not a metric's name");
    EXPECT_FALSE(parse_event(R"({"event":"metric","name":"loss","value":"low"})", &problem));
    EXPECT_EQ(problem, "metric 'loss' has no number as its value");
    EXPECT_FALSE(parse_event(R"({"event":"wave"})", &problem));
    EXPECT_EQ(problem, "unknown event 'wave'");
}

TEST(Event, NonFiniteNumbersSurviveTheRoundTrip) {
    const std::string line = to_line({std::nullopt, Metric{"loss", std::nan(""), 1}});
    EXPECT_NE(line.find("\"nan\""), std::string::npos);
    const auto back = parse_event(line);
    ASSERT_TRUE(back);
    EXPECT_TRUE(std::isnan(std::get<Metric>(back->what).value));
}

}  // namespace
}  // namespace tidemark::protocol
