#include "analysis/check.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace tidemark::analysis {
namespace {

using Repeat = RepeatFigure;
using protocol::Status;

Repeat ok(int number, double value) {
    return {.run_id = "now" + std::to_string(number),
            .repeat = number,
            .status = Status::Ok,
            .reason = {},
            .value = value,
            .missing = {}};
}

Repeat ended(int number, Status status, const char* reason, std::optional<double> value) {
    Repeat repeat = ok(number, 0);
    repeat.status = status;
    repeat.reason = reason;
    repeat.value = value;
    return repeat;
}

std::string plain(double value) {
    return std::to_string(std::lround(value));
}

Finding at_most(double bound, std::vector<Repeat> repeats, std::vector<int> gaps = {},
                bool of_memory = true) {
    return decide_bound({BoundKind::Maximum, bound, of_memory, "peak_rss"},
                        {"r", std::move(repeats), std::move(gaps)}, plain);
}

Finding at_least(double bound, std::vector<Repeat> repeats) {
    return decide_bound({BoundKind::Minimum, bound, false, "accuracy"}, {"r", std::move(repeats), {}}, plain);
}

TEST(Bound, HoldsWhereEveryRepeatHolds) {
    const Finding fits = at_most(10, {ok(1, 9), ok(2, 10), ok(3, 8)});
    EXPECT_EQ(fits.verdict, Verdict::Pass);
    EXPECT_EQ(fits.measured, 10);
    EXPECT_EQ(fits.explanation, "");
    const Finding over = at_most(10, {ok(1, 9), ok(2, 11), ok(3, 8)});
    EXPECT_EQ(over.verdict, Verdict::Broken);
    EXPECT_EQ(over.explanation, "repeat 2: 11 is above 10");
    const Finding under = at_least(10, {ok(1, 10), ok(2, 9)});
    EXPECT_EQ(under.verdict, Verdict::Broken);
    EXPECT_EQ(under.explanation, "repeat 2: 9 is below 10");
    EXPECT_EQ(under.measured, 9);
}

TEST(Bound, OfMemoryIsBrokenByRunningOut) {
    const auto oom = ended(1, Status::Oom, "killed at its limit of 64 MiB", 7);
    EXPECT_EQ(at_most(10, {oom}).verdict, Verdict::Broken);
    EXPECT_EQ(at_most(10, {oom}).explanation, "repeat 1 ran out of memory: killed at its limit of 64 MiB");
    EXPECT_EQ(at_most(10, {ended(1, Status::Oom, "at its limit", std::nullopt)}).verdict, Verdict::Broken);
    EXPECT_EQ(at_most(10, {oom}, {}, false).verdict, Verdict::Undecided)
        << "a maximum of time is not memory's";
    EXPECT_EQ(at_least(0.5, {oom}).verdict, Verdict::Undecided);
}

TEST(Bound, IsUndecidedByARunWithoutTheMetric) {
    const Finding crashed = at_most(10, {ok(1, 9), ended(2, Status::Crashed, "SIGSEGV", std::nullopt)});
    EXPECT_EQ(crashed.verdict, Verdict::Undecided);
    EXPECT_EQ(crashed.explanation, "repeat 2: crashed, SIGSEGV");
    Repeat silent = ok(1, 0);
    silent.value.reset();
    EXPECT_EQ(at_least(1, {silent}).explanation, "repeat 1 has no accuracy: it has not told it");
    silent.missing = "not measured by the method wait4";
    EXPECT_EQ(at_least(1, {silent}).explanation,
              "repeat 1 has no accuracy: not measured by the method wait4");
}

TEST(Bound, IsBrokenByANaNOnEitherSide) {
    const double nan = std::nan("");
    for (const Finding& finding :
         {at_most(10, {ok(1, 9), ok(2, nan)}), at_most(10, {ok(1, 11), ok(2, nan)})}) {
        EXPECT_EQ(finding.verdict, Verdict::Broken);
        EXPECT_TRUE(std::isnan(*finding.measured)) << "the worst of all";
    }
    EXPECT_EQ(at_most(10, {ok(1, 9), ok(2, nan)}).explanation,
              "repeat 2: peak_rss is NaN, which breaks every bound");
    EXPECT_EQ(at_least(10, {ok(1, nan), ok(2, 11)}).verdict, Verdict::Broken);
    EXPECT_EQ(at_least(10, {ok(1, nan)}).explanation, "repeat 1: accuracy is NaN, which breaks every bound");
    EXPECT_EQ(at_least(10, {ended(1, Status::Failed, "exit code 1", nan)}).verdict, Verdict::Broken)
        << "it will not come back";
    const double infinity = std::numeric_limits<double>::infinity();
    EXPECT_EQ(at_most(10, {ok(1, infinity)}).verdict, Verdict::Broken);
    EXPECT_EQ(at_least(10, {ok(1, -infinity)}).verdict, Verdict::Broken);
}

TEST(Bound, HoldsAnInfinityForWhatItIs) {
    const double infinity = std::numeric_limits<double>::infinity();
    EXPECT_EQ(at_least(10, {ok(1, infinity)}).verdict, Verdict::Pass);
    EXPECT_EQ(at_most(10, {ok(1, -infinity)}).verdict, Verdict::Pass);
    EXPECT_EQ(*at_most(10, {ok(1, 9), ok(2, infinity)}).measured, infinity) << "the worst of all";
}

TEST(Drift, IsBrokenByAnInfinityAndUndecidedByOneInTheBaseline) {
    const DriftLimit limit{0.03, "main", Noise::None, "loss"};
    const auto repeats = [](const char* id, const std::vector<double>& values) {
        std::vector<Repeat> all;
        for (const double value : values) {
            all.push_back(ok(static_cast<int>(all.size()) + 1, value));
            all.back().run_id = id + std::to_string(all.size());
        }
        return all;
    };
    const double infinity = std::numeric_limits<double>::infinity();
    const Finding now =
        decide_drift(limit, {"run", repeats("new", {1, infinity, 1}), {}}, repeats("old", {1, 1, 1}));
    EXPECT_EQ(now.verdict, Verdict::Broken);
    EXPECT_EQ(now.explanation, "repeat 2: loss is ∞, and that of the baseline is finite");
    const Finding fallen =
        decide_drift(limit, {"run", repeats("new", {1, -infinity, 1}), {}}, repeats("old", {1, 1, 1}));
    EXPECT_EQ(fallen.verdict, Verdict::Undecided);
    EXPECT_EQ(fallen.explanation, "repeat 2: loss is -∞, and that of the baseline is finite");
    const Finding then =
        decide_drift(limit, {"run", repeats("new", {1, 1, 1}), {}}, repeats("old", {1, 1, infinity}));
    EXPECT_EQ(then.verdict, Verdict::Undecided);
    EXPECT_EQ(then.explanation, "repeat 3 of baseline 'main': loss is ∞, of which nothing is a share");
}

TEST(Drift, IsBrokenByANaNAndUndecidedByOneInTheBaseline) {
    const DriftLimit limit{0.03, "main", Noise::None, "loss"};
    const auto repeats = [](const char* id, std::vector<double> values) {
        std::vector<Repeat> all;
        for (const double value : values) {
            all.push_back(ok(static_cast<int>(all.size()) + 1, value));
            all.back().run_id = id + std::to_string(all.size());
        }
        return all;
    };
    const double nan = std::nan("");
    const Finding now =
        decide_drift(limit, {"r", repeats("new", {1, nan, 1}), {}}, repeats("old", {1, 1, 1}));
    EXPECT_EQ(now.verdict, Verdict::Broken);
    EXPECT_EQ(now.explanation, "repeat 2: loss is NaN, which breaks every bound");
    const Finding then =
        decide_drift(limit, {"r", repeats("new", {1, 1, 1}), {}}, repeats("old", {1, 1, nan}));
    EXPECT_EQ(then.verdict, Verdict::Undecided);
    EXPECT_EQ(then.explanation, "repeat 3 of baseline 'main': loss is NaN");
}

TEST(Bound, IsNotHeldByARunThatEndedEarly) {
    EXPECT_EQ(at_most(10, {ended(1, Status::Failed, "exit code 1", 3)}).verdict, Verdict::Undecided);
    EXPECT_EQ(at_most(10, {ended(1, Status::Failed, "exit code 1", 30)}).verdict, Verdict::Broken);
    EXPECT_EQ(at_least(10, {ended(1, Status::Timeout, "after 1 s", 3)}).verdict, Verdict::Undecided);
}

TEST(Bound, IsUndecidedByAGapUnlessItIsBrokenAnyway) {
    EXPECT_EQ(at_most(10, {ok(1, 9)}, {2, 3}).explanation,
              "not measured with the present program and parameters: repeats 2, 3");
    EXPECT_EQ(at_most(10, {ok(1, 9), ok(2, 9)}, {3}).explanation,
              "not measured with the present program and parameters: repeat 3");
    EXPECT_EQ(at_most(10, {}, {1, 2, 3}).explanation, "not measured with the present program and parameters");
    EXPECT_EQ(at_most(10, {ok(1, 11)}, {2, 3}).verdict, Verdict::Broken);
}

Repeat between(int number, std::optional<double> low, std::optional<double> high,
               const char* method = "exit-stop") {
    Repeat repeat = ok(number, low.value_or(0) + 1);
    repeat.bounds = KnownBounds{low, high, high ? "" : "nobody counted its processes", method};
    return repeat;
}

TEST(BoundOfAnUncertainFigure, IsHeldByTheUpperOneAndBrokenByTheLowerOne) {
    EXPECT_EQ(at_most(300, {between(1, 73, 277)}).verdict, Verdict::Pass);
    EXPECT_EQ(at_most(277, {between(1, 73, 277)}).verdict, Verdict::Pass);
    EXPECT_EQ(at_most(72, {between(1, 73, 277)}).verdict, Verdict::Broken);
    EXPECT_EQ(at_most(72, {between(1, 73, 277)}).explanation, "repeat 1: at least 73 is above 72");
    EXPECT_EQ(at_least(73, {between(1, 73, 277)}).verdict, Verdict::Pass);
    EXPECT_EQ(at_least(278, {between(1, 73, 277)}).verdict, Verdict::Broken);
    EXPECT_EQ(at_least(278, {between(1, 73, 277)}).explanation, "repeat 1: at most 277 is below 278");
}

TEST(BoundOfAnUncertainFigure, IsUndecidedInBetweenAndSaysBoth) {
    const Finding finding = at_most(270, {ok(1, 100), between(2, 73, 277)});
    EXPECT_EQ(finding.verdict, Verdict::Undecided);
    EXPECT_EQ(finding.explanation,
              "repeat 2: between 73 and 277, so nobody knows whether it is above 270; a memory cgroup gives "
              "closer bounds, and `tidemark doctor` tells how to get one");
    EXPECT_EQ(at_most(270, {between(1, 73, 277, "cgroup v1")}).explanation,
              "repeat 1: between 73 and 277, so nobody knows whether it is above 270; files that it shares "
              "with other programs, and page cache, keep its bounds apart");
    EXPECT_EQ(at_least(100, {between(1, 73, 277)}).verdict, Verdict::Undecided);
    ASSERT_TRUE(at_most(270, {between(2, 73, 277)}).bounds);
    EXPECT_EQ(at_most(270, {between(2, 73, 277)}).bounds->high, 277);
}

TEST(BoundOfAnUncertainFigure, IsNeverHeldWhereNothingBoundsItFromAbove) {
    const Finding finding = at_most(1000, {between(1, 73, std::nullopt)});
    EXPECT_EQ(finding.verdict, Verdict::Undecided);
    EXPECT_EQ(finding.explanation,
              "repeat 1: at least 73, and nothing bounds it from above: nobody counted its processes; a "
              "memory cgroup gives closer bounds, and `tidemark doctor` tells how to get one");
    EXPECT_EQ(at_most(72, {between(1, 73, std::nullopt)}).verdict, Verdict::Broken);
    EXPECT_EQ(at_least(73, {between(1, 73, std::nullopt)}).verdict, Verdict::Pass);
    EXPECT_EQ(at_least(74, {between(1, 73, std::nullopt)}).verdict, Verdict::Undecided);
    EXPECT_EQ(at_most(1000, {between(1, std::nullopt, std::nullopt)}).verdict, Verdict::Undecided);
}

TEST(BoundOfAnUncertainFigure, IsBrokenByARunThatEndedEarlyWithItsLowerOneAlone) {
    Repeat failed = between(1, 73, 277);
    failed.status = Status::Failed;
    failed.reason = "exit code 1";
    EXPECT_EQ(at_most(72, {failed}).verdict, Verdict::Broken);
    EXPECT_EQ(at_most(300, {failed}).verdict, Verdict::Undecided) << "it might have gone on";
    EXPECT_EQ(at_most(300, {failed}).explanation, "repeat 1: failed, exit code 1");
}

std::vector<Repeat> baseline(const std::vector<double>& values) {
    std::vector<Repeat> out;
    for (const double value : values) {
        const int number = static_cast<int>(out.size()) + 1;
        Repeat& repeat = out.emplace_back(ok(number, value));
        repeat.run_id = "then" + std::to_string(number);
    }
    return out;
}

Finding drift(std::vector<Repeat> repeats, const std::vector<Repeat>& before, std::vector<int> gaps = {}) {
    return decide_drift({0.03, "main", Noise::None, "peak_rss"}, {"r", std::move(repeats), std::move(gaps)},
                        before);
}

TEST(Drift, IsBrokenWhereTheWholeIntervalLiesAbove) {
    const Finding rise = drift({ok(1, 105), ok(2, 106), ok(3, 105)}, baseline({100, 101, 100}));
    EXPECT_EQ(rise.verdict, Verdict::Broken);
    EXPECT_EQ(rise.measured, 105);
    EXPECT_EQ(rise.explanation, "+5.0 % (95 % interval +5.0 % to +5.0 %, 3 pairs)");
    EXPECT_EQ(drift({ok(1, 101), ok(2, 101), ok(3, 101)}, baseline({100, 100, 100})).verdict, Verdict::Pass);
    EXPECT_EQ(drift({ok(1, 50), ok(2, 50), ok(3, 50)}, baseline({100, 100, 100})).verdict, Verdict::Pass);
}

TEST(Drift, IsUndecidedWhereTheIntervalHoldsTheLimit) {
    const Finding noisy = drift({ok(1, 99), ok(2, 104), ok(3, 109)}, baseline({100, 100, 100}));
    EXPECT_EQ(noisy.verdict, Verdict::Undecided);
    EXPECT_EQ(noisy.explanation,
              "+4.0 % (95 % interval -14.7 % to +22.7 %, 3 pairs); too noisy to tell whether it is more than "
              "3 %, more repeats narrow it");
}

/// More repeats would not narrow it.
TEST(Drift, OfTimesOfTwoOccasionsSaysWhyItIsUndecided) {
    const auto held = [](double now) {
        return decide_drift({0.03, "main", Noise::CpuTime, "cpu_time"},
                            {"r", {ok(1, now), ok(2, now), ok(3, now)}, {}}, baseline({100, 100, 100}));
    };
    EXPECT_EQ(held(108).verdict, Verdict::Undecided);
    EXPECT_EQ(
        held(108).explanation,
        "+8.0 % (95 % interval -2.0 % to +18.0 %, 3 pairs); whether it is more than 3 % cannot be told: "
        "repeats made at two occasions tell a change to 10 % and no closer; those of one sweep, made in "
        "turn, tell more");
    EXPECT_EQ(held(114).verdict, Verdict::Broken);
    EXPECT_EQ(held(114).explanation,
              "+14.0 % (95 % interval +4.0 % to +24.0 %, 3 pairs); it may be the machine's speed that "
              "changed, for both "
              "sides were made at two occasions");
}

TEST(Drift, ComparesRepeatsOfTheSameNumber) {
    auto before = baseline({100, 200, 300});
    std::swap(before[0], before[2]);
    EXPECT_EQ(drift({ok(1, 101), ok(2, 202), ok(3, 303)}, before).verdict, Verdict::Pass);
}

TEST(Drift, OfTimesIsUndecidedBetweenTwoMachines) {
    const auto held = [](Noise noise, const std::string& machine) {
        auto before = baseline({100, 100, 100});
        std::vector<Repeat> now{ok(1, 100), ok(2, 100), ok(3, 100)};
        for (auto& value : before) value.origin.set(OriginFact::Machine, "slow, 2 cores");
        for (auto& repeat : now) repeat.origin.set(OriginFact::Machine, machine);
        return decide_drift({0.1, "main", noise, "time"}, {"r", now, {}}, before);
    };
    EXPECT_EQ(held(Noise::CpuTime, "fast, 8 cores").explanation,
              "not comparable: measured on another machine (slow, 2 cores before, fast, 8 cores now)");
    EXPECT_EQ(held(Noise::WallTime, "fast, 8 cores").verdict, Verdict::Undecided);
    EXPECT_EQ(held(Noise::Memory, "fast, 8 cores").verdict, Verdict::Pass);
    EXPECT_EQ(held(Noise::CpuTime, "slow, 2 cores").verdict, Verdict::Pass);
    EXPECT_EQ(held(Noise::CpuTime, "").verdict, Verdict::Pass) << "of runs that say nothing of their machine";
}

Repeat with_bounds(Repeat repeat, double low, std::optional<double> high) {
    constexpr double kMebi = 1024.0 * 1024;
    *repeat.value *= kMebi;
    repeat.bounds = KnownBounds{low * kMebi, high ? std::optional(*high * kMebi) : std::nullopt};
    return repeat;
}

/// Of three repeats that are all the same.
Finding drift_of_peaks(double before, double low, double high, double now, double now_low,
                       std::optional<double> now_high, const std::string& method = "cgroup v1") {
    std::vector<Repeat> then = baseline({before, before, before}), repeats;
    for (Repeat& repeat : then) {
        repeat = with_bounds(repeat, low, high);
        repeat.origin.set(OriginFact::MemoryMethod, "cgroup v1");
    }
    for (int number = 1; number <= 3; ++number) {
        repeats.push_back(with_bounds(ok(number, now), now_low, now_high));
        repeats.back().origin.set(OriginFact::MemoryMethod, method);
    }
    return decide_drift({0.03, "main", Noise::Memory, "peak_rss", "peak_rss_bytes"}, {"r", repeats, {}},
                        then);
}

TEST(Drift, OfPeaksKnowsTheirBounds) {
    EXPECT_EQ(drift_of_peaks(100, 99.5, 101, 110, 109.5, 111).verdict, Verdict::Broken);
    EXPECT_EQ(drift_of_peaks(100, 99.5, 101, 101, 100.5, 102).verdict, Verdict::Pass);
    const Finding overlap = drift_of_peaks(20, 19, 21, 21, 20, 22);
    EXPECT_EQ(overlap.verdict, Verdict::Undecided);
    EXPECT_EQ(overlap.explanation,
              "+5.0 % (95 % interval +4.5 % to +5.5 %, 3 pairs); the bounds of the peaks overlap, so nobody "
              "knows whether it rose at all");
    const Finding wide = drift_of_peaks(100, 100, 200, 100, 100, 200);
    EXPECT_EQ(wide.verdict, Verdict::Undecided);
    EXPECT_EQ(wide.explanation,
              "-50.5 % to +100.5 % by the bounds (3 pairs); the bounds of the peaks do not tell whether it "
              "is more than 3 %");
    ASSERT_TRUE(wide.bounds);
    EXPECT_EQ(wide.bounds->high, 200.0 * 1024 * 1024);
    EXPECT_EQ(drift_of_peaks(100, 100, 200, 300, 250, 400).verdict, Verdict::Broken);
    const Finding open = drift_of_peaks(100, 99.5, 101, 100, 100, std::nullopt);
    EXPECT_EQ(open.verdict, Verdict::Undecided) << "nothing bounds it from above";
    EXPECT_FALSE(open.bounds->high);
}

TEST(Drift, OfPeaksByTwoMethodsIsDecidedByBounds) {
    const Finding same = drift_of_peaks(100, 99.5, 101, 100.5, 100, 101, "exit-stop");
    EXPECT_EQ(same.verdict, Verdict::Pass);
    EXPECT_EQ(same.explanation,
              "-1.5 % to +2.0 % by the bounds (3 pairs); memory method: cgroup v1 before, exit-stop now");
    ASSERT_EQ(same.differences.size(), 1U);
    EXPECT_EQ(same.differences.front().name, "memory method");
    EXPECT_EQ(drift_of_peaks(100, 99.5, 101, 103.5, 103, 104, "exit-stop").verdict, Verdict::Undecided);
    EXPECT_EQ(drift_of_peaks(100, 99.5, 101, 127, 126, 128, "exit-stop").verdict, Verdict::Broken);
}

TEST(Drift, IsUndecidedWithoutTwoSides) {
    const auto before = baseline({100, 100, 100});
    EXPECT_EQ(drift({ok(1, 100)}, {}).explanation, "baseline 'main' has no run of this name");
    Repeat own = ok(1, 100);
    own.run_id = "then1";
    EXPECT_EQ(drift({own, ok(2, 100), ok(3, 100)}, before).explanation,
              "these results are those of baseline 'main' themselves; --fresh makes new ones");
    EXPECT_EQ(drift({ok(1, 100), ok(2, 100)}, before, {3}).explanation,
              "not measured with the present program and parameters: repeat 3");
    EXPECT_EQ(
        drift({ok(1, 100), ok(2, 100), ended(3, Status::Timeout, "after 1 s", 100)}, before).explanation,
        "repeat 3: timeout, after 1 s");
    EXPECT_EQ(drift({ok(1, 100), ok(2, 100)}, before).verdict, Verdict::Undecided)
        << "two repeats tell no scatter";
}

}  // namespace
}  // namespace tidemark::analysis
