#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/one_run.hpp"
#include "support/places.hpp"

namespace tidemark::test {
namespace {

constexpr const char* kRefusal =
    "tidemark_events: 'No Name' is no name; it must match [a-z_][a-z0-9_]* and have at most 64 letters\n";

std::string sdk_program() {
    return test::binary_dir() + "/tests/programs/sdk-program";
}

TEST(SdkHeader, TellsPhasesMetricsAndFacts) {
    OneRun run;
    const run::Record record = run.make({sdk_program()});
    EXPECT_EQ(run.out(record), std::string("11x1x1x\n") + kRefusal)
        << "in a run, and each phase was answered";
    ASSERT_EQ(record.phases.size(), 3U);
    for (const auto& [at, truth] : {std::pair{0U, 50}, std::pair{1U, 300}, std::pair{2U, 100}}) {
        ASSERT_TRUE(record.phases[at].peak_rss_bytes);
        EXPECT_GE(*record.phases[at].peak_rss_bytes, std::int64_t{truth} << 20);
        EXPECT_LE(*record.phases[at].peak_rss_bytes, std::int64_t{truth + 8} << 20)
            << "with the C++ library's pages";
    }
    EXPECT_EQ(record.final_metrics.at("loss"), 0.1);
    EXPECT_EQ(record.metrics.size(), 3U);
    EXPECT_TRUE(std::isnan(record.final_metrics.at("worst")));
    EXPECT_EQ(record.final_metrics.at("params"), 13957074);
    EXPECT_EQ(record.facts.at("library"), "a \"name\"\n");
    EXPECT_THAT(record.warnings, testing::Not(testing::Contains(testing::HasSubstr("events.jsonl"))));
}

TEST(SdkHeader, DoesNothingOutsideARun) {
    Workspace folder;
    const Finished said =
        folder.run({sdk_program()}, {.environment = {{"TIDEMARK_EVENTS", ""}, {"TIDEMARK_PHASE", ""}}});
    EXPECT_EQ(said.exit_code, 0);
    EXPECT_EQ(said.out, std::string("00x0x0x\n") + kRefusal);
}

}  // namespace
}  // namespace tidemark::test
