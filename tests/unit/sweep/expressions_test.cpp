// Expressions of a sweep are evaluated once for equal values, which must not be seen.
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sweep/expansion/index_table.hpp"
#include "sweep/expansion/remembered.hpp"
#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

using testing::ElementsAre;

std::string numbers(int count) {
    std::string list;
    for (int i = 1; i <= count; ++i) list += (i > 1 ? ", " : "") + std::to_string(i);
    return "[" + list + "]";
}

TEST_F(SweepFile, WhatIsDrawnAtRandomIsDrawnForEachCell) {
    const Sweep sweep = load("sweep: s\ncommand: [/bin/true]\nmatrix: {a: " + numbers(50) +
                             "}\nderive: {seed: abs(Random() % 1000000007)}\n");
    std::set<std::string> seeds;
    for (const RunSpec& run : sweep.runs()) seeds.insert(to_text(run.values[1]));
    EXPECT_GT(seeds.size(), 40U);
}

TEST_F(SweepFile, MoreDifferentValuesThanAreRememberedAreAllRight) {
    const Sweep sweep =
        load("sweep: s\ncommand: [/bin/true]\nmatrix: {a: " + numbers(200) + ", b: " + numbers(100) +
             "}\nderive: {c: a * 1000 + b}\nexclude: [c % 2 = 0 and a + b > 3]\n");
    std::size_t odd = 0;
    for (const RunSpec& run : sweep.runs()) {
        const auto a = std::get<std::int64_t>(run.values[0]);
        const auto b = std::get<std::int64_t>(run.values[1]);
        const auto c = std::get<std::int64_t>(run.values[2]);
        ASSERT_EQ(c, a * 1000 + b) << run.run;
        ASSERT_TRUE(c % 2 == 1 || a + b <= 3) << run.run;
        if (c % 2 == 1) ++odd;
    }
    EXPECT_EQ(odd, 10000U);
    EXPECT_EQ(sweep.runs().size(), 10001U);
}

TEST_F(SweepFile, ValuesThatLookAlikeAreNotMixedUp) {
    const Sweep sweep = load(
        "sweep: s\ncommand: [/bin/true]\nmatrix: {n: [1, \"1\", 0.0, true]}\n"
        "derive: {kind: typeof(n), same: n}\nexclude: [kind = 'text']\nruns: {real: {n: 1.0}, minus: {n: "
        "-0.0}}\n");
    EXPECT_THAT(names(sweep), ElementsAre("n=1", "n=0.0", "n=true", "real", "minus"));
    EXPECT_EQ(value(sweep, "n=1", "kind"), "integer");
    EXPECT_EQ(value(sweep, "real", "kind"), "real");
    EXPECT_EQ(value(sweep, "n=0.0", "same"), "0.0");
    EXPECT_EQ(value(sweep, "minus", "same"), "-0.0");
    EXPECT_EQ(value(sweep, "n=true", "same"), "1");
}

TEST_F(SweepFile, ATextAmongNumbersIsRefusedByItsPlaceAndRun) {
    const std::string head = "sweep: s\ncommand: [/bin/true]\nmatrix: {workers: [2, auto], size: [8, 16]}\n";
    const std::string ordered =
        "`workers > 1` orders the text 'auto' (workers) and the number 1, which have no order; write workers "
        "= "
        "'auto' to compare texts, or typeof(workers) <> 'text' AND … to leave them out (in the run "
        "'workers=auto,size=8')";
    EXPECT_EQ(refusal(head + "exclude: [workers > 1 and size = 8]\n"), "s.yaml:4:11: exclude: " + ordered);
    EXPECT_EQ(refusal(head, {.set = {}, .only = "workers > 1"}), "--only: " + ordered);
    EXPECT_EQ(refusal(head + "requires: [{command: [/bin/true], where: workers > 1, reason: none}]\n"),
              "s.yaml:4:42: requires.where: " + ordered);
    EXPECT_EQ(refusal(head + "derive: {twice: workers * 2}\n"),
              "s.yaml:4:17: derive.twice: `workers * 2` takes numbers, and not the text 'auto' (workers); "
              "typeof(workers) tells texts from numbers (in the run 'workers=auto,size=8')");
    EXPECT_THAT(
        names(load(head + "exclude: [\"typeof(workers) <> 'text' AND workers > 1\", workers = 'none']\n")),
        ElementsAre("workers=auto,size=8", "workers=auto,size=16"));
}

TEST_F(SweepFile, AFailureIsRememberedAsOne) {
    const std::string text =
        "sweep: s\ncommand: [/bin/true]\nmatrix: {a: [1, 2], b: [0, 1]}\nderive: {c: 4 / b}\n";
    EXPECT_EQ(refusal(text), "s.yaml:4:13: derive.c: division by zero (in the run 'a=1,b=0')");
    EXPECT_THAT(names(load(text + "exclude: [b = 0]\n")), ElementsAre("a=1,b=1", "a=2,b=1"));
}

TEST(Remembered, AsksOnceForWhatItHolds) {
    Remembered<int> squares;
    const int parts[2] = {};
    int asked = 0;
    const auto ask = [&] { return ++asked; };
    EXPECT_EQ(squares.get({&parts[0]}, ask), 1);
    EXPECT_EQ(squares.get({&parts[1]}, ask), 2);
    EXPECT_EQ(squares.get({&parts[0], &parts[1]}, ask), 3);
    EXPECT_EQ(squares.get({}, ask), 4);
    EXPECT_EQ(squares.get({&parts[0]}, ask), 1);
    EXPECT_EQ(squares.get({}, ask), 4);
}

TEST(IndexTable, TellsThingsOfOneHashApart) {
    IndexTable table;
    const std::uint64_t one_hash = 7;
    for (std::uint32_t i = 0; i < 100; ++i)
        EXPECT_EQ(table.find_or_add(one_hash, i, [&](std::uint32_t other) { return other == i; }), i);
    EXPECT_EQ(table.find_or_add(one_hash, 100, [](std::uint32_t other) { return other == 42; }), 42U);
    EXPECT_EQ(table.find(one_hash, [](std::uint32_t other) { return other == 99; }), 99U);
    EXPECT_EQ(table.find(one_hash + 1, [](std::uint32_t) { return true; }), IndexTable::kNone);
    table.clear();
    EXPECT_EQ(table.find(one_hash, [](std::uint32_t) { return true; }), IndexTable::kNone);
}

}  // namespace
}  // namespace tidemark::sweep
