#include "results/current_results.hpp"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/last_invocation.hpp"
#include "support/workspace.hpp"
#include "unit/store/example_runs.hpp"

namespace tidemark::results {
namespace {

using store::Database;
using store::example_invocation;
using store::example_record;
using store::example_request;
using store::Invocation;
using store::rows_of;
using store::SweepLedger;
using testing::Contains;
using testing::ElementsAre;

class CurrentResultsTest : public testing::Test {
  protected:
    sql::Connection& connection() { return database_.connection(); }

    run::Record& record(const std::string& run, int repeat) {
        records_.push_back(example_record(example_request(run, repeat)));
        records_.back().request.parameters = {{"batch_size", std::int64_t{8}}};
        return records_.back();
    }
    void store() {
        for (const run::Record& record : records_) ledger_.record(record);
        records_.clear();
    }

    /// What the sweep file has of a run.
    static ExpectedRun expected(const std::string& run) {
        const protocol::Request request = example_request(run);
        return {run, request.cell, request.key, {{"batch_size", std::int64_t{8}}}};
    }

    static std::vector<ExpectedRun> repeated(int times, std::vector<ExpectedRun> runs) {
        for (ExpectedRun& run : runs) run.repeats = run.most_repeats = times;
        return runs;
    }

    std::vector<std::string> rows(const std::string& sql) { return rows_of(connection(), sql); }
    /// The same by a statement of a sweep file's author.
    static std::vector<std::string> rows(CurrentResults& results, const std::string& sql) {
        results.prepare(sql);
        return rows_of(results.connection(), sql);
    }

