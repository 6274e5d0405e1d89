#include "run/heap_layout.hpp"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/workspace.hpp"

namespace tidemark::run {
namespace {

using Environment = std::map<std::string, std::string>;
using testing::HasSubstr;

protocol::Request varied(int repeat = 1) {
    protocol::Request request;
    request.heap_layout = protocol::HeapLayout::Varied;
    request.repeat = repeat;
    return request;
}

std::string refusal(const std::filesystem::path& library) {
    Environment environment;
    try {
        vary_heap_layout(varied(), library, nullptr, environment);
    } catch (const CannotGoOn& error) {
        return error.what();
    }
    return "no error at all";
}

class HeapLayout : public testing::Test {
  protected:
    HeapLayout() { folder.write("libx.so", ""); }
    test::Workspace folder;
    std::filesystem::path library = folder / "libx.so";
};

TEST_F(HeapLayout, TheFirstRepeatIsTheProgramAsItIsAndTheOthersLieApart) {
    EXPECT_EQ(heap_offset(1), 0U);
    constexpr int kRepeats = 20;
    constexpr std::size_t kThreshold = 128 * 1024;  // from which malloc takes a block from elsewhere
    std::set<std::size_t> offsets;
    for (int repeat = 1; repeat <= kRepeats; ++repeat) {
        const std::size_t offset = heap_offset(repeat);
        EXPECT_EQ(offset % 16, 0U) << "it is malloc's alignment that makes a difference";
        EXPECT_LT(offset, kThreshold / 2);
        offsets.insert(offset);
    }
    ASSERT_EQ(offsets.size(), static_cast<std::size_t>(kRepeats)) << "all different";
    std::size_t nearest = kThreshold;
    for (auto next = std::next(offsets.begin()); next != offsets.end(); ++next)
        nearest = std::min(nearest, *next - *std::prev(next));
    EXPECT_GE(nearest, 1024U) << "64 KiB among twenty";
}

TEST_F(HeapLayout, NothingIsAddedWhereItIsTheSameInAllRepeats) {
    Environment environment{{"A", "1"}};
    vary_heap_layout({}, "/no/such/library.so", "libcaller.so", environment);
    EXPECT_EQ(environment, (Environment{{"A", "1"}}));
}

TEST_F(HeapLayout, TheLibraryStandsBehindWhatIsPreloadedAnyway) {
    Environment alone;
    vary_heap_layout(varied(2), library, nullptr, alone);
    EXPECT_EQ(alone, (Environment{{"LD_PRELOAD", library.string()}, {"TIDEMARK_HEAP_OFFSET", "40496"}}));

    Environment beside_the_callers;
    vary_heap_layout(varied(), library, "liba.so libb.so", beside_the_callers);
    EXPECT_EQ(beside_the_callers.at("LD_PRELOAD"), "liba.so libb.so:" + library.string());

    Environment beside_its_own{{"LD_PRELOAD", "libtcmalloc_minimal.so.4"}};
    vary_heap_layout(varied(), library, "liba.so", beside_its_own);
    EXPECT_EQ(beside_its_own.at("LD_PRELOAD"), "libtcmalloc_minimal.so.4:" + library.string())
        << "the run's own replaces the caller's, here as ever";
}

TEST_F(HeapLayout, ALibraryThatCannotBePreloadedIsAnErrorForItWouldBeIgnored) {
    EXPECT_EQ(refusal("/no/such/library.so"),
              "/no/such/library.so is missing; the installation is incomplete, build it again, or leave out "
              "'heap_layout: varied'");
    folder.write("with space/libx.so", "");
    EXPECT_THAT(
        refusal(folder / "with space/libx.so"),
        HasSubstr("'heap_layout: varied' needs tidemark in a folder whose path has neither space nor colon, "
                  "for LD_PRELOAD cannot name "));
}

}  // namespace
}  // namespace tidemark::run
