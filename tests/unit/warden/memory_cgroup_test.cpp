#include "warden/memory_cgroup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"
#include "warden/small_files.hpp"

namespace tidemark::warden {
namespace {

/// Folders and files in the place of a cgroup file system. What the kernel would put into a new cgroup, the
/// tests write.
class FakeCgroups : public testing::Test {
  protected:
    std::string at(const std::string& name) const { return (tree / name).string(); }

    /// A cgroup of version 2 that may have memory cgroups below it.
    void write_delegated(const std::string& name) const {
        tree.write(name + "/cgroup.controllers", "cpu memory pids\n");
        tree.write(name + "/cgroup.subtree_control", "memory\n");
    }

    /// The folder of the cgroup that was made, relative to the tree.
    std::string made() const {
        const std::string folder = std::filesystem::path(cgroup.entry()).parent_path().string();
        return folder.substr(tree.path().string().size() + 1);
    }

    test::Workspace tree;
    MemoryCgroup cgroup;
};

TEST_F(FakeCgroups, Version2IsRead) {
    write_delegated("own");
    ASSERT_TRUE(cgroup.create({{2, at("own")}}, {})) << cgroup.problem();
    EXPECT_EQ(cgroup.version(), 2);
    EXPECT_THAT(made(), testing::StartsWith("own/tidemark-"));
    tree.write(made() + "/memory.peak", "314572800\n");
    tree.write(made() + "/memory.swap.current", "4096\n");
    tree.write(made() + "/memory.stat",
               "anon 104857600\nfile 52428800\nkernel 2097152\nshmem 20971520\nfile_mapped 1\n");
    tree.write(made() + "/memory.events", "low 0\nhigh 0\nmax 7\noom 2\noom_kill 1\noom_group_kill 0\n");
    EXPECT_EQ(cgroup.peak_bytes(), 300 << 20);
    EXPECT_EQ(cgroup.kernel_bytes(), 2 << 20);
    EXPECT_EQ(cgroup.oom_kills(), 1);
    const auto charge = cgroup.charge();
    ASSERT_TRUE(charge);
    EXPECT_EQ(charge->anonymous, 100 << 20);
    EXPECT_EQ(charge->shared, 20 << 20);
    EXPECT_EQ(charge->file, 30 << 20) << "shared memory is not page cache of files";
    EXPECT_EQ(charge->swap, 4096);
}

TEST_F(FakeCgroups, Version1IsReadWithWhatIsBelow) {
    ASSERT_TRUE(cgroup.create({{1, tree.path().string()}}, {})) << cgroup.problem();
    EXPECT_EQ(cgroup.version(), 1);
    tree.write(made() + "/memory.max_usage_in_bytes", "524288\n");
    tree.write(made() + "/memory.kmem.max_usage_in_bytes", "61440\n");
    tree.write(made() + "/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
    tree.write(made() + "/memory.stat",
               "cache 1\nrss 1\nshmem 1\nswap 1\ntotal_cache 500\ntotal_rss 1000\ntotal_shmem 200\n"
               "total_swap 50\n");
    EXPECT_EQ(cgroup.peak_bytes(), 512 << 10);
    EXPECT_EQ(cgroup.kernel_bytes(), 60 << 10);
    EXPECT_EQ(cgroup.oom_kills(), 3);
    const auto charge = cgroup.charge();
    ASSERT_TRUE(charge);
    EXPECT_EQ(charge->anonymous, 1000);
    EXPECT_EQ(charge->file, 300);
    EXPECT_EQ(charge->swap, 50);
}

TEST_F(FakeCgroups, Version2TellsOfSwapAndPressure) {
    write_delegated("own");
    ASSERT_TRUE(cgroup.create({{2, at("own")}}, {})) << cgroup.problem();
    tree.write(made() + "/memory.stat", "anon 1\npswpin 3\npswpout 5\n");
    tree.write(made() + "/memory.pressure",
               "some avg10=0.00 avg60=0.00 avg300=0.00 total=250000\nfull avg10=0.00 avg60=0.00 avg300=0.00 "
               "total=7\n");
    EXPECT_EQ(cgroup.swapped_in(), 3 * sysconf(_SC_PAGESIZE));
    EXPECT_EQ(cgroup.swapped_out(), 5 * sysconf(_SC_PAGESIZE));
    EXPECT_EQ(cgroup.stall_s(), 0.25);
}

TEST_F(FakeCgroups, ALimitIsReachedWhenMemoryHadToBeTakenBack) {
    write_delegated("own");
    ASSERT_TRUE(cgroup.create({{2, at("own")}}, {})) << cgroup.problem();
    tree.write(made() + "/memory.events", "max 0\noom_kill 0\n");
    EXPECT_FALSE(cgroup.limit_reached());
    tree.write(made() + "/memory.events", "max 7\noom_kill 0\n");
    EXPECT_TRUE(cgroup.limit_reached());
}

TEST_F(FakeCgroups, ALimitOfVersion1IsReachedByTheMark) {
    ASSERT_TRUE(cgroup.create({{1, tree.path().string()}}, {})) << cgroup.problem();
    tree.write(made() + "/memory.oom_control", "oom_kill 0\n");
    tree.write(made() + "/memory.limit_in_bytes", "67108864\n");
    tree.write(made() + "/memory.max_usage_in_bytes", "66000000\n");
    EXPECT_FALSE(cgroup.limit_reached());
    tree.write(made() + "/memory.max_usage_in_bytes", "67000000\n");
    EXPECT_TRUE(cgroup.limit_reached());
}

TEST_F(FakeCgroups, ThePidsControllerIsPassedOnWhereItIsWanted) {
    write_delegated("own");
    EXPECT_FALSE(cgroup.create({{2, at("own")}}, {{}, {}, 5}));
    EXPECT_THAT(tree.read("own/cgroup.subtree_control"), testing::StartsWith("+pids"));
    EXPECT_EQ(cgroup.problem(), "cannot set pids.max: No such file or directory")
        << "the fake has no such file";
}

TEST_F(FakeCgroups, WhatTheKernelDoesNotTellIsNotZero) {
    write_delegated("own");
    ASSERT_TRUE(cgroup.create({{2, at("own")}}, {})) << cgroup.problem();
    EXPECT_EQ(cgroup.peak_bytes(), std::nullopt) << "as before Linux 5.19";
    EXPECT_EQ(cgroup.kernel_bytes(), std::nullopt);
    EXPECT_FALSE(cgroup.charge());
}

TEST_F(FakeCgroups, TheControllerIsPassedOnWhereItIsNotYet) {
    tree.write("own/cgroup.controllers", "memory\n");
    tree.write("own/cgroup.subtree_control", "\n");
    ASSERT_TRUE(cgroup.create({{2, at("own")}}, {})) << cgroup.problem();
    EXPECT_EQ(tree.read("own/cgroup.subtree_control"), "+memory");
}

TEST_F(FakeCgroups, TheNextPlaceIsTriedAndTheLastProblemTold) {
    tree.write("unified/cgroup.controllers", "hugetlb\n");
    EXPECT_FALSE(cgroup.create({{2, at("unified")}}, {}));
    EXPECT_EQ(cgroup.problem(), "the memory controller is not available in " + at("unified"));
    tree.write("busy/cgroup.controllers", "memory\n");
    EXPECT_FALSE(cgroup.create({{2, at("busy")}}, {}));
    EXPECT_EQ(cgroup.problem(),
              "cannot pass the memory controller on in " + at("busy") + ": No such file or directory");
    EXPECT_FALSE(cgroup.create({{2, at("busy")}, {1, at("none")}}, {}));
    EXPECT_EQ(cgroup.problem(), "cannot make a cgroup in " + at("none") + ": No such file or directory");
    EXPECT_FALSE(cgroup.exists());
    EXPECT_FALSE(cgroup.create({}, {}));
    EXPECT_EQ(cgroup.problem(), "no cgroup file system with a memory controller is mounted");
    write_delegated("above");
    EXPECT_TRUE(cgroup.create({{2, at("busy")}, {2, at("above")}}, {}));
    EXPECT_THAT(made(), testing::StartsWith("above/"));
}

TEST_F(FakeCgroups, ALimitThatCannotBeSetIsNoCgroup) {
    write_delegated("own");
    EXPECT_FALSE(cgroup.create({{2, at("own")}}, {1 << 20, {}, {}}));
    EXPECT_EQ(cgroup.problem(), "cannot set memory.max: No such file or directory");
    EXPECT_FALSE(cgroup.create({{1, at("own")}}, {1 << 20, {}, {}}));
    EXPECT_EQ(cgroup.problem(), "cannot set memory.limit_in_bytes: No such file or directory");
    EXPECT_FALSE(cgroup.exists());
    for (const auto& entry : std::filesystem::directory_iterator(tree / "own"))
        EXPECT_FALSE(entry.is_directory()) << "the folder is removed again: " << entry.path();
}

TEST(RealCgroup, HasItsLimitAndIsGoneAfterwards) {
    std::string folder;
    {
        MemoryCgroup cgroup;
        if (!cgroup.create(memory_cgroup_parents({}), {64 << 20, {}, {}})) {
            GTEST_SKIP() << "no memory cgroup can be made here: " << cgroup.problem();
        }
        folder = std::filesystem::path(cgroup.entry()).parent_path().string();
        const char* file = cgroup.version() == 2 ? "/memory.max" : "/memory.limit_in_bytes";
        EXPECT_EQ(read_small_file(folder + file), "67108864\n");
        EXPECT_EQ(cgroup.oom_kills(), 0);
        EXPECT_TRUE(cgroup.charge());
    }
    EXPECT_FALSE(std::filesystem::exists(folder));
}

}  // namespace
}  // namespace tidemark::warden
