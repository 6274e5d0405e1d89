// `plan` and `estimate`, with a program whose memory and speed are known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"
#include "support/places.hpp"

namespace tidemark::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

/// Takes 20 MiB and what its batch needs; its speed grows with the batch, and with its threads.
const std::string kProgram =
    "command: [sh, -c, '" + test::binary_dir() +
    "/tests/programs/known-program allocate {mib} && echo speed: {pace}']\n"
    "matrix: {batch: [1, 2, 4, 8, 16, 32], precision: [half, single], threads: [1, 2]}\n"
    "derive:\n"
    "  mib: \"20 + batch * CASE precision WHEN 'half' THEN 10 ELSE 20 END\"\n"
    "  pace: batch * 10 + threads\n"
    "capture: {speed: 'speed: (.*)'}\nobserve: false\n";

class Plan : public OwnProgram {
  protected:
    Finished plan(const std::vector<std::string>& more, const std::string& sweep = kProgram) {
        folder.write("own.yaml", "sweep: own\n" + sweep);
        std::vector<std::string> arguments{"plan", "own.yaml"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return folder.tidemark(arguments);
    }
    Finished estimate(const std::vector<std::string>& more = {}) {
        std::vector<std::string> arguments{"estimate", "own.yaml"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return folder.tidemark(arguments);
    }
};

TEST_F(Plan, FindsTheBestUnderACeilingAndProvesIt) {
    const Finished said = plan({"--under", "110 MiB", "--maximise", "speed", "--budget", "16"});
    EXPECT_EQ(said.exit_code, 0) << said.err << said.out;
    EXPECT_THAT(said.err,
                HasSubstr("own: maximise speed with peak_rss ≤ 110 MiB among 24 runs, at most 16 runs\n"));
    EXPECT_THAT(said.err, HasSubstr("answer: batch=8,precision=half,threads=2, measured 3 times\n"));
    EXPECT_THAT(said.err, HasSubstr("runs:\n  best: {batch: 8, precision: half, threads: 2"));
    EXPECT_THAT(said.out, ContainsRegex("answer +batch=8,precision=half,threads=2 +82"));
    EXPECT_EQ(query("SELECT count(*) <= 16 AS held FROM attempts"), "held\n1\n");
    EXPECT_EQ(query("SELECT count(*) AS n FROM results WHERE run = 'batch=8,precision=half,threads=2' AND "
                    "peak_rss_high_bytes <= 110 * 1048576"),
              "n\n3\n");
}

TEST_F(Plan, MakesNothingAgain) {
    const std::vector<std::string> wanted{"--under", "110 MiB", "--maximise", "speed", "--budget", "16"};
    plan(wanted);
    const std::string made = query("SELECT count(*) AS n FROM attempts");
    const Finished again = plan(wanted);
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_THAT(again.err, HasSubstr("answer: batch=8,precision=half,threads=2, measured 3 times\n"));
    EXPECT_EQ(query("SELECT count(*) AS n FROM attempts"), made);
}

TEST_F(Plan, GoesOnAfterItWasKilled) {
    const std::vector<std::string> wanted{"plan",       "own.yaml", "--under",  "110 MiB",
                                          "--maximise", "speed",    "--budget", "16"};
    folder.write("own.yaml", "sweep: own\n" + kProgram);
    {
        Started first = folder.start_tidemark(wanted);
        ASSERT_TRUE(eventually([&] { return first.err().find("[ 3/16]") != std::string::npos; }));
        first.signal(SIGKILL);
        first.wait();
    }
    const Finished said = folder.tidemark(wanted);
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.err, HasSubstr("answer: batch=8,precision=half,threads=2, measured 3 times\n"));
    EXPECT_EQ(query("SELECT count(*) <= 17 AS held FROM attempts"), "held\n1\n") << "one may have been lost";
}

TEST_F(Plan, TakesWhatWasMeasuredBefore) {
    run(kProgram + "repeat: 3\n", {"--only", "batch <= 2"});
    const Finished said =
        plan({"--under", "110 MiB", "--maximise", "speed", "--only", "batch <= 2"}, kProgram + "repeat: 3\n");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.err, HasSubstr("answer: batch=2,precision=half,threads=2, measured 3 times\n"
                                    "    All of the space was tried: there is nothing better in it\n"));
    EXPECT_EQ(query("SELECT count(*) AS n FROM attempts"), "n\n24\n") << "it made none";
}

