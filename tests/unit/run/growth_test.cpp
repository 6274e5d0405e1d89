#include "run/growth.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/tree_memory.hpp"
#include "support/example_run.hpp"
#include "support/workspace.hpp"

namespace tidemark::run {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;

/// A run of a second an epoch, with two samples in each, the second the larger.
class Growth : public testing::Test {
  protected:
    /// `mebibytes`: what it holds at most in each epoch.
    Record read(const std::vector<double>& mebibytes, bool with_times = true) {
        measured.wall_s = static_cast<double>(mebibytes.size()) + 0.5;
        std::string events, samples;
        for (std::size_t i = 0; i < mebibytes.size(); ++i) {
            const std::string time =
                with_times ? fmt::format(",\"t\":{}", test::kExampleStart + static_cast<double>(i) + 1) : "";
            events += fmt::format("{{\"event\":\"metric\",\"name\":\"loss\",\"value\":1,\"epoch\":{}{}}}\n",
                                  i + 1, time);
            for (const double share : {0.5, 1.0}) {
                protocol::Sample sample = taken(static_cast<std::int64_t>(mebibytes[i] * kMebibyte * share));
                sample.t_s = static_cast<double>(i) + 0.8 * share;
                samples += protocol::to_json_line(sample);
            }
        }
        const RunDirectory directory = test::make_run_directory(folder.path(), request, measured);
        folder.write("run1/events.jsonl", events);
        folder.write("run1/samples.jsonl", samples);
        return read_record(directory);
    }

    protocol::Sample taken(std::int64_t bytes) const {
        switch (kind) {
            case protocol::TreeMemory::Resident:
                return {.rss_bytes = bytes};
            case protocol::TreeMemory::Charged:
                return {.cache_bytes = 5 * kMebibyte, .charged_bytes = bytes + 5 * kMebibyte};
            case protocol::TreeMemory::Sum:
                break;
        }
        return {.rss_sum_bytes = bytes};
    }

    protocol::TreeMemory kind = protocol::TreeMemory::Resident;
    test::Workspace folder;
    protocol::Request request = test::example_request("run1");
    protocol::Measurement measured = test::example_measurement();
};

TEST_F(Growth, IsThatFromEpochToEpochWithoutTheFirst) {
    const Record record = read({900, 100, 102, 104, 106, 108});
    EXPECT_DOUBLE_EQ(*record.measurement.growth_bytes_per_epoch, 2 * kMebibyte);
    EXPECT_DOUBLE_EQ(*record.measurement.growth_low_bytes_per_epoch, 2 * kMebibyte);
    EXPECT_DOUBLE_EQ(*record.measurement.growth_high_bytes_per_epoch, 2 * kMebibyte);
    ASSERT_EQ(record.epochs.size(), 6U);
    EXPECT_EQ(record.epochs[0].largest_sample_bytes, 900 * kMebibyte);
    EXPECT_EQ(record.epochs[5].largest_sample_bytes, 108 * kMebibyte);
    EXPECT_EQ(record.epochs[5].epoch, 6);
    EXPECT_DOUBLE_EQ(record.epochs[5].start.value, 5);
    EXPECT_DOUBLE_EQ(record.epochs[5].wall.value, 1);
    EXPECT_EQ(record.epochs[5].memory, "resident");
    EXPECT_THAT(
        record.warnings,
        ElementsAre("its memory grew from epoch to epoch, by 2.00 MiB each time (95 % interval 2.00 MiB "
                    "to 2.00 MiB, 5 epochs, the first left out)"));
}

TEST_F(Growth, OfATreeIsByTheChargeOfItsCgroup) {
    kind = protocol::TreeMemory::Charged;
    const Record record = read({50, 100, 102, 104, 106, 108});
    EXPECT_DOUBLE_EQ(*record.measurement.growth_bytes_per_epoch, 2 * kMebibyte);
    EXPECT_EQ(record.epochs[0].largest_sample_bytes, 50 * kMebibyte) << "without page cache";
    EXPECT_EQ(record.epochs[0].memory, "charged");
}

TEST_F(Growth, OfWhatNobodyCountedIsNotTold) {
    kind = protocol::TreeMemory::Sum;
    const Record record = read({50, 100, 102, 104, 106, 108});
    EXPECT_FALSE(record.measurement.growth_bytes_per_epoch);
    EXPECT_EQ(record.measurement.missing.at("growth_bytes_per_epoch"),
              "pages that its processes share were not counted in each epoch; by a memory cgroup they are");
    EXPECT_EQ(record.epochs[1].memory, "sum");
    EXPECT_THAT(record.warnings, IsEmpty());
}

TEST_F(Growth, NothingGrowsWhereMemoryStaysOrOnlyScatters) {
    EXPECT_DOUBLE_EQ(*read({900, 100, 100, 100, 100, 100}).measurement.growth_high_bytes_per_epoch, 0);
}

TEST_F(Growth, WhatOnlyScattersIsNoGrowth) {
    const Record record = read({900, 100, 110, 95, 108, 99, 104, 101});
    EXPECT_LT(*record.measurement.growth_low_bytes_per_epoch, 0);
    EXPECT_GT(*record.measurement.growth_high_bytes_per_epoch, 0);
    EXPECT_THAT(record.warnings, IsEmpty());
}

TEST_F(Growth, NeedsFiveEpochsAfterTheFirst) {
    const Record record = read({100, 102, 104, 106, 108});
    EXPECT_FALSE(record.measurement.growth_bytes_per_epoch);
    for (const char* column :
         {"growth_bytes_per_epoch", "growth_low_bytes_per_epoch", "growth_high_bytes_per_epoch"})
        EXPECT_EQ(record.measurement.missing.at(column),
                  "4 epochs after the first have a sample; 5 are needed");
}

TEST_F(Growth, NeedsTheTimesOfEpochs) {
    const Record record = read({100, 102, 104, 106, 108, 110}, false);
    EXPECT_FALSE(record.measurement.growth_bytes_per_epoch);
    EXPECT_EQ(record.measurement.missing.at("growth_bytes_per_epoch"),
              "no epochs were told with their times");
}

}  // namespace
}  // namespace tidemark::run
