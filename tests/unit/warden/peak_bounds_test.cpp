#include "warden/peak_bounds.hpp"

#include <gtest/gtest.h>

namespace tidemark::warden {
namespace {

constexpr std::int64_t kMebibyte = 1 << 20;

TEST(PeakBounds, OfASingleProcessAreItsOwnMark) {
    MemoryEvidence evidence;
    evidence.single_process = true;
    evidence.largest_process = 100 * kMebibyte;
    evidence.largest_sample = 90 * kMebibyte;
    evidence.cgroup_peak = 500 * kMebibyte;  // with page cache
    const PeakBounds bounds = bounds_of(evidence);
    EXPECT_EQ(bounds.low, 100 * kMebibyte);
    EXPECT_EQ(bounds.best, bounds.low);
    EXPECT_EQ(bounds.high, bounds.low);
    EXPECT_EQ(bounds.method, "wait4");
}

TEST(PeakBounds, OfATreeInACgroupComeFromItsCharge) {
    MemoryEvidence evidence;
    evidence.largest_process = 100 * kMebibyte;
    evidence.largest_sample = 390 * kMebibyte;
    evidence.largest_mapped_file = 2 * kMebibyte;
    evidence.cgroup_peak = 405 * kMebibyte;
    evidence.cgroup_kernel = 4 * kMebibyte;
    evidence.cgroup_file = kMebibyte;
    evidence.charged_ahead = kMebibyte / 2;
    evidence.cgroup_version = 1;
    const PeakBounds bounds = bounds_of(evidence);
    EXPECT_EQ(bounds.low, 400 * kMebibyte - kMebibyte / 2);
    EXPECT_EQ(bounds.best, 402 * kMebibyte);
    EXPECT_EQ(bounds.high, 407 * kMebibyte);
    EXPECT_EQ(bounds.method, "cgroup v1");
    evidence.cgroup_version = 2;
    EXPECT_EQ(bounds_of(evidence).method, "cgroup v2");
}

TEST(PeakBounds, WithoutASampleTheBestGuessCountsNothingTwice) {
    MemoryEvidence evidence;
    evidence.largest_process = 30 * kMebibyte;
    evidence.cgroup_peak = 30 * kMebibyte;
    evidence.cgroup_version = 1;
    const PeakBounds bounds = bounds_of(evidence);
    EXPECT_EQ(bounds.best, 30 * kMebibyte);
    EXPECT_EQ(bounds.high, 60 * kMebibyte)
        << "all of a process may be mapped files that another cgroup is charged for";
}

TEST(PeakBounds, ThatPageCacheHasMadeUselessAreKeptByWhatWasSeen) {
    MemoryEvidence evidence;
    evidence.largest_process = 100 * kMebibyte;
    evidence.largest_sample = 180 * kMebibyte;
    evidence.largest_mapped_file = 0;
    evidence.cgroup_peak = 600 * kMebibyte;
    evidence.cgroup_file = 550 * kMebibyte;
    evidence.cgroup_version = 2;
    const PeakBounds bounds = bounds_of(evidence);
    EXPECT_EQ(bounds.low, 180 * kMebibyte);
    EXPECT_EQ(bounds.best, 180 * kMebibyte) << "the best guess lies within the bounds";
    EXPECT_EQ(bounds.high, 600 * kMebibyte);
}

TEST(PeakBounds, AreInOrderEvenWhereTheSamplesSawMoreThanTheCgroupCharged) {
    MemoryEvidence evidence;  // e.g. libraries that another cgroup had read before
    evidence.largest_process = 300 * kMebibyte;
    evidence.largest_mapped_file = 10 * kMebibyte;
    evidence.cgroup_peak = 50 * kMebibyte;
    evidence.cgroup_version = 2;
    const PeakBounds bounds = bounds_of(evidence);
    EXPECT_LE(bounds.low, bounds.best);
    EXPECT_LE(bounds.best, bounds.high);
    EXPECT_EQ(bounds.low, 300 * kMebibyte);
}

TEST(PeakBounds, OfATreeWithoutACgroupHaveNoUpperEnd) {
    MemoryEvidence evidence;
    evidence.largest_process = 100 * kMebibyte;
    evidence.largest_sample = 390 * kMebibyte;
    const PeakBounds sampled = bounds_of(evidence);
    EXPECT_EQ(sampled.low, 390 * kMebibyte);
    EXPECT_EQ(sampled.best, 390 * kMebibyte);
    EXPECT_EQ(sampled.high, std::nullopt);
    EXPECT_EQ(sampled.method, "sampled");
    EXPECT_EQ(sampled.why_no_high,
              "the run had several processes and no cgroup: wait4 knows only the largest of them, and "
              "samples miss what lies between them");
    evidence.largest_sample = 0;
    EXPECT_EQ(bounds_of(evidence).method, "wait4");
}

TEST(PeakBounds, OfATreeWhoseExitsWereStoppedHaveTheSumOfTheMarksAbove) {
    MemoryEvidence evidence;
    evidence.largest_process = 100 * kMebibyte;
    evidence.largest_sample = 180 * kMebibyte;
    evidence.overlapping_marks = 210 * kMebibyte;
    const PeakBounds bounds = bounds_of(evidence);
    EXPECT_EQ(bounds.low, 180 * kMebibyte);
    EXPECT_EQ(bounds.best, 180 * kMebibyte);
    EXPECT_EQ(bounds.high, 210 * kMebibyte);
    EXPECT_EQ(bounds.method, "exit-stop");
}

TEST(PeakBounds, OfATreeThatLeftItsCgroupHaveNoneAbove) {
    MemoryEvidence evidence;
    evidence.largest_process = 100 * kMebibyte;
    evidence.largest_sample = 180 * kMebibyte;
    evidence.cgroup_peak = 90 * kMebibyte;
    evidence.cgroup_version = 2;
    evidence.left_cgroup = true;
    const PeakBounds bounds = bounds_of(evidence);
    EXPECT_EQ(bounds.low, 180 * kMebibyte);
    EXPECT_FALSE(bounds.high);
    EXPECT_EQ(bounds.why_no_high,
              "a process of the run left its cgroup, and what it took there is not known");
}

TEST(PeakBounds, KernelMemoryThatSamplesMayHaveMissedLowersTheLowerBoundAlone) {
    MemoryEvidence evidence;
    evidence.cgroup_peak = 405 * kMebibyte;
    evidence.cgroup_version = 2;
    evidence.cgroup_kernel = kMebibyte;
    evidence.cgroup_kernel_high = 4 * kMebibyte;
    evidence.largest_mapped_file = 0;
    const PeakBounds bounds = bounds_of(evidence);
    EXPECT_EQ(bounds.low, 401 * kMebibyte);
    EXPECT_EQ(bounds.best, 404 * kMebibyte);
    EXPECT_EQ(bounds.high, 405 * kMebibyte);
}

TEST(PeakBounds, AnOlderMarkOfTheCgroupIsACeiling) {
    MemoryEvidence evidence;
    evidence.largest_sample = 60 * kMebibyte;
    evidence.cgroup_ceiling = 300 * kMebibyte;
    evidence.cgroup_version = 2;
    evidence.largest_mapped_file = kMebibyte;
    const PeakBounds bounds = bounds_of(evidence);
    EXPECT_EQ(bounds.low, 60 * kMebibyte);
    EXPECT_EQ(bounds.best, 60 * kMebibyte);
    EXPECT_EQ(bounds.high, 301 * kMebibyte);
}

}  // namespace
}  // namespace tidemark::warden