TEST_F(Plan, SaysWhatItWouldTryAndMakesNoRun) {
    const Finished said = plan({"--under", "110 MiB", "--maximise", "speed", "--dry-run"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.err, HasSubstr("own: 24 runs, 0 known, 0 of this plan made, at most 24 in all\n"
                                    "first it would try batch=1,precision=half,threads=1\n"));
    EXPECT_THAT(folder.tidemark({"list"}).err, HasSubstr("no database"));
}

TEST_F(Plan, WritesTheAnswerAsARunThatASweepTakes) {
    const Finished said = plan({"--under", "110 MiB", "--maximise", "speed", "--write", "best.yaml"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.err, HasSubstr("written to best.yaml\n"));
    std::string program = kProgram;
    program.replace(program.find("matrix"), 0, "#");
    folder.write("again.yaml", "sweep: again\n" + program + folder.read("best.yaml"));
    const Finished again = folder.tidemark({"run", "again.yaml", "--dry-run", "--format", "csv"});
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_THAT(again.out, HasSubstr("best"));
}

TEST_F(Plan, SaysByHowMuchNothingFits) {
    const Finished said = plan({"--under", "26 MiB", "--maximise", "speed"});
    EXPECT_EQ(said.exit_code, 1) << said.err;
    EXPECT_THAT(said.err, HasSubstr("no run holds maximise speed with peak_rss ≤ 26.0 MiB, of "));
    EXPECT_THAT(said.err, HasSubstr("all that were tried took more than 27.3 MiB of peak_rss\n"));
    EXPECT_THAT(said.out, Not(HasSubstr("answer")));
}

TEST_F(Plan, IsUndecidedWhereTheBudgetEnds) {
    const Finished said = plan({"--under", "26 MiB", "--maximise", "speed", "--budget", "3"});
    EXPECT_EQ(said.exit_code, 4) << said.err << said.out;
    EXPECT_THAT(said.err, HasSubstr("the budget ended before an answer was proven; "));
    EXPECT_THAT(said.err, HasSubstr(" of 24 runs were tried. More: --budget 6\n"));
}

TEST_F(Plan, OfOneCellMeasuresIt) {
    const std::string one =
        "command: [sh, -c, 'echo speed: 7']\ncapture: {speed: 'speed: (.*)'}\nobserve: false\n";
    const Finished said = plan({"--under", "64 MiB", "--maximise", "speed"}, one);
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.err, HasSubstr("answer: own, measured 3 times\n"));
}

TEST_F(Plan, SaysWhereAllRunsFail) {
    const std::string fails =
        "command: [sh, -c, 'exit {code}']\nmatrix: {code: [3, 4, 5, 6, 7]}\nobserve: false\n";
    const Finished said = plan({"--minimise", "wall"}, fails);
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_THAT(said.err, HasSubstr("the runs fail, and not for want of memory: exit code "));
    EXPECT_EQ(query("SELECT count(*) AS n FROM attempts"), "n\n3\n");
    plan({"--minimise", "wall"}, fails);
    EXPECT_EQ(query("SELECT count(*) AS n FROM attempts"), "n\n6\n") << "they are tried again, as `run` does";
}

TEST_F(Plan, SaysWhereNoRunReportsTheGoal) {
    const Finished said = plan({"--maximise", "velocity"});
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_THAT(said.err, HasSubstr("ended well and reports no 'velocity', which the goal is about; `"));
    EXPECT_EQ(query("SELECT count(*) AS n FROM attempts"), "n\n3\n");
}

TEST_F(Plan, NeedsAGoal) {
    const Finished said = plan({});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err,
              "own.yaml: goal: missing; say what is looked for: --maximise images_per_s or --minimise "
              "wall, and --under '1 GiB' for a ceiling; or in the file, goal: {maximise: images_per_s, "
              "subject_to: [{metric: peak_rss, max: 1 GiB}]}\n");
}

