#include "planning/search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "known_program.hpp"

namespace tidemark::planning {
namespace {

constexpr std::size_t kSpeed = 0, kMemory = 1;

/// What a run under a limit a little above the ceiling shows.
Shown run(const KnownProgram& program, std::size_t cell, double ceiling) {
    if (program.memory[cell] > 1.05 * ceiling) return {{}, {{kMemory, 1.05 * ceiling}}, true};
    return {{{kSpeed, program.speed[cell]}, {kMemory, program.memory[cell]}}, {}, false};
}

double best_speed(const KnownProgram& program, double ceiling) {
    double best = 0;
    for (std::size_t cell = 0; cell < program.cells.size(); ++cell) {
        if (program.memory[cell] <= ceiling) best = std::max(best, program.speed[cell]);
    }
    return best;
}

TEST(Search, FindsTheBestUnderAnyCeilingWithASixthOfTheRuns) {
    const KnownProgram program;
    const Space space = program.space();
    for (const double ceiling : {150.0, 180.0, 260.0, 400.0, 700.0, 2000.0}) {
        Search search(space, {kSpeed, true, {{kMemory, ceiling, {}, {}}}});
        for (std::size_t made = 0; made < space.size() / 6; ++made) {
            const auto next = search.next();
            ASSERT_TRUE(next);
            ASSERT_FALSE(search.is_known(next->cell)) << "no cell is run twice";
            search.tell(next->cell, run(program, next->cell, ceiling));
        }
        ASSERT_TRUE(search.best()) << ceiling;
        EXPECT_LE(program.memory[*search.best()], ceiling);
        EXPECT_GE(program.speed[*search.best()], 0.98 * best_speed(program, ceiling)) << ceiling;
    }
}

TEST(Search, NeverCallsFittingWhatDidNotFit) {
    const KnownProgram program;
    const Space space = program.space();
    Search search(space, {kSpeed, true, {{kMemory, 200, {}, {}}}});
    search.tell(0, {{{kSpeed, 100}, {kMemory, 200.1}}, {}, false});
    EXPECT_FALSE(search.best());
    search.tell(1, {{{kSpeed, 50}}, {}, false});
    EXPECT_FALSE(search.best()) << "its memory is not known";
    search.tell(2, {{{kSpeed, 50}, {kMemory, 100}}, {}, true});
    EXPECT_FALSE(search.best()) << "one of its repeats ran out of memory";
    search.tell(3, {{{kSpeed, 10}, {kMemory, 200}}, {}, false});
    EXPECT_EQ(search.best(), 3U);
}

TEST(Search, OrdersWhatHolds) {
    const KnownProgram program;
    const Space space = program.space();
    Search least(space, {kSpeed, false, {}});
    for (std::size_t cell : {0U, 5U, 9U}) least.tell(cell, {{{kSpeed, 10.0 - double(cell)}}, {}, false});
    EXPECT_THAT(least.holding(), testing::ElementsAre(9, 5, 0));
}

TEST(Search, KeepsABoundToTheCellsThatItIsAbout) {
    const KnownProgram program;
    const Space space = program.space();
    std::vector<bool> applies(space.size(), false);
    applies[1] = true;
    Search search(space, {kSpeed, true, {{kMemory, 50, {}, applies}}});
    for (std::size_t cell : {0U, 1U}) search.tell(cell, {{{kSpeed, 10}, {kMemory, 100}}, {}, false});
    EXPECT_TRUE(search.holds(0));
    EXPECT_FALSE(search.holds(1));
}

TEST(Search, TriesAllAndEnds) {
    const Space space({"a"}, {{std::int64_t{1}}, {std::int64_t{2}}, {std::int64_t{4}}});
    Search search(space, {kSpeed, true, {}});
    search.leave_out(1);
    for (std::size_t made = 0; made < 2; ++made) {
        const auto next = search.next();
        ASSERT_TRUE(next);
        EXPECT_NE(next->cell, 1U) << "it was left out";
        search.tell(next->cell, {{{kSpeed, 1.0}}, {}, false});
    }
    EXPECT_FALSE(search.next());
}

TEST(Search, OfOneCellTriesIt) {
    const Space space({"a"}, {{std::int64_t{1}}});
    Search search(space, {kSpeed, true, {{kMemory, 10, {}, {}}}});
    ASSERT_TRUE(search.next());
    search.tell(0, {{{kSpeed, 1.0}, {kMemory, 11.0}}, {}, false});
    EXPECT_FALSE(search.next());
    EXPECT_FALSE(search.best());
}

}  // namespace
}  // namespace tidemark::planning
