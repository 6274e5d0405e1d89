// `--set` and `--only`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

using testing::ElementsAre;

LoadOptions set(std::vector<std::string> values) {
    return {.set = std::move(values)};
}

TEST_F(SweepFile, SetOutranksEveryOtherPlace) {
    const std::string text =
        "sweep: s\nworkload: train\nparameters: {epochs: 1}\nmatrix: {batch_size: [16]}\n"
        "derive: {accumulation: 128 / batch_size}\nruns: {mine: {seed: 7, batch_size: 4}}\n";
    EXPECT_EQ(value(load(text, set({"epochs=2"})), "mine", "epochs"), "2");
    EXPECT_EQ(value(load(text, set({"accumulation=3"})), "mine", "accumulation"), "3");
    EXPECT_EQ(value(load(text, set({"seed=9"})), "mine", "seed"), "9");
    EXPECT_EQ(value(load(text, set({"seed=9"})), "batch_size=16", "seed"), "9");
    EXPECT_EQ(value(load(text, set({"workers=3"})), "batch_size=16", "workers"), "3");
    EXPECT_EQ(refusal(text, set({"epochs=2", "epochs=3"})),
              "--set epochs=3: 'epochs' is set already, by --set epochs=2; say it once");
}

TEST_F(SweepFile, SetRefusesAListWhereAnAxisStands) {
    const std::string text =
        "sweep: s\ncommand: [echo, \"{o}{note}\"]\nparameters: {note: a}\nmatrix: {o: [adam, sgd]}\n";
    EXPECT_EQ(refusal(text, set({"o=nesterov,adam"})),
              "--set o=nesterov,adam: gives the axis 'o' one value, a text with a comma. To make some of its "
              "values: --only \"o IN (…)\"; to give it others, write them in the file; if the text is meant: "
              "--set 'o=\"nesterov,adam\"'");
    EXPECT_THAT(names(load(text, set({"o=\"nesterov,adam\""}))), testing::ElementsAre("o=nesterov,adam"));
    EXPECT_EQ(refusal(text, set({"note=b,c"})), "no error at all") << "it is no axis";
}

TEST_F(SweepFile, SetIsSeenByDerivationsAndExclusions) {
    const std::string text =
        "sweep: s\nworkload: train\nmatrix: {batch_size: [16, 32], workers: [0, 2]}\n"
        "derive: {accumulation: 128 / batch_size}\nexclude: [\"batch_size > 16 and workers > 0\"]\n";
    const Sweep sweep = load(text, set({"batch_size=64"}));
    EXPECT_THAT(names(sweep), ElementsAre("batch_size=64,workers=0"));
    EXPECT_EQ(value(sweep, "batch_size=64,workers=0", "accumulation"), "2");
}

TEST_F(SweepFile, SetMakesNamedRunsEqualAndKeepsTheFirst) {
    EXPECT_THAT(
        names(load("sweep: s\nworkload: train\nruns: {a: {epochs: 1}, b: {epochs: 2}, c: {seed: 4}}\n",
                   set({"epochs=5"}))),
        ElementsAre("a", "c"));
}

TEST_F(SweepFile, SetReadsItsValueAsYaml) {
    const std::string text = "sweep: s\ncommand: [echo, \"{a}\"]\nparameters: {a: 1}\n";
    const auto parameter = [&](const std::string& option) {
        const Sweep sweep = load(text, set({option}));
        return sweep.parameters(sweep.runs()[0]).front().second;
    };
    EXPECT_EQ(parameter("a=1e-3"), Value(0.001));
    EXPECT_EQ(parameter("a=true"), Value(true));
    EXPECT_EQ(parameter("a=x=y"), Value(std::string("x=y")));
    EXPECT_EQ(parameter("a=\"010\""), Value(std::string("010")));
    EXPECT_EQ(parameter("a='yes'"), Value(std::string("yes")));
    EXPECT_EQ(parameter("a=\"\""), Value(std::string()));
    EXPECT_EQ(parameter("a=二 and blanks: #1"), Value(std::string("二 and blanks: #1")));
    EXPECT_EQ(refusal(text, set({"a=\"010"})), "--set a=\"010: the quotes of the value do not match");
    EXPECT_EQ(refusal(text, set({"a='x' y"})), "--set a='x' y: the quotes of the value do not match");
    EXPECT_EQ(refusal(text, set({"a=.inf"})), "--set a=.inf: must be a finite number");
    EXPECT_EQ(
        refusal(text, set({"a="})),
        "s.yaml:2:17: command: the placeholder '{a}' has no value in the run 's'; give one in parameters, or "
        "\"\" for an empty text");
    EXPECT_EQ(refusal(text, set({"b=1"})), "--set b=1: the sweep has no such parameter (did you mean 'a'?)");
}