TEST_F(Plan, RefusesWhatMakesNoSense) {
    const auto refused = [&](const std::vector<std::string>& more, const std::string& why,
                             const std::string& sweep = kProgram) {
        const Finished said = plan(more, sweep);
        EXPECT_EQ(said.exit_code, 2) << said.err;
        EXPECT_THAT(said.err, HasSubstr(why));
    };
    refused({"--maximise", "speed", "--minimise", "wall"},
            "--minimise: a goal has one figure, --maximise or --minimise, not both");
    refused({"--maximise", "speed", "--under", "1 Gib"}, "--under '1 Gib': unknown unit 'Gib'");
    refused({"--maximise", "speed", "--under", "0"}, "--under '0': must be more than 0");
    refused({"--maximise", "speed", "--budget", "0"}, "--budget");
    refused({"--maximise", "speed", "--budget", "2"},
            "a budget of 2 runs proves no answer: it is measured 3 times; give it 3 or more");
    refused({"--maximise", "batch"}, "--maximise batch: 'batch' is a parameter; name a figure");
    refused({},
            "own.yaml:12:16: goal.subject_to: no run can hold this: 'peak_rss' is to be at least more than "
            "it may be at most\n",
            kProgram +
                "goal:\n  maximise: speed\n  subject_to:\n    - {metric: peak_rss, min: 2 GiB}\n"
                "    - {metric: peak_rss, max: 1 GiB}\n");
    refused({"--maximise", "speed"}, "'batch' is another in each repeat",
            "command: [sh, -c, 'echo speed: {batch}']\nderive: {batch: repeat * 2}\n"
            "capture: {speed: 'speed: (.*)'}\n");
    refused({},
            "goal.probe: with these parameters the sweep has other runs (4 instead of 24, or other names)",
            kProgram + "goal: {maximise: speed, probe: {batch: 1}}\n");
    EXPECT_THAT(folder.tidemark({"list"}).err, HasSubstr("no database")) << "none of them made a run";
}

TEST_F(Plan, SaysThatTheGoalScatters) {
    const std::string scatters =
        "command: [sh, -c, 'echo speed: $(( {repeat} % 3 * 40 + 60 ))']\n"
        "capture: {speed: 'speed: (.*)'}\nobserve: false\nrepeat: 9\n";
    const Finished said = plan({"--maximise", "speed"}, scatters);
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.err, ContainsRegex("speed of the answer is known to [0-9]+ % only, after 9 repeats"));
}

TEST_F(Plan, ProbesWithCheaperParametersAndProvesWithTheRunsOwn) {
    const std::string sweep =
        kProgram +
        "parameters: {samples: 5000}\ngoal:\n  maximise: speed\n  subject_to: [{metric: peak_rss, max: 110 "
        "MiB}]\n  budget: 16\n  probe: {samples: 10}\n";
    const Finished said = plan({}, sweep);
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.err, HasSubstr("answer: batch=8,precision=half,threads=2, measured 3 times\n"));
    EXPECT_EQ(query("SELECT count(*) AS n FROM results WHERE samples = 5000"), "n\n3\n");
    EXPECT_EQ(query("SELECT count(*) > 4 AS many FROM results WHERE samples = 10"), "many\n1\n");
}

TEST_F(Plan, EstimatesFromWhatWasMeasured) {
    folder.write("own.yaml", "sweep: own\n" + kProgram);
    const Finished nothing = estimate();
    EXPECT_EQ(nothing.exit_code, 4);
    EXPECT_THAT(nothing.err,
                HasSubstr("of 24 runs nothing is known: 4 or more runs of the sweep must be measured"));
    run(kProgram, {"--only", "threads = 1"});
    const Finished said = estimate({"--format", "csv"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, ContainsRegex("batch=32,precision=single,threads=1.*,measured,69[0-9]+"));
    EXPECT_THAT(said.out, ContainsRegex("batch=32,precision=single,threads=2.*,predicted,[0-9]+"));
    EXPECT_THAT(
        said.out,
        HasSubstr("run,basis,peak_rss_bytes,peak_rss_bytes_low,peak_rss_bytes_high,wall_s,wall_s_low,"));
    EXPECT_THAT(said.err, ContainsRegex("to make all of it: about .* \\(.* to .*\\)"));
    const Finished some = estimate({"--only", "threads = 2", "--format", "csv"});
    EXPECT_THAT(some.out, AllOf(HasSubstr("predicted"), Not(HasSubstr("measured"))));
}

TEST_F(Plan, OfRunsThatWillNotFitRunSaysSoBeforeItStarts) {
    run(kProgram, {"--only", "threads = 1"});
    const Finished said = run(kProgram, {"--limit", "memory=64MiB"});
    EXPECT_THAT(said.err,
                ContainsRegex("note: run 'batch=[0-9]+,precision=(half|single),threads=2' will likely not "
                              "fit: by what was measured of others it takes [0-9.]+ [MG]iB "
                              "\\(.*iB\\), and its limit is 64.0 MiB"));
}

TEST_F(Plan, EstimatesFromWhatAPlanMadeUnderItsLimit) {
    plan({"--under", "110 MiB", "--maximise", "speed", "--budget", "16"});
    const Finished said = estimate({"--format", "csv"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, HasSubstr("ran out of memory"));
    EXPECT_THAT(said.out, ContainsRegex("batch=8,precision=half,threads=2.*,measured,"));
}

}  // namespace
}  // namespace tidemark::test
