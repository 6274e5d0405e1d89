#include <algorithm>
#include <functional>
#include <ostream>
#include <tuple>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/one_run.hpp"
#include "warden/cgroup_place.hpp"

namespace tidemark::test {
namespace {

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;
/// What known-program takes besides what it is told to take, for itself (with a block of 1 MiB to write from,
/// and another program that it executes) and for each further process.
constexpr std::int64_t kProgram = 5 * kMebibyte / 2;
constexpr std::int64_t kPerProcess = kMebibyte / 4;

/// A tree that hides its peak from one method or another. The words may name `@file` (an existing file of 400
/// MiB), `@shared` (the same in memory), `@new`, `@new-shared` and `@elsewhere` (another cgroup).
struct HardTree {
    const char* name;
    std::vector<std::string> words;
    std::int64_t mebibytes;  ///< distinct page frames at its peak
    int processes;
};

void PrintTo(const HardTree& tree, std::ostream* out) {
    *out << tree.name;
}

/// Files that all cases map, made once.
class Files {
  public:
    Files() {
        make(file(), 400);
        if (access("/dev/shm", W_OK) == 0) make(shared(), 400);
    }
    ~Files() { unlink(shared().c_str()); }
    Files(const Files&) = delete;
    Files& operator=(const Files&) = delete;

    std::string file() const { return (folder_ / "file").string(); }
    static std::string shared() { return "/dev/shm/tidemark-hard-tree-" + std::to_string(getpid()); }
    static const Files& all() {
        static const Files files;
        return files;
    }

  private:
    void make(const std::string& path, int mebibytes) {
        folder_.run({"dd", "if=/dev/zero", "of=" + path, "bs=1M", "count=" + std::to_string(mebibytes),
                     "status=none"});
    }

    Workspace folder_;
};

class HardTrees : public testing::TestWithParam<std::tuple<std::string, HardTree>> {
  protected:
    static const std::string& method() { return std::get<0>(GetParam()); }
    static const HardTree& tree() { return std::get<1>(GetParam()); }

    /// The words with what they stand for; none where it cannot be had here.
    static std::vector<std::string> words(const OneRun& run) {
        std::vector<std::string> words = tree().words;
        const auto parents = warden::memory_cgroup_parents({});
        for (std::string& word : words) {
            if (word == "@file") word = Files::all().file();
            if (word == "@shared") word = Files::shared();
            if (word == "@new-shared") word = Files::shared() + "-new";
            if (word == "@new") word = (run.folder / "new").string();
            if (word != "@elsewhere") continue;
            if (parents.empty()) return {};
            word = parents.back().folder + "/cgroup.procs";
            if (access(word.c_str(), W_OK) != 0) return {};
        }
        return words;
    }
};

TEST_P(HardTrees, HaveTheTruthWithinTheirBounds) {
    if (!why_not(method()).empty()) GTEST_SKIP() << why_not(method());
    OneRun run(method());
    const std::vector<std::string> words = HardTrees::words(run);
    if (words.empty()) GTEST_SKIP() << "there is no other cgroup that a process may enter";
    Files::all();
    const run::Record record = run.known(words);
    const bool leaves = tree().words.front() == "leave";
    if (leaves && run::status(record.outcome) != "ok") GTEST_SKIP() << "may not leave its cgroup";
    ASSERT_EQ(run::status(record.outcome), "ok") << run::reason(record.outcome);
    const protocol::Measurement& measured = record.measurement;
    const std::int64_t least = tree().mebibytes * kMebibyte;
    const std::int64_t most = least + kProgram + tree().processes * kPerProcess;
    ASSERT_TRUE(measured.peak_rss_low_bytes) << measured.memory_method;
    EXPECT_LE(*measured.peak_rss_low_bytes, most) << measured.memory_method;
    if (measured.peak_rss_high_bytes) {
        EXPECT_GE(*measured.peak_rss_high_bytes, least) << measured.memory_method;
    } else {
        EXPECT_NE(measured.missing.at("peak_rss_high_bytes"), "");
    }
    EXPECT_THAT(measured.peak_bounds_from, testing::AnyOf("kernel", "samples"));
}

INSTANTIATE_TEST_SUITE_P(
    Programs, HardTrees,
    testing::Combine(
        testing::Values("auto", "cgroup", "exit-stop", "sampled", "wait4"),
        testing::Values(
            HardTree{"ALibraryOfForkedWorkers", {"with-library", "@file", "2", "50", "300"}, 550, 3},
            HardTree{"PartsOfAWarmFile", {"map-file-parts", "@file", "4", "100", "0"}, 400, 5},
            HardTree{"PrivatePartsOfAWarmFile", {"map-private-parts", "@file", "4", "100", "0"}, 400, 5},
            HardTree{"PartsOfAWarmFileHeld", {"map-file-parts", "@file", "4", "100", "200"}, 400, 5},
            HardTree{"FilesInMemory", {"map-file-parts", "@shared", "2", "200", "300"}, 400, 3},
            HardTree{"FilesInMemoryForAnInstant", {"map-file-parts", "@shared", "2", "200", "0"}, 400, 3},
            HardTree{"AChildThatNobodyWaitsFor", {"no-child-wait", "40", "5"}, 40, 2},
            HardTree{"CacheThatNoSampleSaw", {"cache-beside", "300", "@new", "40", "20"}, 300, 2},
            HardTree{"VforkThatSleeps", {"vfork-sleep", "300", "300"}, 300, 2},
            HardTree{"TwoProcessesOfOneMemory", {"clone-vm", "300", "300"}, 300, 2},
            HardTree{"ASegmentHandedOn", {"hand-on", "60", "2", "150", "400"}, 360, 3},
            HardTree{"ExecOfSomethingSmall", {"exec-small", "2", "200", "0"}, 400, 3},
            HardTree{"KilledWhileItExecutes", {"exec-killed", "200"}, 200, 2},
            HardTree{"UntracedChildren", {"untraced", "2", "200", "5"}, 400, 3},
            HardTree{"LeaversOfTheCgroup", {"leave", "@elsewhere", "2", "20", "5"}, 40, 3},
            HardTree{"AFileInMemoryThatNobodyMaps", {"tmpfs-file-child", "@new-shared", "100"}, 0, 2})),
    [](const auto& param) {
        std::string name = std::get<0>(param.param) + "_" + std::get<1>(param.param).name;
        std::ranges::replace(name, '-', '_');
        return name;
    });

}  // namespace
}  // namespace tidemark::test
