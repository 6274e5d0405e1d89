#include <algorithm>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/observer.hpp"
#include "support/one_run.hpp"
#include "support/page_frames.hpp"
#include "warden/cgroup_place.hpp"

namespace tidemark::test {
namespace {

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;

/// By how many pages of a stack runs of one program differ, because it begins elsewhere in each.
constexpr std::int64_t kDiffers = 16 * 4096;

class HardCaseOfASingleProcess : public testing::TestWithParam<std::string> {};

TEST_P(HardCaseOfASingleProcess, HasItsPageFramesWithinItsProvenBounds) {
    const std::string& method = GetParam();
    if (!why_no_page_frames().empty()) GTEST_SKIP() << why_no_page_frames();
    if (!why_not(method).empty()) GTEST_SKIP() << why_not(method);
    OneRun run(method);
    const std::string file = (run.folder / "file").string();
    run.folder.run({"dd", "if=/dev/zero", "of=" + file, "bs=1M", "count=20", "status=none"});
    const Observer observer;
    for (const std::vector<std::string>& words : {std::vector<std::string>{"allocate", "3"},
                                                  {"allocate", "60"},
                                                  {"spike", "30", "1"},
                                                  {"map-file", file}}) {
        SCOPED_TRACE(words.front() + " " + words.back());
        std::vector<std::string> command = words;
        command.insert(command.begin(), known_program());
        const Observed observed = observer.observe(command);
        ASSERT_TRUE(observed.ended_well);
        const protocol::Measurement measured = run.known(words).measurement;
        ASSERT_TRUE(measured.peak_rss_low_bytes);
        EXPECT_LE(*measured.peak_rss_low_bytes, observed.peak() + kDiffers);
        if (!counts_processes(method)) continue;
        ASSERT_TRUE(measured.peak_rss_high_bytes) << measured.missing.at("peak_rss_high_bytes");
        EXPECT_GE(*measured.peak_rss_high_bytes, observed.peak() - kDiffers);
        EXPECT_LE(*measured.peak_rss_high_bytes - *measured.peak_rss_low_bytes, single_process_width());
    }
}

INSTANTIATE_TEST_SUITE_P(Methods, HardCaseOfASingleProcess,
                         testing::Values("auto", "cgroup", "exit-stop", "sampled", "wait4"),
                         [](const auto& param) {
                             std::string name = param.param;
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

TEST(HardCase, ARunInNamespacesOfItsOwnIsMeasuredAndEnded) {
    OneRun run;
    // the shell is the first process of its PID namespace, and takes all of it with it; the sleeper is in a
    // session of its own
    const run::Record record =
        run.make({"unshare", "--mount", "--pid", "--fork", "sh", "-c",
                  "setsid sleep 1000 & " + known_program() + " together 4 50; exit $?"});
    if (run::status(record.outcome) != "ok") GTEST_SKIP() << "no namespace can be made here";
    EXPECT_GE(*record.measurement.peak_rss_low_bytes, 50 * kMebibyte);
    if (!record.measurement.peak_rss_high_bytes) return;
    EXPECT_GE(*record.measurement.peak_rss_high_bytes, 200 * kMebibyte);
    EXPECT_LE(*record.measurement.peak_rss_low_bytes, 208 * kMebibyte);
}

TEST(HardCase, ARunThatMakesCgroupsOfItsOwnIsMeasuredAndTheyAreRemoved) {
    const auto parents = warden::memory_cgroup_parents({});
    if (!why_not("cgroup").empty() || parents.empty()) GTEST_SKIP() << "needs a memory cgroup";
    OneRun run;
    const run::Record record =
        run.make({"sh", "-c",
                  "for mount in /sys/fs/cgroup /sys/fs/cgroup/memory /sys/fs/cgroup/unified; do\n"
                  "  for own in $(sed -n 's/^0:://p; s/^[0-9]*:memory://p' /proc/self/cgroup); do\n"
                  "    case $own in *tidemark-*) ;; *) continue ;; esac\n"
                  "    [ -d $mount$own ] || continue\n"
                  "    mkdir -p $mount$own/inner/most && echo $$ > $mount$own/inner/most/cgroup.procs && "
                  "echo $mount$own\n"
                  "  done\n"
                  "done\n" +
                      known_program() + " together 4 50"});
    ASSERT_EQ(run::status(record.outcome), "ok") << run::reason(record.outcome);
    const std::string folder = run.out(record).substr(0, run.out(record).find('\n'));
    ASSERT_NE(folder, "") << "it made none";
    EXPECT_FALSE(std::filesystem::exists(folder)) << folder;
    EXPECT_GE(*record.measurement.peak_rss_high_bytes, 200 * kMebibyte);
    EXPECT_LE(*record.measurement.peak_rss_low_bytes, 208 * kMebibyte);
    EXPECT_GE(*record.measurement.peak_rss_bytes, 198 * kMebibyte);
    EXPECT_LE(*record.measurement.peak_rss_bytes, 208 * kMebibyte);
}

TEST(HardCase, ALineOfAGibibyteGoesToTheLogAndDisturbsNobody) {
    OneRun run;
    const run::Record record = run.known({"one-line", "1024"});
    EXPECT_EQ(run::status(record.outcome), "ok");
    EXPECT_EQ(std::filesystem::file_size(run::RunDirectory(record.directory).stdout_log()),
              std::uintmax_t{1} << 30);
    EXPECT_LT(*record.measurement.peak_rss_bytes, 8 * kMebibyte);
}

TEST(HardCase, BytesThatAreNoTextStayWhatTheyAre) {
    OneRun run;
    const run::Record record = run.make({"printf", "a\\000b\\377c\\033[31m"});
    EXPECT_EQ(run.out(record), std::string("a\0b\xff"
                                           "c\x1b[31m",
                                           10));
}

TEST(HardCase, EventsAsFastAsAProgramCanWriteThemAreAllRead) {
    OneRun run;
    const run::Record record = run.known({"events", "300000"});
    EXPECT_EQ(record.metrics.size(), 300'000U);
    EXPECT_EQ(record.final_metrics.at("count"), 300'000);
    EXPECT_THAT(record.warnings, testing::Not(testing::Contains(testing::HasSubstr("events.jsonl"))));
}

TEST(HardCase, HalfAnEventLineAtTheEndIsSaidAndTheOthersAreKept) {
    OneRun run;
    const run::Record record = run.make(
        {"sh", "-c",
         "printf '{\"event\":\"metric\",\"name\":\"x\",\"value\":1}\\n{\"event\":\"met' > $TIDEMARK_EVENTS"});
    EXPECT_EQ(record.final_metrics.at("x"), 1);
    EXPECT_THAT(record.warnings, testing::Contains("events.jsonl ends in the middle of a line"));
}

}  // namespace
}  // namespace tidemark::test
