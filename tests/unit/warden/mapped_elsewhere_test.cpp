#include "warden/mapped_elsewhere.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace tidemark::warden {
namespace {

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;
constexpr std::int64_t kEnough = 100'000;
const KernelCounters kExact(0, true, 1);   // no CPU keeps anything to itself
const KernelCounters kOneCpu(1, true, 1);  // keeps 31 pages of each counter, here of a byte

struct Holder {
    pid_t pid;
    std::int64_t file;
    std::int64_t shared;
};

TreeLook tree_of(const std::vector<Holder>& holders) {
    TreeLook tree;
    for (const Holder& holder : holders) {
        LivingProcess process{holder.pid, {}, true};
        process.status.file = holder.file;
        process.status.shared = holder.shared;
        tree.processes.push_back(process);
        tree.file += holder.file;
        tree.shared += holder.shared;
    }
    return tree;
}

TEST(MappedElsewhere, IsWhatIsBeyondTheCharge) {
    CgroupCharge charge;
    charge.file = 30;
    charge.shared = 50;
    EXPECT_EQ(MappedElsewhere::beyond(charge, {100, 20}), 70) << "what is shared is no other's file";
    EXPECT_EQ(MappedElsewhere::beyond(charge, {10, 60}), 10);
}

TEST(MostThatIsMapped, IsTheSumBeforeAnyLookAtPages) {
    const Mapped most =
        MappedElsewhere(kExact).most_of(tree_of({{1, 100, 10}, {2, 100, 20}}), {kEnough, kEnough});
    EXPECT_EQ(most.file, 200);
    EXPECT_EQ(most.shared, 30);
}

TEST(MostThatIsMapped, IsNoMoreThanTheMachineHas) {
    const Mapped most = MappedElsewhere(kExact).most_of(tree_of({{1, 100, 10}, {2, 100, 20}}), {150, 25});
    EXPECT_EQ(most.file, 150);
    EXPECT_EQ(most.shared, 25);
}

TEST(MostThatIsMapped, HoldsWhatTheKernelMayNotHaveCountedYet) {
    MappedElsewhere elsewhere{kOneCpu};
    EXPECT_EQ(elsewhere.most_of(tree_of({{1, 100, 10}}), {kEnough, kEnough}).file, 131);
    EXPECT_EQ(elsewhere.most_of(tree_of({{1, 100, 10}}), {kEnough, kEnough}).shared, 20)
        << "no more than it took";
    elsewhere.is(tree_of({{1, 100, 10}}), {100, 10}, 0, 0);
    EXPECT_EQ(elsewhere.most_of(tree_of({{1, 100, 10}}), {kEnough, kEnough}).file, 100);
    EXPECT_EQ(elsewhere.most_of(tree_of({{1, 300, 10}}), {kEnough, kEnough}).file, 331);
}

class MostThatIsMappedAfterALookAtPages : public testing::Test {
  protected:
    MostThatIsMappedAfterALookAtPages() {
        elsewhere.is(tree_of({{1, 100, 50}, {2, 100, 50}}), {110, 60}, 0, 0);
    }

    Mapped most(const std::vector<Holder>& holders) const {
        return elsewhere.most_of(tree_of(holders), {kEnough, kEnough});
    }

