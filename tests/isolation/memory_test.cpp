#include <algorithm>
#include <ostream>
#include <tuple>

#include <fcntl.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/one_run.hpp"
#include "warden/cgroup_place.hpp"

namespace tidemark::test {
namespace {

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;
/// What known-program takes besides what it is told to take: its own pages, and some for each further
/// process.
constexpr std::int64_t kProgram = kMebibyte;
constexpr std::int64_t kPerProcess = kMebibyte / 4;
/// Its stack, and what kernels before 6.2 count late for it (64 page faults at most, TASK_RSS_EVENTS_THRESH
/// of mm/memory.c).
constexpr std::int64_t kPerThread = 32 * 1024;

/// A known amount of memory, and how many processes take it.
struct Truth {
    const char* name;
    std::vector<std::string> words;
    std::int64_t mebibytes;
    int processes;
    int threads = 1;
};

void PrintTo(const Truth& truth, std::ostream* out) {
    *out << truth.name;
}

/// Each case by each method. A method that cannot be had here is skipped, visibly.
class Memory : public testing::TestWithParam<std::tuple<std::string, Truth>> {
  protected:
    static const std::string& method() { return std::get<0>(GetParam()); }
    static const Truth& truth() { return std::get<1>(GetParam()); }
    static std::int64_t least() { return truth().mebibytes * kMebibyte; }
    static std::int64_t most() {
        return least() + kProgram + truth().processes * kPerProcess + truth().threads * kPerThread;
    }
    /// What the kernel charges ahead for each CPU.
    static std::int64_t charged_ahead() { return sysconf(_SC_NPROCESSORS_ONLN) * 256 * 1024; }
    static std::int64_t tolerance() { return std::max(least() / 100, kMebibyte) + charged_ahead(); }

    /// In version 2 the charge of a tree, as which threads may be taken that come and go too fast, holds the
    /// kernel's memory for them, and nothing marks that.
    static std::int64_t kernel_memory(const protocol::Measurement& measured) {
        constexpr std::int64_t kOfThread = 128 * 1024;
        return measured.memory_method == "cgroup v2" ? truth().threads * kOfThread : 0;
    }

    static void expect_near_the_truth(const protocol::Measurement& measured) {
        EXPECT_GE(*measured.peak_rss_bytes, least() - tolerance()) << measured.memory_method;
        EXPECT_LE(*measured.peak_rss_bytes, most() + tolerance()) << measured.memory_method;
    }
};

TEST_P(Memory, TheTruthLiesWithinTheBoundsAndTheBestGuessIsNearIt) {
    if (!why_not(method()).empty()) GTEST_SKIP() << why_not(method());
    OneRun run(method());
    const run::Record record = run.known(truth().words);
    const protocol::Measurement& measured = record.measurement;
    ASSERT_EQ(run::status(record.outcome), "ok") << run::reason(record.outcome);
    ASSERT_TRUE(measured.peak_rss_bytes && measured.peak_rss_low_bytes);
    EXPECT_LE(*measured.peak_rss_low_bytes, *measured.peak_rss_bytes);
    EXPECT_LE(*measured.peak_rss_low_bytes, most()) << measured.memory_method;
    if (truth().processes == 1) {
        expect_near_the_truth(measured);
        if (!measured.peak_rss_high_bytes) {
            EXPECT_TRUE(truth().threads > 1 || !counts_processes(method()))
                << "only threads that come and go too fast cannot be told from processes";
            return;
        }
        ASSERT_TRUE(measured.peak_rss_high_bytes) << measured.missing.at("peak_rss_high_bytes");
        EXPECT_GE(*measured.peak_rss_high_bytes, least());
        const std::int64_t width = *measured.peak_rss_high_bytes - *measured.peak_rss_low_bytes;
        EXPECT_LE(width,
                  std::max(least() / 50, single_process_width(truth().threads)) + kernel_memory(measured))
            << measured.memory_method;
        return;
    }
    if (method() == "sampled" || method() == "wait4") {
        EXPECT_FALSE(measured.peak_rss_high_bytes) << "known from below only";
        EXPECT_NE(measured.missing.at("peak_rss_high_bytes"), "");
        return;
    }
    ASSERT_TRUE(measured.peak_rss_high_bytes) << measured.missing.at("peak_rss_high_bytes");
    EXPECT_GE(*measured.peak_rss_high_bytes, least()) << measured.memory_method;
    EXPECT_GE(*measured.peak_rss_high_bytes, *measured.peak_rss_bytes);
    EXPECT_THAT(measured.memory_method, testing::StartsWith(method()));
    if (method() != "cgroup") return;
    expect_near_the_truth(measured);
    const std::int64_t width = *measured.peak_rss_high_bytes - *measured.peak_rss_low_bytes;
    if (measured.peak_cache_bytes.value_or(0) < kMebibyte) {
        EXPECT_LE(width, std::max(least() / 50, 2 * kMebibyte) + charged_ahead());
    }
}

INSTANTIATE_TEST_SUITE_P(
    Known, Memory,
    testing::Combine(testing::Values("cgroup", "exit-stop", "sampled", "wait4"),
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
                                     Truth{"ThreadsTogether", {"threads", "64", "4"}, 256, 1, 65},
                                     Truth{"HugePages", {"huge", "64"}, 64, 1},
                                     Truth{"NeverTouched", {"untouched", "500"}, 0, 1})),
    [](const auto& param) {
        std::string name = std::get<0>(param.param) + "_" + std::get<1>(param.param).name;
        std::ranges::replace(name, '-', '_');
        return name;
    });

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

/// What a run says of a file that it reads: by `read-file` or `map-file`, and whether the file was in memory.
class MemoryOfAReader : public testing::Test {
  protected:
    static constexpr std::int64_t kFile = 400 * kMebibyte;

