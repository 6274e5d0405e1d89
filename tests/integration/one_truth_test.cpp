// Each verb that shows results asks the same reader: what one says, no other contradicts.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class OneTruth : public testing::Test {
  protected:
    Finished ask(const std::vector<std::string>& arguments) { return folder.tidemark(arguments); }

    /// The lines of a CSV that hold the text.
    static std::string line_with(const std::string& text, const std::string& wanted) {
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) {
            if (line.find(wanted) != std::string::npos) return line;
        }
        return {};
    }

    Workspace folder;
};

/// A run whose program has changed and that cannot be made now has no result, whoever is asked.
TEST_F(OneTruth, WhatCannotBeMadeNowIsNotShownAsItWasMadeBefore) {
    folder.write("a.yaml",
                 "sweep: a\ncommand: [./p.sh, \"{n}\"]\nmatrix: {n: [1, 2]}\n"
                 "requires: [{command: [./have.sh], where: n = 2, reason: not here}]\n"
                 "checks: [{name: quick, where: \"true\", metric: wall, max: 1 h}]\n");
    folder.write_script("p.sh", "#!/bin/sh\nexit 0\n");
    folder.write_script("have.sh", "#!/bin/sh\nexit 0\n");
    EXPECT_EQ(ask({"run", "a.yaml"}).exit_code, 0);
    folder.write_script("p.sh", "#!/bin/sh\n# another program\nexit 0\n");
    folder.write_script("have.sh", "#!/bin/sh\nexit 1\n");

    const Finished run = ask({"run", "a.yaml", "--format", "csv"});
    EXPECT_THAT(run.err, HasSubstr("left out: 1 run: not here\n"));
    EXPECT_THAT(line_with(run.out, "n=1,"), testing::MatchesRegex("n=1,1,ok,1,[0-9]+,[0-9.e-]+,"));
    EXPECT_EQ(line_with(run.out, "n=2,"), "n=2,2,not run,1,,,");
    EXPECT_THAT(ask({"run", "a.yaml"}).out,
                HasSubstr("\nNot made as the file and the program are now: 1 of 2 runs (“not run” in the "
                          "tables).\n"));
    EXPECT_THAT(ask({"report", "a.yaml", "--table", "1"}).out,
                testing::ContainsRegex("\nn=2 +2 +not run +not run +not run\n"));
    const Finished check = ask({"check", "a.yaml", "--format", "csv"});
    EXPECT_EQ(check.exit_code, 4);
    EXPECT_THAT(line_with(check.out, "quick,n=1,"), HasSubstr(",pass,"));
    EXPECT_THAT(line_with(check.out, "quick,n=2,"),
                testing::AllOf(HasSubstr(",undecided,"),
                               HasSubstr("not measured with the present program and parameters")));
}

/// Without FILE, check and report mean the last run as it was run, with its --set.
TEST_F(OneTruth, CheckAndReportFindTheLastRunWithWhatWasSet) {
    folder.write("b.yaml",
                 "sweep: b\ncommand: [sh, -c, exit 0, \"{n}\"]\nparameters: {n: 1}\n"
                 "checks: [{name: quick, where: n = 5, metric: wall, max: 1 h}]\n");
    EXPECT_EQ(ask({"run", "b.yaml", "--set", "n=5"}).exit_code, 0);
    EXPECT_EQ(ask({"check"}).exit_code, 0) << ask({"check"}).out;
    EXPECT_THAT(ask({"report"}).out, Not(HasSubstr("not run")));

    // with FILE it is the file that counts, and both say what is the matter
    for (const char* verb : {"check", "report"}) {
        EXPECT_THAT(ask({verb, "b.yaml"}).out,
                    testing::ContainsRegex("The database has results of this sweep that were made otherwise, "
                                           "the last by: [^\n]*tidemark run b.yaml --set n=5; give the same "
                                           "--set, or run the sweep again if the program has changed."))
            << verb;
        EXPECT_THAT(ask({verb, "b.yaml", "--set", "n=5"}).out, Not(HasSubstr("made otherwise"))) << verb;
    }
    EXPECT_EQ(ask({"check", "b.yaml", "--set", "n=5"}).exit_code, 0);
    EXPECT_EQ(ask({"check", "b.yaml"}).exit_code, 4);
    for (const char* format : {"csv", "json", "junit"})
        EXPECT_THAT(ask({"check", "b.yaml", "--format", format}).err, HasSubstr("were made otherwise"))
            << format;
}

