#include "support/page_frames.hpp"

#include <gtest/gtest.h>

#include "support/observer.hpp"
#include "support/one_run.hpp"

namespace tidemark::test {
namespace {

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;

/// The counting that other tests take for the truth, of programs that take a known amount.
class PageFramesOf : public testing::Test {
  protected:
    void SetUp() override {
        if (!why_no_page_frames().empty()) GTEST_SKIP() << why_no_page_frames();
        folder.run({"dd", "if=/dev/zero", "of=" + file(), "bs=1M", "count=48", "status=none"});
    }

    std::string file() const { return (folder / "file").string(); }

    static std::int64_t counted(std::vector<std::string> words) {
        words.insert(words.begin(), known_program());
        const Observed observed = Observer().observe(words);
        EXPECT_TRUE(observed.ended_well);
        return observed.peak();
    }

    static void expect_to_take(std::int64_t mebibytes, const std::vector<std::string>& words) {
        const std::int64_t peak = counted(words);
        EXPECT_GE(peak, mebibytes * kMebibyte);
        EXPECT_LE(peak, mebibytes * kMebibyte + kMebibyte * 5 / 4) << "and its own pages";
    }

    Workspace folder;
};

TEST_F(PageFramesOf, PrivateMemoryAreAllOfIt) {
    expect_to_take(50, {"no-child-wait", "50", "0"});
    expect_to_take(120, {"untraced", "3", "40", "0"});
}

TEST_F(PageFramesOf, TwoSizesDifferByThePage) {
    const std::int64_t small = counted({"clone-vm", "10", "0"});
    EXPECT_EQ(counted({"clone-vm", "60", "0"}) - small, 50 * kMebibyte);
}

TEST_F(PageFramesOf, AFileMappedInParts) {
    expect_to_take(48, {"map-file-parts", file(), "3", "16", "0"});
    expect_to_take(48, {"map-private-parts", file(), "3", "16", "0"});
}

TEST_F(PageFramesOf, MemoryThatProcessesShareAreCountedOnce) {
    expect_to_take(50, {"clone-vm", "50", "0"});
    expect_to_take(50, {"vfork-sleep", "50", "0"});
    expect_to_take(16 + 3 * 5, {"hand-on", "16", "3", "5", "20"});
}

TEST_F(PageFramesOf, PageCacheAreNone) {
    expect_to_take(20, {"cache-beside", "20", (folder / "cache").string(), "30", "50"});
}

}  // namespace
}  // namespace tidemark::test
