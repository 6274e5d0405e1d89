#include "warden/held_between.hpp"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace tidemark::warden {
namespace {

const KernelCounters kExact(0, true, 1);   // no CPU keeps anything to itself
const KernelCounters kOneCpu(1, true, 1);  // keeps 31 pages of each of three counters, here of a byte
constexpr std::int64_t kNew = 1;           // the mark of a program that has only just been executed

struct Holder {
    pid_t pid;
    std::int64_t mark;
};

TreeLook tree_of(const std::vector<Holder>& holders) {
    TreeLook tree;
    for (const Holder& holder : holders) {
        LivingProcess process{holder.pid, {}, true};
        process.status.high_water_mark = holder.mark;
        tree.processes.push_back(process);
    }
    return tree;
}

EndedTask before_exec(pid_t process, std::int64_t mark, std::int64_t mark_of_next = kNew) {
    return {memory_before_exec(process), 0, mark, mark_of_next};
}

TEST(HeldBetween, IsTheMostOfAllTimes) {
    HeldBetween held(kExact);
    held.add(tree_of({{10, 5}}), {}, 50);
    held.add(tree_of({{10, 5}}), {}, 90);
    held.add(tree_of({}), {}, 70);
    EXPECT_EQ(held.most(), 90);
}

TEST(HeldBetween, WhatIsToldInTimeIsInWhatIsKnownOfThatTime) {
    HeldBetween held(kExact);
    held.add(tree_of({{10, 5}, {11, 5}}), {}, 90);
    held.add(tree_of({{10, 5}, {11, kNew}}), {before_exec(11, 200)}, 210);
    EXPECT_EQ(held.most(), 210) << "at the look before, it surely had its former memory";
}

TEST(HeldBetween, WhatIsToldLooksLaterMayHaveBeenBesideAllThatWasHeldMeanwhile) {
    HeldBetween held(kExact);
    held.add(tree_of({{10, 5}, {11, 5}, {12, 5}}), {}, 15);
    // 11 and 12 took 200 each and executed another program; 11 is told, and ends
    held.add(tree_of({{10, 5}, {11, kNew}, {12, kNew}}), {before_exec(11, 200)}, 215);
    held.add(tree_of({{10, 5}, {12, kNew}}), {}, 20);
    held.add(tree_of({{10, 5}, {12, kNew}}), {}, 20);
    EXPECT_EQ(held.most(), 215);
    held.add(tree_of({{10, 5}}), {before_exec(12, 200)}, 205);
    EXPECT_EQ(held.most(), 415);
}

TEST(HeldBetween, WhatOneHeldBeforeExecAndWhatItsParentTookMeanwhileAreBothThere) {
    HeldBetween held(kExact);
    held.add(tree_of({{10, 5}, {11, 5}}), {}, 10);
    held.add(tree_of({{10, 300}, {11, kNew}}), {}, 310);
    held.add(tree_of({{10, 300}, {11, kNew}}), {}, 310);
    held.add(tree_of({{10, 300}, {11, 70}}), {before_exec(11, 200)}, 370);
    EXPECT_EQ(held.most(), 510);
}

TEST(HeldBetween, WhoWasNotThereAtALookHadNothingBeforeIt) {
    HeldBetween held(kExact);
    held.add(tree_of({{10, 900}}), {}, 900);
    held.add(tree_of({{10, 900}, {11, kNew}}), {}, 20);
    held.add(tree_of({{10, 900}, {11, kNew}}), {before_exec(11, 200)}, 220);
    EXPECT_EQ(held.most(), 900);
}

TEST(HeldBetween, WhoExecutesOneProgramAfterAnotherHoldsWhatEachOfThemHeld) {
    HeldBetween held(kExact);
    held.add(tree_of({{10, 100}, {11, 5}}), {}, 105);
    held.add(tree_of({{10, 100}, {11, kNew}}), {}, 101);                      // 200, then exec
    held.add(tree_of({{10, 100}, {11, kNew}}), {before_exec(11, 200)}, 300);  // told; 250, and exec again
    held.add(tree_of({{10, 100}, {11, 40}}), {before_exec(11, 250)}, 350);    // told
    EXPECT_EQ(held.most(), 101 + 200 + 250) << "whose of the times between it was nobody knows";
    HeldBetween other(kExact);
    other.add(tree_of({{10, 100}, {11, 5}}), {}, 105);
    other.add(tree_of({{10, 100}, {11, 30}}), {before_exec(11, 200)}, 300);
    other.add(tree_of({{10, 100}, {11, 40}}), {before_exec(11, 250)}, 350);
    EXPECT_EQ(other.most(), 350) << "at each look it surely had the memory that was told after it";
}

TEST(HeldBetween, WhereTheMarkOfTheNewProgramIsNotKnownItMayHaveBeenAtAnyLook) {
    HeldBetween held(kExact);
    held.add(tree_of({{10, 100}, {11, 50}}), {}, 150);
    held.add(tree_of({{10, 100}, {11, 60}}), {}, 160);
    held.add(tree_of({{10, 100}}), {before_exec(11, 200, std::numeric_limits<std::int64_t>::max())}, 300);
    EXPECT_EQ(held.most(), 360);
}

TEST(HeldBetween, HasWhatTheKernelMayNotHaveCountedOfAMemoryThatIsToldLate) {
    HeldBetween held(kOneCpu);
    held.add(tree_of({{10, 100}, {11, kNew}}), {}, 100);
    held.add(tree_of({{10, 100}}), {before_exec(11, 200)}, 100);
    EXPECT_EQ(held.most(), 300 + 3 * 31);
}

TEST(HeldBetween, OfTimesLongAgoTheMostIsKept) {
    HeldBetween held(kExact);
    held.add(tree_of({{10, kNew}}), {}, 10);
    held.add(tree_of({{10, kNew}}), {}, 80);
    for (std::size_t i = 0; i < 2 * HeldBetween::kMostTimes; ++i) held.add(tree_of({{10, kNew}}), {}, 20);
    held.add(tree_of({}), {before_exec(10, 200)}, 200);
    EXPECT_EQ(held.most(), 280);
}

}  // namespace
}  // namespace tidemark::warden
