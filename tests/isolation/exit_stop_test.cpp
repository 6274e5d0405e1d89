#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/one_run.hpp"

namespace tidemark::test {
namespace {

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;

/// A program whose exits are stopped must not notice it.
class ExitStop : public testing::Test {
  protected:
    void SetUp() override {
        if (!why_not("exit-stop").empty()) GTEST_SKIP() << why_not("exit-stop");
    }

    OneRun run{"exit-stop"};
};

TEST_F(ExitStop, LeavesExitCodesAndSignalsAsTheyAre) {
    EXPECT_EQ(run::exit_code(run.known({"exit", "3"}).outcome), 3);
    for (const int number : {SIGSEGV, SIGKILL, SIGTERM, SIGXCPU})
        EXPECT_EQ(run::signal_number(run.known({"kill", std::to_string(number)}).outcome), number);
    const run::Record shell = run.make({"sh", "-c", "sh -c 'kill -9 $$'; echo $?; kill -USR1 $$"});
    EXPECT_EQ(run.out(shell), "137\n");
    EXPECT_EQ(run::signal_number(shell.outcome), SIGUSR1);
}

TEST_F(ExitStop, LeavesAProgramItsOwnSignals) {
    const run::Record record = run.make(
        {"sh", "-c", "trap 'echo heard; exit 5' USR1; (kill -USR1 $$); while :; do sleep 0.01; done"});
    EXPECT_EQ(run.out(record), "heard\n");
    EXPECT_EQ(run::exit_code(record.outcome), 5);
}

TEST_F(ExitStop, LeavesAStoppedProcessStopped) {
    run.limits.wall = Seconds{0.3};
    const run::Record record = run.known({"stopped"});
    EXPECT_EQ(run::status(record.outcome), "timeout");
    EXPECT_EQ(run.out(record), "ready\n") << "it did not go on by itself";
}

TEST_F(ExitStop, SeesEveryProcessOfTheTree) {
    const run::Record record = run.make({"sh", "-c", "for i in $(seq 100); do /bin/true; done"});
    EXPECT_EQ(record.measurement.memory_method, "exit-stop");
    ASSERT_TRUE(record.measurement.peak_rss_high_bytes);
    EXPECT_LT(*record.measurement.peak_rss_high_bytes, 16 * kMebibyte)
        << "one after the other, not all at once";
}

TEST_F(ExitStop, BoundsWhatProcessesShareByLessThanTheSumOfTheirMarks) {
    const auto measured = run.known({"readers", "200", "4"}).measurement;
    ASSERT_TRUE(measured.peak_rss_high_bytes) << measured.missing.at("peak_rss_high_bytes");
    EXPECT_GE(*measured.peak_rss_high_bytes, 200 * kMebibyte);
    EXPECT_LT(*measured.peak_rss_high_bytes, 600 * kMebibyte) << "their marks add up to 1000 MiB";
    EXPECT_EQ(measured.peak_bounds_from, "samples");
}

TEST_F(ExitStop, CountsWhatThreadsUsedOnce) {
    const run::Record record = run.known({"short-threads", "200"});
    const double wall = *record.measurement.wall_s;  // one thread at a time
    EXPECT_LE(*record.measurement.user_s + *record.measurement.system_s, wall * 1.1);
    EXPECT_EQ(record.measurement.memory_method, "wait4") << "they are one process";
    EXPECT_LT(record.measurement.minor_faults, 2000);
}

TEST_F(ExitStop, KnowsTheMarksOfTheKilled) {
    const run::Record record = run.make({"sh", "-c", known_program() + " kill 9 200; true"});
    EXPECT_EQ(run::status(record.outcome), "ok");
    EXPECT_GE(*record.measurement.peak_rss_low_bytes, 200 * kMebibyte);
    EXPECT_GE(*record.measurement.peak_rss_high_bytes, *record.measurement.peak_rss_bytes);
    EXPECT_LE(*record.measurement.peak_rss_high_bytes, 206 * kMebibyte + 3 * doubt_of_older_kernels());
}

TEST_F(ExitStop, EndsDaemonsAndMeasuresThem) {
    const run::Record record = run.known({"daemonise", "150", (run.folder / "pid").string()});
    EXPECT_EQ(run::status(record.outcome), "ok");
    EXPECT_FALSE(is_running(static_cast<pid_t>(std::stol(run.folder.read("pid")))));
    EXPECT_GE(*record.measurement.peak_rss_bytes, 150 * kMebibyte);
    EXPECT_LE(*record.measurement.peak_rss_high_bytes, 156 * kMebibyte + 3 * doubt_of_older_kernels());
}

TEST_F(ExitStop, CountsTimeOnce) {
    const char* busy = "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done";
    const run::Record record = run.make({"sh", "-c", std::string("sh -c '") + busy + "'; true"});
    const double cpu = *record.measurement.user_s + *record.measurement.system_s;
    EXPECT_GT(cpu, 0);
    EXPECT_LE(cpu, *record.measurement.wall_s * 1.1 + 0.02)
        << "one after the other, they cannot take more than there was";
}

TEST_F(ExitStop, HasPeaksOfPhases) {
    const run::Record record = run.known({"phases-of-workers", "small=50", "large=300"});
    ASSERT_EQ(record.phases.size(), 2U);
    for (const auto& [at, truth] : {std::pair{0U, 50}, std::pair{1U, 300}}) {
        const run::PhaseSpan& phase = record.phases[at];
        ASSERT_TRUE(phase.peak_rss_high_bytes) << phase.name;
        EXPECT_LE(*phase.peak_rss_low_bytes, (truth + 2) * kMebibyte);
        EXPECT_GE(*phase.peak_rss_high_bytes, truth * kMebibyte);
        EXPECT_LE(*phase.peak_rss_high_bytes, (truth + 6) * kMebibyte + 3 * doubt_of_older_kernels());
    }
}

TEST_F(ExitStop, ThousandsOfShortThreadsAndProcessesAreNoTrouble) {
    EXPECT_EQ(run::status(run.known({"zombies", "300"}).outcome), "ok");
    EXPECT_EQ(run::status(run.known({"threads", "64", "1"}).outcome), "ok");
}

}  // namespace
}  // namespace tidemark::test