    test::Workspace workspace_;
    Database database_ = Database::open_or_create(workspace_ / "tidemark.db");
    SweepLedger ledger_{database_, example_invocation(), false};
    std::vector<run::Record> records_;
};

TEST_F(CurrentResultsTest, SeesThisSweepAndItsPresentKeysAlone) {
    record("small", 1);
    record("small", 2);
    record("other", 1).request.sweep = "another";
    record("gone", 1);
    record("changed", 1).request.key = "an older key";
    store();
    const CurrentResults results(connection(),
                                 {"sizes", repeated(1, {expected("small"), expected("changed")}), {}});
    EXPECT_THAT(rows("SELECT run, repeat, status, reason, batch_size FROM results"),
                ElementsAre("small | 1 | ok |  | 8",
                            "changed | 1 | not run | made before the program or its input changed | 8"));
    EXPECT_EQ(results.expected(), 2U);
    EXPECT_EQ(results.made(), 1U);
}

TEST_F(CurrentResultsTest, ARunThatTheFileCallsOtherwiseNowIsTheSame) {
    record("small", 1);
    store();
    ExpectedRun run = expected("small");
    run.run = "tiny";
    const CurrentResults results(connection(), {"sizes", repeated(1, {run}), {}});
    EXPECT_THAT(rows("SELECT run, status FROM results"), ElementsAre("tiny | ok"));
}

TEST_F(CurrentResultsTest, WithoutAKeyTheNewestRunWithItsParametersIsTakenWhateverProgramMadeIt) {
    run::Record& old = record("old", 1);
    old.request.key = "an older key";
    old.request.cell = "a cell of a time when there were fewer parameters";
    record("other", 1).request.parameters = {{"batch_size", std::int64_t{9}}};
    store();
    ExpectedRun same = expected("old");
    same.key.clear();
    same.parameters.emplace_back("shape", std::string("square"));
    same.defaults = {"shape"};
    ExpectedRun another = same;
    another.run = "round";
    another.parameters.back().second = std::string("round");
    another.defaults.clear();
    const CurrentResults results(connection(), {"sizes", repeated(1, {same, another}), {}, Program::Any});
    EXPECT_THAT(rows("SELECT run, status, cell, batch_size, shape FROM results"),
                ElementsAre("old | ok | a cell of a time when there were fewer parameters | 8 | null",
                            testing::StartsWith("round | not run | ")));
}

TEST_F(CurrentResultsTest, MediansAreOfTheRepeatsThatEndedOkOrOfAll) {
    record("mixed", 1).measurement.peak_rss_bytes = 10;
    record("mixed", 2).measurement.peak_rss_bytes = 20;
    run::Record& killed = record("mixed", 3);
    killed.measurement.peak_rss_bytes = 90;
    killed.outcome = run::OutOfMemory{"killed"};
    record("bad", 1).outcome = run::Exited{1};
    store();
    CurrentResults results(connection(),
                           {"sizes", repeated(3, {expected("mixed"), expected("bad"), expected("new")}), {}});
    EXPECT_THAT(rows(results, "SELECT run, status, repeats, ok, peak_rss_bytes, batch_size FROM medians"),
                ElementsAre("mixed | oom | 3 | 2 | 15 | 8", "bad | failed | 3 | 0 | 3000 | 8",
                            "new | not run | 3 | 0 | null | 8"));
    EXPECT_EQ(results.find("mixed")->status, protocol::Status::Oom);
    EXPECT_EQ(results.find("mixed")->reason, "out of memory: killed");
    EXPECT_EQ(results.find("nobody"), nullptr);
    results.show(Repeats::Counted);
    EXPECT_THAT(rows("SELECT count(*) FROM results WHERE run = 'mixed'"), ElementsAre("2"));
    results.show(Repeats::All);
    EXPECT_THAT(rows("SELECT count(*) FROM results WHERE run = 'mixed'"), ElementsAre("3"));
}

TEST_F(CurrentResultsTest, AMedianOverANaNIsNaNAndNotThatOfTheRest) {
    for (const int repeat : {1, 2, 3}) record("small", repeat).final_metrics["loss"] = repeat;
    record("odd", 1).final_metrics["loss"] = 1;
    record("odd", 2).final_metrics["loss"] = std::numeric_limits<double>::quiet_NaN();
    record("odd", 3).final_metrics["loss"] = 3;
    store();
    CurrentResults results(connection(), {"sizes", repeated(3, {expected("small"), expected("odd")}), {}});
    EXPECT_FALSE(results.is_nan("small", "loss"));
    EXPECT_TRUE(results.is_nan("odd", "loss"));
    const auto medians = results.medians({"loss"});
    EXPECT_EQ(medians[0][0], Value(2.0));
    EXPECT_TRUE(std::isnan(std::get<double>(medians[1][0])));
    EXPECT_THAT(rows(results, "SELECT run, loss FROM medians"), ElementsAre("small | 2.0", "odd | null"));
    EXPECT_EQ(results.why_missing("odd", "loss"), "not a number") << "though its first repeat has one";
}

TEST_F(CurrentResultsTest, AMetricThatIsNaNInAllRepeatsIsReported) {
    record("small", 1).final_metrics["score"] = std::numeric_limits<double>::quiet_NaN();
    store();
    const CurrentResults results(connection(), {"sizes", repeated(1, {expected("small")}), {}});
    EXPECT_EQ(results.reported(), std::vector<std::string>{"score"});
}

TEST_F(CurrentResultsTest, SaysWhyAFigureIsMissing) {
    run::Record& small = record("small", 1);
    small.measurement.peak_rss_bytes.reset();
    small.measurement.missing["peak_rss_bytes"] = "it ended too soon";
    small.final_metrics["accuracy"] = std::numeric_limits<double>::quiet_NaN();
    record("killed", 1).outcome = run::OutOfMemory{"killed"};
    store();
    const CurrentResults results(
        connection(),
        {"sizes", repeated(1, {expected("small"), expected("killed"), expected("new")}), {"images_per_s"}});
    EXPECT_EQ(results.why_missing("small", "peak_rss_bytes"), "it ended too soon");
    EXPECT_EQ(results.why_missing("small", "accuracy"), "not a number");
    EXPECT_EQ(results.why_missing("small", "images_per_s"), "not reported");
    EXPECT_EQ(results.why_missing("small", "twice_that"), "not measured");
    EXPECT_EQ(results.why_missing("small", "batch_size"), "");
    EXPECT_EQ(results.why_missing("killed", "accuracy"), "oom");
    EXPECT_EQ(results.why_missing("new", "accuracy"), "not run");
    EXPECT_EQ(results.why_missing("nobody", "accuracy"), "");
}

TEST_F(CurrentResultsTest, TheOtherTablesAreOfTheSweepToo) {
    record("small", 1).metrics = {{"loss", 0.5, 1}};
    run::Record& other = record("other", 1);
    other.request.sweep = "another";
    other.metrics = {{"loss", 0.7, 1}};
    store();
    {
        const CurrentResults results(connection(), {"sizes", repeated(1, {expected("small")}), {}});
        EXPECT_THAT(rows("SELECT value FROM metrics"), ElementsAre("0.5"));
        EXPECT_THAT(rows("SELECT name, value FROM provenance"), Contains("kernel | 6.1.0"));
        EXPECT_EQ(results.reported(), std::vector<std::string>());
    }
    EXPECT_THAT(rows("SELECT value FROM metrics"), ElementsAre("0.5", "0.7")) << "the database itself again";
}

TEST_F(CurrentResultsTest, MetricsThatNoRunReportedAreColumnsOfNulls) {
    record("small", 1).final_metrics = {{"score", 1.5}};
    store();
    CurrentResults results(connection(), {"sizes", repeated(1, {expected("small")}), {"described"}});
    EXPECT_THAT(rows("SELECT score, described, activation_bytes FROM results"),
                ElementsAre("1.5 | null | null"));
    EXPECT_THAT(rows(results, "SELECT score, described, activation_bytes FROM medians"),
                ElementsAre("1.5 | null | null"));
    EXPECT_THAT(results.reported(), ElementsAre("score"));
    EXPECT_THROW(results.prepare("SELECT asked_for FROM results"), sql::SqlError);
}

TEST_F(CurrentResultsTest, WhereNoneEndedWellAnyMetricMayHaveBeenReported) {
    record("small", 1).outcome = run::Exited{1};
    store();
    CurrentResults results(connection(), {"sizes", repeated(1, {expected("small")})});
    EXPECT_THAT(rows(results, "SELECT run, asked_for FROM results"), ElementsAre("small | null"));
    EXPECT_THAT(rows(results, "SELECT asked_for, another FROM medians"), ElementsAre("null | null"));
    EXPECT_THROW(results.prepare("SELECT x FROM nothing"), sql::SqlError);
}

TEST_F(CurrentResultsTest, AParameterOfAnyNameIsAColumn) {
    record("small", 1).request.parameters = {
        {"number", std::int64_t{8}}, {"place", "here"}, {"counted", true}};
    store();
    ExpectedRun run = expected("small");
    run.parameters = {{"number", std::int64_t{8}}, {"place", "here"}, {"counted", true}};
    CurrentResults results(connection(), {"sizes", repeated(1, {run})});
    EXPECT_THAT(rows("SELECT number, place, counted FROM results"), ElementsAre("8 | here | 1"));
}

TEST_F(CurrentResultsTest, ANameMayBeAParameterHereAndAMetricElsewhere) {
    run::Record& other = record("other", 1);
    other.request.sweep = "another";
    other.request.parameters.clear();
    other.final_metrics = {{"batch_size", 0.5}};
    record("small", 1);
    store();
    const CurrentResults results(connection(), {"sizes", repeated(1, {expected("small")})});
    EXPECT_THAT(rows("SELECT run, batch_size FROM results"), ElementsAre("small | 8"));
    EXPECT_THAT(rows("SELECT run, batch_size FROM main.results ORDER BY run"),
                ElementsAre("other | 0.5", "small | 8"));
}

// How a run's repeats become one.

TEST_F(CurrentResultsTest, ARunHasTheMediansOverItsRepeats) {
    record("small", 1).measurement.peak_rss_bytes = 300;
    record("small", 2).measurement.peak_rss_bytes = 100;
    record("small", 3).measurement.peak_rss_bytes = 250;
    record("large", 1).measurement.peak_rss_bytes = 900;
    store();
    CurrentResults results(connection(), {"sizes", repeated(3, {expected("small"), expected("large")})});
    EXPECT_THAT(results.medians({"peak_rss_bytes", "nothing"}),
                ElementsAre(ElementsAre(Value(std::int64_t{250}), Value()),
                            ElementsAre(Value(std::int64_t{900}), Value())));
    EXPECT_EQ(results.runs()[0].status, protocol::Status::Ok);
    EXPECT_EQ(results.runs()[0].reason, "");
    EXPECT_EQ(results.runs()[0].repeats, 3U);
    EXPECT_EQ(results.runs()[0].ok, 3U);
    EXPECT_EQ(results.runs()[1].status, protocol::Status::NotRun) << "two of its repeats are";
    EXPECT_EQ(results.runs()[1].ok, 1U);
}

TEST_F(CurrentResultsTest, TheFirstRepeatThatDidNotEndWellSpeaksForTheRun) {
    record("small", 1).measurement.wall_s = 2;
    record("small", 2).outcome = run::OutOfMemory{"killed"};
    run::Record& failed = record("small", 3);
    failed.outcome = run::Exited{1};
    failed.last_words = "no such file";
    record("small", 4).measurement.wall_s = 4;
    store();
    CurrentResults results(connection(), {"sizes", repeated(4, {expected("small")})});
    const RunState& run = results.runs().front();
    EXPECT_EQ(run.status, protocol::Status::Oom);
    EXPECT_EQ(run.reason, "out of memory: killed");
    EXPECT_EQ(run.last_words, "");
    EXPECT_EQ(run.repeats, 4U);
    EXPECT_EQ(run.ok, 2U);
    EXPECT_THAT(results.medians({"wall_s"}), ElementsAre(ElementsAre(Value(3.0))));
    EXPECT_THAT(rows("SELECT last_words FROM results WHERE repeat = 3"), ElementsAre("no such file"));
}

TEST_F(CurrentResultsTest, ARepeatThatFailedSpeaksBeforeOneThatWasNotMade) {
    run::Record& failed = record("small", 2);
    failed.outcome = run::Exited{7};
    failed.last_words = "sad words";
    store();
    CurrentResults results(connection(), {"sizes", repeated(5, {expected("small")})});
    const RunState& run = results.runs().front();
    EXPECT_EQ(run.status, protocol::Status::Failed);
    EXPECT_EQ(run.reason, "exit code 7");
    EXPECT_EQ(run.last_words, "sad words");
    EXPECT_EQ(run.failed, 1U) << "the four others were not made";
    EXPECT_EQ(run.repeats, 5U);
    EXPECT_THAT(rows(results, "SELECT status, last_words FROM medians"), ElementsAre("failed | sad words"));
}

TEST_F(CurrentResultsTest, ARunThatNeverEndedWellShowsWhatThereWas) {
    run::Record& first = record("small", 1);
    first.outcome = run::TimedOut{"wall time limit of 1 min 00 s"};
    first.measurement.wall_s = 60;
    run::Record& second = record("small", 2);
    second.outcome = run::OutOfMemory{""};
    second.measurement.wall_s = 20;
    store();
    CurrentResults results(connection(), {"sizes", repeated(2, {expected("small")})});
    EXPECT_EQ(results.runs()[0].ok, 0U);
    EXPECT_EQ(results.runs()[0].status, protocol::Status::Timeout);
    EXPECT_EQ(results.runs()[0].reason, "reached the wall time limit of 1 min 00 s");
    EXPECT_THAT(results.medians({"wall_s"}), ElementsAre(ElementsAre(Value(40.0))));
}

TEST_F(CurrentResultsTest, AFigureThatSomeRepeatHasIsNotMissing) {
    run::Record& without = record("small", 1);
    without.measurement.peak_rss_bytes.reset();
    without.measurement.missing["peak_rss_bytes"] = "it ended too soon";
    record("small", 2).measurement.peak_rss_bytes = 300;
    store();
    CurrentResults results(connection(), {"sizes", repeated(2, {expected("small")})});
    EXPECT_THAT(results.medians({"peak_rss_bytes"}), ElementsAre(ElementsAre(Value(std::int64_t{300}))));
}

TEST_F(CurrentResultsTest, WarningsAndPartsOfSamplesAreThereForTables) {
    run::Record& small = record("small", 1);
    small.warnings = {"the machine swapped"};
    small.samples = {{.t_s = 0.5, .rss_bytes = 1000, .processes = 1, .parts = {700, 200, 100}}};
    small.facts = {{"device", "cpu"}};
    store();
    CurrentResults results(connection(), {"sizes", repeated(1, {expected("small")})});
    EXPECT_THAT(rows(results, "SELECT text FROM warnings"), ElementsAre("the machine swapped"));
    EXPECT_THAT(rows(results, "SELECT anonymous_bytes FROM samples"), ElementsAre("700"));
    EXPECT_THAT(rows(results, "SELECT value FROM facts"), ElementsAre("cpu"));
}

TEST_F(CurrentResultsTest, WhatWasNotMadeIsChosenByNameAndParametersAlone) {
    record("small", 1);
    record("small", 2).outcome = run::Exited{1};
    record("small", 3).request.key = "another key";
    store();
    ExpectedRun run = expected("small");
    run.parameters.emplace_back("model", "h2q");  // no column of this database yet, but the file knows it
    CurrentResults results(connection(), {"sizes", repeated(3, {run})});
    EXPECT_THAT(rows(results, "SELECT repeat, status FROM results WHERE (batch_size = 8 -- all\n)"),
                ElementsAre("1 | ok", "2 | failed", "3 | not run"));
    EXPECT_THAT(rows(results, "SELECT repeat FROM results WHERE model = 'h2q' AND status = 'not run'"),
                ElementsAre("3"));
    EXPECT_THAT(rows(results, "SELECT repeat FROM results WHERE batch_size = 9"), ElementsAre());
    EXPECT_THAT(rows(results, "SELECT repeat FROM results WHERE peak_rss_bytes > 0"), ElementsAre("1", "2"));
    EXPECT_THROW(results.prepare("SELECT 1 FROM results WHERE nonsense = 1"), sql::SqlError);
}

TEST_F(CurrentResultsTest, OfAProgramThatChangedThereIsNothingYet) {
    record("small", 1);
    store();
    ExpectedRun run = expected("small");
    run.key = "of the new program";
    {
        const CurrentResults results(connection(), {"sizes", repeated(3, {run})});
        EXPECT_EQ(results.made(), 0U);
        EXPECT_EQ(results.expected(), 3U);
        EXPECT_EQ(results.runs()[0].status, protocol::Status::NotRun);
        EXPECT_EQ(results.runs()[0].reason, "made before the program or its input changed");
    }
    EXPECT_THAT(rows("SELECT count(*) FROM results"), ElementsAre("1")) << "the view is as before";
}

TEST_F(CurrentResultsTest, TheLastInvocationIsKnownWithWhatWasSet) {
    EXPECT_FALSE(made_otherwise(connection(), "nothing"));
    Invocation later = example_invocation("invocation-2");
    later.provenance.emplace_back(std::string(store::kSetFact) + "data_dir", std::string("/data"));
    const SweepLedger ledger(database_, later, false);
    const auto last = last_invocation(connection());
    ASSERT_TRUE(last);
    EXPECT_EQ(last->sweep, "sizes");
    EXPECT_EQ(last->file, "/home/ada/sizes/sizes.yaml");
    EXPECT_THAT(last->set, ElementsAre("data_dir=/data"));
    EXPECT_FALSE(made_otherwise(connection(), "sizes"));
    record("small", 1);
    store();
    ASSERT_TRUE(made_otherwise(connection(), "sizes"));
    EXPECT_EQ(made_otherwise(connection(), "sizes")->command_line, "tidemark run sizes.yaml");
}

}  // namespace
}  // namespace tidemark::results
