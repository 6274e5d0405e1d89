#include "warden/between_looks.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace tidemark::warden {
namespace {

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;
constexpr pid_t kWarden = 1;
const KernelCounters kExact(0, true, 1);   // no CPU keeps anything to itself
const KernelCounters kOneCpu(1, true, 1);  // keeps 31 pages of each of three counters, here of a byte

struct Holder {
    pid_t pid;
    std::int64_t resident;  // MiB
    std::int64_t mark;
};

TreeLook tree_of(const std::vector<Holder>& holders) {
    TreeLook tree;
    for (const Holder& holder : holders) {
        LivingProcess process{holder.pid, {}, true};
        process.status.resident = holder.resident * kMebibyte;
        process.status.high_water_mark = holder.mark * kMebibyte;
        tree.processes.push_back(process);
    }
    return tree;
}

EndedTask ended(pid_t process, pid_t parent, std::int64_t mark) {
    return {process, parent, mark * kMebibyte};
}

class BetweenLooksTest : public testing::Test {
  protected:
    /// In MiB: above both looks, above the former.
    std::pair<std::int64_t, std::int64_t> look(const std::vector<Holder>& holders,
                                               const BetweenLooks::Ended& ended = {},
                                               std::optional<std::int64_t> most_tasks = {}) {
        const MissedGrowth missed = between_.look(tree_of(holders), ended, most_tasks, kWarden);
        return {missed.above_both / kMebibyte, missed.above_former / kMebibyte};
    }

