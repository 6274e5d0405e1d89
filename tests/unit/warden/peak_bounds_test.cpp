#include "warden/peak_bounds.hpp"

#include <gtest/gtest.h>

namespace tidemark::warden {
namespace {

constexpr std::int64_t kMebibyte = 1 << 20;

TEST(PeakBounds, OfASingleProcessAreItsOwnMarkAndWhatTheKernelHasNotYetAddedUp) {
    MemoryEvidence evidence;
    evidence.single_process = true;
    evidence.largest_process = 100 * kMebibyte;
    evidence.mark_above = evidence.mark_below = kMebibyte;
    evidence.largest_sample = 90 * kMebibyte;
    evidence.largest_anonymous = 99 * kMebibyte;
    evidence.cgroup_peak = 500 * kMebibyte;  // with page cache
    const PeakBounds bounds = bounds_of(evidence);
    EXPECT_EQ(bounds.low, 98 * kMebibyte) << "what is anonymous is mapped once";
    EXPECT_EQ(bounds.best, 100 * kMebibyte);
    EXPECT_EQ(bounds.high, 101 * kMebibyte);
    EXPECT_EQ(bounds.method, "wait4");
    EXPECT_EQ(bounds.from, kFromKernel);
    evidence.largest_anonymous = 90 * kMebibyte;
    EXPECT_EQ(bounds_of(evidence).low, 99 * kMebibyte);
    EXPECT_EQ(bounds_of(evidence).from, kFromSamples) << "10 MiB may be pages of files that it mapped twice";
}

/// Looks leave out a growth of mapped files that is a trifle, and a small program holds no more.
TEST(PeakBounds, OfASmallProcessThatNoLookSawAreNotTheChargeAlone) {
    MemoryEvidence evidence;
    evidence.single_process = true;
    evidence.largest_process = kMebibyte + kMebibyte / 4;
    evidence.mark_below = kMebibyte / 4;
    evidence.inherited_mark = 2 * kMebibyte;
    evidence.cgroup_peak = kMebibyte / 4;
    evidence.mapped_elsewhere = 0;
    EXPECT_EQ(bounds_of(evidence).high, kMebibyte + kMebibyte / 2);
    EXPECT_EQ(bounds_of(evidence).low, 0);
    // a mark of many CPUs, each of which keeps much to itself
    evidence.mark_below = 40 * kMebibyte;
    EXPECT_EQ(bounds_of(evidence).high, 2 * kMebibyte + kMebibyte / 4) << "the charge, and a trifle";
    EXPECT_EQ(bounds_of(evidence).from, kFromSamples);
}

/// /bin/true, say: nothing would be left of it.
TEST(PeakBounds, OfATinyProcessAreNotGivenUpForAProof) {
    MemoryEvidence evidence;
    evidence.single_process = true;
    evidence.largest_process = kMebibyte + kMebibyte / 2;
    evidence.mark_above = evidence.mark_below = kMebibyte * 3 / 4;
    evidence.inherited_mark = kMebibyte;
    evidence.cgroup_peak = kMebibyte / 4;
    EXPECT_EQ(bounds_of(evidence).low, kMebibyte * 3 / 4);
    EXPECT_EQ(bounds_of(evidence).from, kFromSamples);
    evidence.largest_anonymous = kMebibyte * 5 / 4;
    EXPECT_EQ(bounds_of(evidence).low, kMebibyte / 2) << "a little is";
    EXPECT_EQ(bounds_of(evidence).from, kFromKernel);
}

TEST(PeakBounds, OfASingleProcessCountPagesThatItMappedTwiceOnce) {
    MemoryEvidence evidence;
    evidence.single_process = true;
    evidence.largest_process = 200 * kMebibyte;
    evidence.mapped_twice = 80 * kMebibyte;
    EXPECT_EQ(bounds_of(evidence).low, 120 * kMebibyte);
    EXPECT_EQ(bounds_of(evidence).high, 200 * kMebibyte);
    EXPECT_EQ(bounds_of(evidence).from, kFromSamples);
    evidence.mapped_twice = 0;
    EXPECT_EQ(bounds_of(evidence).from, kFromSamples) << "nobody saw that it was anonymous";
    evidence.largest_anonymous = 199 * kMebibyte;
    EXPECT_EQ(bounds_of(evidence).from, kFromKernel);
}

TEST(PeakBounds, AMarkThatNeitherChargeNorFilesExplainCountsPagesTwice) {
    MemoryEvidence evidence = {};
    evidence.largest_process = 50 * kMebibyte;
    evidence.cgroup_peak = 31 * kMebibyte;
    evidence.charged_beside = 0;
    evidence.most_tasks = 2;
    EXPECT_EQ(bounds_of(evidence).low, 31 * kMebibyte);
    evidence.largest_files = 20 * kMebibyte;
    EXPECT_EQ(bounds_of(evidence).low, 50 * kMebibyte) << "they may be warm";
    EXPECT_EQ(bounds_of(evidence).from, kFromSamples);
}

TEST(PeakBounds, AMarkThatIsTheWardensOwnIsABoundAboveAlone) {
    MemoryEvidence evidence;
    evidence.single_process = true;
    evidence.largest_process = kMebibyte;
    evidence.inherited_mark = kMebibyte;
    EXPECT_EQ(bounds_of(evidence).low, 0);
    EXPECT_EQ(bounds_of(evidence).high, kMebibyte);
    evidence.largest_sample = kMebibyte / 2;
    EXPECT_EQ(bounds_of(evidence).best, kMebibyte / 2);
    evidence.mark_at_end = kMebibyte * 3 / 4;
    EXPECT_EQ(bounds_of(evidence).best, kMebibyte * 3 / 4) << "the look came as it began";
    evidence.largest_process += 4096;
    EXPECT_EQ(bounds_of(evidence).low, kMebibyte + 4096);
    EXPECT_EQ(bounds_of(evidence).from, kFromSamples) << "it is not known to be anonymous";
    evidence.largest_anonymous = kMebibyte;
    EXPECT_EQ(bounds_of(evidence).low, kMebibyte);
}

TEST(PeakBounds, AMarkOfAnEarlierTimeIsABoundAboveAlone) {
    MemoryEvidence evidence;
    evidence.single_process = true;
    evidence.largest_process = 100 * kMebibyte;
    evidence.mark_is_older = true;
    evidence.mark_above = evidence.mark_below = kMebibyte;
    evidence.largest_sample = 20 * kMebibyte;
    const PeakBounds bounds = bounds_of(evidence);
    EXPECT_EQ(bounds.low, 19 * kMebibyte);
    EXPECT_EQ(bounds.best, 20 * kMebibyte);
    EXPECT_EQ(bounds.high, 101 * kMebibyte);
}

/// Four processes of 100 MiB.
MemoryEvidence four_in_a_cgroup() {
    MemoryEvidence evidence;
    evidence.largest_process = 100 * kMebibyte;
    evidence.largest_sample = 390 * kMebibyte;
    evidence.mapped_elsewhere = 2 * kMebibyte;
    evidence.mapped_file = 2 * kMebibyte;
    evidence.cgroup_peak = 405 * kMebibyte;
    evidence.cgroup_kernel = 4 * kMebibyte;
    evidence.cgroup_file = kMebibyte;
    evidence.charged_beside = kMebibyte;
    evidence.charged_ahead = kMebibyte / 2;
    evidence.cgroup_version = 1;
    return evidence;
}

TEST(PeakBounds, OfATreeWhoseProcessesLeftNoTraceHaveNoUpperOne) {
    MemoryEvidence evidence = four_in_a_cgroup();
    evidence.some_left_no_trace = true;
    const PeakBounds bounds = bounds_of(evidence);
    EXPECT_FALSE(bounds.high);
    EXPECT_EQ(
        bounds.why_no_high,
        "a process ignored SIGCHLD, so its children ended without a trace, and nobody knows which files "
        "they mapped");
}

TEST(PeakBounds, OfATreeInACgroupComeFromItsCharge) {
    MemoryEvidence evidence = four_in_a_cgroup();
    const PeakBounds bounds = bounds_of(evidence);
    EXPECT_EQ(bounds.low, 400 * kMebibyte - kMebibyte / 2);
    EXPECT_EQ(bounds.best, 402 * kMebibyte);
    EXPECT_EQ(bounds.high, 407 * kMebibyte);
    EXPECT_EQ(bounds.method, "cgroup v1");
    EXPECT_EQ(bounds.from, kFromSamples);
    evidence.cgroup_version = 2;
    EXPECT_EQ(bounds_of(evidence).method, "cgroup v2");
}

TEST(PeakBounds, OfATreeWhoseReadingAndWritingIsNotKnownAreNoneOfItsCharge) {
    MemoryEvidence evidence = four_in_a_cgroup();
    evidence.charged_beside.reset();
    EXPECT_EQ(bounds_of(evidence).low, 100 * kMebibyte);
    evidence.largest_still = 380 * kMebibyte;
    EXPECT_EQ(bounds_of(evidence).low, 380 * kMebibyte);
}

TEST(PeakBounds, ASampleInWhichSomethingMovedIsAGuess) {
    MemoryEvidence evidence = four_in_a_cgroup();
    evidence.largest_sample = 460 * kMebibyte;
    EXPECT_EQ(bounds_of(evidence).low, 400 * kMebibyte - kMebibyte / 2);
    EXPECT_EQ(bounds_of(evidence).best, 407 * kMebibyte) << "the best guess lies within the bounds";
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
    evidence.mapped_elsewhere = 0;
    evidence.cgroup_peak = 600 * kMebibyte;
    evidence.cgroup_file = 550 * kMebibyte;
    evidence.charged_beside = 550 * kMebibyte;
    evidence.cgroup_version = 2;
    const PeakBounds bounds = bounds_of(evidence);
    EXPECT_EQ(bounds.low, 100 * kMebibyte);
    EXPECT_EQ(bounds.best, 180 * kMebibyte);
    EXPECT_EQ(bounds.high, 600 * kMebibyte);
}

/// E.g. parts of a warm file that are mapped for an instant.
TEST(PeakBounds, WhereAMarkTellsOfMoreThanChargeAndSamplesExplainThereIsNoneAbove) {
    MemoryEvidence evidence;
    evidence.largest_process = 101 * kMebibyte;
    evidence.mapped_elsewhere = 2 * kMebibyte;
    evidence.cgroup_peak = 3 * kMebibyte;
    evidence.cgroup_version = 2;
    const PeakBounds bounds = bounds_of(evidence);
    EXPECT_EQ(bounds.low, 0) << "or it mapped the same pages again and again";
    EXPECT_EQ(bounds.best, 101 * kMebibyte);
    EXPECT_FALSE(bounds.high);
    EXPECT_EQ(bounds.why_no_high,
              "processes mapped more of files that other cgroups are charged for than samples may have seen");
    evidence.most_tasks = 5;
    EXPECT_EQ(bounds_of(evidence).high, 505 * kMebibyte) << "no process had more than the largest of them";
}

TEST(PeakBounds, WhereSamplesSawFilesComeAndGoTheyMayHaveBeenMore) {
    MemoryEvidence evidence = four_in_a_cgroup();
    evidence.mapped_has_settled = false;
    EXPECT_FALSE(bounds_of(evidence).high);
    evidence.most_tasks = 5;
    EXPECT_EQ(bounds_of(evidence).high, 500 * kMebibyte);
}

TEST(PeakBounds, OfATreeWithoutACgroupHaveNoUpperEnd) {
    MemoryEvidence evidence;
    evidence.largest_process = 100 * kMebibyte;
    evidence.largest_sample = 390 * kMebibyte;
    const PeakBounds sampled = bounds_of(evidence);
    EXPECT_EQ(sampled.low, 100 * kMebibyte) << "one process was looked at after the other";
    EXPECT_EQ(sampled.best, 390 * kMebibyte);
    EXPECT_EQ(sampled.high, std::nullopt);
    EXPECT_EQ(sampled.method, "sampled");
    EXPECT_EQ(sampled.why_no_high,
              "the run had several processes and no cgroup: wait4 knows only the largest of them, and "
              "samples miss what lies between them");
    evidence.largest_still = 385 * kMebibyte;
    EXPECT_EQ(bounds_of(evidence).low, 385 * kMebibyte);
    EXPECT_EQ(bounds_of(evidence).from, kFromKernel);
    evidence.largest_sample = 0;
    EXPECT_EQ(bounds_of(evidence).method, "wait4");
    evidence.single_as_far_as_seen = true;
    EXPECT_EQ(bounds_of(evidence).high, std::nullopt);
    EXPECT_EQ(bounds_of(evidence).why_no_high,
              "no second process was seen, but nothing counts them here (the pids controller and exit stops "
              "do), and one that nobody waits for leaves no trace");
    evidence.mark_below = kMebibyte;
    evidence.largest_sample = 100 * kMebibyte + 4096;
    EXPECT_EQ(bounds_of(evidence).method, "wait4") << "the mark keeps so much to itself";
    evidence.largest_sample = 102 * kMebibyte;
    EXPECT_EQ(bounds_of(evidence).method, "sampled");
    evidence.most_tasks = 9;
    EXPECT_EQ(
        bounds_of(evidence).why_no_high,
        "the kernel counted 9 processes and threads at the same time, and not so many threads were seen: "
        "some may have been processes");
}

TEST(PeakBounds, OfATreeWhoseExitsWereStoppedHaveTheSumOfTheMarksAbove) {
    MemoryEvidence evidence;
    evidence.largest_process = 100 * kMebibyte;
    evidence.largest_sample = 180 * kMebibyte;
    evidence.largest_anonymous = 99 * kMebibyte;
    evidence.overlapping_marks = 210 * kMebibyte;
    const PeakBounds bounds = bounds_of(evidence);
    EXPECT_EQ(bounds.low, 99 * kMebibyte);
    EXPECT_EQ(bounds.best, 180 * kMebibyte);
    EXPECT_EQ(bounds.high, 210 * kMebibyte);
    EXPECT_EQ(bounds.method, "exit-stop");
    EXPECT_EQ(bounds.from, kFromKernel);
}

TEST(PeakBounds, OfATreeThatLeftItsCgroupHaveNoneAbove) {
    MemoryEvidence evidence;
    evidence.largest_process = 100 * kMebibyte;
    evidence.largest_sample = 180 * kMebibyte;
    evidence.cgroup_peak = 90 * kMebibyte;
    evidence.cgroup_version = 2;
    evidence.left_cgroup = true;
    const PeakBounds bounds = bounds_of(evidence);
    EXPECT_EQ(bounds.low, 100 * kMebibyte);
    EXPECT_EQ(bounds.best, 180 * kMebibyte);
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
    evidence.charged_beside = 0;
    evidence.mapped_elsewhere = 0;
    const PeakBounds bounds = bounds_of(evidence);
    EXPECT_EQ(bounds.low, 401 * kMebibyte);
    EXPECT_EQ(bounds.best, 404 * kMebibyte);
    EXPECT_EQ(bounds.high, 405 * kMebibyte);
}

TEST(PeakBounds, FilesInMemoryThatNobodyMapsAreNoPartOfThem) {
    MemoryEvidence evidence;
    evidence.largest_process = kMebibyte;
    evidence.cgroup_peak = 102 * kMebibyte;
    evidence.cgroup_version = 1;
    evidence.charged_beside = 100 * kMebibyte;
    evidence.unmapped_shared = 100 * kMebibyte;
    evidence.mapped_elsewhere = 0;
    const PeakBounds bounds = bounds_of(evidence);
    EXPECT_EQ(bounds.low, 2 * kMebibyte);
    EXPECT_EQ(bounds.best, 2 * kMebibyte);
    EXPECT_EQ(bounds.high, 102 * kMebibyte);
}

TEST(PeakBounds, AnOlderMarkOfTheCgroupIsACeiling) {
    MemoryEvidence evidence;
    evidence.largest_sample = 60 * kMebibyte;
    evidence.cgroup_ceiling = 300 * kMebibyte;
    evidence.cgroup_version = 2;
    evidence.mapped_elsewhere = kMebibyte;
    const PeakBounds bounds = bounds_of(evidence);
    EXPECT_EQ(bounds.low, 0);
    EXPECT_EQ(bounds.best, 60 * kMebibyte);
    EXPECT_EQ(bounds.high, 301 * kMebibyte);
    EXPECT_EQ(bounds.from, kFromSamples);
}

TEST(PeakBounds, WhereNothingIsKnownThereAreNone) {
    const PeakBounds bounds = bounds_of({});
    EXPECT_FALSE(bounds.low);
    EXPECT_FALSE(bounds.best) << "no figure of zero";
    EXPECT_FALSE(bounds.high);
}

TEST(PeakBounds, WhatMarksTellOfTheTimeBetweenSamplesRaisesTheUpperBound) {
    MemoryEvidence evidence = four_in_a_cgroup();
    const PeakBounds before = bounds_of(evidence);
    evidence.held_between_looks = *before.high + kMebibyte;
    EXPECT_EQ(bounds_of(evidence).high, *before.high + kMebibyte);
    EXPECT_EQ(bounds_of(evidence).low, before.low);
    EXPECT_EQ(bounds_of(evidence).best, before.best);
    evidence.held_between_looks = *before.high - kMebibyte;
    EXPECT_EQ(bounds_of(evidence).high, before.high);
}

TEST(PeakBounds, BetweenSamplesNoTreeHeldMoreThanTheLargestMarkForEachOfItsTasks) {
    MemoryEvidence evidence = four_in_a_cgroup();
    const std::int64_t before = *bounds_of(evidence).high;
    evidence.held_between_looks = 100 * before;
    EXPECT_EQ(bounds_of(evidence).high, 100 * before) << "nobody counted";
    evidence.most_tasks = 20;
    EXPECT_EQ(bounds_of(evidence).high, 20 * (evidence.largest_process + evidence.mark_below));
    evidence.most_tasks = 1;
    EXPECT_EQ(bounds_of(evidence).high, before);
}

TEST(PeakBounds, WhatLooksKeptAliveIsNotTheTreesButBoundsItFromAbove) {
    MemoryEvidence evidence = four_in_a_cgroup();
    const PeakBounds before = bounds_of(evidence);
    evidence.kept_by_looks = 3 * kMebibyte;
    EXPECT_EQ(bounds_of(evidence).low, *before.low - 3 * kMebibyte);
    EXPECT_EQ(bounds_of(evidence).best, *before.best - 3 * kMebibyte);
    EXPECT_EQ(bounds_of(evidence).high, before.high);
}

TEST(PeakBounds, WhereMarksOverlapWidelySamplesTellABetterUpperBoundAndItSaysSo) {
    MemoryEvidence evidence;
    evidence.largest_process = evidence.largest_still = evidence.largest_anonymous = 400 * kMebibyte;
    evidence.largest_sample = 400 * kMebibyte;
    evidence.overlapping_marks = 2000 * kMebibyte;
    EXPECT_EQ(bounds_of(evidence).from, kFromKernel);
    evidence.most_held = 402 * kMebibyte;
    EXPECT_EQ(bounds_of(evidence).high, 402 * kMebibyte);
    EXPECT_EQ(bounds_of(evidence).from, kFromSamples);
    EXPECT_EQ(bounds_of(evidence).method, "exit-stop");
    evidence.most_held = 390 * kMebibyte;
    EXPECT_EQ(bounds_of(evidence).high, 2000 * kMebibyte) << "samples that saw less than is proven";
    EXPECT_EQ(bounds_of(evidence).from, kFromKernel);
}

TEST(PeakBounds, AProofIsNotGivenUpForALittle) {
    MemoryEvidence evidence;
    evidence.largest_process = evidence.largest_still = evidence.largest_anonymous = 400 * kMebibyte;
    evidence.overlapping_marks = 406 * kMebibyte;
    evidence.most_held = 401 * kMebibyte;
    EXPECT_EQ(bounds_of(evidence).high, 406 * kMebibyte);
    EXPECT_EQ(bounds_of(evidence).from, kFromKernel);
}

}  // namespace
}  // namespace tidemark::warden
