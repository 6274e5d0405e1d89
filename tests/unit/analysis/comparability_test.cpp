#include "analysis/comparability.hpp"

#include <gtest/gtest.h>

#include "analysis/comparison.hpp"

namespace tidemark::analysis {
namespace {

using protocol::Noise;

constexpr const char* kPeak = "peak_rss_bytes";

Origin origin(OriginFact fact, const std::string& text) {
    Origin made;
    made.set(fact, text);
    return made;
}

Comparability between(OriginFact fact, const std::string& before, const std::string& after) {
    Comparability comparability;
    comparability.add_before(origin(fact, before));
    comparability.add_after(origin(fact, after));
    return comparability;
}

TEST(Comparability, TimesOfTwoMachinesAreNotCompared) {
    const auto two = between(OriginFact::Machine, "slow, 2 cores", "fast, 8 cores");
    EXPECT_EQ(two.obstacle("wall_s", Noise::WallTime),
              "not comparable: measured on another machine (slow, 2 cores before, fast, 8 cores now)");
    EXPECT_NE(two.obstacle("cpu_s", Noise::CpuTime), "");
    EXPECT_EQ(two.obstacle(kPeak, Noise::Memory), "");
    EXPECT_EQ(two.caveat(kPeak, Noise::Memory), "; machine: slow, 2 cores before, fast, 8 cores now");
    EXPECT_EQ(two.obstacle("accuracy", Noise::None), "");
    EXPECT_EQ(two.caveat("accuracy", Noise::None), "");
    EXPECT_FALSE(two.by_bounds_alone(kPeak));
    ASSERT_EQ(two.differences().size(), 1U);
    EXPECT_EQ(
        two.differences().front(),
        (OriginDifference{"machine", "slow, 2 cores", "fast, 8 cores",
                          "times are not compared; memory is, but a program may take more for more CPUs"}));
}

TEST(Comparability, AnotherArchitectureTakesAnotherAmountOfMemory) {
    const auto two = between(OriginFact::Architecture, "x86_64", "aarch64");
    EXPECT_EQ(two.obstacle(kPeak, Noise::Memory),
              "not comparable: measured on another architecture (x86_64 before, aarch64 now)");
    EXPECT_NE(two.obstacle("wall_s", Noise::WallTime), "");
    EXPECT_EQ(two.obstacle("loss", Noise::None), "");
}

TEST(Comparability, PeaksOfTwoMethodsAreComparedByTheirBounds) {
    const auto two = between(OriginFact::MemoryMethod, "wait4", "cgroup v1");
    EXPECT_TRUE(two.by_bounds_alone(kPeak));
    EXPECT_EQ(two.obstacle(kPeak, Noise::Memory), "");
    EXPECT_EQ(two.obstacle("peak_swap_bytes", Noise::Memory),
              "not comparable: measured by another memory method (wait4 before, cgroup v1 now)");
    EXPECT_NE(two.obstacle("peak_rss_high_bytes", Noise::Memory), "");
    EXPECT_EQ(two.obstacle("model_bytes", Noise::Memory), "") << "what a program tells has no method";
    EXPECT_EQ(two.obstacle("wall_s", Noise::WallTime), "");
    EXPECT_TRUE(between(OriginFact::Tidemark, "0.1.0", "0.2.0").by_bounds_alone(kPeak));
}

TEST(Comparability, WhatIsNotKnownDiffersFromNothing) {
    EXPECT_TRUE(between(OriginFact::Machine, "", "fast, 8 cores").differences().empty());
    EXPECT_EQ(between(OriginFact::Machine, "", "fast").obstacle("wall_s", Noise::WallTime), "");
    EXPECT_TRUE(Comparability().differences().empty());
}

TEST(Comparability, ASideThatIsOfTwoKindsItselfIsUnlike) {
    Comparability both;
    for (const char* machine : {"slow", "fast"}) {
        both.add_before(origin(OriginFact::Machine, machine));
        both.add_after(origin(OriginFact::Machine, machine));
    }
    EXPECT_EQ(both.obstacle("wall_s", Noise::WallTime),
              "not comparable: measured on another machine (fast and slow before, fast and slow now)");
}

TEST(Comparability, LimitsHeapLayoutAndKernelAreTold) {
    for (const auto& [fact, name] : {std::pair{OriginFact::MemoryLimit, "memory limit"},
                                     {OriginFact::HeapLayout, "heap layout"},
                                     {OriginFact::Kernel, "kernel"}}) {
        const auto two = between(fact, "a", "b");
        EXPECT_EQ(two.differences().front().name, name);
        EXPECT_EQ(two.obstacle(kPeak, Noise::Memory), "");
        EXPECT_EQ(two.caveat(kPeak, Noise::Memory), "; " + std::string(name) + ": a before, b now");
    }
}

// What a comparison makes of it.

constexpr double kMebi = 1024.0 * 1024;

MeasuredRepeat repeat(int number, double peak, double low, std::optional<double> high,
                      const std::string& method) {
    MeasuredRepeat made{"id", number, protocol::Status::Ok, {{kPeak, peak * kMebi}, {"wall_s", 1}}};
    made.origin.set(OriginFact::MemoryMethod, method);
    made.peak = KnownBounds{low * kMebi, high ? std::optional(*high * kMebi) : std::nullopt};
    return made;
}

std::vector<MeasuredRepeat> repeats(double peak, double low, std::optional<double> high,
                                    const std::string& method = "cgroup v1") {
    std::vector<MeasuredRepeat> made;
    for (int number = 1; number <= 3; ++number) made.push_back(repeat(number, peak, low, high, method));
    return made;
}

FigureChange peak_of(const std::vector<MeasuredRepeat>& before, const std::vector<MeasuredRepeat>& after) {
    return compare(before, after,
                   [](const std::string& name) { return name == kPeak ? Noise::Memory : Noise::WallTime; })
        .front();
}

std::string said(const std::vector<MeasuredRepeat>& before, const std::vector<MeasuredRepeat>& after) {
    return sentence("peak memory", peak_of(before, after), 0.03);
}

TEST(PeaksWithBounds, CloseOnesAreComparedByTheirGuesses) {
    EXPECT_EQ(said(repeats(100, 99.5, 101), repeats(110, 109.5, 111)), "peak memory rose by 10.0 %");
    EXPECT_EQ(said(repeats(100, 99.5, 101), repeats(90, 89.5, 91)), "peak memory fell by 10.0 %");
    EXPECT_EQ(said(repeats(100, 99.5, 101), repeats(101, 100.5, 102)), "peak memory is the same within 3 %");
}

TEST(PeaksWithBounds, WhereTheyOverlapNoChangeIsClaimed) {
    // 5 % more by the guesses, and 2 MiB of 20 are what a kernel may be wrong by
    EXPECT_EQ(said(repeats(20, 19, 21), repeats(21, 20, 22)),
              "whether peak memory changed cannot be told: the bounds of both sides overlap");
    EXPECT_EQ(said(repeats(21, 20, 22), repeats(20, 19, 21)),
              "whether peak memory changed cannot be told: the bounds of both sides overlap");
    EXPECT_EQ(said(repeats(20, 19, 20.5), repeats(22, 21.5, 23)), "peak memory rose by 10.0 %");
}

TEST(PeaksWithBounds, UncertainOnesAreComparedByTheirBounds) {
    const auto rise = peak_of(repeats(100, 100, 200), repeats(300, 260, 400));
    EXPECT_TRUE(rise.change->by_bounds);
    // 260 / 200 - 1, less the half percent that memory scatters by at least
    EXPECT_EQ(sentence("peak memory", rise, 0.03), "peak memory rose by at least 29.5 %");
    EXPECT_EQ(to_text(*rise.change), "+29.5 % to +300.5 % by the bounds (3 pairs)");
    EXPECT_EQ(rise.before_doubt, (Interval{100 * kMebi, 200 * kMebi}));
    EXPECT_EQ(said(repeats(300, 260, 400), repeats(100, 100, 200)), "peak memory fell by at least 22.6 %");
    EXPECT_EQ(said(repeats(100, 100, 200), repeats(150, 150, 250)),
              "whether peak memory changed by more than 3 % cannot be told: it is known by bounds alone");
}

TEST(PeaksWithBounds, WhatNothingBoundsFromAboveHasNoRise) {
    const auto open = peak_of(repeats(100, 100, std::nullopt), repeats(500, 500, std::nullopt));
    EXPECT_EQ(open.direction(0.03), Direction::Unclear);
    EXPECT_EQ(to_text(*open.change), "-100.0 % or more by the bounds (3 pairs)");
    EXPECT_FALSE(open.has_guess());
    // but from below it is known
    EXPECT_EQ(said(repeats(100, 99.5, 101), repeats(500, 500, std::nullopt)),
              "peak memory rose by at least 394.5 %");
}

TEST(PeaksWithBounds, TwoMethodsAreNeverHeldByTheirGuesses) {
    const auto found = peak_of(repeats(100, 100, 101, "wait4"), repeats(102, 101.5, 102.5, "cgroup v1"));
    EXPECT_TRUE(found.change->by_bounds);
    EXPECT_EQ(sentence("peak memory", found, 0.03),
              "peak memory is the same within 3 %; memory method: wait4 before, cgroup v1 now");
    EXPECT_FALSE(found.has_guess());
    EXPECT_EQ(said(repeats(100, 98, 100, "wait4"), repeats(127, 126, 128, "cgroup v1")),
              "peak memory rose by at least 25.5 %; memory method: wait4 before, cgroup v1 now");
}

TEST(PeaksWithBounds, TimesOfTwoMachinesGetNoChangeAtAll) {
    auto before = repeats(100, 100, 101), after = before;
    for (auto& each : before) each.origin.set(OriginFact::Machine, "slow");
    for (auto& each : after) {
        each.origin.set(OriginFact::Machine, "fast");
        each.figures["wall_s"] = 2;
    }
    const auto figures = compare(before, after, [](const std::string& name) {
        return name == kPeak ? Noise::Memory : Noise::WallTime;
    });
    ASSERT_EQ(figures.size(), 2U);
    EXPECT_TRUE(figures[0].change.has_value());
    EXPECT_FALSE(figures[1].comparable);
    EXPECT_FALSE(figures[1].change.has_value());
    EXPECT_EQ(sentence("wall time", figures[1], 0.03),
              "wall time: not comparable: measured on another machine (slow before, fast now)");
}

}  // namespace
}  // namespace tidemark::analysis