/// The last run is the last one that was asked for, also where everything was made before.
TEST_F(OneTruth, ARunThatFindsEverythingDoneIsTheLastRun) {
    for (const std::string name : {"a", "b"}) {
        folder.write(name + ".yaml",
                     "sweep: " + name +
                         "\ncommand: [sh, -c, exit 0, \"{n}\"]\nmatrix: {n: [1]}\n"
                         "checks: [{name: quick, where: \"true\", metric: wall, max: 1 h}]\n");
        EXPECT_EQ(ask({"run", name + ".yaml"}).exit_code, 0);
    }
    EXPECT_THAT(ask({"check"}).out, HasSubstr("b: 1 check: 1 pass"));
    EXPECT_THAT(ask({"run", "a.yaml"}).err, HasSubstr("all done already"));
    EXPECT_THAT(ask({"check"}).out, HasSubstr("a: 1 check: 1 pass"));

    EXPECT_EQ(ask({"run", "a.yaml", "--set", "n=5"}).exit_code, 0);
    EXPECT_THAT(line_with(ask({"check", "--format", "csv"}).out, "quick"), HasSubstr("quick,n=5,"));
    EXPECT_THAT(ask({"run", "a.yaml"}).err, HasSubstr("all done already"));
    EXPECT_THAT(line_with(ask({"check", "--format", "csv"}).out, "quick"), Not(HasSubstr("n=5")));
    // what is current of a file is what made it, not who found it there
    EXPECT_EQ(ask({"run", "b.yaml", "--set", "n=7"}).exit_code, 0);
    folder.write("none.yaml",
                 "sweep: b\ncommand: [sh, -c, exit 0, \"{n}\"]\nparameters: {n: 2}\n"
                 "requires: [{command: [sh, -c, exit 1], where: \"true\", reason: not here}]\n");
    EXPECT_THAT(ask({"run", "none.yaml"}).err, HasSubstr("left out: 1 run: not here"));
    EXPECT_THAT(ask({"report"}).out, HasSubstr("the last by: "));
    EXPECT_THAT(ask({"report"}).out, testing::ContainsRegex("tidemark run b.yaml --set n=7; give the same"));
}

/// What `query` may name, a table may name.
TEST_F(OneTruth, ATableMayNameWhatAQueryMay) {
    std::string tables;
    for (const char* sql :
         {"SELECT anonymous_bytes, shared_bytes, file_bytes, swap_bytes, cache_bytes, charged_bytes, "
          "rss_sum_bytes FROM samples",
          "SELECT run_id, text FROM warnings", "SELECT name, value FROM facts",
          "SELECT peak_rss_low_bytes FROM phases", "SELECT peak_anonymous_bytes, last_words FROM results",
          "SELECT command_line FROM invocations", "SELECT baseline FROM baseline_runs",
          "SELECT status, reason FROM attempts"}) {
        EXPECT_EQ(ask({"query", sql}).exit_code, 3) << "no database yet";
        tables += std::string("  - {title: t, sql: \"") + sql + "\"}\n";
    }
    folder.write("c.yaml", "sweep: c\ncommand: [sh, -c, \"echo no; exit 0\"]\ntables:\n" + tables);
    EXPECT_EQ(ask({"run", "c.yaml"}).exit_code, 0);
    const Finished report = ask({"report", "c.yaml"});
    EXPECT_EQ(report.exit_code, 0) << report.err;
    EXPECT_EQ(ask({"query", "SELECT anonymous_bytes FROM samples"}).exit_code, 0);
}

TEST_F(OneTruth, ATableThatNamesWhatThereIsNotIsRefusedBeforeAnythingRuns) {
    folder.write("c.yaml",
                 "sweep: c\ncommand: [true]\ntables: [{title: t, sql: \"SELECT text FROM warning\"}]\n");
    const Finished said = ask({"run", "c.yaml"});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err,
              "c.yaml:3:26: tables[0].sql: SQLite does not understand it: no such table: warning\n");
}