    MappedElsewhere elsewhere{kExact};
};

TEST_F(MostThatIsMappedAfterALookAtPages, GrowsByWhatEachProcessHasMappedSince) {
    EXPECT_EQ(most({{1, 100, 50}, {2, 100, 50}}).file, 110);
    EXPECT_EQ(most({{1, 130, 50}, {2, 100, 57}}).file, 140);
    EXPECT_EQ(most({{1, 130, 50}, {2, 100, 57}}).shared, 67);
}

TEST_F(MostThatIsMappedAfterALookAtPages, CountsAllOfANewProcess) {
    EXPECT_EQ(most({{1, 100, 50}, {2, 100, 50}, {3, 30, 5}}).file, 140);
    EXPECT_EQ(most({{1, 100, 50}, {2, 100, 50}, {3, 30, 5}}).shared, 65);
}

TEST_F(MostThatIsMappedAfterALookAtPages, DoesNotTakeWhatOneGaveUpFromWhatAnotherTook) {
    EXPECT_EQ(most({{1, 70, 50}, {2, 120, 50}}).file, 130);
}

TEST_F(MostThatIsMappedAfterALookAtPages, IsNoMoreThanTheSum) {
    EXPECT_EQ(most({{2, 100, 50}}).file, 100);
    EXPECT_EQ(most({{2, 100, 50}}).shared, 50);
}

TEST(MappedElsewhere, IsNotToldWithoutALook) {
    EXPECT_FALSE(MappedElsewhere(kExact).most());
}

TEST(MappedElsewhere, OfACheapLookIsToldByALookAtPagesWhileProcessesHaveWhatTheyHad) {
    MappedElsewhere elsewhere{kExact};
    elsewhere.may_be(tree_of({{1, 100, 0}, {2, 100, 0}}), 200, 0);
    EXPECT_EQ(elsewhere.most(), 200) << "as far as it is known";
    elsewhere.is(tree_of({{1, 100, 0}, {2, 130, 0}}), {140, 0}, 140, 0);
    EXPECT_EQ(elsewhere.most(), 140);
}

TEST(MappedElsewhere, OfACheapLookCountsWhereAProcessGaveUpSomething) {
    MappedElsewhere elsewhere{kExact};
    elsewhere.may_be(tree_of({{1, 100, 0}, {2, 100, 0}}), 200, 0);
    elsewhere.is(tree_of({{1, 100, 0}, {2, 99, 0}}), {110, 0}, 110, 0);
    EXPECT_EQ(elsewhere.most(), 200);
}

TEST(MappedElsewhere, OfACheapLookCountsWhereAProcessIsGone) {
    MappedElsewhere elsewhere{kExact};
    elsewhere.may_be(tree_of({{1, 100, 0}, {2, 100, 0}}), 200, 0);
    elsewhere.may_be(tree_of({{1, 100, 0}}), 100, 0);
    elsewhere.is(tree_of({{1, 100, 0}, {2, 100, 0}}), {110, 0}, 110, 0);
    EXPECT_EQ(elsewhere.most(), 200) << "the second 2 is another one";
}

TEST(MappedElsewhere, WhatWasMappedBesideASmallChargeCountsForLessAtThePeak) {
    MappedElsewhere elsewhere{kExact};
    elsewhere.is(tree_of({{1, 100, 0}}), {100, 0}, 50, 10);
    elsewhere.is(tree_of({{1, 100, 0}}), {100, 0}, 5, 100);
    elsewhere.is(tree_of({{1, 100, 0}}), {100, 0}, 5, 300);
    elsewhere.finish(300);
    EXPECT_EQ(elsewhere.most(), 50);
    EXPECT_EQ(elsewhere.most_at_peak(), 5) << "50 beside a charge of 100 at most, and 5 beside 300";
}

TEST(MappedElsewhere, MayHaveBeenThereUntilTheNextLookSawThatItWasNot) {
    MappedElsewhere elsewhere{kExact};
    elsewhere.is(tree_of({{1, 100, 0}}), {100, 0}, 50, 10);
    elsewhere.is(tree_of({{1, 100, 0}}), {100, 0}, 5, 300);
    elsewhere.finish(300);
    EXPECT_EQ(elsewhere.most_at_peak(), 50) << "the charge may have been at its peak when it was there";
}

TEST(MappedElsewhere, OfTheLastLookMayHaveBeenThereUntilTheEnd) {
    MappedElsewhere elsewhere{kExact};
    elsewhere.may_be(tree_of({{1, 100, 0}}), 50, 10);
    elsewhere.finish(300);
    EXPECT_EQ(elsewhere.most_at_peak(), 50);
}

TEST(MappedElsewhere, OfACheapLookCountsBesideTheChargeOfItsTime) {
    MappedElsewhere elsewhere{kExact};
    elsewhere.may_be(tree_of({{1, 100, 0}}), 50, 10);
    elsewhere.may_be(tree_of({{1, 20, 0}}), 2, 100);
    elsewhere.is(tree_of({{1, 20, 0}}), {20, 0}, 2, 300);
    elsewhere.finish(300);
    EXPECT_EQ(elsewhere.most(), 50);
    EXPECT_EQ(elsewhere.most_at_peak(), 2);
}

TEST(MappedElsewhere, HasSettledWhereTwoLooksSawIt) {
    MappedElsewhere elsewhere{kExact};
    elsewhere.may_be(tree_of({{1, 0, 0}}), 10 * kMebibyte, 0);
    EXPECT_FALSE(elsewhere.has_settled());
    elsewhere.may_be(tree_of({{1, 0, 0}}), 10 * kMebibyte, 0);
    EXPECT_TRUE(elsewhere.has_settled());
    elsewhere.may_be(tree_of({{1, 0, 0}}), 100 * kMebibyte, 0);
    elsewhere.may_be(tree_of({{1, 0, 0}}), 105 * kMebibyte, 0);
    EXPECT_FALSE(elsewhere.has_settled()) << "it was growing when it was seen last";
}

TEST(WhatWasMissed, CountsOnTopOfWhatTheLooksSaw) {
    MappedElsewhere elsewhere{kExact};
    const TreeLook tree = tree_of({{1, 100, 0}});
    elsewhere.is(tree, {100, 0}, 100, 10);
    EXPECT_EQ(elsewhere.most_missed(), 0);
    elsewhere.missed(50, kEnough, 20);
    elsewhere.is(tree, {100, 0}, 100, 20);
    EXPECT_EQ(elsewhere.most_missed(), 170) << "50 grown, 20 charged, 100 elsewhere";
    EXPECT_EQ(elsewhere.most_at_peak(), 100) << "no look saw it";
}

TEST(WhatWasMissed, StandsOnTheLatterLookWhereThatSawMore) {
    for (const bool at_pages : {false, true}) {
        MappedElsewhere elsewhere{kExact};
        elsewhere.may_be(tree_of({{1, 100, 0}, {2, 100, 0}}), 200, 10);
        elsewhere.missed(13, kEnough, 10);
        // the first of the two has given up what it had, so that the former look counts as what it may have
        // been
        const TreeLook latter = tree_of({{1, 50, 0}, {2, 300, 0}});
        if (at_pages)
            elsewhere.is(latter, {350, 0}, 350, 10);
        else
            elsewhere.may_be(latter, 350, 10);
        elsewhere.finish(10);
        EXPECT_EQ(elsewhere.most_missed(), 373) << at_pages;
    }
}

TEST(WhatWasMissed, IsNoMoreThanTheTreeCanHaveHeld) {
    MappedElsewhere elsewhere{kExact};
    elsewhere.is(tree_of({{1, 100, 0}}), {100, 0}, 100, 10);
    elsewhere.missed(50, 130, 20);
    elsewhere.finish(20);
    EXPECT_EQ(elsewhere.most_missed(), 130);
}

TEST(WhatWasMissed, StandsOnWhatALookAtPagesSawWhereThatCameBeforeItsProcessesEnded) {
    MappedElsewhere elsewhere{kExact};
    const TreeLook tree = tree_of({{1, 100, 0}, {2, 100, 0}});
    elsewhere.may_be(tree, 200, 10);
    elsewhere.missed(50, kEnough, 10);
    elsewhere.is(tree, {100, 0}, 100, 10);
    EXPECT_EQ(elsewhere.most_missed(), 160) << "both map the same 100";
}

}  // namespace
}  // namespace tidemark::warden
