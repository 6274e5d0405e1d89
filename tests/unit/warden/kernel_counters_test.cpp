#include "warden/kernel_counters.hpp"

#include <gtest/gtest.h>

namespace tidemark::warden {
namespace {

TEST(KernelCounters, AreWrongByWhatEachCpuKeepsSinceLinux62) {
    for (const auto& [cpus, batch] : {std::pair{1, 32}, std::pair{2, 32}, std::pair{64, 128}}) {
        const KernelCounters counters(cpus, true, 4096);
        EXPECT_EQ(counters.above(1), std::int64_t{3} * cpus * (batch - 1) * 4096);
        EXPECT_EQ(counters.below(100), counters.above(1)) << "by no thread's doing";
        EXPECT_EQ(counters.one_below(100) * 3, counters.below(100));
    }
}

TEST(KernelCounters, AreBelowByWhatEachThreadFaultedBefore) {
    const KernelCounters counters(64, false, 4096);
    EXPECT_EQ(counters.above(1), 66 * 4096);
    EXPECT_EQ(counters.below(1), 66 * 16 * 4096) << "16 pages of a file with each fault";
    EXPECT_EQ(counters.below(10), 10 * 66 * 16 * 4096);
    EXPECT_EQ(counters.one_below(10), counters.below(10)) << "all faults may have been of one kind";
}

TEST(KernelCounters, AddUpToAllPagesInAReadingSinceLinux616ButNotInAMark) {
    const KernelCounters counters(2, true, 4096, true);
    EXPECT_EQ(counters.one_below(1), 0);
    EXPECT_EQ(counters.below(1), KernelCounters(2, true, 4096).below(1));
}

TEST(KernelCounters, OfThisMachineAreFew) {
    const KernelCounters counters = KernelCounters::of_this_machine();
    EXPECT_GT(counters.above(1), 0);
    EXPECT_GE(counters.below(1), counters.above(1));
}

}  // namespace
}  // namespace tidemark::warden
