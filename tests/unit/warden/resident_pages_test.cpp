#include "warden/resident_pages.hpp"

#include <sstream>

#include <gtest/gtest.h>

#include "warden/tree_look.hpp"

namespace tidemark::warden {
namespace {

constexpr std::int64_t kKibibyte = 1024;

/// A process that nobody has, so that no page table of it can be read.
constexpr pid_t kNobody = 500'000'000;

const char* const kMountinfo =
    "21 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
    "22 21 0:20 / /dev/shm rw - tmpfs tmpfs rw\n"
    "23 21 0:31 / /overlay rw - overlay overlay rw\n";

class ResidentPagesTest : public testing::Test {
  protected:
    void add(const std::string& smaps) {
        pages_.begin_process(kNobody);
        std::istringstream lines(smaps);
        for (std::string line; std::getline(lines, line);) pages_.take_line(line);
        pages_.end_process();
    }

    MemoryFileSystems file_systems_{kMountinfo};
    ResidentPages pages_{file_systems_};
};

std::string mapping(const std::string& header, int resident, int proportional, int anonymous) {
    std::ostringstream text;
    text << header << "\nRss: " << resident << " kB\nPss: " << proportional << " kB\nAnonymous: " << anonymous
         << " kB\nSwapPss: 4 kB\nVmFlags: rd mr\n";
    return text.str();
}

TEST_F(ResidentPagesTest, CountsAFileThatTwoProcessesMapByItsPartsAndNotByShares) {
    // 100 pages of the same file in each; strangers have it mapped, too, so its shares are small
    const std::string library =
        mapping("7f0000000000-7f0000064000 r-xp 00000000 fe:00 77  /lib/x.so", 400, 10, 0);
    add(library);
    add(library);
    EXPECT_EQ(pages_.totals().file.least, 400 * kKibibyte);
    EXPECT_EQ(pages_.totals().file.most, 400 * kKibibyte);
    EXPECT_EQ(pages_.held_by(kNobody).file, 800 * kKibibyte);
    EXPECT_EQ(pages_.totals().shared.most, 0);
}

TEST_F(ResidentPagesTest, DifferentPartsOfAFileAddUp) {
    add(mapping("7f0000000000-7f0000064000 r--p 00000000 fe:00 77  /data", 400, 400, 0));
    add(mapping("7f0000000000-7f0000064000 r--p 00064000 fe:00 77  /data", 400, 400, 0));
    EXPECT_EQ(pages_.totals().file.most, 800 * kKibibyte);
    EXPECT_EQ(pages_.totals().file.least, 400 * kKibibyte) << "page tables could tell more";
}

TEST_F(ResidentPagesTest, AnonymousPagesAreSharedByForkAloneAndCountByTheirShares) {
    const std::string heap =
        mapping("55d000000000-55d000100000 rw-p 00000000 00:00 0  [heap]", 1000, 500, 1000);
    add(heap);
    add(heap);
    EXPECT_EQ(pages_.totals().anonymous, 1000 * kKibibyte);
    EXPECT_EQ(pages_.totals().swap, 8 * kKibibyte);
}

TEST_F(ResidentPagesTest, CopiesOfAPrivateMappingAreAnonymousAndTheRestIsTheFile) {
    add(mapping("7f0000000000-7f0000064000 rw-p 00000000 fe:00 77  /lib/x.so", 400, 400, 300));
    EXPECT_EQ(pages_.totals().anonymous, 300 * kKibibyte);
    EXPECT_EQ(pages_.totals().file.most, 100 * kKibibyte);
    EXPECT_EQ(pages_.totals().least_anonymous, 300 * kKibibyte);
}

TEST_F(ResidentPagesTest, SharesOfAPrivateMappingMayBeThoseOfTheFile) {
    const std::string copied =
        mapping("7f0000000000-7f0000064000 rw-p 00000000 fe:00 77  /data", 500, 250, 200);
    add(copied);
    add(copied);  // forked: both have 200 kB of copies together, and 300 of the file
    EXPECT_EQ(pages_.totals().least_anonymous, 0);
    EXPECT_LE(pages_.totals().anonymous, 400 * kKibibyte);
}

TEST_F(ResidentPagesTest, PartsThatAProcessMapsTwiceCountOnceAtLeast) {
    add(mapping("7f0000000000-7f0000064000 rw-s 00000000 00:14 5  /dev/shm/ring", 400, 200, 0) +
        mapping("7f0000064000-7f00000c8000 rw-s 00000000 00:14 5  /dev/shm/ring", 400, 200, 0));
    EXPECT_EQ(pages_.totals().shared.least, 400 * kKibibyte);
    EXPECT_EQ(pages_.totals().shared.most, 400 * kKibibyte);
}

TEST_F(ResidentPagesTest, WhatTheKernelLendsIsNotCounted) {
    add(mapping("7fff00000000-7fff00002000 r-xp 00000000 00:00 0  [vdso]", 8, 8, 0));
    EXPECT_EQ(pages_.totals().anonymous, 0);
}

TEST(MemoryFileSystemsTest, AreTmpfsAndWhatIsMountedNowhere) {
    const MemoryFileSystems file_systems(kMountinfo);
    EXPECT_TRUE(file_systems.have("00:14")) << "tmpfs, 0:20";
    EXPECT_FALSE(file_systems.have("00:1f")) << "overlay, 0:31";
    EXPECT_FALSE(file_systems.have("fe:00"));
    EXPECT_TRUE(file_systems.have("00:01")) << "memfd, System V segments, shared anonymous memory";
}

}  // namespace
}  // namespace tidemark::warden
