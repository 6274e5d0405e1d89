#include "support/random_programs.hpp"

#include <gtest/gtest.h>

#include "support/page_frames.hpp"

namespace tidemark::test {
namespace {

constexpr std::uint64_t kSeeds = 24;
constexpr int kSteps = 12;

/// In short what tests/campaigns/memory_bounds does with thousands. What rests on samples may miss what lies
/// between them, and is counted there.
TEST(RandomPrograms, LieWithinTheBoundsThatAreProven) {
    if (!why_no_page_frames().empty()) GTEST_SKIP() << why_no_page_frames();
    RandomPrograms programs;
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        const RandomProgram program{seed, kSteps};
        const Truth truth = programs.truth(program, 1);
        for (const char* method : {"cgroup", "exit-stop", "sampled", "wait4", "auto"}) {
            if (!why_not(method).empty()) continue;
            SCOPED_TRACE(program.text() + " by " + method);
            const Said said = programs.measure(program, method);
            EXPECT_EQ(said.status, "ok");
            ASSERT_TRUE(said.low);
            if (!said.is_proven) continue;
            EXPECT_LE(*said.low, truth.most) << said.method;
            if (said.high) {
                EXPECT_GE(*said.high, truth.least) << said.method;
            }
        }
    }
}

/// The first thread of the one that holds most ends, and tells nothing of the memory that another thread has.
TEST(RandomPrograms, WhoseFirstThreadEndsHoldWhatTheyHeldWhereExitsAreStopped) {
    if (!why_no_page_frames().empty()) GTEST_SKIP() << why_no_page_frames();
    if (!why_not("exit-stop").empty()) GTEST_SKIP() << why_not("exit-stop");
    RandomPrograms programs;
    const RandomProgram program{137};
    const Truth truth = programs.truth(program, 1);
    const Said said = programs.measure(program, "exit-stop");
    EXPECT_EQ(said.status, "ok");
    ASSERT_TRUE(said.high);
    EXPECT_GE(*said.high, truth.least) << said.method;
}

}  // namespace
}  // namespace tidemark::test
