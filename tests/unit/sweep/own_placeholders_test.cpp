#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

using testing::ElementsAre;

TEST_F(SweepFile, RunsAreToldTheirNameRepeatSweepAndFolderEverywhere) {
    const Sweep sweep = load(
        "sweep: s\ncommand: [/bin/true, \"{run}/{repeat}/{sweep}/{run_dir}/{n}/{{run}}\"]\n"
        "parameters: {n: 7}\nenvironment: {A: \"{run} {repeat}\"}\ncwd: \"{run_dir}\"\nstdin: \"{run}.txt\"\n"
        "setup: {run: [mk, \"{run_dir}\"]}\nteardown: {run: [rm, \"{repeat}\"]}\n"
        "capture: {m: {json: \"{run_dir}/{run}.json\", at: /m}}\nruns: {mine: {}}\n");
    const protocol::Request made = sweep.request(sweep.runs()[0], {3, "/runs/r1/files"});
    EXPECT_THAT(made.command, ElementsAre("/bin/true", "mine/3/s//runs/r1/files/7/{run}"));
    EXPECT_EQ(made.environment.at("A"), "mine 3");
    EXPECT_EQ(made.working_directory, "/runs/r1/files");
    EXPECT_EQ(made.stdin_file, "/runs/r1/files/mine.txt");
    EXPECT_THAT(made.setup, ElementsAre("mk", "/runs/r1/files"));
    EXPECT_THAT(made.teardown, ElementsAre("rm", "3"));
    EXPECT_EQ(made.capture.front().file, "/runs/r1/files/mine.json");
    EXPECT_EQ(made.cell, cell(sweep));
    EXPECT_THAT(sweep.request(sweep.runs()[0]).command,
                ElementsAre("/bin/true", "mine/{repeat}/s/{run_dir}/7/{run}"))
        << "what is not known before it is made";
}

TEST_F(SweepFile, WhatIsInsertedIsNotScannedAgainWhateverTheRunIsCalled) {
    const Sweep sweep =
        load("sweep: s\ncommand: [/bin/true, \"{run}\"]\nruns: {\"a/b ü {repeat}\": {n: 1}}\n");
    EXPECT_EQ(sweep.request(sweep.runs()[0], {1, "/r"}).command[1], "a/b ü {repeat}");
}

TEST_F(SweepFile, AParameterComesBeforeAPlaceholderOfTheSameName) {
    const Sweep sweep =
        load("sweep: s\ncommand: [/bin/true, \"{run_dir}\"]\nmatrix: {run_dir: [here, there]}\n");
    EXPECT_EQ(sweep.request(sweep.runs()[1], {1, "/runs/r1/files"}).command[1], "there");
    EXPECT_EQ(cell(sweep), cell(load("sweep: s\ncommand: [/bin/true, \"{run_dir}\"]\n"
                                     "parameters: {run_dir: here}\n")));
}

TEST_F(SweepFile, OtherOwnNamesAreTakenByTheResults) {
    EXPECT_EQ(refusal("sweep: s\ncommand: [/bin/true, \"{run}\"]\nparameters: {run: x}\n"),
              refusal("sweep: s\ncommand: [/bin/true]\nparameters: {run: x}\n"));
    EXPECT_NE(refusal("sweep: s\ncommand: [/bin/true]\nparameters: {repeat: x}\n"), "no error at all");
    EXPECT_NE(refusal("sweep: s\ncommand: [/bin/true]\nparameters: {sweep: x}\n"), "no error at all");
}

TEST_F(SweepFile, WhereARunWritesAndWhichRepeatItIsMakesItNoOther) {
    const std::string text =
        "sweep: s\ncommand: [/bin/true, \"{run_dir}\", \"{repeat}\"]\nruns: {NAME: {n: 1}}\n";
    const auto named = [&](const std::string& name) {
        std::string own = text;
        return load(own.replace(own.find("NAME"), 4, name));
    };
    EXPECT_EQ(cell(named("one")), cell(named("other")));
    EXPECT_EQ(key(named("one")), key(named("other")));
    EXPECT_NE(cell(named("one")),
              cell(load("sweep: s\ncommand: [/bin/true, \"\", \"\"]\nruns: {one: {n: 1}}\n")));
}

TEST_F(SweepFile, ARunThatIsToldItsNameIsAnotherUnderAnotherName) {
    const auto named = [&](const std::string& name) {
        return load("sweep: s\ncommand: [/bin/true, \"{run}\"]\nruns: {" + name + ": {n: 1}}\n");
    };
    EXPECT_NE(cell(named("one")), cell(named("other")));
    EXPECT_NE(key(named("one")), key(named("other")));
    EXPECT_EQ(cell(named("one")), cell(named("one")));
}

TEST_F(SweepFile, WhatIsDoneOnceForTheSweepKnowsItsNameAlone) {
    const Sweep sweep = load("sweep: s\ncommand: [/bin/true]\nsetup: [mk, \"{sweep}\"]\n");
    EXPECT_THAT(sweep.setup(), ElementsAre("mk", "s"));
    EXPECT_EQ(refusal("sweep: s\ncommand: [/bin/true]\nsetup: [mk, \"{run_dir}\"]\n"),
              "s.yaml:3:13: setup: 'run_dir' is not the same in all runs, and this is done once for the "
              "sweep; for a command of each run write setup: {run: […]}");
}

TEST_F(SweepFile, AProgramIsThereBeforeTheFolderOfItsRun) {
    const Sweep sweep = load("sweep: s\ncommand: [./job.sh]\ncwd: \"{run_dir}\"\n");
    try {
        key(sweep);
        FAIL() << "a program that is not there";
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(),
                    testing::HasSubstr("{run_dir}; {run_dir} is empty before the run: name a program that is "
                                       "there already, by its whole path"));
    }
}

TEST_F(SweepFile, AWorkloadIsChosenByParametersAlone) {
    EXPECT_THAT(refusal("sweep: s\nworkload: \"{run}\"\n"),
                testing::HasSubstr("s.yaml:2:11: workload: the placeholder '{run}' names no parameter"));
}

TEST_F(SweepFile, AnUnknownPlaceholderMayBeMeantForOneOfThese) {
    EXPECT_EQ(
        refusal("sweep: s\ncommand: [/bin/true, \"{rundir}\"]\n"),
        "s.yaml:2:22: command: the placeholder '{rundir}' names no parameter (did you mean 'run_dir'?); "
        "write '{{' for a brace");
}

TEST_F(SweepFile, WhatIsKeptIsToldToTheRunAndMakesItNoOther) {
    const std::string text = "sweep: s\ncommand: [/bin/true]\n";
    const Sweep keeps = load(text + "keep: [model.pt, \"./logs/\", \"*.csv\"]\n");
    EXPECT_THAT(*keeps.request(keeps.runs()[0]).keep, ElementsAre("model.pt", "logs", "*.csv"));
    EXPECT_TRUE(load(text + "keep: []\n").request(keeps.runs()[0]).keep->empty());
    const Sweep all = load(text);
    EXPECT_FALSE(all.request(all.runs()[0]).keep.has_value());
    EXPECT_EQ(key(all), key(keeps));
}

}  // namespace
}  // namespace tidemark::sweep
