#include "run/epoch_peaks.hpp"

#include <gtest/gtest.h>

namespace tidemark::run {
namespace {

PhaseSpan phase(double start, double end, std::int64_t peak, std::int64_t error = 0) {
    return {.name = "train",
            .start = Seconds{start},
            .wall = Seconds{end - start},
            .peak_rss_bytes = peak,
            .peak_rss_low_bytes = peak - error,
            .peak_rss_high_bytes = peak + error};
}

EpochSpan epoch(double start, double end) {
    return {1, Seconds{start}, Seconds{end - start}};
}

TEST(EpochPeaks, AreThoseOfThePhasesThatLieInThem) {
    // as a trainer tells: training, evaluation, and an epoch ends with the last word of the evaluation
    const std::vector<PhaseSpan> phases{phase(0, 10, 500, 2), phase(10, 14.1, 300, 2),
                                        phase(14.1, 20, 520, 2), phase(20, 24, 310, 2)};
    const auto second = peak_of_epoch(epoch(14, 23.9), phases, 9000);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->best, 520);
    EXPECT_EQ(second->low, 518);
    EXPECT_EQ(second->high, 522) << "the end of the evaluation before it is no higher";
}

TEST(EpochPeaks, AreBoundedByAPhaseThatTheyHaveOnlyAPartOf) {
    const std::vector<PhaseSpan> phases{phase(0, 10, 900), phase(10, 20, 500), phase(20, 30, 700)};
    const auto found = peak_of_epoch(epoch(9, 25), phases, 9000);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->low, 500);
    EXPECT_EQ(found->high, 900) << "its last second may have been the highest of the first phase";
    EXPECT_FALSE(peak_of_epoch(epoch(1, 9), phases, 9000)) << "no phase lies in it";
}

TEST(EpochPeaks, OfATimeWithoutMarksNothingButTheWholeRunIsABound) {
    std::vector<PhaseSpan> phases{phase(5, 10, 500), phase(10, 20, 400)};
    EXPECT_EQ(peak_of_epoch(epoch(0, 12), phases, 9000)->high, 9000);
    EXPECT_EQ(peak_of_epoch(epoch(0, 12), phases, {})->high, std::nullopt);
    phases.push_back({.name = "told", .start = Seconds{20}, .wall = Seconds{5}});
    EXPECT_EQ(peak_of_epoch(epoch(10, 25), phases, 9000)->high, 9000) << "that one was not announced";
    EXPECT_FALSE(peak_of_epoch(epoch(0, 12), {}, 9000));
}

}  // namespace
}  // namespace tidemark::run