/// The unit of a metric is declared by its capture, or known by its name; all verbs say it alike.
TEST_F(OneTruth, AFigureHasOneUnitEverywhere) {
    folder.write("d.yaml",
                 "sweep: d\ncommand: [./p.sh]\n"
                 "capture:\n"
                 "  accuracy: 'accuracy ([0-9.]+)'\n"
                 "  share: {stdout: 'share ([0-9.]+)', unit: '%'}\n"
                 "  heap: {stdout: 'heap ([0-9.]+)', unit: MB}\n"
                 "  load: {stdout: 'load ([0-9.]+)', unit: ms}\n"
                 "checks: [{name: heap, where: \"true\", metric: heap, max: 2 GB}]\n");
    folder.write_script("p.sh",
                        "#!/bin/sh\necho accuracy 0.9; echo share 54.5; echo heap 1500; echo load 20\n");
    const Finished run = ask({"run", "d.yaml"});
    EXPECT_EQ(run.exit_code, 0);
    const char* headings =
        "accuracy \\(%\\) +share \\(%\\) +heap \\(MiB\\) +load \\(ms\\)\n[^\n]*\n[^\n]* 90.00 +54.50 +1430.5 "
        "+"
        "20.0\n";
    EXPECT_THAT(run.out, testing::ContainsRegex(headings));
    EXPECT_THAT(run.err, HasSubstr("accuracy 90.0 %, share 54.5 %, heap 1.40 GiB, load 20 ms"));
    EXPECT_THAT(ask({"report", "d.yaml", "--table", "1"}).out, testing::ContainsRegex(headings));
    EXPECT_THAT(ask({"list", "--sweep", "d", "--columns", "run, accuracy, share, heap, load"}).out,
                testing::ContainsRegex(headings));
    const std::string show = ask({"show", "d"}).out;
    for (const char* line : {"accuracy +90.0 %\n", "share +54.5 %\n", "heap +1.40 GiB\n", "load +20 ms\n"})
        EXPECT_THAT(show, testing::ContainsRegex(line));
    const std::string compare = ask({"compare", "sweep:d", "sweep:d"}).out;
    for (const char* line : {"accuracy +90.0 % +90.0 %", "share +54.5 % +54.5 %", "heap +1.40 GiB +1.40 GiB"})
        EXPECT_THAT(compare, testing::ContainsRegex(line));
    const Finished check = ask({"check", "d.yaml"});
    EXPECT_EQ(check.exit_code, 0) << check.err;
    EXPECT_THAT(check.out, testing::ContainsRegex("heap +1.40 GiB +at most 1.86 GiB"));
}

/// Sweeps of one database that capture one name in different units: each field says its own.
TEST_F(OneTruth, ANameWithTwoUnitsIsShownInBoth) {
    folder.write_script("p.sh", "#!/bin/sh\necho level 50\n");
    folder.write("plain.yaml", "sweep: plain\ncommand: [./p.sh]\ncapture: {level: 'level ([0-9]+)'}\n");
    folder.write(
        "share.yaml",
        "sweep: share\ncommand: [./p.sh]\ncapture: {level: {stdout: 'level ([0-9]+)', unit: '%'}}\n");
    ask({"run", "plain.yaml"});
    ask({"run", "share.yaml"});
    EXPECT_EQ(ask({"list", "--columns", "sweep, level", "--sort", "sweep"}).out,
              "sweep  level\n"
              "──────────────\n"
              "plain  50\n"
              "share  50.00 %\n");
    EXPECT_THAT(ask({"compare", "run:plain", "run:share"}).out,
                HasSubstr("level: its unit has changed from none to fraction"));
}

/// A name may be a parameter in one sweep and a metric in another, in either order.
TEST_F(OneTruth, AParameterAndAMetricMayHaveOneName) {
    folder.write("metric.yaml",
                 "sweep: metric\ncommand: [sh, -c, \"echo lr 0.5\"]\ncapture: {lr: 'lr ([0-9.]+)'}\n"
                 "checks: [{name: low, where: lr < 1, metric: lr, max: 1}]\n");
    folder.write("parameter.yaml",
                 "sweep: parameter\ncommand: [sh, -c, \"exit 0\", \"{lr}\"]\nmatrix: {lr: [0.25, 2]}\n"
                 "checks: [{name: quick, where: lr < 1, metric: wall, max: 1 h}]\n");
    for (const auto& order : {std::vector<std::string>{"metric", "parameter"}, {"parameter", "metric"}}) {
        const std::string database = order.front() + ".db";
        for (const std::string& sweep : order)
            EXPECT_EQ(ask({"run", sweep + ".yaml", "--db", database}).exit_code, 0);
        EXPECT_EQ(ask({"list", "--where", "lr < 1", "--columns", "sweep, lr", "--sort", "sweep", "--format",
                       "csv", "--db", database})
                      .out,
                  "sweep,lr\nmetric,0.5\nparameter,0.25\n");
        EXPECT_EQ(
            ask({"query", "SELECT count(*) AS n FROM warnings", "--format", "csv", "--db", database}).out,
            "n\n0\n");
        for (const std::string& sweep : order) {
            const Finished check = ask({"check", sweep + ".yaml", "--db", database});
            EXPECT_EQ(check.exit_code, 0) << check.out;
            EXPECT_THAT(ask({"report", sweep + ".yaml", "--db", database, "--format", "csv"}).out,
                        HasSubstr(sweep == "metric" ? ",lr,none,0.5," : ",lr,none,0.25,"));
        }
    }
}