TEST_F(SweepFile, NumbersOfOldYamlAloneAreRefused) {
    const std::string text = "sweep: s\ncommand: [echo, \"{a}\"]\nparameters: {a: 1}\n";
    for (const std::string number : {"0b101", "-0x10", "+0x10", "12:30:45", "22:22"}) {
        EXPECT_EQ(
            refusal(text, set({"a=" + number})),
            "--set a=" + number + ": '" + number +
                "' is a number in YAML 1.1 and a text in YAML 1.2; write the number in plain digits, or \"" +
                number + "\" for the text");
        EXPECT_EQ(refusal(text, set({"a=\"" + number + "\""})), "no error at all") << "quoted, it is a text";
    }
    for (const std::string plain : {"1.2.3", "8080:80", "_1", "a_1", "0x1F", "0o17", "0_8", "00:30", "1:2:x"})
        EXPECT_EQ(refusal(text, set({"a=" + plain})), "no error at all") << plain;
}

TEST_F(SweepFile, TextsThatAReaderTakesForNumbersAreRefused) {
    const std::string text = "sweep: s\ncommand: [echo, \"{a}\"]\nparameters: {a: 1}\n";
    const std::vector<std::pair<std::string, std::string>> numbers{{"1_000", "1000"},
                                                                   {"1__0", "10"},
                                                                   {"-1_000", "-1000"},
                                                                   {"1_000.5", "1000.5"},
                                                                   {"1_0e-3", "10e-3"},
                                                                   {"1,000", "1000"},
                                                                   {"12,000,000", "12000000"},
                                                                   {"1 000", "1000"},
                                                                   {"1_", "1"},
                                                                   {"0_0.5", "00.5"},
                                                                   {"0X1F", "the number in plain digits"},
                                                                   {"-0o17", "the number in plain digits"},
                                                                   {"0o1_7", "the number in plain digits"},
                                                                   {"0B11", "the number in plain digits"}};
    for (const auto& [number, instead] : numbers) {
        EXPECT_EQ(refusal("sweep: s\ncommand: [echo]\nparameters:\n  a: " + number + "\n"),
                  "s.yaml:4:6: parameters.a: '" + number +
                      "' looks like a number and is a text in YAML 1.2; write " + instead + ", or \"" +
                      number + "\" for the text");
        EXPECT_EQ(refusal(text, set({"a=\"" + number + "\""})), "no error at all") << "quoted, it is a text";
    }
    EXPECT_EQ(refusal(text, set({"a=0_17"})),
              "--set a=0_17: '0_17' is octal in YAML 1.1 and a text in YAML 1.2; write the number in plain "
              "digits, or "
              "\"0_17\" for the text");
    for (const std::string plain : {"512,256", "0,1", "1,0001", "1e", "1.2.3", "2024-01-01", "Infinity",
                                    "nan", "10k", "0xfoo", "1_a", "20240101_run", "_", "1 000 b", "50%"})
        EXPECT_EQ(refusal("sweep: s\ncommand: [echo]\nparameters:\n  a: " + plain + "\n"), "no error at all")
            << plain;
    for (const std::string number : {".5", "5.", "+5", "1e3", "0x1F", "0o17"})
        EXPECT_EQ(refusal(text, set({"a=" + number})), "no error at all") << number;
}

TEST_F(SweepFile, NulIsRefusedWhereverItStands) {
    const std::string problem = "holds a NUL (\\0), which ends a text for every program; leave it out";
    const std::string start = "sweep: s\ncommand: [echo, a]\n";
    EXPECT_THAT(refusal(start + "environment: {A: \"x\\0B=1\"}\n"), testing::HasSubstr(problem));
    EXPECT_THAT(refusal(start + "environment: {\"A\\0\": x}\n"), testing::HasSubstr(problem));
    EXPECT_THAT(refusal("sweep: s\ncommand: [echo, \"a\\0b\"]\n"), testing::HasSubstr(problem));
    EXPECT_THAT(refusal(start, set({"a=\"x\\0y\""})), testing::HasSubstr(problem));
}

