// Values that are derived from the number of the repeat: another seed in each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kSeeds =
    "sweep: s\nrepeat: 3\ncommand: [/bin/echo, \"{seed}\", \"{folds:json}\"]\nmatrix: {n: [1, 2]}\n"
    "derive: {seed: 10 * repeat + n, folds: seed + 1}\n";

TEST_F(SweepFile, AValueByRepeatIsKnownWhenARepeatIsMade) {
    const Sweep sweep = load(kSeeds);
    const RunSpec& second = sweep.runs()[1];
    EXPECT_THAT(sweep.request(second, {2, "/d"}).command, ElementsAre("/bin/echo", "22", "23"));
    EXPECT_THAT(sweep.request(second, {3, "/d"}).command, ElementsAre("/bin/echo", "32", "33"));
    EXPECT_THAT(sweep.request(second).command, ElementsAre("/bin/echo", "{seed}", "{folds:json}"))
        << "of all repeats";
    EXPECT_THAT(sweep.by_repeat(), ElementsAre("seed", "folds"));
    EXPECT_EQ(value(sweep, "n=2", "seed"), "none");
    const auto parameters = sweep.request(second, {2, "/d"}).parameters;
    EXPECT_THAT(parameters, testing::Contains(std::pair<std::string, Value>("seed", std::int64_t{22})));
    EXPECT_THAT(names(load("sweep: s\nworkload: train\nderive: {seed: repeat}\n")), ElementsAre("s"));
}

TEST_F(SweepFile, ARunIsOneCellInAllRepeats) {
    EXPECT_EQ(cell(load(kSeeds)), cell(load(kSeeds)));
    const std::string other =
        "sweep: s\nrepeat: 3\ncommand: [/bin/echo, \"{seed}\", \"{folds:json}\"]\nmatrix: {n: [1, 2]}\n"
        "derive: {seed: 11 * repeat + n, folds: seed + 1}\n";
    EXPECT_NE(cell(load(kSeeds)), cell(load(other))) << "its seeds are others";
}

TEST_F(SweepFile, AnExplicitValueIsTheSameInEachRepeat) {
    const Sweep sweep = load(kSeeds + "runs: {fixed: {n: 3, seed: 7}}\n");
    EXPECT_THAT(sweep.request(run_called(sweep, "fixed"), {2, "/d"}).command,
                ElementsAre("/bin/echo", "7", "8"));
    EXPECT_THAT(load(kSeeds, {.set = {"seed=7", "folds=1"}}).by_repeat(), ElementsAre());
}

TEST_F(SweepFile, WhatIsWrongInAnyRepeatIsFoundBefore) {
    EXPECT_EQ(refusal("sweep: s\nrepeat: 3\ncommand: [/bin/echo, \"{x}\"]\nderive: {x: 6 / (3 - repeat)}\n"),
              "s.yaml:4:13: derive.x: division by zero in repeat 3 (in the run 's')");
    EXPECT_EQ(refusal("sweep: s\nworkload: train\nrepeat: 2\nderive: {epochs: 1 - repeat}\n"),
              "s.yaml:4:18: derive.epochs: must be an integer from 1 to 100000, not 0 in repeat 1 (in the "
              "run 's')");
}

TEST_F(SweepFile, ConditionsAreAboutAllRepeats) {
    const std::string why = "'seed' is another in each repeat of a run, and this is about all of them";
    EXPECT_EQ(refusal(kSeeds + "exclude: [\"seed > 1\"]\n"), "s.yaml:6:11: exclude: " + why);
    EXPECT_EQ(refusal(kSeeds, {.only = "seed > 1"}), "--only: " + why);
    EXPECT_EQ(refusal(kSeeds + "inputs: [\"{seed}.txt\"]\n"),
              "s.yaml:6:10: inputs: '{seed}' is known only when the run is made; an input is there before");
    EXPECT_EQ(refusal(kSeeds + "exclude: [\"repeat > 1\"]\n"), "s.yaml:6:11: exclude: unknown name 'repeat'");
}

std::string server_at(const std::string& port) {
    return "sweep: s\nrepeat: 3\ncommand: [/bin/true]\nservice: {command: [/bin/true], port: " + port + "}\n";
}

TEST_F(SweepFile, AServiceHasAPortOfItsOwnInEachRepeat) {
    const Sweep sweep = load(server_at("\"80{repeat}\""));
    EXPECT_EQ(sweep.request(sweep.runs()[0], {1, "/d"}).service->port, 801);
    EXPECT_EQ(sweep.request(sweep.runs()[0], {3, "/d"}).service->port, 803);
    EXPECT_EQ(sweep.request(sweep.runs()[0]).service->port, std::nullopt) << "of all repeats";
    EXPECT_EQ(key(sweep), key(load(server_at("\"80{repeat}\""))));
    EXPECT_NE(key(sweep), key(load(server_at("\"81{repeat}\""))));
    EXPECT_NE(key(sweep), key(load(server_at("801"))));
    const Sweep derived =
        load(server_at("\"{port}\"") + "matrix: {n: [1, 2]}\nderive: {port: 8000 + 10 * n + repeat}\n");
    EXPECT_EQ(derived.request(derived.runs()[1], {2, "/d"}).service->port, 8022);
    EXPECT_NE(key(derived, 0), key(derived, 1));
}

TEST_F(SweepFile, APortThatIsNoneInAnyRepeatIsFoundBefore) {
    const std::string why = "service.port: must be a TCP port from 1 to 65535, and is none in run 's'";
    EXPECT_EQ(refusal(server_at("\"6553{repeat}\"") + "matrix: {n: [1]}\n"), "no error at all");
    EXPECT_EQ(refusal(server_at("\"6553{repeat}\""), {.repeat = 6}),
              "s.yaml:4:39: " + why + ", repeat 6: '65536'");
    EXPECT_EQ(refusal(server_at("\"{p}\"") + "derive: {p: 2 - repeat}\n"),
              "s.yaml:4:39: " + why + ", repeat 2: '0'");
    EXPECT_EQ(refusal(server_at("\"{p}{repeat}\"") + "parameters: {p: http}\n"),
              "s.yaml:4:39: " + why + ", repeat 1: 'http1'");
    EXPECT_EQ(refusal(server_at("\"{p}\"") + "matrix: {p: [80, 81.5, 0]}\n"),
              "s.yaml:4:39: service.port: must be a TCP port from 1 to 65535, and is none in run 'p=81.5': "
              "'81.5'");
    EXPECT_EQ(refusal(server_at("\"{run_dir}\"")),
              "s.yaml:4:39: service.port: '{run_dir}' is a folder, and a port is a number");
}

TEST_F(SweepFile, ALimitThatIsDerivedIsLookedAtInEachRepeat) {
    EXPECT_EQ(
        refusal("sweep: s\nrepeat: 3\ncommand: [/bin/true, \"{n}\"]\nderive: {n: 3 - repeat}\nlimits: {cpus: "
                "\"{n}\"}\n"),
        "s.yaml:5:16: limits.cpus: in the run s: must be a number of CPUs from 1 to 4096, not '0'");
}

}  // namespace
}  // namespace tidemark::sweep
