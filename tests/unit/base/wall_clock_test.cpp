#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/places.hpp"

namespace tidemark {
namespace {

/// The wall clock may step by an hour while a run goes on (NTP, summer time, a laptop that wakes up), and no
/// duration may step with it. So only these files may read it, and what they make of it are texts for people
/// and the age of a file that another program left.
const std::set<std::string> kMayReadTheWallClock{
    "base/clock.cpp",          "base/identifier.cpp", "warden/clock.cpp", "run/cgroup_leftovers.cpp",
    "run/observed_states.cpp", "store/claims.cpp",    "cli/gc_verb.cpp",  "cluster/batch.cpp"};

TEST(WallClock, IsReadForTextsOnlyNeverForDurations) {
    const std::filesystem::path runner = std::filesystem::path(test::source_dir()) / "runner";
    std::set<std::string> readers;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(runner)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path());
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        for (const char* way : {"system_clock", "CLOCK_REALTIME", "gettimeofday", "time(nullptr)",
                                "file_clock", "file_time_type::clock"}) {
            if (text.find(way) != std::string::npos)
                readers.insert(entry.path().lexically_relative(runner).string());
        }
    }
    std::set<std::string> unknown;
    std::ranges::set_difference(readers, kMayReadTheWallClock, std::inserter(unknown, unknown.end()));
    EXPECT_THAT(unknown, testing::IsEmpty());
    EXPECT_TRUE(readers.contains("warden/clock.cpp")) << "this test still sees what it looks for";
}

}  // namespace
}  // namespace tidemark
