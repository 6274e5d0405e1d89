#include <algorithm>
#include <ostream>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/one_run.hpp"

namespace tidemark::test {
namespace {

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;
/// What known-program takes besides what it is told to take: its own pages, and some for each further
/// process.
constexpr std::int64_t kProgram = kMebibyte;
constexpr std::int64_t kPerProcess = kMebibyte / 4;

/// A known amount of memory, and how many processes take it.
struct Truth {
    const char* name;
    std::vector<std::string> words;
    std::int64_t mebibytes;
    int processes;
};

void PrintTo(const Truth& truth, std::ostream* out) {
    *out << truth.name;
}

class Memory : public testing::TestWithParam<Truth> {
  protected:
    static std::int64_t least() { return GetParam().mebibytes * kMebibyte; }
    static std::int64_t most() { return least() + kProgram + GetParam().processes * kPerProcess; }
    /// 1 % or 1 MiB, and what the kernel charges ahead for each CPU.
    static std::int64_t tolerance() {
        return std::max(least() / 100, kMebibyte) + sysconf(_SC_NPROCESSORS_ONLN) * 256 * 1024;
    }
};

TEST_P(Memory, TheTruthLiesWithinTheBoundsAndTheBestGuessIsNearIt) {
    OneRun run;
    const run::Record record = run.known(GetParam().words);
    const protocol::Measurement& measured = record.measurement;
    ASSERT_EQ(run::status(record.outcome), "ok") << run::reason(record.outcome);
    ASSERT_TRUE(measured.peak_rss_bytes);
    ASSERT_TRUE(measured.peak_rss_low_bytes);
    EXPECT_LE(*measured.peak_rss_low_bytes, *measured.peak_rss_bytes);
    EXPECT_LE(*measured.peak_rss_low_bytes, most()) << measured.memory_method;
    const bool one_process = GetParam().processes == 1;
    if (!one_process && !measured.memory_method.starts_with("cgroup")) {
        EXPECT_FALSE(measured.peak_rss_high_bytes);
        EXPECT_NE(measured.missing.at("peak_rss_high_bytes"), "");
        GTEST_SKIP() << "without a cgroup the peak of several processes is only known from below";
    }
    ASSERT_TRUE(measured.peak_rss_high_bytes);
    EXPECT_GE(*measured.peak_rss_high_bytes, least()) << measured.memory_method;
    EXPECT_GE(*measured.peak_rss_high_bytes, *measured.peak_rss_bytes);
    EXPECT_GE(*measured.peak_rss_bytes, least() - tolerance()) << measured.memory_method;
    EXPECT_LE(*measured.peak_rss_bytes, most() + tolerance()) << measured.memory_method;
    if (one_process) {
        EXPECT_EQ(measured.peak_rss_low_bytes, measured.peak_rss_bytes);
        EXPECT_EQ(measured.peak_rss_high_bytes, measured.peak_rss_bytes);
    }
}

INSTANTIATE_TEST_SUITE_P(Known, Memory,
                         testing::Values(Truth{"OneProcessOf1", {"allocate", "1"}, 1, 1},
                                         Truth{"OneProcessOf10", {"allocate", "10"}, 10, 1},
                                         Truth{"OneProcessOf100", {"allocate", "100"}, 100, 1},
                                         Truth{"OneProcessOf1000", {"allocate", "1000"}, 1000, 1},
                                         Truth{"FourProcessesAtOnce", {"together", "4", "100"}, 400, 5},
                                         Truth{"FourProcessesInTurn", {"in-turn", "4", "100"}, 100, 2},
                                         Truth{"FourReadersOfTheirParent", {"readers", "400", "4"}, 400, 5},
                                         Truth{"FourWritersToTheirParent", {"writers", "400", "4"}, 2000, 5},
                                         Truth{"ASpikeOf5Milliseconds", {"spike", "300", "5"}, 300, 1},
                                         Truth{"SharedMemoryOfThree", {"shared", "200", "3"}, 200, 4},
                                         Truth{"ThreadsTogether", {"threads", "64", "4"}, 256, 1},
                                         Truth{"HugePages", {"huge", "64"}, 64, 1},
                                         Truth{"NeverTouched", {"untouched", "500"}, 0, 1}),
                         [](const auto& truth) { return std::string(truth.param.name); });

TEST(MemorySpike, IsSeenTenTimesOutOfTen) {
    OneRun run;
    for (int i = 0; i < 10; ++i) {
        EXPECT_GE(*run.known({"spike", "300", "5"}).measurement.peak_rss_bytes, 300 * kMebibyte);
    }
}

/// A shell that had short children before it became the program: a tree, most of which is one process.
TEST(MemoryOfAShellScript, IsNotCountedTwice) {
    OneRun run;
    const run::Record record =
        run.make({"sh", "-c", "x=$(true); exec " + known_program() + " allocate 100 30"});
    EXPECT_GE(*record.measurement.peak_rss_bytes, 100 * kMebibyte);
    EXPECT_LE(*record.measurement.peak_rss_bytes, 103 * kMebibyte) << record.measurement.memory_method;
}

TEST(MemoryOfTheDying, IsMeasuredToo) {
    OneRun run;
    for (const char* number : {"9", "11"}) {
        const run::Record record = run.known({"kill", number, "200"});
        EXPECT_EQ(run::status(record.outcome), "crashed");
        EXPECT_NEAR(static_cast<double>(*record.measurement.peak_rss_bytes), 200.0 * kMebibyte,
                    2.0 * kMebibyte)
            << number;
    }
}

TEST(MemoryOfADaemon, IsPartOfItsRun) {
    OneRun run;
    const run::Record record = run.known({"daemonise", "150", (run.folder / "pid").string()});
    EXPECT_GE(*record.measurement.peak_rss_bytes, 150 * kMebibyte);
    EXPECT_LE(*record.measurement.peak_rss_bytes, 155 * kMebibyte);
}

/// Page cache is charged to the cgroup of whoever reads first, and is no memory of the run's own.
TEST(MemoryOfAReader, IsNotThePageCache) {
    OneRun run;
    const std::string file = (run.folder / "file").string();
    const int made =
        run.folder.run({"dd", "if=/dev/zero", "of=" + file, "bs=1M", "count=100", "status=none"}).exit_code;
    ASSERT_EQ(made, 0);
    const run::Record record = run.known({"read-file", file});
    EXPECT_LT(*record.measurement.peak_rss_bytes, 4 * kMebibyte);
}

}  // namespace
}  // namespace tidemark::test
