#include "analysis/change.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace tidemark::analysis {
namespace {

constexpr double kMega = 1e6;

std::vector<Pair> pairs(std::vector<double> before, std::vector<double> after) {
    std::vector<Pair> out;
    for (std::size_t i = 0; i < before.size(); ++i) out.push_back({before[i], after[i]});
    return out;
}

Change measured(std::vector<double> before, std::vector<double> after, Noise noise = Noise::None) {
    const MeasuredChange found = measure_change(pairs(std::move(before), std::move(after)), noise);
    EXPECT_EQ(found.problem, "");
    return found.change.value_or(Change{});
}

TEST(Change, IsThatOfTheMediansAsAShareOfWhatItWas) {
    const Change change = measured({100, 101, 99, 100, 100}, {105, 106, 104, 105, 105});
    EXPECT_EQ(change.before, 100);
    EXPECT_EQ(change.after, 105);
    EXPECT_DOUBLE_EQ(change.relative, 0.05);
    EXPECT_EQ(change.pairs, 5U);
    // all pairs differ by the same, so the scatter that they have in common says nothing against the change
    EXPECT_DOUBLE_EQ(change.scatter, 0);
    EXPECT_DOUBLE_EQ(change.interval.low, 0.05);
    EXPECT_DOUBLE_EQ(change.interval.high, 0.05);
}

TEST(Change, HasTheWidthThatTheMethodGives) {
    // five differences of 0 to 4 %: two order statistics, the outermost, are 4 % apart, which is 2 · 1.8627
    // standard errors; Student's t with 4 degrees of freedom has its 97.5 % quantile at 2.7764
    const Change change = measured({100, 100, 100, 100, 100}, {100, 101, 102, 103, 104});
    EXPECT_NEAR(change.relative, 0.02, 1e-12);
    EXPECT_NEAR(change.interval.high - change.interval.low, 2 * 2.7764 * 0.04 / (2 * 1.8627), 1e-5);
}

TEST(Change, IsNeverSurerThanItsKindAllows) {
    const std::vector<double> same(5, 300 * kMega);
    EXPECT_EQ(measured(same, same, Noise::Memory).interval, (Interval{-0.005, 0.005}));
    EXPECT_EQ(measured(same, same, Noise::CpuTime).interval, (Interval{-0.10, 0.10}));
    EXPECT_EQ(measured(same, same, Noise::WallTime).interval, (Interval{-0.15, 0.15}));
    EXPECT_EQ(measured(same, same, Noise::None).interval, (Interval{0, 0}));
}

std::vector<Pair> started(std::vector<Pair> of, const std::vector<Interval>& when) {
    for (std::size_t i = 0; i < of.size(); ++i) of[i].started = when[i];
    return of;
}

TEST(Change, IsSurerWhereBothSidesWereMadeInTurn) {
    const std::vector<double> same(3, 10);
    const auto of = [&](const std::vector<Interval>& when, Noise noise) {
        return measure_change(started(pairs(same, same), when), noise).change.value_or(Change{}).interval;
    };
    const std::vector<Interval> in_turn{{4, 5}, {0, 1}, {2, 3}}, apart{{0, 10}, {1, 11}, {2, 12}};
    EXPECT_EQ(of(in_turn, Noise::CpuTime), (Interval{-0.04, 0.04}));
    EXPECT_EQ(of(in_turn, Noise::WallTime), (Interval{-0.06, 0.06}));
    EXPECT_EQ(of(apart, Noise::CpuTime), (Interval{-0.10, 0.10}));
    EXPECT_EQ(of({{0, 1}, {2, 5}, {4, 6}}, Noise::CpuTime), (Interval{-0.10, 0.10})) << "two overlap";
    EXPECT_EQ(of(apart, Noise::Memory), (Interval{-0.005, 0.005}));
    auto half = started(pairs(same, same), in_turn);
    half[1].started.reset();
    EXPECT_EQ(order_of(half), Order::Apart) << "nobody knows";
}

TEST(Change, SaysWhatKeepsItFromBeingTold) {
    const std::vector<double> same(3, 10);
    EXPECT_EQ(
        why_no_closer(measured(same, same, Noise::CpuTime)),
        "repeats made at two occasions tell a change to 10 % and no closer; those of one sweep, made in "
        "turn, tell more");
    const auto in_turn = started(pairs(same, same), {{0, 1}, {2, 3}, {4, 5}});
    EXPECT_EQ(why_no_closer(measure_change(in_turn, Noise::CpuTime).change.value_or(Change{})),
              "repeats made in turn tell a change to 4 % and no closer");
    EXPECT_EQ(why_no_closer(measured({10, 10, 10}, {10, 14, 8}, Noise::CpuTime)), "") << "they scatter more";
}

TEST(Change, OfAFallingNegativeFigureIsAFall) {
    EXPECT_DOUBLE_EQ(measured({-10, -10, -10}, {-11, -11, -11}).relative, -0.1);
}

TEST(Change, FromZeroToZeroIsNone) {
    const Change change = measured({0, 0, 0}, {0, 0, 0}, Noise::Memory);
    EXPECT_EQ(change.relative, 0);
    EXPECT_EQ(direction_of(change, 0.03), Direction::Same);
}

TEST(Change, SaysWhyThereIsNone) {
    EXPECT_EQ(measure_change(pairs({1, 1}, {2, 2}), Noise::Memory).problem,
              "a change needs at least 3 repeats on both sides, and there are 2; `repeat: 5` makes enough");
    EXPECT_EQ(measure_change(pairs({1}, {2}), Noise::Memory).problem,
              "a change needs at least 3 repeats on both sides, and there is 1; `repeat: 5` makes enough");
    EXPECT_EQ(measure_change(pairs({0, 0, 0}, {1, 1, 1}), Noise::Memory).problem,
              "it was 0 before, of which nothing is a share; give it a `max` instead");
    EXPECT_EQ(measure_change(pairs({1, 1, 1}, {1, std::nan(""), 1}), Noise::Memory).problem,
              "not all repeats are numbers");
    EXPECT_EQ(measure_change(pairs({1, 1, 1}, {1, std::numeric_limits<double>::infinity(), 1}), Noise::Memory)
                  .problem,
              "not all repeats are numbers");
}

TEST(Direction, NeedsAnIntervalThatClearsTheThreshold) {
    const auto direction = [](double low, double high) {
        return direction_of(Change{1, 1, 0, {low, high}, {-1, 1}, 0, 5}, 0.03);
    };
    EXPECT_EQ(direction(0.031, 0.2), Direction::Rise);
    EXPECT_EQ(direction(0.03, 0.2), Direction::Unclear);
    EXPECT_EQ(direction(-0.2, -0.031), Direction::Fall);
    EXPECT_EQ(direction(-0.03, 0.03), Direction::Same);
    EXPECT_EQ(direction(-0.01, 0.031), Direction::Unclear);
    EXPECT_EQ(direction(-0.1, 0.1), Direction::Unclear);
}

TEST(Change, IsToldInOneLine) {
    EXPECT_EQ(to_text(Change{100, 105, 0.051, {0.048, 0.0533}, {}, 0.01, 5}),
              "+5.1 % (95 % interval +4.8 % to +5.3 %, 5 pairs)");
    EXPECT_EQ(to_text(Change{100, 100, 0, {-0.0001, 0.02}, {}, 0.01, 7}),
              "+0.0 % (95 % interval -0.010 % to +2.0 %, 7 pairs)");
    EXPECT_EQ(share_text(0.03), "3 %");
    EXPECT_EQ(share_text(0.0025), "0.25 %");
}

TEST(Change, OneWildPairOfFiveLeavesAFigureQuiet) {
    const Change quiet = measured({100, 100, 100, 100, 100}, {100, 100, 97.4, 100, 102.6});
    EXPECT_GT(quiet.interval.high, 0.03);
    EXPECT_TRUE(stays_below(quiet, 0.03));
    EXPECT_EQ(direction_of(quiet, 0.03), Direction::Same);
    EXPECT_FALSE(stays_below(quiet, 0.025)) << "the wild one counts where it is not below";
    const Change few = measured({100, 100, 100, 100}, {100, 97.4, 100, 102.6});
    EXPECT_FALSE(stays_below(few, 0.03)) << "four pairs are too few for that";
    const Change fallen = measured({100, 100, 100, 100, 100}, {100, 100, 90, 100, 101});
    EXPECT_EQ(direction_of(fallen, 0.03), Direction::Unclear);
}

}  // namespace
}  // namespace tidemark::analysis
