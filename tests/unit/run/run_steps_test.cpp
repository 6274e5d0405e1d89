#include "run/run_steps.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run/record.hpp"
#include "run/run_directory.hpp"
#include "support/example_run.hpp"
#include "support/workspace.hpp"

namespace tidemark::run {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Steps : public testing::Test {
  protected:
    Steps() {
        launch.request = test::example_request("run1");
        launch.request.limits.memory = Bytes{1000};
        launch.request.heap_layout = protocol::HeapLayout::Varied;
        launch.request.stdin_file = "/etc/hostname";
    }

    RunSteps steps() {
        launch.directory = RunDirectory::create(folder.path(), launch.request).path();
        return RunSteps(launch);
    }

    /// Ends the current step as a warden would, and says which it was: its directory and its program.
    std::string end(RunSteps& steps, int exit_code = 0, const std::string& said = "") {
        const Launch& current = steps.current();
        protocol::Measurement measured = test::example_measurement();
        measured.exit_code = exit_code;
        const RunDirectory directory(current.directory);
        write_file(directory.measurement(), protocol::to_json_text(measured));
        write_file(directory.stderr_log(), said);
        write_file(directory.stdout_log(), "");
        limits.push_back(current.request.limits.memory.has_value());
        varied.push_back(current.request.heap_layout == protocol::HeapLayout::Varied);
        return current.directory.lexically_relative(folder.path()).string() + " " +
               current.request.command.front();
    }

    std::vector<std::string> all(RunSteps steps) {
        std::vector<std::string> made{end(steps)};
        while (steps.go_on()) made.push_back(end(steps));
        return made;
    }

    Record record() const { return read_record(RunDirectory(folder / "run1")); }

    test::Workspace folder;
    Launch launch;
    std::vector<bool> limits;
    std::vector<bool> varied;
};

TEST_F(Steps, OfARunWithoutAnyAreItsProgram) {
    EXPECT_THAT(all(steps()), ElementsAre("run1 /bin/true"));
}

TEST_F(Steps, StandAroundEachExecution) {
    launch.request.setup = {"prepare"};
    launch.request.teardown = {"clean"};
    launch.request.warmup = 2;
    EXPECT_THAT(all(steps()), ElementsAre("run1/warmup/setup prepare", "run1/warmup /bin/true",
                                          "run1/warmup/teardown clean", "run1/warmup/setup prepare",
                                          "run1/warmup /bin/true", "run1/warmup/teardown clean",
                                          "run1/setup prepare", "run1 /bin/true", "run1/teardown clean"));
    EXPECT_THAT(limits, ElementsAre(false, true, false, false, true, false, false, true, false))
        << "limits are the program's";
    EXPECT_EQ(varied, limits) << "and so is its heap layout";
    EXPECT_FALSE(std::filesystem::exists(folder / "run1/warmup")) << "nothing is kept of it";
    EXPECT_EQ(status(record().outcome), "ok");
    EXPECT_THAT(record().warnings, IsEmpty());
}

TEST_F(Steps, AreMadeWithTheRequestOfTheRunInTheirDirectory) {
    launch.request.setup = {"prepare"};
    RunSteps own = steps();
    EXPECT_TRUE(std::filesystem::exists(folder / "run1/setup/request.json"));
    EXPECT_EQ(own.current().request.parameters, launch.request.parameters);
    EXPECT_EQ(own.current().request.stdin_file, "");
}

TEST_F(Steps, ASetupThatFailsKeepsTheProgramFromStarting) {
    launch.request.setup = {"make"};
    launch.request.teardown = {"clean"};
    RunSteps own = steps();
    end(own, 2, "cc: fine\nmake: *** no rule\n\n");
    EXPECT_FALSE(own.go_on());
    EXPECT_EQ(status(record().outcome), "failed");
    EXPECT_EQ(reason(record().outcome), "could not start: its setup failed: exit code 2: make: *** no rule");
    EXPECT_EQ(record().measurement.missing.at("peak_rss_bytes"), "the program was not started");
}

TEST_F(Steps, AWarmUpThatFailsIsTornDownAndKeepsTheProgramFromStarting) {
    launch.request.teardown = {"clean"};
    launch.request.warmup = 2;
    RunSteps own = steps();
    end(own, 1);
    ASSERT_TRUE(own.go_on());
    EXPECT_EQ(end(own), "run1/warmup/teardown clean");
    EXPECT_FALSE(own.go_on());
    EXPECT_EQ(reason(record().outcome), "could not start: its warm-up failed: exit code 1");
}

TEST_F(Steps, AWarmUpMayEndAsTheProgramMay) {
    launch.request.warmup = 1;
    launch.request.accept_exit = {3};
    launch.request.capture = {{.metric = "accuracy", .what = "never printed"}};
    RunSteps own = steps();
    end(own, 3);
    EXPECT_TRUE(own.go_on()) << "nothing is captured from it either";
}

TEST_F(Steps, ATeardownThatFailsIsAWarning) {
    launch.request.teardown = {"clean"};
    RunSteps own = steps();
    end(own);
    ASSERT_TRUE(own.go_on());
    end(own, 1, "no such file\n");
    EXPECT_FALSE(own.go_on());
    EXPECT_EQ(status(record().outcome), "ok");
    EXPECT_THAT(record().warnings, ElementsAre("its teardown failed: exit code 1: no such file"));
}

TEST_F(Steps, ATeardownOfAWarmUpThatFailsIsAWarningToo) {
    launch.request.teardown = {"clean"};
    launch.request.warmup = 2;
    RunSteps own = steps();
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(end(own), "run1/warmup /bin/true");
        ASSERT_TRUE(own.go_on());
        end(own, 1, "no such file\n");
        ASSERT_TRUE(own.go_on());
    }
    EXPECT_EQ(end(own), "run1 /bin/true");
    ASSERT_TRUE(own.go_on());
    end(own);
    EXPECT_FALSE(own.go_on());
    EXPECT_EQ(status(record().outcome), "ok");
    EXPECT_THAT(record().warnings,
                ElementsAre("the teardown of its warm-up failed: exit code 1: no such file"));
}

