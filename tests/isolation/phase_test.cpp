#include <cstdio>
#include <utility>

#include <sys/utsname.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/phase_announcement.hpp"
#include "support/one_run.hpp"

namespace tidemark::test {
namespace {

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;

/// Peaks within 2 MiB above the truth (the program itself and page tables), never below it but for what the
/// kernel counts ahead.
void expect_peaks(const run::Record& record, const std::vector<std::pair<std::string, std::int64_t>>& truth) {
    ASSERT_EQ(record.phases.size(), truth.size());
    for (std::size_t i = 0; i < truth.size(); ++i) {
        const run::PhaseSpan& phase = record.phases[i];
        EXPECT_EQ(phase.name, truth[i].first);
        ASSERT_TRUE(phase.peak_rss_bytes && phase.peak_rss_low_bytes && phase.peak_rss_high_bytes)
            << phase.name;
        EXPECT_GE(*phase.peak_rss_bytes, (truth[i].second - 1) * kMebibyte) << phase.name;
        EXPECT_LE(*phase.peak_rss_bytes, (truth[i].second + 3) * kMebibyte) << phase.name;
        EXPECT_LE(*phase.peak_rss_low_bytes, (truth[i].second + 2) * kMebibyte) << phase.name;
        EXPECT_GE(*phase.peak_rss_high_bytes, truth[i].second * kMebibyte) << phase.name;
    }
}

/// That of a cgroup of version 2 can be reset since Linux 6.12.
bool cgroup_peaks_can_be_reset(const std::string& method) {
    utsname kernel{};
    int major = 0, minor = 0;
    if (method != "cgroup v2" || uname(&kernel) != 0) return true;
    return std::sscanf(kernel.release, "%d.%d", &major, &minor) == 2 &&
           std::pair(major, minor) >= std::pair(6, 12);
}

TEST(Phases, OfOneProcessHaveTheirExactPeaksAndTheRunKeepsItsOwn) {
    OneRun run;
    const run::Record record = run.known({"phases", "small=50", "large=300", "middle=100"});
    expect_peaks(record, {{"small", 50}, {"large", 300}, {"middle", 100}});
    for (const run::PhaseSpan& phase : record.phases) {
        EXPECT_LE(*phase.peak_rss_high_bytes - *phase.peak_rss_low_bytes, single_process_width())
            << "of a single process nothing is in doubt but what the kernel has not yet added up";
    }
    EXPECT_GE(*record.measurement.peak_rss_bytes, 300 * kMebibyte)
        << "resetting the mark must not spoil the run's own peak";
    EXPECT_LE(*record.measurement.peak_rss_bytes, 302 * kMebibyte);
}

TEST(Phases, OfSeveralProcessesHaveTheirPeaksByTheCgroup) {
    OneRun run;
    if (!run::abilities(warden_binary()).memory_limit.available) GTEST_SKIP() << "needs a memory cgroup";
    const run::Record record = run.known({"phases-of-workers", "small=50", "large=300", "middle=100"});
    if (cgroup_peaks_can_be_reset(record.measurement.memory_method)) {
        expect_peaks(record, {{"small", 50}, {"large", 300}, {"middle", 100}});
    } else {
        ASSERT_EQ(record.phases.size(), 3U);
        const run::PhaseSpan middle = record.phases[2];
        run::Record rising = record;
        rising.phases.pop_back();
        expect_peaks(rising, {{"small", 50}, {"large", 300}});
        ASSERT_TRUE(middle.peak_rss_high_bytes);
        EXPECT_LE(middle.peak_rss_low_bytes.value_or(0), 102 * kMebibyte) << "nothing, where no look saw it";
        EXPECT_GE(*middle.peak_rss_high_bytes, 100 * kMebibyte);
        EXPECT_LE(*middle.peak_rss_high_bytes, 305 * kMebibyte) << "the phase before is its ceiling";
    }
    EXPECT_GE(*record.measurement.peak_rss_bytes, 299 * kMebibyte);
    EXPECT_LE(*record.measurement.peak_rss_bytes, 303 * kMebibyte);
}

TEST(Phases, WithoutAWardenNobodyIsWaitedFor) {
    unsetenv(protocol::kPhaseVariable);
    EXPECT_FALSE(protocol::announce_phase("alone"));
    setenv(protocol::kPhaseVariable, "@tidemark-nobody-listens-here", 1);
    EXPECT_FALSE(protocol::announce_phase("alone"));
    unsetenv(protocol::kPhaseVariable);
}

}  // namespace
}  // namespace tidemark::test
