#include "run/cpu_slots.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark::run {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CpuSlots, NoCpuIsGivenTwice) {
    CpuSlots slots({0, 2, 4, 6});
    EXPECT_THAT(slots.take(2), ElementsAre(0, 2));
    EXPECT_EQ(slots.free(), 2);
    EXPECT_THAT(slots.take(1), ElementsAre(4));
    slots.release({0, 2});
    EXPECT_THAT(slots.take(3), ElementsAre(0, 2, 6));
    EXPECT_EQ(slots.free(), 0);
}

TEST(CpuSlots, ThereAreNoMoreThanTheMachineHas) {
    CpuSlots slots({3, 5});
    EXPECT_THAT(slots.take(8), ElementsAre(3, 5));
    EXPECT_THAT(slots.take(1), IsEmpty());
}

TEST(CpuSlots, ThisProcessMayUseSome) {
    EXPECT_FALSE(usable_cpus().empty());
}

}  // namespace
}  // namespace tidemark::run
