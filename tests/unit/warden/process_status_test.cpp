#include "warden/process_status.hpp"

#include <unistd.h>

#include <gtest/gtest.h>

namespace tidemark::warden {
namespace {

TEST(ProcessStatus, IsReadFromTheTextOfTheKernel) {
    const auto status = status_in(
        "Name:\tVmRSS: 5 kB\nTgid:\t41\nPid:\t42\nVmSize:\t  100 kB\nVmHWM:\t   60 kB\nVmRSS:\t   50 kB\n"
        "RssAnon:\t   20 kB\nRssFile:\t   25 kB\nRssShmem:\t    5 kB\nVmSwap:\t    7 kB\n"
        "HugetlbPages:\t 2048 kB\nThreads:\t3\nSigIgn:\t0000000000010000\n");
    ASSERT_TRUE(status);
    EXPECT_EQ(status->process, 41);
    EXPECT_EQ(status->threads, 3);
    EXPECT_EQ(status->virtual_size, 100 * 1024);
    EXPECT_EQ(status->high_water_mark, 60 * 1024);
    EXPECT_EQ(status->resident, 50 * 1024);
    EXPECT_EQ(status->anonymous, 20 * 1024);
    EXPECT_EQ(status->file, 25 * 1024);
    EXPECT_EQ(status->shared, 5 * 1024);
    EXPECT_EQ(status->swap, 7 * 1024);
    EXPECT_EQ(status->huge_pages, 2048 * 1024);
    EXPECT_TRUE(status->ignores_children);
}

TEST(ProcessStatus, OfAZombieIsNone) {
    EXPECT_FALSE(status_in("Name:\tsh\nTgid:\t41\nThreads:\t1\n"));
}

TEST(ProcessStatus, OfThisProcessIsThere) {
    const auto status = process_status(getpid());
    ASSERT_TRUE(status);
    EXPECT_EQ(status->process, getpid());
    EXPECT_GE(status->high_water_mark, status->resident);
    EXPECT_EQ(status->resident, status->anonymous + status->file + status->shared);
    EXPECT_FALSE(ignores_children(getpid()));
}

}  // namespace
}  // namespace tidemark::warden
