#include "warden/page_tables.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "warden/tree_look.hpp"

namespace tidemark::warden {
namespace {

/// Two mappings by this process of one file in memory, of so many pages each.
class PageTablesTest : public testing::Test {
  protected:
    static constexpr std::int64_t kPages = 8;

    void SetUp() override {
        file_ = memfd_create("page-tables", MFD_CLOEXEC);
        ASSERT_EQ(ftruncate(file_, kPages * page_), 0);
        for (char*& mapping : mappings_) {
            void* memory = mmap(nullptr, size(), PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
            ASSERT_NE(memory, MAP_FAILED);
            mapping = static_cast<char*>(memory);
        }
    }
    ~PageTablesTest() override {
        for (char* mapping : mappings_)
            if (mapping != nullptr) munmap(mapping, size());
        close(file_);
    }

    std::size_t size() const { return static_cast<std::size_t>(kPages * page_); }
    void touch(char* mapping, std::int64_t first, std::int64_t count) const {
        for (std::int64_t i = first; i < first + count; ++i) mapping[i * page_] = 1;
    }
    /// The mapping, of which so many pages were told to be resident.
    FilePart part(const char* mapping, std::int64_t resident) const {
        return {getpid(), static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(mapping)), 0,
                kPages * page_, resident * page_};
    }

    const std::int64_t page_ = sysconf(_SC_PAGESIZE);
    int file_ = -1;
    char* mappings_[2] = {nullptr, nullptr};
};

TEST_F(PageTablesTest, APageThatTwoMapIsOnePage) {
    touch(mappings_[0], 0, 5);
    touch(mappings_[1], 3, 5);
    const auto mapped = mapped_by_any({part(mappings_[0], 5), part(mappings_[1], 5)});
    ASSERT_TRUE(mapped);
    EXPECT_EQ(mapped->once, 8 * page_);
    EXPECT_EQ(mapped->gone, 0);
}

TEST_F(PageTablesTest, WhatOneGaveUpIsNotMadeUpForByWhatTheOtherTook) {
    touch(mappings_[1], 0, 4);
    const auto mapped = mapped_by_any({part(mappings_[0], 4), part(mappings_[1], 0)});
    ASSERT_TRUE(mapped);
    EXPECT_EQ(mapped->once, 4 * page_);
    EXPECT_EQ(mapped->gone, 4 * page_);
}

TEST(PagesOfTheMachine, HoldWhileTheyDoNotMove) {
    constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;
    const MachinePages pages = settled({100 * kMebibyte, 10 * kMebibyte}, {101 * kMebibyte, 50 * kMebibyte});
    EXPECT_EQ(pages.mapped, 101 * kMebibyte);
    EXPECT_EQ(pages.shared, MachinePages{}.shared) << "anything may have been in between";
}

}  // namespace
}  // namespace tidemark::warden
