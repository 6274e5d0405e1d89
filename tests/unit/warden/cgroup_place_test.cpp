#include "warden/cgroup_place.hpp"

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::warden {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// What a machine's /proc would say.
class Place : public testing::Test {
  protected:
    /// "VERSION FOLDER" of each place, in order.
    std::vector<std::string> parents(const std::string& mountinfo, const std::string& membership) const {
        folder.write("mountinfo", mountinfo);
        folder.write("cgroup", membership);
        std::vector<std::string> out;
        for (const CgroupParent& parent :
             memory_cgroup_parents({(folder / "mountinfo").string(), (folder / "cgroup").string()})) {
            out.push_back(std::to_string(parent.version) + " " + parent.folder);
        }
        return out;
    }

    test::Workspace folder;
};

constexpr const char* kOther = "22 27 0:21 / /proc rw,relatime - proc proc rw\n";

TEST_F(Place, OfAMachineWithVersion2IsTheOwnFolderThenTheOneAbove) {
    EXPECT_THAT(
        parents(std::string(kOther) +
                    "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
                "0::/user.slice/user-1000.slice/run-7.scope\n"),
        ElementsAre("2 /sys/fs/cgroup/user.slice/user-1000.slice/run-7.scope",
                    "2 /sys/fs/cgroup/user.slice/user-1000.slice"));
}

TEST_F(Place, AtTheRootHasNothingAbove) {
    EXPECT_THAT(parents("30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "0::/\n"),
                ElementsAre("2 /sys/fs/cgroup"));
}

TEST_F(Place, OfAHybridMachineIsThatOfTheMemoryController) {
    EXPECT_THAT(parents("31 30 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
                        "32 30 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
                        "33 30 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n",
                        "9:name=systemd:/\n4:memory:/jobs/7\n3:cpu,cpuacct:/other\n0::/\n"),
                ElementsAre("2 /sys/fs/cgroup/unified", "1 /sys/fs/cgroup/memory/jobs/7"));
}

TEST_F(Place, CpuTimeIsCountedWhereNothingElseIsDone) {
    folder.write("mountinfo",
                 "31 30 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
                 "32 30 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
                 "33 30 0:29 / /sys/fs/cgroup/cpuacct rw - cgroup cgroup rw,cpuacct\n");
    folder.write("cgroup", "4:cpuacct:/jobs\n3:cpu:/\n0::/\n");
    const auto parents = cpu_cgroup_parents({(folder / "mountinfo").string(), (folder / "cgroup").string()});
    ASSERT_EQ(parents.size(), 2U);
    EXPECT_EQ(parents[0].folder, "/sys/fs/cgroup/cpuacct/jobs");
    EXPECT_EQ(parents[0].version, 1);
    EXPECT_EQ(parents[1].folder, "/sys/fs/cgroup/unified");
}

TEST_F(Place, AProcessJoinsACgroupOfVersion1ByItsOnlyThread) {
    EXPECT_EQ(entry_of_cgroup("/c", 1), "/c/tasks");
    EXPECT_EQ(entry_of_cgroup("/c", 2), "/c/cgroup.procs");
}

TEST_F(Place, WhatAKilledWardenLeftIsSoughtInEachHierarchyOnce) {
    folder.write("mountinfo",
                 "31 30 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
                 "32 30 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
                 "33 30 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
                 "34 30 0:30 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n");
    folder.write("cgroup", "4:memory:/jobs/7\n3:cpu,cpuacct:/other\n2:pids:/\n0::/\n");
    const CgroupParents places({(folder / "mountinfo").string(), (folder / "cgroup").string()});
    const auto texts = [](const std::vector<CgroupParent>& parents) {
        std::vector<std::string> out;
        for (const CgroupParent& parent : parents)
            out.push_back(std::to_string(parent.version) + " " + parent.folder);
        return out;
    };
    EXPECT_THAT(texts(places.cpu),
                ElementsAre("2 /sys/fs/cgroup/unified", "1 /sys/fs/cgroup/cpu,cpuacct/other"));
    EXPECT_THAT(texts(places.all()),
                ElementsAre("2 /sys/fs/cgroup/unified", "1 /sys/fs/cgroup/memory/jobs/7",
                            "1 /sys/fs/cgroup/pids", "1 /sys/fs/cgroup/cpu,cpuacct/other"));
}

TEST_F(Place, OfAnotherProcessIsFoundByItsMembership) {
    folder.write("mountinfo",
                 "33 30 0:29 /docker/ab12 /sys/fs/cgroup/freezer ro - cgroup cgroup rw,freezer\n");
    folder.write("cgroup", "4:freezer:/docker/ab12/job\n");
    folder.write("theirs", "5:memory:/x\n4:freezer:/docker/ab12/other\n");
    const auto own = find_cgroup1({(folder / "mountinfo").string(), (folder / "cgroup").string()}, "freezer");
    ASSERT_TRUE(own);
    EXPECT_EQ(own->own, "/sys/fs/cgroup/freezer/job");
    EXPECT_EQ(own->of((folder / "theirs").string()), "/sys/fs/cgroup/freezer/other");
    EXPECT_EQ(own->of("/no/such/file"), "") << "it is gone";
}

TEST_F(Place, InAContainerIsBelowWhatTheMountShows) {
    EXPECT_THAT(parents("33 30 0:29 /docker/ab12 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n",
                        "4:memory:/docker/ab12/job\n"),
                ElementsAre("1 /sys/fs/cgroup/memory/job"));
    EXPECT_THAT(parents("33 30 0:29 /docker/ab12 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n",
                        "4:memory:/docker/ab12\n"),
                ElementsAre("1 /sys/fs/cgroup/memory"));
}

TEST_F(Place, IsNowhereWhereNothingIsMounted) {
    EXPECT_THAT(parents(kOther, "0::/\n"), IsEmpty());
    EXPECT_THAT(parents("", ""), IsEmpty());
    EXPECT_THAT(memory_cgroup_parents({"/no/such/file", "/no/such/file"}), IsEmpty());
}

TEST(CgroupName, TellsWhoMadeIt) {
    EXPECT_EQ(maker_of_cgroup(own_cgroup_name()), getpid());
    EXPECT_NE(own_cgroup_name(), own_cgroup_name());
    EXPECT_EQ(maker_of_cgroup("tidemark-4711-12.5"), 4711);
    EXPECT_EQ(maker_of_cgroup("user.slice"), 0);
    EXPECT_EQ(maker_of_cgroup("tidemark-"), 0);
    EXPECT_EQ(maker_of_cgroup("tidemark-4711-12.5-by-4026531836.77"), 4711);
}

TEST(CgroupNames, TellWhetherTheirMakerIsGone) {
    const std::string own = own_cgroup_name();
    const std::string behind = own.substr(own.find("-by-"));  // our namespace, and when this process started
    const std::string other_start = behind.substr(0, behind.find('.')) + ".1";
    const std::string own_pid = std::to_string(getpid());
    EXPECT_FALSE(maker_is_gone(own));
    EXPECT_TRUE(maker_is_gone("tidemark-" + own_pid + "-12.5" + other_start))
        << "another process had the pid";
    EXPECT_TRUE(maker_is_gone("tidemark-100000000-12.5" + behind)) << "beyond the kernel's largest pid";
    EXPECT_FALSE(maker_is_gone("tidemark-100000000-12.5-by-1.1")) << "a pid of another namespace";
    EXPECT_FALSE(maker_is_gone("tidemark-100000000-12.5")) << "of an earlier version";
    EXPECT_FALSE(maker_is_gone("tidemark-100000000-12.5-by-")) << "cut short";
    EXPECT_FALSE(maker_is_gone("user.slice"));
}

TEST(ValueIn, IsThatOfTheWholeName) {
    const std::string stat = "anon 1\nfile 22\nfile_mapped 333\nlast 4";
    EXPECT_EQ(value_in(stat, "file"), 22);
    EXPECT_EQ(value_in(stat, "last"), 4);
    EXPECT_EQ(value_in(stat, "mapped"), std::nullopt);
    EXPECT_EQ(value_in("", "file"), std::nullopt);
}

}  // namespace
}  // namespace tidemark::warden
