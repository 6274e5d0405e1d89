#include "planning/regression.hpp"

#include <algorithm>
#include <numeric>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "known_program.hpp"

namespace tidemark::planning {
namespace {

std::vector<std::size_t> shuffled(std::size_t size) {
    std::vector<std::size_t> order(size);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::mt19937_64 random(7);
    std::ranges::shuffle(order, random);
    return order;
}

TEST(Regression, PredictsWhatWasNotMeasured) {
    const KnownProgram program;
    const Space space = program.space();
    const auto order = shuffled(space.size());
    std::vector<Observation> measured;
    for (std::size_t i = 0; i < 30; ++i) measured.push_back({order[i], program.memory[order[i]]});
    Regression regression(space);
    regression.learn(measured, true);
    ASSERT_TRUE(regression.any());
    std::vector<double> errors;
    std::size_t inside = 0;
    for (std::size_t i = 30; i < order.size(); ++i) {
        const double truth = program.memory[order[i]];
        const Prediction predicted = regression.predict(order[i]);
        errors.push_back(std::abs(predicted.value - truth) / truth);
        inside += predicted.interval.low <= truth && truth <= predicted.interval.high ? 1U : 0U;
        EXPECT_LT(predicted.interval.low, predicted.value);
        EXPECT_GT(predicted.interval.high, predicted.value);
    }
    std::ranges::sort(errors);
    EXPECT_LT(errors[errors.size() / 2], 0.05);
    EXPECT_GE(inside, errors.size() * 85 / 100);
}

TEST(Regression, IsUncertainWhereItHasNotLooked) {
    const KnownProgram program;
    const Space space = program.space();
    std::vector<Observation> small;  // the small model alone
    for (std::size_t cell = 0; cell < 48; cell += 3) small.push_back({cell, program.memory[cell]});
    Regression regression(space);
    regression.learn(small, true);
    const auto width = [&](std::size_t cell) {
        const Interval interval = regression.predict(cell).interval;
        return interval.high / interval.low;
    };
    EXPECT_GT(width(90), 1.2 * width(4));
}

TEST(Regression, LearnsFromWhatWasOnlyMoreThan) {
    const KnownProgram program;
    const Space space = program.space();
    std::vector<Observation> measured;
    for (std::size_t cell = 0; cell < 24; cell += 2) measured.push_back({cell, program.memory[cell]});
    Regression without(space), with(space);
    without.learn(measured, true);
    const std::size_t cell = 95;  // the largest of all
    const double limit = 3 * without.predict(cell).value;
    measured.push_back({cell, limit, true});
    with.learn(measured, true);
    EXPECT_GT(with.predict(cell).value, limit) << "it is more than that";
    EXPECT_LT(with.chance_of_at_most(cell, limit), 0.5);
    EXPECT_NEAR(with.predict(2).value, program.memory[2], 0.05 * program.memory[2]) << "others stay";
}

TEST(Regression, KnowsNothingOfNothing) {
    const KnownProgram program;
    const Space space = program.space();
    Regression regression(space);
    regression.learn({}, true);
    EXPECT_FALSE(regression.any());
    regression.learn({{3, 1000, true}}, true);
    EXPECT_FALSE(regression.any()) << "that it is more is no figure";
}

TEST(Regression, OfOneMeasurementIsWide) {
    const KnownProgram program;
    const Space space = program.space();
    Regression regression(space);
    regression.learn({{0, 100}}, true);
    const Interval interval = regression.predict(95).interval;
    EXPECT_LT(interval.low, 60);
    EXPECT_GT(interval.high, 160);
}

TEST(Regression, BeyondTheMeasuredNumbersAFigureMayStayOrFollowThem) {
    std::vector<std::vector<Value>> cells;
    for (const int batch_size : {1, 2, 4, 8, 16, 32}) cells.push_back({Value(std::int64_t{batch_size})});
    const Space space({"batch_size"}, cells);
    const auto memory = [](double batch_size) { return 50 + 9 * batch_size; };
    Regression regression(space);
    regression.learn({{0, memory(1)}, {1, memory(2)}, {2, memory(4)}}, true);
    const Interval between = regression.predict(1).interval;
    EXPECT_LT(between.high, 2 * memory(2)) << "within them nothing is wider for it";
    const Interval far = regression.predict(5).interval;
    EXPECT_LT(far.low, memory(4)) << "it may stay";
    EXPECT_GT(far.high, memory(32)) << "or grow";
    EXPECT_GT(far.high, 8 * memory(2)) << "in proportion";
    EXPECT_GT(regression.chance_of_at_most(5, memory(32)), 0.5);
    EXPECT_LT(regression.chance_of_at_most(5, memory(32)), 0.999) << "nothing is sure there";
}

TEST(Regression, TakesFiguresThatAreNotPositive) {
    const KnownProgram program;
    const Space space = program.space();
    std::vector<Observation> measured;
    for (std::size_t cell = 0; cell < 96; cell += 2) measured.push_back({cell, program.memory[cell] - 150});
    Regression regression(space);
    regression.learn(measured, true);
    EXPECT_NEAR(regression.predict(1).value, program.memory[1] - 150, 10);
}

}  // namespace
}  // namespace tidemark::planning
