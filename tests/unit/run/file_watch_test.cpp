#include "run/file_watch.hpp"

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::run {
namespace {

/// The walk itself opens each folder, which must not be taken for what others opened: the kernel keeps 16,384
/// events.
TEST(FileWatch, OfManyFoldersHasNoGap) {
    constexpr int kFolders = 9'000;
    const test::Workspace folder;
    for (int i = 0; i < kFolders; ++i) std::filesystem::create_directory(folder / std::to_string(i));
    folder.write("8999/read", "1\n");
    const LeftOut nothing;
    FileWatch watch(folder.path(), nothing);
    EXPECT_EQ(watch.gap(), "");
    watch.begin("run1");
    EXPECT_EQ(folder.read("8999/read"), "1\n");
    const Seen seen = watch.end("run1");
    EXPECT_EQ(seen.gap, "");
    EXPECT_THAT(seen.opened, testing::ElementsAre("8999/read"));
}

/// What its own thread takes meanwhile is as good as what is taken when a run begins and ends.
TEST(FileWatch, SeesEachRunsFilesWhileOthersAreOpenedAllTheTime) {
    constexpr int kRuns = 200;
    const test::Workspace folder;
    folder.write("busy/read", "1\n");
    for (int i = 0; i < kRuns; ++i) folder.write("own/" + std::to_string(i), "1\n");
    const LeftOut nothing;
    FileWatch watch(folder.path(), nothing);
    std::atomic<bool> end = false;
    std::thread others([&] {
        for (int i = 0; !end; ++i) {
            folder.read("busy/read");
            if (i % 100 == 0) std::filesystem::create_directories(folder / ("made" + std::to_string(i)));
        }
    });
    for (int i = 0; i < kRuns; ++i) {
        const std::string own = "own/" + std::to_string(i);
        watch.begin("run" + std::to_string(i));
        folder.read(own);
        EXPECT_TRUE(watch.end("run" + std::to_string(i)).opened.contains(own)) << own;
        watch.results_are_taken();
    }
    end = true;
    others.join();
    EXPECT_EQ(watch.gap(), "");
}

}  // namespace
}  // namespace tidemark::run