    BetweenLooks between_{kExact};
};

using Growth = std::pair<std::int64_t, std::int64_t>;

TEST_F(BetweenLooksTest, WhatIsStillThereWasNotMissed) {
    look({{10, 20, 20}});
    EXPECT_EQ(look({{10, 70, 70}}), Growth(0, 50));
    EXPECT_EQ(look({{10, 70, 70}}), Growth(0, 0));
    EXPECT_EQ(look({{10, 30, 70}}), Growth(0, 0)) << "its mark is of before";
}

TEST_F(BetweenLooksTest, AMarkThatRoseBeyondBothLooksTellsOfAPeakBetweenThem) {
    look({{10, 20, 20}});
    EXPECT_EQ(look({{10, 40, 90}}), Growth(50, 70));
}

TEST_F(BetweenLooksTest, TheMarkOfOneThatEndedTellsWhatItTookAfterTheLook) {
    look({{10, 20, 20}, {11, 5, 5}});
    EXPECT_EQ(look({{10, 20, 20}}, {{ended(11, 10, 105)}, {}}), Growth(100, 100));
    EXPECT_FALSE(between_.missed_an_end());
}

TEST_F(BetweenLooksTest, WhoseEndNobodyToldIsMissed) {
    look({{10, 20, 20}, {11, 5, 5}});
    EXPECT_EQ(look({{10, 20, 20}}, {{ended(99, 98, 105)}, {}}), Growth(0, 0));
    EXPECT_TRUE(between_.missed_an_end());
}

TEST_F(BetweenLooksTest, WhoEndsMayBeSeenOnceMoreBeforeItsMemoryIsGivenBack) {
    look({{10, 20, 20}, {11, 5, 5}});
    between_.ends_now(11);
    EXPECT_EQ(look({{10, 20, 20}, {11, 5, 5}}), Growth(0, 0));
    EXPECT_EQ(look({{10, 20, 20}}), Growth(0, 0));
    EXPECT_FALSE(between_.missed_an_end()) << "it was told before both looks";
}

TEST_F(BetweenLooksTest, AnotherProcessOfTheNumberOfOneThatEndedDoesNotEnd) {
    look({{10, 20, 20}, {11, 5, 5}});
    between_.ends_now(11);
    look({{10, 20, 20}, {11, 2, 2}});
    look({{10, 20, 20}});
    EXPECT_TRUE(between_.missed_an_end());
}

TEST_F(BetweenLooksTest, WhoCameAndWentIsKnownByItsParents) {
    look({{10, 20, 20}});
    // 12 is a child of 11, who is one of 10 and ended after it; 13 an orphan; 21 is a stranger's
    EXPECT_EQ(look({{10, 20, 20}},
                   {{ended(12, 11, 30), ended(11, 10, 40), ended(13, kWarden, 50), ended(21, 20, 60)}, {}}),
              Growth(120, 120));
}

TEST_F(BetweenLooksTest, NoMoreCameAndWentAtOnceThanTheKernelCounted) {
    look({{10, 20, 20}});
    EXPECT_EQ(look({{10, 20, 20}}, {{ended(11, 10, 30), ended(12, 10, 50), ended(13, 10, 40)}, {}}, 2),
              Growth(90, 90));
}

TEST_F(BetweenLooksTest, AllThatWereThereHeldNoMoreThanAsManyAsLivedAtOnce) {
    between_.look(tree_of({{10, 1, 1}, {11, 40, 60}}), {}, 2, kWarden);
    const MissedGrowth in_turn =
        between_.look(tree_of({{10, 1, 1}, {14, 50, 50}}),
                      {{ended(11, 10, 60), ended(12, 10, 60), ended(13, 10, 30)}, {}}, 2, kWarden);
    EXPECT_EQ(in_turn.marks_together / kMebibyte, 61) << "10 was there all the time";
    EXPECT_EQ(between_.look(tree_of({{10, 1, 1}}), {{ended(14, 10, 50)}, {}}, {}, kWarden).marks_together /
                  kMebibyte,
              51)
        << "nobody counted";
}

TEST_F(BetweenLooksTest, WhoEndedDuringALookMayHaveBeenThereBeforeAndAfterIt) {
    look({{10, 20, 20}});
    EXPECT_EQ(look({{10, 20, 20}}, {{}, {ended(11, 10, 30)}}), Growth(30, 30));
    EXPECT_EQ(look({{10, 20, 20}}), Growth(30, 30));
    EXPECT_EQ(look({{10, 20, 20}}), Growth(0, 0));
}

TEST_F(BetweenLooksTest, WhoEndedAfterItWasSeenByTheSameLookIsNotForgotten) {
    look({{10, 20, 20}, {11, 5, 5}}, {{}, {ended(11, 10, 80)}});
    EXPECT_EQ(look({{10, 20, 20}}), Growth(75, 75));
    EXPECT_FALSE(between_.missed_an_end());
}

TEST_F(BetweenLooksTest, FilesThatOneGaveUpAndAnotherTookMayHaveBeenThereTogether) {
    const auto above_both = [&](const std::vector<std::pair<pid_t, std::int64_t>>& holders) {
        std::vector<Holder> all;
        for (const auto& [pid, files] : holders) all.push_back({pid, files, 100});
        TreeLook tree = tree_of(all);
        for (LivingProcess& process : tree.processes) process.status.file = process.status.resident;
        return between_.look(tree, {}, {}, kWarden).above_both / kMebibyte;
    };
    above_both({{10, 90}, {11, 100}});
    EXPECT_EQ(above_both({{10, 100}, {11, 60}}), 10);
    EXPECT_EQ(above_both({{10, 50}, {11, 60}}), 0) << "both gave up";
    EXPECT_EQ(above_both({{10, 50}, {12, 70}}), 60 + 30)
        << "one ended, and one began, whose mark tells of 30 more";
    EXPECT_EQ(above_both({{10, 52}, {12, 68}}), 1) << "trifles";
    EXPECT_EQ(look({{10, 70, 100}, {12, 50, 100}}), Growth(0, 0)) << "what is no file is charged to the run";
}

TEST_F(BetweenLooksTest, AThreadThatEndsTellsNothingOfALivingProcess) {
    look({{10, 20, 20}});
    EXPECT_EQ(look({{10, 20, 20}}, {{ended(10, kWarden, 20)}, {}}), Growth(0, 0));
}

TEST_F(BetweenLooksTest, TriflesThatNoLookSawAreATrifleTogether) {
    look({{10, 20, 20}});
    EXPECT_EQ(look({{10, 20, 20}}, {{ended(11, 10, 2), ended(12, 10, 2)}, {}}), Growth(1, 4));
    EXPECT_EQ(look({{10, 20, 20}}, {{ended(11, 10, 2), ended(12, 10, 9)}, {}}).first, 11)
        << "where one is none, all are counted";
}

TEST_F(BetweenLooksTest, ByHowLittleAProcessThatWasSeenWasLargerCounts) {
    look({{10, 20, 20}, {11, 5, 5}, {12, 5, 5}});
    EXPECT_EQ(look({{10, 20, 22}}, {{ended(11, 10, 7), ended(12, 10, 6)}, {}}), Growth(5, 5));
}

TEST_F(BetweenLooksTest, WhatWasGivenUpBeforeTheLatterLookCountsOnTopOfIt) {
    const auto above_latter = [&](const std::vector<Holder>& holders, const BetweenLooks::Ended& ended = {}) {
        return between_.look(tree_of(holders), ended, {}, kWarden).above_latter / kMebibyte;
    };
    EXPECT_EQ(above_latter({{10, 20, 50}}), 30);
    EXPECT_EQ(above_latter({{10, 60, 60}}), 0) << "it has all that it took";
    EXPECT_EQ(above_latter({{10, 15, 60}}), 45);
    EXPECT_EQ(above_latter({{10, 15, 60}, {11, 5, 5}}), 0) << "its mark is of before";
    EXPECT_EQ(above_latter({{10, 15, 60}}, {{ended(11, 10, 40), ended(12, 10, 7)}, {}}), 47);
}

TEST_F(BetweenLooksTest, AMarkThatBeganAnewTellsOfTheTimeSinceTheFormerLook) {
    look({{10, 50, 80}});
    EXPECT_EQ(look({{10, 50, 70}}), Growth(20, 20));
}

TEST_F(BetweenLooksTest, WhoEndsRightAfterALookMayStillBeThereWhileOthersGrow) {
    look({{10, 20, 20}, {11, 30, 90}});
    between_.ends_now(11);
    const MissedGrowth missed = between_.look(tree_of({{10, 20, 20}, {12, 5, 5}}), {}, 2, kWarden);
    EXPECT_EQ(missed.above_former / kMebibyte, 5) << "it is in the former look, and takes no more";
    EXPECT_EQ(missed.above_latter / kMebibyte, 30);
    EXPECT_EQ(missed.marks_together / kMebibyte, 50) << "two lived at once";
    EXPECT_FALSE(between_.missed_an_end());
}

TEST_F(BetweenLooksTest, WhatAProcessHeldBeforeExecIsItsOwnAndNotBesideIt) {
    look({{10, 1, 1}, {11, 5, 5}});
    const MissedGrowth missed = between_.look(
        tree_of({{10, 1, 1}, {11, 2, 2}}), {{ended(memory_before_exec(11), kWarden, 200)}, {}}, 2, kWarden);
    EXPECT_EQ(missed.marks_together / kMebibyte, 201);
    EXPECT_EQ(missed.above_former / kMebibyte, 200);
}

TEST(WhatGrewSinceALook, HoldsWhatTheKernelMayNotHaveCountedYet) {
    BetweenLooks between(kOneCpu);
    EXPECT_EQ(between.look(tree_of({{10, 1, 1}}), {}, {}, kWarden).above_former, kMebibyte + 3 * 31);
}

}  // namespace
}  // namespace tidemark::warden