/// Why a run failed is told where its status is, not in the progress alone.
TEST_F(OneTruth, WhyARunFailedIsSaidWhereverItsStatusIs) {
    folder.write(
        "f.yaml",
        "sweep: f\ncommand: [./p.sh, \"{n}\"]\nmatrix: {n: [1, 2]}\ncapture: {score: 'score ([0-9]+)'}\n"
        "checks: [{name: quick, where: n = 1, metric: wall, max: 1 h}]\n");
    folder.write_script("p.sh",
                        "#!/bin/sh\n[ $1 = 2 ] && { echo scores: 5; exit 0; }\n"
                        "echo Traceback >&2; echo 'ValueError: no such size' >&2; exit 1\n");
    const Finished run = ask({"run", "f.yaml"});
    EXPECT_EQ(run.exit_code, 1);
    const std::string lacking = "stdout has no match of `score ([0-9]+)`";
    EXPECT_THAT(run.out, HasSubstr("\nn=1: failed, exit code 1\n    ValueError: no such size\n"));
    EXPECT_THAT(run.out, HasSubstr("\nn=2: failed, "));
    EXPECT_THAT(run.out, HasSubstr("scores: 5")) << "the line that was nearest";
    for (const auto& verb : {std::vector<std::string>{"report", "f.yaml"},
                             {"list", "--sweep", "f"},
                             {"show", "n=1"},
                             {"check", "f.yaml"}})
        EXPECT_THAT(ask(verb).out, HasSubstr("ValueError: no such size")) << verb.front();
    EXPECT_THAT(ask({"report", "f.yaml"}).out,
                HasSubstr("n=1: failed, exit code 1: ValueError: no such size\n"));
    EXPECT_THAT(ask({"list", "--sweep", "f"}).out, HasSubstr("exit code 1: ValueError: no such size\n"));
    EXPECT_THAT(ask({"list", "--sweep", "f"}).out, HasSubstr("scores: 5"));
    EXPECT_EQ(ask({"query", "SELECT reason, last_words FROM results WHERE n = 1", "--format", "csv"}).out,
              "reason,last_words\nexit code 1,ValueError: no such size\n");
}

/// `medians` has columns of its own; a metric that is called like one keeps its value in every table.
TEST_F(OneTruth, AMetricMayBeCalledLikeAColumnOfMedians) {
    folder.write("ok.yaml",
                 "sweep: ok\ncommand: [sh, -c, \"echo ok=42 repeats=17 params=13957074\"]\nrepeat: 2\n"
                 "capture: {ok: 'ok=([0-9]+)', repeats: 'repeats=([0-9]+)', params: 'params=([0-9]+)'}\n"
                 "checks: [{name: low, where: \"true\", metric: ok, max: 41}]\n"
                 "tables: [{title: t, sql: \"SELECT run, repeats, ok FROM medians\"}]\n");
    const Finished run = ask({"run", "ok.yaml", "--format", "csv"});
    EXPECT_THAT(run.out, testing::ContainsRegex("\nok,ok,2,[0-9]+,[0-9.e-]+,42,17,13957074,\n"))
        << "a whole number is written as one";
    EXPECT_THAT(ask({"check", "ok.yaml"}).out, HasSubstr("repeat 1: 42 is above 41"));
    EXPECT_THAT(ask({"report", "ok.yaml", "--table", "1", "--format", "csv"}).out, HasSubstr("\nok,2,2,\n"));
}

}  // namespace
}  // namespace tidemark::test
