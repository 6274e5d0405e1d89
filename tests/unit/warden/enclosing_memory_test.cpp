#include "warden/enclosing_memory.hpp"

#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::warden {
namespace {

constexpr const char* kMebi64 = "67108864\n";

/// Memory cgroups `outer` and, in it, `inner`, which is this process's own.
class Enclosing : public testing::Test {
  protected:
    CgroupView version(int number) const {
        const std::string mount = (folder / "mount").string();
        std::filesystem::create_directories(folder / "mount/outer/inner");
        folder.write("mountinfo", number == 2 ? "30 23 0:26 / " + mount + " rw - cgroup2 cgroup2 rw\n"
                                              : "30 23 0:26 / " + mount + " rw - cgroup cgroup rw,memory\n");
        folder.write("membership", number == 2 ? "0::/outer/inner\n" : "4:memory:/outer/inner\n");
        return {(folder / "mountinfo").string(), (folder / "membership").string()};
    }
    void tell(const std::string& file, const std::string& text) const { folder.write("mount/" + file, text); }

    test::Workspace folder;
};

TEST_F(Enclosing, WithoutAnyCgroupNothingIsKnown) {
    const EnclosingMemory none({(folder / "none").string(), (folder / "none").string()});
    EXPECT_EQ(none.kills_since(1), protocol::EnclosingKills{});
    EXPECT_FALSE(none.tightest());
    const EnclosingMemory bare(version(1));
    EXPECT_EQ(bare.kills_since(1), protocol::EnclosingKills{}) << "a kernel that counts no kills";
    EXPECT_FALSE(bare.tightest());
}

TEST_F(Enclosing, OfVersion1TellsWhatWasKilledAndTheLimitThatWasReached) {
    const CgroupView view = version(1);
    tell("outer/memory.limit_in_bytes", kMebi64);
    tell("outer/memory.max_usage_in_bytes", kMebi64);
    tell("outer/inner/memory.limit_in_bytes", "9223372036854771712\n");
    tell("outer/inner/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
    const EnclosingMemory enclosing(view);
    EXPECT_EQ(enclosing.kills_since(0), protocol::EnclosingKills{}) << "those were before";
    tell("outer/inner/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n");
    EXPECT_EQ(enclosing.kills_since(0), (protocol::EnclosingKills{1, 64 << 20}));
    tell("outer/memory.max_usage_in_bytes", "60000000\n");
    EXPECT_EQ(enclosing.kills_since(0), (protocol::EnclosingKills{1, {}})) << "the machine had none left";
    tell("outer/memory.max_usage_in_bytes", kMebi64);
    tell("outer/memory.use_hierarchy", "0\n");
    EXPECT_EQ(EnclosingMemory(view).kills_since(1).limit_bytes, std::nullopt)
        << "its limit does not hold what is below it";
}

TEST_F(Enclosing, OfVersion2TellsTheInnermostLimitThatWasReached) {
    const CgroupView view = version(2);
    tell("outer/memory.max", kMebi64);
    tell("outer/inner/memory.max", "33554432\n");
    tell("outer/memory.events", "max 9\noom 2\noom_kill 2\n");
    tell("outer/memory.events.local", "max 9\noom 2\noom_kill 0\n");
    const EnclosingMemory enclosing(view);
    tell("outer/memory.events", "max 9\noom 3\noom_kill 3\n");
    EXPECT_EQ(enclosing.kills_since(0), (protocol::EnclosingKills{1, {}}));
    tell("outer/memory.events.local", "max 9\noom 3\noom_kill 0\n");
    EXPECT_EQ(enclosing.kills_since(0), (protocol::EnclosingKills{1, 64 << 20}));
    tell("outer/inner/memory.events", "max 9\noom 1\noom_kill 1\n");
    EXPECT_EQ(enclosing.kills_since(0), (protocol::EnclosingKills{1, 32 << 20}));
}

TEST_F(Enclosing, AKillIsOfTheRunWhereTheKernelCountsOneAtThatMoment) {
    const auto kills = [](int count) { return "oom_kill " + std::to_string(count) + "\n"; };
    for (const int number : {1, 2}) {
        const CgroupView view = version(number);
        const std::string counter =
            number == 1 ? "outer/inner/memory.oom_control" : "outer/inner/memory.events.local";
        tell("outer/inner/memory.events", kills(7));  // of version 2, with those of the cgroups below it
        tell(counter, kills(3));
        EnclosingMemory enclosing(view);
        enclosing.look(10);
        enclosing.saw_a_kill();
        EXPECT_EQ(enclosing.kills_since(0).of_run, 0) << "somebody else has killed it";
        tell(counter, kills(4));
        enclosing.saw_a_kill();
        enclosing.saw_a_kill();
        EXPECT_EQ(enclosing.kills_since(0).of_run, 1) << "the kernel has killed one of the two";
        tell(counter, kills(5));
        enclosing.look(10.5);
        enclosing.look(12);
        EXPECT_EQ(enclosing.kills_since(0).of_run, 1) << "nobody of ours has ended";
        enclosing.look(14);
        enclosing.saw_a_kill();
        EXPECT_EQ(enclosing.kills_since(0).of_run, 1) << "that one was counted long before";
    }
}

TEST_F(Enclosing, TheTightestLeavesLeast) {
    const CgroupView view = version(2);
    tell("outer/memory.max", kMebi64);
    tell("outer/memory.current", "40000000\n");
    tell("outer/memory.stat", "anon 1\ninactive_file 10000000\n");
    tell("outer/inner/memory.max", "max\n");
    ASSERT_TRUE(EnclosingMemory(view).tightest());
    EXPECT_EQ(EnclosingMemory(view).tightest()->limit_bytes, 64 << 20);
    EXPECT_EQ(EnclosingMemory(view).tightest()->left_bytes, (64 << 20) - 30000000);
    tell("outer/inner/memory.max", "1048576\n");
    tell("outer/inner/memory.current", "2097152\n");
    EXPECT_EQ(EnclosingMemory(view).tightest()->limit_bytes, 1 << 20);
    EXPECT_EQ(EnclosingMemory(view).tightest()->left_bytes, 0) << "a limit below what is in use";
}

}  // namespace
}  // namespace tidemark::warden
