#include "run/free_memory.hpp"

#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::run {
namespace {

TEST(FreeMemory, IsTheLeastOfTheMachineAndTheCgroupsAround) {
    const test::Workspace folder;
    std::filesystem::create_directories(folder / "mount/box");
    folder.write("mountinfo",
                 "30 23 0:26 / " + (folder / "mount").string() + " rw - cgroup cgroup rw,memory\n");
    folder.write("membership", "4:memory:/box\n");
    folder.write("meminfo", "MemTotal:  900 kB\nMemAvailable:   500 kB\n");
    const warden::CgroupView view{(folder / "mountinfo").string(), (folder / "membership").string()};
    const auto found = [&] { return free_memory(view, (folder / "meminfo").string()); };
    ASSERT_TRUE(found());
    EXPECT_EQ(found()->amount.value, 500 * kKibibyte);
    EXPECT_FALSE(found()->enclosing_limit);
    folder.write("mount/box/memory.limit_in_bytes", "409600\n");
    folder.write("mount/box/memory.usage_in_bytes", "204800\n");
    EXPECT_EQ(found()->amount.value, 204800);
    EXPECT_EQ(found()->enclosing_limit->value, 409600);
    folder.write("mount/box/memory.limit_in_bytes", "9223372036854771712\n");
    EXPECT_FALSE(found()->enclosing_limit);
    std::filesystem::remove(folder / "meminfo");
    EXPECT_FALSE(found());
}

}  // namespace
}  // namespace tidemark::run
