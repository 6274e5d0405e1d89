// How often runs are made: a number, until a median is known, or what a named run says itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

const std::string kPlain = "sweep: s\ncommand: [/bin/echo, \"{n}\"]\nmatrix: {n: [1, 2]}\n";

TEST_F(SweepFile, RepeatsUntilAMedianIsKnown) {
    const Repeats repeats = load(kPlain + "repeat: until 2 %\n").repeats();
    ASSERT_TRUE(repeats.until);
    EXPECT_DOUBLE_EQ(repeats.until->share, 0.02);
    EXPECT_EQ(repeats.until->column, "wall_s");
    EXPECT_EQ(repeats.least, kFewestUntil);
    EXPECT_EQ(repeats.most, kMostUntil);

    const Sweep sweep = load(kPlain + "repeat: {until: 0.5 %, metric: peak_rss, min: 3, max: 9}\n");
    EXPECT_EQ(sweep.repeats().until->column, "peak_rss_bytes");
    EXPECT_EQ(sweep.repeats().least, 3);
    EXPECT_EQ(sweep.repeat(), 9) << "the most that may be";
    EXPECT_EQ(load(kPlain + "repeat: {until: 2 %, min: 80}\n").repeats().most, 80);
}

TEST_F(SweepFile, ANamedRunIsRepeatedAndWarmedUpAsItSays) {
    const Sweep sweep = load(
        kPlain + "repeat: 2\nwarmup: 1\nruns: {often: {n: 2, repeat: 7, warmup: 3}, as others: {n: 5}}\n");
    const auto named = [&](const std::string& name) {
        return *std::ranges::find(sweep.runs(), name, &RunSpec::run);
    };
    EXPECT_EQ(sweep.repeats(named("often")), Repeats::fixed(7));
    EXPECT_EQ(sweep.request(named("often")).warmup, 3);
    EXPECT_EQ(sweep.repeats(named("as others")), Repeats::fixed(2));
    EXPECT_EQ(sweep.request(named("as others")).warmup, 1);
    EXPECT_EQ(sweep.repeats(named("n=1")), Repeats::fixed(2));
    EXPECT_EQ(sweep.repeat(), 7);
    EXPECT_EQ(named("often").cell, load(kPlain).runs()[1].cell) << "how often it is made is no part of it";

    const Sweep fixed = load(kPlain + "repeat: until 2 %\nruns: {often: {n: 2, repeat: 7}}\n", {.repeat = 3});
    for (const RunSpec& run : fixed.runs()) EXPECT_EQ(fixed.repeats(run), Repeats::fixed(3));
}

TEST_F(SweepFile, AParameterThatIsCalledWarmupIsNoWarmup) {
    const Sweep sweep = load(
        "sweep: s\ncommand: [/bin/echo, \"{warmup}\"]\nparameters: {warmup: 5}\nruns: {long: {warmup: 9}}\n");
    const RunSpec& run = *std::ranges::find(sweep.runs(), "long", &RunSpec::run);
    EXPECT_EQ(sweep.request(run).warmup, 0);
    EXPECT_THAT(sweep.request(run).command, testing::ElementsAre("/bin/echo", "9"));
}

TEST_F(SweepFile, RepeatsThatCannotBeAreRefused) {
    const auto said = [&](const std::string& repeat) { return refusal(kPlain + "repeat: " + repeat + "\n"); };
    EXPECT_EQ(
        said("until 2"),
        "s.yaml:4:9: repeat: must be how well the median is to be known, above 0 % and up to 50 %, such "
        "as 2 %, not '2'");
    EXPECT_EQ(
        said("until 0 %"),
        "s.yaml:4:9: repeat: must be how well the median is to be known, above 0 % and up to 50 %, such "
        "as 2 %, not '0 %'");
    EXPECT_EQ(said("[3]"), "s.yaml:4:9: repeat: must be an integer from 1 to 100000, or 'until 2 %'");
    EXPECT_EQ(
        said("until done"),
        "s.yaml:4:9: repeat: must be how well the median is to be known, above 0 % and up to 50 %, such "
        "as 2 %, not 'done'");
    EXPECT_EQ(said("{min: 3}"),
              "s.yaml:4:9: repeat.until: missing; write {until: 2 %, metric: wall, min: 5, max: 50}, or a "
              "number");
    EXPECT_EQ(said("{until: 2 %, min: 2}"),
              "s.yaml:4:27: repeat.min: must be a number of repeats from 3 to 100000, not '2'");
    EXPECT_EQ(said("{until: 2 %, min: 6, max: 5}"),
              "s.yaml:4:35: repeat.max: must not be below the fewest repeats, 6");
    EXPECT_EQ(said("{until: 2 %, metric: n}"),
              "s.yaml:4:30: repeat.metric: 'n' is a parameter; name a figure, such as wall or peak_rss");
    EXPECT_EQ(said("{until: 2 %, maxx: 9}"), "s.yaml:4:22: repeat.maxx: unknown key (did you mean 'max'?)");
    EXPECT_EQ(refusal("sweep: s\nworkload: train\nrepeat: {until: 2 %, metric: peak_rss_byte}\n"),
              "s.yaml:3:30: repeat.metric: unknown metric 'peak_rss_byte' (did you mean 'peak_rss_bytes'?)");
    EXPECT_EQ(refusal(kPlain + "runs: {often: {n: 2, repeat: 0}}\n"),
              "s.yaml:4:30: runs.often.repeat: must be an integer from 1 to 100000, or 'until 2 %', not '0'");
    EXPECT_EQ(refusal(kPlain + "runs: {often: {n: 2, warmup: many}}\n"),
              "s.yaml:4:30: runs.often.warmup: must be a number of unmeasured executions from 0 to 1000, not "
              "'many'");
}

}  // namespace
}  // namespace tidemark::sweep
