#include "capture/pattern.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "capture/number.hpp"

namespace tidemark::capture {
namespace {

using testing::IsEmpty;
using testing::Optional;

std::string value_in(const std::string& expression, std::string_view line) {
    const auto match = Pattern(expression).in(line);
    return match ? std::string(match->value) : "no match";
}

TEST(Pattern, TakesTheGroupOfTheValue) {
    EXPECT_EQ(value_in("accuracy: ([0-9.]+)", "test accuracy: 0.87, loss: 1"), "0.87");
    EXPECT_EQ(value_in("[0-9.]+ (?:MB|GB)", "took 12 MB"), "12 MB") << "without a group, all of it";
    EXPECT_EQ(value_in("(loss|error) (?P<value>[0-9.]+)", "error 3"), "3");
    EXPECT_EQ(value_in("epoch (?P<epoch>[0-9]+): ([0-9.]+)", "epoch 7: 0.5"), "0.5");
    EXPECT_EQ(value_in("([0-9.]+) in epoch (?P<epoch>[0-9]+)", "0.5 in epoch 7"), "0.5");
    EXPECT_EQ(value_in("accuracy: ([0-9.]+)", "loss: 1"), "no match");
    EXPECT_EQ(value_in("größe (\\d+)", "die größe 12"), "12");
}

TEST(Pattern, TakesTheEpochWhereThereIsOne) {
    EXPECT_THAT(Pattern("epoch (?P<epoch>[0-9]+): ([0-9.]+)").in("epoch 7: 0.5")->epoch,
                Optional(std::string_view("7")));
    EXPECT_EQ(Pattern("([0-9.]+)").in("0.5")->epoch, std::nullopt);
}

TEST(Pattern, SurvivesWhateverALineHolds) {
    const std::string binary("\xff\xfe\x00 accuracy: 5 \x80", 17);
    EXPECT_EQ(value_in("accuracy: ([0-9])", binary), "5");
    // exponential for those who try one way after the other; a test that hangs has failed
    EXPECT_EQ(value_in("^(a|aa)*$", std::string(100'000, 'a') + "b"), "no match");
}

TEST(Pattern, ThatIsWrongMatchesNothing) {
    std::string problem;
    const Pattern wrong("accuracy: ([0-9.]+", &problem);
    EXPECT_EQ(problem, "is no regular expression: missing ): accuracy: ([0-9.]+");
    EXPECT_EQ(wrong.in("accuracy: 1"), std::nullopt);
    problem.clear();
    const Pattern right("a", &problem);
    EXPECT_THAT(problem, IsEmpty());
}

TEST(Numbers, AreReadAsProgramsPrintThem) {
    EXPECT_EQ(number_from("12"), 12);
    EXPECT_EQ(number_from(" -0.5\r"), -0.5);
    EXPECT_EQ(number_from("+1e-3"), 1e-3);
    EXPECT_EQ(number_from("inf"), INFINITY);
    EXPECT_TRUE(std::isnan(*number_from("nan")));
    for (const char* text : {"", "  ", "12 MB", "0x12", "1,5", "++1", "+-1", "abc"})
        EXPECT_EQ(number_from(text), std::nullopt);
    EXPECT_EQ(integer_from("7.0"), 7);
    EXPECT_EQ(integer_from("7.5"), std::nullopt);
    EXPECT_EQ(integer_from("inf"), std::nullopt);
}

}  // namespace
}  // namespace tidemark::capture
