#include "run/file_watch.hpp"

#include <filesystem>
#include <string>

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

}  // namespace
}  // namespace tidemark::run
