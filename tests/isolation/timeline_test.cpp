#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/tree_memory.hpp"
#include "support/one_run.hpp"

namespace tidemark::test {
namespace {

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;
constexpr std::int64_t kWorkers = 4;
constexpr std::int64_t kOfAWorker = 30;  // MiB

/// Four workers that are there throughout, and samples of them in three epochs.
run::Record workers(const std::string& method) {
    OneRun run(method);
    return run.known({"epochs", "3", "0", std::to_string(kWorkers), std::to_string(kOfAWorker)});
}

std::int64_t samples_with_all(const run::Record& record) {
    return std::ranges::count_if(record.samples, [](const protocol::Sample& sample) {
        return sample.processes.value_or(0) > kWorkers;
    });
}

TEST(Timeline, HasTheWorkersByTheChargeOfTheCgroup) {
    if (!why_not("cgroup").empty()) GTEST_SKIP() << why_not("cgroup");
    const run::Record record = workers("cgroup");
    ASSERT_EQ(run::status(record.outcome), "ok") << run::reason(record.outcome);
    EXPECT_GE(samples_with_all(record), 6) << "two in each epoch";
    for (const protocol::Sample& sample : record.samples) {
        if (sample.processes.value_or(0) <= kWorkers) continue;
        ASSERT_TRUE(sample.charged_bytes);
        ASSERT_TRUE(sample.rss_sum_bytes);
    }
    const auto held = protocol::tree_memory(record.samples.back(), protocol::TreeMemory::Charged);
    std::int64_t most = held.value_or(0);
    for (const protocol::Sample& sample : record.samples)
        most = std::max(most, protocol::tree_memory(sample, protocol::TreeMemory::Charged).value_or(0));
    EXPECT_GE(most, kWorkers * kOfAWorker * kMebibyte);
    EXPECT_LE(most, (kWorkers * kOfAWorker + 5) * kMebibyte) << "no page twice, and no page cache";
}

TEST(Timeline, HasTheWorkersByTheSumOfTheirSizesWithoutACgroup) {
    if (!why_not("sampled").empty()) GTEST_SKIP() << why_not("sampled");
    const run::Record record = workers("sampled");
    ASSERT_EQ(run::status(record.outcome), "ok") << run::reason(record.outcome);
    EXPECT_GE(samples_with_all(record), 6) << "two in each epoch";
    std::int64_t most = 0;
    for (const protocol::Sample& sample : record.samples) {
        EXPECT_FALSE(sample.charged_bytes);
        most = std::max(most, sample.rss_sum_bytes.value_or(0));
    }
    EXPECT_GE(most, kWorkers * kOfAWorker * kMebibyte - kWorkers * one_counter_too_little());
}

TEST(MemoryAtTheEnd, IsThatOfTheEndOrNothing) {
    OneRun run;
    const run::Record record = run.known({"allocate", "50", "300"});
    const protocol::Measurement& measured = record.measurement;
    if (measured.final_rss_bytes) {
        EXPECT_GE(*measured.final_rss_bytes, 50 * kMebibyte - one_counter_too_little());
    } else {
        EXPECT_THAT(
            measured.missing.at("final_rss_bytes"),
            testing::AnyOf("the run ended before the first sample",
                           testing::ContainsRegex("^the last sample was taken [0-9.]+ s before the end$")));
    }
}

}  // namespace
}  // namespace tidemark::test