TEST_F(Steps, WhatIsStoppedIsTornDownAndNoMore) {
    launch.request.setup = {"prepare"};
    launch.request.teardown = {"clean"};
    launch.request.warmup = 3;
    RunSteps own = steps();
    end(own);
    ASSERT_TRUE(own.go_on());
    own.stop();
    end(own, 143);
    ASSERT_TRUE(own.go_on());
    EXPECT_EQ(end(own), "run1/warmup/teardown clean");
    EXPECT_FALSE(own.go_on());
    EXPECT_TRUE(own.stopped_before_program());
}

TEST_F(Steps, AStoppedSetupHasNothingToTearDown) {
    launch.request.setup = {"prepare"};
    launch.request.teardown = {"clean"};
    RunSteps own = steps();
    own.stop();
    end(own, 143);
    EXPECT_FALSE(own.go_on());
    EXPECT_TRUE(own.stopped_before_program());
}

TEST_F(Steps, AStoppedProgramKeepsItsOwnOutcome) {
    launch.request.setup = {"prepare"};
    RunSteps own = steps();
    end(own);
    ASSERT_TRUE(own.go_on());
    own.stop();
    EXPECT_FALSE(own.stopped_before_program());
}

TEST_F(Steps, ARunnerThatIsKilledBeforeTheProgramLeavesACancelledRun) {
    launch.request.setup = {"prepare"};
    RunSteps own = steps();
    EXPECT_EQ(status(record().outcome), "cancelled");
    EXPECT_EQ(reason(record().outcome), "its runner was killed");
}

TEST_F(Steps, AcceptedExitCodesAreASuccess) {
    launch.request.accept_exit = {0, 3};
    RunSteps own = steps();
    end(own, 3);
    EXPECT_EQ(status(record().outcome), "ok");
    EXPECT_EQ(exit_code(record().outcome), 3);
    end(own, 4);
    EXPECT_EQ(reason(record().outcome), "exit code 4");
}

TEST_F(Steps, ARequiredMetricThatDoesNotComeFailsTheRun) {
    launch.request.capture = {{.metric = "accuracy", .what = "accuracy (\\S+)"},
                              {.metric = "loss", .what = "loss (\\S+)", .take = protocol::CaptureTake::Each}};
    RunSteps own = steps();
    end(own);
    folder.write("run1/stdout.log", "loss 2\nloss 1\nAccuracy: 0.5\n");
    EXPECT_EQ(status(record().outcome), "failed");
    EXPECT_EQ(reason(record().outcome),
              "the metric 'accuracy' was not found: no line of stdout matches 'accuracy (\\S+)'; the nearest "
              "is line 3: Accuracy: 0.5");
    EXPECT_THAT(record().final_metrics, ElementsAre(testing::Pair("loss", 1)));
    EXPECT_EQ(record().metrics.size(), 2U);
    end(own, 1);
    EXPECT_EQ(reason(record().outcome), "exit code 1") << "what went wrong before is told instead";
    end(own);
    folder.write("run1/stdout.log", "loss 2\naccuracy 0.5\n");
    EXPECT_EQ(status(record().outcome), "ok");
}

}  // namespace
}  // namespace tidemark::run
