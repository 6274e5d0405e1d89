#include "analysis/comparison.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark::analysis {
namespace {

std::vector<MeasuredRepeat> group(const std::string& figure, const std::vector<double>& values) {
    std::vector<MeasuredRepeat> out;
    for (const double value : values) {
        const int number = static_cast<int>(out.size()) + 1;
        out.push_back({"id" + std::to_string(number), number, protocol::Status::Ok, {{figure, value}}});
    }
    return out;
}

std::vector<FigureChange> changes(const std::vector<MeasuredRepeat>& before,
                                  const std::vector<MeasuredRepeat>& after) {
    return compare(before, after, [](const std::string&) { return Noise::None; });
}

std::string said(const std::vector<double>& before, const std::vector<double>& after) {
    const auto figures = changes(group("score", before), group("score", after));
    return figures.size() == 1 ? sentence("score", figures.front(), 0.03) : "not one figure";
}

TEST(Comparison, SaysPlainlyWhatBecameOfAFigure) {
    EXPECT_EQ(said({100, 101, 102}, {110, 111, 112}), "score rose by 9.9 %");
    EXPECT_EQ(said({100, 101, 102}, {90, 91, 92}), "score fell by 9.9 %");
    EXPECT_EQ(said({100, 100, 100}, {101, 101, 101}), "score is the same within 3 %");
    EXPECT_EQ(said({100, 100, 100}, {104, 104.2, 104.4}), "score rose by 4.2 %");
    EXPECT_EQ(said({100, 100, 100}, {103, 103.4, 103.8}),
              "score rose, but whether by more than 3 % cannot be told");
    EXPECT_EQ(said({100, 100, 100}, {80, 100, 120}),
              "whether score changed cannot be told: its repeats scatter by 20.0 %");
    EXPECT_EQ(
        said({100}, {110}),
        "score: a change needs at least 3 repeats on both sides, and there is 1; `repeat: 5` makes enough");
}

TEST(Comparison, TimesOfTwoOccasionsAreToldAsFarAsTheyCanBe) {
    const auto changed = [](double start_of_second, double now = 11) {
        auto before = group("wall_s", {10, 10, 10}), after = group("wall_s", {now, now, now});
        for (std::size_t i = 0; i < before.size(); ++i) {
            before[i].origin.set_started(2.0 * static_cast<double>(i));
            after[i].origin.set_started(start_of_second + 2.0 * static_cast<double>(i));
        }
        const auto figures = compare(before, after, [](const std::string&) { return Noise::WallTime; });
        return sentence("wall time", figures.at(0), 0.03);
    };
    EXPECT_EQ(changed(1), "wall time rose by 10.0 %");
    EXPECT_EQ(changed(100, 13),
              "wall time rose by 30.0 %; it may be the machine's speed that changed, for both sides were "
              "made at two "
              "occasions");
    EXPECT_EQ(
        changed(100),
        "whether wall time changed by more than 3 % cannot be told: repeats made at two occasions tell a "
        "change to 15 % and no closer; those of one sweep, made in turn, tell more");
}

TEST(Comparison, AFigureOfOneSideAloneIsSaidToBe) {
    const auto figures = changes(group("old", {1, 2, 3}), group("new", {1, 2, 3}));
    ASSERT_EQ(figures.size(), 2U);
    EXPECT_EQ(sentence("new", figures[0], 0.03), "new: only the second has it");
    EXPECT_EQ(sentence("old", figures[1], 0.03), "old: only the first has it");
}

TEST(Comparison, ANaNIsNotLeftOutOfTheMedian) {
    const auto figures = changes(group("score", {1, 2, 3}), group("score", {1, std::nan(""), 3}));
    ASSERT_EQ(figures.size(), 1U);
    EXPECT_TRUE(std::isnan(*figures[0].after));
    EXPECT_EQ(figures[0].before, 2);
    EXPECT_EQ(sentence("score", figures[0], 0.03), "score: not all repeats are numbers");
    EXPECT_EQ(said({1}, {std::nan("")}), "score: not all repeats are numbers") << "whatever their number";
}

TEST(Comparison, RepeatsThatFailedAreLeftOut) {
    auto after = group("score", {100, 100, 100, 900});
    after[3].status = protocol::Status::Failed;
    const auto figures = changes(group("score", {100, 100, 100, 100}), after);
    EXPECT_EQ(figures[0].change->pairs, 3U);
    EXPECT_EQ(figures[0].after, 100);
}

TEST(Comparison, PeakMemoryAndTimesComeFirst) {
    std::vector<MeasuredRepeat> run = group("accuracy", {1});
    run[0].figures["wall_s"] = 1;
    run[0].figures["peak_rss_bytes"] = 1;
    std::vector<std::string> names;
    for (const FigureChange& figure : changes(run, run)) names.push_back(figure.name);
    EXPECT_THAT(names, testing::ElementsAre("peak_rss_bytes", "wall_s", "accuracy"));
}

}  // namespace
}  // namespace tidemark::analysis
