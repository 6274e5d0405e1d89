#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

constexpr const char* kTwoWorkloads =
    "sweep: s\nworkload: \"{engine}\"\nmatrix: {engine: [train, train-pytorch], batch_size: [16, 32]}\n";

TEST_F(SweepFile, AResolvedRunSaysWhatTheSweepSays) {
    const Sweep sweep = load(kTwoWorkloads);
    for (const RunSpec& run : sweep.runs()) {
        const ResolvedRun resolved = sweep.resolve(run);
        EXPECT_EQ(resolved.parameters(), sweep.parameters(run));
        EXPECT_EQ(resolved.workload(), sweep.workload(run));
        EXPECT_EQ(resolved.request().command, sweep.request(run).command);
        EXPECT_EQ(resolved.request().parameters, resolved.parameters());
        EXPECT_EQ(resolved.request().cell, to_text(run.cell));
        EXPECT_EQ(resolved.key(), sweep.key(run));
    }
}

TEST_F(SweepFile, AResolvedRunMakesItsRequestOnce) {
    const Sweep sweep = load(kTwoWorkloads);
    const ResolvedRun run = sweep.resolve(sweep.runs()[3]);
    const protocol::Request& request = run.request();
    run.key();
    EXPECT_EQ(&run.request(), &request);
    const ResolvedRun copy = run;
    EXPECT_EQ(copy.key(), run.key()) << "a copy is a whole one";
}

TEST_F(SweepFile, ARunOutlivesTheMoveOfItsSweep) {
    Sweep sweep = load(kTwoWorkloads);
    const RunSpec run = sweep.runs()[2];
    const ResolvedRun resolved = sweep.resolve(run);
    const Sweep moved = std::move(sweep);
    EXPECT_EQ(resolved.written("engine"), "train-pytorch");
    EXPECT_EQ(moved.resolve(run).written("batch_size"), "16");
}

TEST_F(SweepFile, ValuesOfARunAreARange) {
    const Sweep sweep = load(kTwoWorkloads);
    const RunValues& values = sweep.runs()[1].values;
    ASSERT_EQ(values.size(), 2U);
    EXPECT_EQ(values[1], Value(std::int64_t{32}));
    EXPECT_THAT(std::vector<Value>(values.begin(), values.end()),
                testing::ElementsAre(Value(std::string("train")), Value(std::int64_t{32})));
    EXPECT_EQ(RunValues().size(), 0U);
}

TEST_F(SweepFile, WhatIsMeasuredIsTheSameWhateverIsReadFromIt) {
    const auto keys_of = [&](const std::string& captures) {
        const Sweep sweep = load("sweep: s\ncommand: [echo, \"{n}\"]\nparameters: {n: 1}\n" + captures);
        const ResolvedRun run = sweep.resolve(sweep.runs().front());
        return std::pair(run.key(), run.measured_key());
    };
    const auto [bare, bare_measured] = keys_of("");
    const auto [one, one_measured] = keys_of("capture: {a: 'a (.*)'}\n");
    const auto [other, other_measured] = keys_of("capture: {a: 'a (.*)', b: {stderr: 'b (.*)'}}\n");
    EXPECT_EQ(bare, bare_measured);
    EXPECT_NE(one, bare);
    EXPECT_NE(one, other);
    EXPECT_EQ(one_measured, bare);
    EXPECT_EQ(other_measured, bare);
    EXPECT_NE(keys_of("capture: {a: 'a (.*)'}\nsetup: {run: [echo]}\n").second, bare);
}

TEST_F(SweepFile, AResolvedRunKnowsWhatIsToldInAnotherForm) {
    const Sweep sweep =
        load("sweep: s\ncommand: [echo, \"{a}\"]\nparameters: {a: 3.10, b: 1e3, c: 7, d: '3.10', e: true}\n");
    const std::map<std::string, std::string> told{{"a", "3.10"}, {"b", "1e3"}};
    EXPECT_EQ(sweep.resolve(sweep.runs().front()).told(), told);
    EXPECT_EQ(sweep.request(sweep.runs().front()).told, told);
}

}  // namespace
}  // namespace tidemark::sweep