    void SetUp() override {
        if (!why_not("cgroup").empty()) GTEST_SKIP() << why_not("cgroup");
        const int made =
            run.folder.run({"dd", "if=/dev/zero", "of=" + file(), "bs=1M", "count=400", "status=none"})
                .exit_code;
        ASSERT_EQ(made, 0);
    }

    std::string file() const { return (run.folder / "file").string(); }

    protocol::Measurement read(const char* verb, bool cold) {
        const int descriptor = open(file().c_str(), O_RDONLY | O_CLOEXEC);
        if (cold) {
            fdatasync(descriptor);
            posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
        }
        close(descriptor);
        // what the kernel dropped with the cgroup of the run before is read again, and charged to us
        if (!cold) run.folder.run({"dd", "if=" + file(), "of=/dev/null", "bs=1M", "status=none"});
        return run.known({verb, file()}).measurement;
    }

    OneRun run;
};

TEST_F(MemoryOfAReader, ReadingIsPageCacheAndNoMemoryOfItsOwn) {
    for (const bool cold : {true, false}) {
        const protocol::Measurement measured = read("read-file", cold);
        EXPECT_LT(*measured.peak_rss_bytes, 4 * kMebibyte) << cold;
        ASSERT_TRUE(measured.peak_anonymous_bytes) << measured.missing.at("peak_anonymous_bytes");
        EXPECT_LT(*measured.peak_anonymous_bytes, 2 * kMebibyte);
        if (cold) {
            EXPECT_GT(*measured.peak_cache_bytes, kFile * 9 / 10) << "visible, and called what it is";
            EXPECT_GT(*measured.peak_cgroup_bytes, kFile * 9 / 10);
        } else {
            EXPECT_LT(*measured.peak_cgroup_bytes, 8 * kMebibyte) << "another cgroup was charged for it";
        }
    }
}

TEST_F(MemoryOfAReader, MappingIsResidentFilePagesAndNothingAnonymous) {
    for (const bool cold : {true, false}) {
        const protocol::Measurement measured = read("map-file", cold);
        EXPECT_GE(*measured.peak_rss_bytes, kFile) << cold;
        EXPECT_LT(*measured.peak_rss_bytes, kFile + 4 * kMebibyte);
        ASSERT_TRUE(measured.peak_file_bytes) << measured.missing.at("peak_file_bytes");
        EXPECT_LT(*measured.peak_anonymous_bytes, 2 * kMebibyte);
        EXPECT_GE(*measured.peak_file_bytes, kFile * 9 / 10) << "of the largest sample";
    }
}

TEST(MemoryOfATmpfsFile, IsInTheChargeOfTheCgroup) {
    if (!why_not("cgroup").empty()) GTEST_SKIP() << why_not("cgroup");
    OneRun run;
    const std::string file = "/dev/shm/tidemark-test-" + std::to_string(getpid());
    const protocol::Measurement measured = run.known({"tmpfs-file", file, "200"}).measurement;
    EXPECT_GE(*measured.peak_cgroup_bytes, 200 * kMebibyte);
    EXPECT_LE(*measured.peak_cgroup_bytes, 205 * kMebibyte);
    EXPECT_LT(*measured.peak_cache_bytes, kMebibyte) << "it is memory, no cache that can be dropped";
}

TEST(MemoryParts, AreThoseOfTheLargestSample) {
    OneRun run;
    const protocol::Measurement held = run.known({"allocate", "100", "1000"}).measurement;
    ASSERT_TRUE(held.peak_anonymous_bytes) << held.missing.at("peak_anonymous_bytes");
    EXPECT_GE(*held.peak_anonymous_bytes, 100 * kMebibyte - one_counter_too_little());
    EXPECT_EQ(*held.peak_shared_bytes, 0);
    const protocol::Measurement spike = run.known({"spike", "300", "2"}).measurement;
    if (!spike.peak_anonymous_bytes) {
        EXPECT_THAT(spike.missing.at("peak_anonymous_bytes"),
                    testing::AnyOf("the run ended before the first sample",
                                   testing::MatchesRegex(
                                       "no sample came near the peak: the largest saw [0-9]+ % of it")));
    }
    const protocol::Measurement shared = run.known({"shared", "200", "3"}).measurement;
    if (shared.peak_shared_bytes) {
        EXPECT_GE(*shared.peak_shared_bytes, 180 * kMebibyte);
    }
}

TEST(MemoryOfATreeThatLeavesItsCgroup, IsKnownFromBelowOnly) {
    const auto parents = warden::memory_cgroup_parents({});
    if (!why_not("cgroup").empty() || parents.empty()) GTEST_SKIP() << "needs a memory cgroup";
    OneRun run;
    run.environment["ELSEWHERE"] = parents.back().folder + "/cgroup.procs";
    const run::Record record = run.make(
        {"sh", "-c",
         "(sh -c 'echo $$ > \"$ELSEWHERE\" && exec " + known_program() + " allocate 150 300'); exit $?"});
    if (run::status(record.outcome) != "ok") GTEST_SKIP() << "may not leave its cgroup";
    EXPECT_GE(*record.measurement.peak_rss_low_bytes, 150 * kMebibyte - counted_too_much(4));
    EXPECT_FALSE(record.measurement.peak_rss_high_bytes);
    EXPECT_EQ(record.measurement.missing.at("peak_rss_high_bytes"),
              "a process of the run left its cgroup, and what it took there is not known");
}

}  // namespace
}  // namespace tidemark::test
