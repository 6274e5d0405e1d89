#include "warden/cpu_cgroup.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "support/workspace.hpp"
#include "warden/pids_cgroup.hpp"

namespace tidemark::warden {
namespace {

class CpuTimeOfACgroup : public testing::Test {
  protected:
    void expect(int version, double user_s, double system_s) const {
        const auto time = cpu_time_of_cgroup(folder.path().string(), version);
        ASSERT_TRUE(time);
        EXPECT_NEAR(time->user_s, user_s, 1e-9);
        EXPECT_NEAR(time->system_s, system_s, 1e-9);
    }
    test::Workspace folder;
};

TEST_F(CpuTimeOfACgroup, OfVersion2IsInCpuStat) {
    folder.write("cpu.stat", "usage_usec 3000000\nuser_usec 1000000\nsystem_usec 2000000\nnice_usec 0\n");
    expect(2, 1.0, 2.0);
}

TEST_F(CpuTimeOfACgroup, OfVersion1IsExactInItsSumAndDividedAsTheTicksSay) {
    folder.write("cpuacct.usage", "4000000000\n");
    folder.write("cpuacct.stat", "user 100\nsystem 100\n");
    expect(1, 2.0, 2.0);
    folder.write("cpuacct.usage_user", "90000000\n");
    folder.write("cpuacct.usage_sys", "30000000\n");
    expect(1, 3.0, 1.0);
}

TEST_F(CpuTimeOfACgroup, WithoutATickIsTheProgramsOwn) {
    folder.write("cpuacct.usage", "4000000\n");
    folder.write("cpuacct.usage_user", "0\n");
    folder.write("cpuacct.usage_sys", "0\n");
    expect(1, 0.004, 0);
}

TEST_F(CpuTimeOfACgroup, IsUnknownWhereTheKernelDoesNotCount) {
    EXPECT_FALSE(cpu_time_of_cgroup(folder.path().string(), 1));
    folder.write("cpu.stat", "nr_periods 0\n");
    EXPECT_FALSE(cpu_time_of_cgroup(folder.path().string(), 2));
    CpuCgroup cgroup;
    EXPECT_FALSE(cgroup.create({{2, folder.path().string()}}));
    EXPECT_EQ(cgroup.problem(), "the kernel does not count CPU time in " + folder.path().string());
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1) << "it is removed";
    EXPECT_FALSE(cgroup.look_into(folder.path().string()));
}

TEST(PeakOfProcesses, IsThatOfTheCgroupOfVersion2WhereItCounts) {
    const test::Workspace folder;
    PidsCgroup cgroup;
    EXPECT_EQ(cgroup.peak(), std::nullopt);
    cgroup.look_into(folder.path().string());
    EXPECT_EQ(cgroup.peak(), std::nullopt) << "the controller is not there";
    folder.write("pids.peak", "0\n");
    EXPECT_EQ(cgroup.peak(), std::nullopt) << "nobody has come in";
    folder.write("pids.peak", "17\n");
    EXPECT_EQ(cgroup.peak(), 17);
    EXPECT_FALSE(cgroup.exists()) << "it is another's";
}

TEST(PeakOfProcesses, NeedsNoLimit) {
    const auto parents = pids_cgroup_parents({});
    PidsCgroup cgroup;
    if (!cgroup.create(parents, std::nullopt)) GTEST_SKIP() << cgroup.problem();
    EXPECT_TRUE(cgroup.exists());
    EXPECT_EQ(cgroup.peak(), std::nullopt);
}

}  // namespace
}  // namespace tidemark::warden
