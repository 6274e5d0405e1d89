#include "protocol/measurement.hpp"

#include <optional>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/tree_memory.hpp"

namespace tidemark::protocol {
namespace {

TEST(Measurement, WhatTheWardenWritesTheRunnerReads) {
    Measurement written;
    written.started_at = "2026-01-23T14:05:09.123Z";
    written.wall_s = 1.25;
    written.end = EndKind::CouldNotStart;
    written.cause = EndCause::WallLimit;
    written.start_errno = 2;
    written.start_step = "a \"quoted\"\nstep\\";
    written.peak_rss_bytes = 1234;
    written.memory_method = "wait4";
    written.missing["peak_swap_bytes"] = "needs a memory cgroup";
    written.phases = {{"a \"phase\"", 0.5, 10, 9, 11}, {"last", 1.0, 20, 20, std::nullopt}};

    written.peak_anonymous_bytes = 7;
    written.peak_shared_bytes = 8;
    written.peak_file_bytes = 9;
    written.peak_cache_bytes = 10;
    written.memory_limit_reached = true;
    written.memory_stall_s = 0.25;
    written.unenforced["pids"] = "no cgroup";
    written.enclosing = {2, 4096, 1};
    written.surroundings = {1.5, 4096, 8192, 0.125, 0.75, 0.5, 0.0625};
    written.throttled_s = 0.5;
    written.supervision_cpu_s = 0.0625;
    written.ended_by = "SIGTERM";
    written.ending_s = 0.25;
    written.survivors = {{12, "/bin/\"sleep\"", "frozen"}, {13, "cat", "D"}};
    written.lost_rights = {"/usr/bin/sudo", "/usr/bin/ping"};
    written.cpu_time_is_low = true;

    const Measurement read = measurement_from_json_text(to_json_text(written));
    EXPECT_EQ(read.ended_by, "SIGTERM");
    EXPECT_EQ(read.ending_s, 0.25);
    EXPECT_EQ(read.survivors, written.survivors);
    EXPECT_EQ(read.lost_rights, written.lost_rights);
    EXPECT_TRUE(read.cpu_time_is_low);
    EXPECT_EQ(read.peak_anonymous_bytes, 7);
    EXPECT_EQ(read.peak_shared_bytes, 8);
    EXPECT_EQ(read.peak_file_bytes, 9);
    EXPECT_EQ(read.throttled_s, 0.5);
    EXPECT_EQ(read.peak_cache_bytes, 10);
    EXPECT_EQ(read.memory_limit_reached, true);
    EXPECT_EQ(read.memory_stall_s, 0.25);
    EXPECT_EQ(read.swapped_in_bytes, std::nullopt);
    EXPECT_EQ(read.unenforced, written.unenforced);
    EXPECT_EQ(read.enclosing, (EnclosingKills{2, 4096, 1}));
    EXPECT_DOUBLE_EQ(read.surroundings.observed_s, 1.5);
    EXPECT_EQ(read.surroundings.swapped_out_bytes, 8192);
    EXPECT_EQ(read.surroundings.others_cpu_share, 0.75);
    EXPECT_EQ(read.surroundings.speed_spread, 0.5);
    EXPECT_EQ(read.surroundings.calculation_s, 0.0625);
    EXPECT_DOUBLE_EQ(read.supervision_cpu_s, 0.0625);
    EXPECT_EQ(read.started_at, written.started_at);
    EXPECT_EQ(read.wall_s, 1.25);
    EXPECT_EQ(read.end, EndKind::CouldNotStart);
    EXPECT_EQ(read.cause, EndCause::WallLimit);
    EXPECT_EQ(read.start_step, written.start_step);
    EXPECT_EQ(read.peak_rss_bytes, 1234);
    EXPECT_EQ(read.peak_cgroup_bytes, std::nullopt);
    EXPECT_EQ(read.missing, written.missing);
    ASSERT_EQ(read.phases.size(), 2U);
    EXPECT_EQ(read.phases[0].name, "a \"phase\"");
    EXPECT_DOUBLE_EQ(read.phases[0].start_s, 0.5);
    EXPECT_EQ(read.phases[0].peak_rss_high_bytes, 11);
    EXPECT_EQ(read.phases[1].peak_rss_high_bytes, std::nullopt);
}

TEST(Measurement, APhaseOfAnyNameLeavesItReadable) {
    Measurement written;
    written.phases = {{"half a \xe8\xae", 0, 1, 1, 1},
                      {std::string("\xff\0\x1b", 3), 0, 2, 2, 2},
                      {"\u8bad\u7ec3", 0, 3, 3, 3}};
    const Measurement read = measurement_from_json_text(to_json_text(written));
    ASSERT_EQ(read.phases.size(), 3U);
    EXPECT_EQ(read.phases[0].name, "half a ??");
    EXPECT_EQ(read.phases[1].name, std::string("?\0\x1b", 3));
    EXPECT_EQ(read.phases[2].name, "\u8bad\u7ec3");
}

TEST(Measurement, ATruncatedOneIsRefused) {
    const std::string whole = to_json_text(Measurement{});
    EXPECT_THROW(measurement_from_json_text(whole.substr(0, whole.size() / 2)), std::invalid_argument);
    EXPECT_THROW(measurement_from_json_text("{}"), std::invalid_argument);
}

TEST(Sample, HalfALineIsNoSample) {
    const std::string line = to_json_line({1.5, 4096, 2});
    EXPECT_EQ(sample_from_json_line(line)->rss_bytes, 4096);
    EXPECT_FALSE(sample_from_json_line(line.substr(0, 20)));
    EXPECT_FALSE(sample_from_json_line(R"({"t_s": "now", "rss_bytes": [1]})"));
}

TEST(Sample, KeepsItsParts) {
    const auto read = sample_from_json_line(to_json_line({1.5, 4096, 2, {1, 2, 3}, 4, 5, 6, 7}));
    EXPECT_EQ(read->parts, (MemoryParts{1, 2, 3}));
    EXPECT_EQ(read->swap_bytes, 4);
    EXPECT_EQ(read->cache_bytes, 5);
    EXPECT_EQ(read->charged_bytes, 6);
    EXPECT_EQ(read->rss_sum_bytes, 7);
}

TEST(Sample, WhatWasNotCountedThenIsAbsent) {
    const auto read = sample_from_json_line(to_json_line({.t_s = 1.5, .charged_bytes = 6}));
    EXPECT_FALSE(read->rss_bytes);
    EXPECT_FALSE(read->processes);
    EXPECT_EQ(read->charged_bytes, 6);
}

TEST(TreeMemory, IsTheBestThatAllSamplesKnow) {
    const Sample alone{
        .t_s = 1, .rss_bytes = 100, .cache_bytes = 30, .charged_bytes = 130, .rss_sum_bytes = 100};
    const Sample tree{.t_s = 2, .cache_bytes = 30, .charged_bytes = 430, .rss_sum_bytes = 900};
    const Sample without_cgroup{.t_s = 3, .rss_sum_bytes = 900};
    const std::vector<Sample> one{alone}, charged{alone, tree}, summed{tree, without_cgroup};
    EXPECT_EQ(known_throughout(one), TreeMemory::Resident);
    EXPECT_EQ(known_throughout(charged), TreeMemory::Charged);
    EXPECT_EQ(known_throughout(summed), TreeMemory::Sum);
    EXPECT_EQ(tree_memory(alone, TreeMemory::Resident), 100);
    EXPECT_EQ(tree_memory(tree, TreeMemory::Charged), 400) << "without page cache";
    EXPECT_EQ(tree_memory(tree, TreeMemory::Sum), 900);
    EXPECT_EQ(tree_memory(tree, TreeMemory::Resident), std::nullopt);
}

}  // namespace
}  // namespace tidemark::protocol
