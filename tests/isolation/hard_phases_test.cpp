#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/one_run.hpp"
#include "support/places.hpp"

namespace tidemark::test {
namespace {

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;

/// Phases whose peaks the marks of the kernel do not tell.
class HardPhases : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        if (!why_not(GetParam()).empty()) GTEST_SKIP() << why_not(GetParam());
    }

    /// The truth lies within the bounds that there are.
    static void expect_within(const run::PhaseSpan& phase, std::int64_t mebibytes) {
        const std::int64_t truth = mebibytes * kMebibyte;
        if (phase.peak_rss_low_bytes) {
            EXPECT_LE(*phase.peak_rss_low_bytes, truth + 3 * kMebibyte) << phase.name;
        }
        if (phase.peak_rss_high_bytes) {
            EXPECT_GE(*phase.peak_rss_high_bytes, truth) << phase.name;
        }
        if (phase.peak_rss_bytes) {
            EXPECT_GT(*phase.peak_rss_bytes, 0) << phase.name << ": nothing is known, which is no zero";
        }
    }

    OneRun run{GetParam()};
};

TEST_P(HardPhases, ThatBeginBehindAnExecDoNotHaveThePeakOfTheProgramBefore) {
    const run::Record record = run.known({"exec-between", "200"});
    ASSERT_EQ(record.phases.size(), 2U);
    expect_within(record.phases[0], 200);
    expect_within(record.phases[1], 1);
}

TEST_P(HardPhases, OfAParentThatIgnoresItsChildrenAreNotTakenForThoseOfOneProcess) {
    const run::Record record = run.known({"phases-ignoring", "2", "100"});
    ASSERT_EQ(record.phases.size(), 2U);
    expect_within(record.phases[0], 200);
    expect_within(record.phases[1], 0);
}

TEST_P(HardPhases, OfAProcessWhoseMarksMayNotBeResetAreBoundedByTheMarksThatThereAre) {
    const run::Record record = run.known({"phases-undumpable"});
    ASSERT_EQ(record.phases.size(), 2U);
    expect_within(record.phases[0], 100);
    expect_within(record.phases[1], 10);
    if (geteuid() != 0) return;
    // root may reset them all the same
    ASSERT_TRUE(record.phases[1].peak_rss_high_bytes && record.phases[1].peak_rss_low_bytes);
    EXPECT_LE(*record.phases[1].peak_rss_high_bytes - *record.phases[1].peak_rss_low_bytes,
              single_process_width());
}

INSTANTIATE_TEST_SUITE_P(Methods, HardPhases,
                         testing::Values("auto", "cgroup", "exit-stop", "sampled", "wait4"),
                         [](const auto& param) {
                             std::string name = param.param;
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

/// A program of a few KiB, whose process had the warden's memory before.
TEST(ATinyProgram, IsNotSaidToTakeWhatTheWardenTakes) {
    for (const char* method : {"auto", "sampled", "wait4", "exit-stop"}) {
        if (!why_not(method).empty()) continue;
        OneRun run(method);
        const run::Record record = run.make({test::binary_dir() + "/tests/programs/tiny-program"});
        ASSERT_EQ(run::status(record.outcome), "ok");
        EXPECT_LE(record.measurement.peak_rss_low_bytes.value_or(0), 64 * 1024) << method;
        if (!counts_processes(method)) continue;
        ASSERT_TRUE(record.measurement.peak_rss_high_bytes) << method;
        EXPECT_GE(*record.measurement.peak_rss_high_bytes, 8 * 1024) << method;
        EXPECT_LE(*record.measurement.peak_rss_high_bytes, 2 * kMebibyte + single_process_width()) << method;
    }
}

/// Huge pages of hugetlbfs are no part of resident memory, and are told beside it.
TEST(HugePagesOfHugetlbfs, HaveAFigureOfTheirOwn) {
    OneRun run;
    const run::Record record = run.known({"hugetlb", "4", "300"});
    if (run::exit_code(record.outcome) == 77) GTEST_SKIP() << "no huge pages are set aside here";
    ASSERT_EQ(run::status(record.outcome), "ok");
    EXPECT_EQ(record.measurement.peak_hugetlb_bytes, 4 * kMebibyte);
    EXPECT_LT(*record.measurement.peak_rss_bytes, 4 * kMebibyte);
}

}  // namespace
}  // namespace tidemark::test