TEST_F(SweepFile, PathsOfSetAreTheCallersInRunsAndAxesToo) {
    const std::string text = "sweep: s\nworkload: train\nmatrix: {data_dir: [one, /two]}\n";
    EXPECT_EQ(value(load(text), "data_dir=one", "data_dir"), (folder / "sweeps/one").string());
    EXPECT_EQ(value(load(text), "data_dir=/two", "data_dir"), "/two");
    EXPECT_EQ(value(load(text, set({"data_dir=../three"})), "data_dir=../three", "data_dir"),
              (folder / "three").string());
}

TEST_F(SweepFile, WhatIsProvidedForAValueNeedNotBeGiven) {
    const std::string mixed = "sweep: s\nworkload: train\nmatrix: {dataset: [synthetic, cifar10]}\n";
    const std::string synthetic = "sweep: s\nworkload: train\n";
    const std::string before = cell(load(synthetic));
    EXPECT_EQ(refusal(mixed), "s.yaml:3:10: dataset: cifar10 needs data_dir: say where it is");
    workloads.provide({"dataset", "cifar10", "data_dir", Value(std::string("/fetched"))});
    EXPECT_EQ(value(load(mixed), "dataset=cifar10", "data_dir"), "/fetched");
    EXPECT_EQ(value(load(mixed, set({"data_dir=/own"})), "dataset=cifar10", "data_dir"), "/own");
    EXPECT_EQ(value(load(synthetic, set({"dataset=cifar10"})), "s", "data_dir"), "/fetched");
    EXPECT_EQ(cell(load(synthetic)), before) << "what needs nothing stays the run that it was";
}

TEST_F(SweepFile, OnlySeesDerivedDefaultAndConstantValues) {
    const std::string text =
        "sweep: s\nworkload: train\nparameters: {seed: 5}\nmatrix: {batch_size: [16, 32]}\n"
        "derive: {accumulation: 128 / batch_size}\nruns: {extra: {batch_size: 64, workers: 1}}\n";
    const auto only = [&](const std::string& condition) {
        return names(load(text, {.set = {}, .only = condition}));
    };
    EXPECT_THAT(only("accumulation = 8"), ElementsAre("batch_size=16"));
    EXPECT_THAT(only("workers = 0 and seed = 5"), ElementsAre("batch_size=16", "batch_size=32"));
    EXPECT_THAT(only("run IN ('extra', 'batch_size=32')"), ElementsAre("batch_size=32", "extra"));
    EXPECT_EQ(refusal(text, {.set = {}, .only = "abs(-9223372036854775808 + 0 * seed) > 1"}),
              "--only: integer overflow (in the run 'batch_size=16')");
}

LoadOptions limit(std::vector<std::string> limits) {
    return {.limit = std::move(limits)};
}

TEST_F(SweepFile, ALimitOfTheCommandLineThatIsWrongIsNamedAsItWasWritten) {
    const std::string text = "sweep: s\ncommand: [echo]\nlimits: {memory: 1 GiB}\n";
    const auto message = [&](const std::string& given) { return refusal(text, limit({given})); };
    EXPECT_EQ(message("=1GiB"), "--limit =1GiB: must be written name=value, such as memory=2GiB");
    EXPECT_EQ(
        message("timeout=1 h"),
        "--limit timeout=1 h: there is no such limit (did you mean 'wall'?); limits are memory, swap, pids, "
        "wall, cpu_time, cpus, enforce");
    EXPECT_EQ(message("memory="), "--limit memory=: '' is not a number with a unit, such as '512 MiB'");
    EXPECT_EQ(message("memory=lots"),
              "--limit memory=lots: 'lots' is not a number with a unit, such as '512 MiB'");
    EXPECT_EQ(message("wall=0"), "--limit wall=0: must be more than 0");
    EXPECT_EQ(message("cpus=1.5"), "--limit cpus=1.5: must be a number of CPUs from 1 to 4096, not '1.5'");
    EXPECT_EQ(message("enforce=maybe"),
              "--limit enforce=maybe: must be 'strict' or 'best effort', not 'maybe'");
    EXPECT_EQ(refusal(text, limit({"memory=1GiB", "wall=1 h", "memory=2GiB"})),
              "--limit memory=2GiB: 'memory' is set already, by --limit memory=1GiB; say it once");
    EXPECT_EQ(
        refusal(text, limit({"memory=none", "swap=1GiB"})),
        "--limit: a limit of swap is one of what may be swapped out of the memory limit; give a limit of "
        "memory too");
}

}  // namespace
}  // namespace tidemark::sweep
