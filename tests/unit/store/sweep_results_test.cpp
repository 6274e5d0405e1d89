#include "store/sweep_results.hpp"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"
#include "unit/store/example_runs.hpp"

namespace tidemark::store {
namespace {

using testing::Contains;
using testing::ElementsAre;

class SweepResultsTest : public testing::Test {
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

    std::vector<std::string> rows(const std::string& sql) { return rows_of(connection(), sql); }

    test::Workspace workspace_;
    Database database_ = Database::open_or_create(workspace_ / "tidemark.db");
    SweepLedger ledger_{database_, example_invocation(), false};
    std::vector<run::Record> records_;
};

TEST_F(SweepResultsTest, SeesThisSweepAndItsPresentKeysAlone) {
    record("small", 1);
    record("small", 2);
    record("other", 1).request.sweep = "another";
    record("gone", 1);
    record("changed", 1).request.key = "an older key";
    store();
    const SweepResults results(connection(), "sizes", {expected("small"), expected("changed")}, 1, {});
    EXPECT_THAT(rows("SELECT run, repeat, status, reason, batch_size FROM results"),
                ElementsAre("small | 1 | ok |  | 8",
                            "changed | 1 | not run | made before the program or its input changed | 8"));
    EXPECT_EQ(results.expected(), 2U);
    EXPECT_EQ(results.made(), 1U);
}

TEST_F(SweepResultsTest, ARunThatTheFileCallsOtherwiseNowIsTheSame) {
    record("small", 1);
    store();
    ExpectedRun run = expected("small");
    run.run = "tiny";
    const SweepResults results(connection(), "sizes", {run}, 1, {});
    EXPECT_THAT(rows("SELECT run, status FROM results"), ElementsAre("tiny | ok"));
}

TEST_F(SweepResultsTest, WithoutAKeyTheNewestRunWithItsParametersIsTakenWhateverProgramMadeIt) {
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
    const SweepResults results(connection(), "sizes", {same, another}, 1, {});
    EXPECT_THAT(rows("SELECT run, status, cell, batch_size, shape FROM results"),
                ElementsAre("old | ok | a cell of a time when there were fewer parameters | 8 | null",
                            testing::StartsWith("round | not run | ")));
}

TEST_F(SweepResultsTest, MediansAreOfTheRepeatsThatEndedOkOrOfAll) {
    record("mixed", 1).measurement.peak_rss_bytes = 10;
    record("mixed", 2).measurement.peak_rss_bytes = 20;
    run::Record& killed = record("mixed", 3);
    killed.measurement.peak_rss_bytes = 90;
    killed.outcome = run::OutOfMemory{"killed"};
    record("bad", 1).outcome = run::Exited{1};
    store();
    SweepResults results(connection(), "sizes", {expected("mixed"), expected("bad"), expected("new")}, 3, {});
    EXPECT_THAT(rows("SELECT run, status, repeats, ok, peak_rss_bytes, batch_size FROM medians"),
                ElementsAre("mixed | oom | 3 | 2 | 15 | 8", "bad | failed | 3 | 0 | 3000 | 8",
                            "new | not run | 3 | 0 | null | 8"));
    EXPECT_EQ(results.status_of("mixed"), "oom");
    EXPECT_EQ(results.status_of("nobody"), std::nullopt);
    results.show(Repeats::Counted);
    EXPECT_THAT(rows("SELECT count(*) FROM results WHERE run = 'mixed'"), ElementsAre("2"));
    results.show(Repeats::All);
    EXPECT_THAT(rows("SELECT count(*) FROM results WHERE run = 'mixed'"), ElementsAre("3"));
}

TEST_F(SweepResultsTest, SaysWhyAFigureIsMissing) {
    run::Record& small = record("small", 1);
    small.measurement.peak_rss_bytes.reset();
    small.measurement.missing["peak_rss_bytes"] = "it ended too soon";
    small.final_metrics["accuracy"] = std::numeric_limits<double>::quiet_NaN();
    record("killed", 1).outcome = run::OutOfMemory{"killed"};
    store();
    const SweepResults results(connection(), "sizes",
                               {expected("small"), expected("killed"), expected("new")}, 1, {"images_per_s"});
    EXPECT_EQ(results.why_missing("small", "peak_rss_bytes"), "it ended too soon");
    EXPECT_EQ(results.why_missing("small", "accuracy"), "not a number");
    EXPECT_EQ(results.why_missing("small", "images_per_s"), "not reported");
    EXPECT_EQ(results.why_missing("small", "twice_that"), "not measured");
    EXPECT_EQ(results.why_missing("small", "batch_size"), "");
    EXPECT_EQ(results.why_missing("killed", "accuracy"), "oom");
    EXPECT_EQ(results.why_missing("new", "accuracy"), "not run");
    EXPECT_EQ(results.why_missing("nobody", "accuracy"), "");
}

TEST_F(SweepResultsTest, TheOtherTablesAreOfTheSweepToo) {
    record("small", 1).metrics = {{"loss", 0.5, 1}};
    run::Record& other = record("other", 1);
    other.request.sweep = "another";
    other.metrics = {{"loss", 0.7, 1}};
    store();
    {
        const SweepResults results(connection(), "sizes", {expected("small")}, 1, {});
        EXPECT_THAT(rows("SELECT value FROM metrics"), ElementsAre("0.5"));
        EXPECT_THAT(rows("SELECT name, value FROM provenance"), Contains("kernel | 6.1.0"));
        EXPECT_EQ(results.reported(), std::vector<std::string>());
    }
    EXPECT_THAT(rows("SELECT value FROM metrics"), ElementsAre("0.5", "0.7")) << "the database itself again";
}

TEST_F(SweepResultsTest, MetricsThatNoRunReportedAreColumnsOfNulls) {
    record("small", 1).final_metrics = {{"score", 1.5}};
    store();
    SweepResults results(connection(), "sizes", {expected("small")}, 1, {"described"});
    results.add_column("asked_for");
    EXPECT_THAT(rows("SELECT score, described, asked_for, activation_bytes FROM results"),
                ElementsAre("1.5 | null | null | null"));
    EXPECT_THAT(rows("SELECT score, described, asked_for, activation_bytes FROM medians"),
                ElementsAre("1.5 | null | null | null"));
    EXPECT_THAT(results.reported(), ElementsAre("score"));
}

TEST_F(SweepResultsTest, TheLastInvocationIsKnownWithWhatWasSet) {
    EXPECT_FALSE(last_invocation(connection(), "nothing"));
    Invocation later = example_invocation("invocation-2");
    later.provenance.emplace_back(kSetFact + "data_dir", std::string("/data"));
    const SweepLedger ledger(database_, later, false);
    const auto last = last_invocation(connection());
    ASSERT_TRUE(last);
    EXPECT_EQ(last->sweep, "sizes");
    EXPECT_EQ(last->file, "/home/ada/sizes/sizes.yaml");
    EXPECT_THAT(last->set, ElementsAre("data_dir=/data"));
    EXPECT_FALSE(has_results(connection(), "sizes"));
    record("small", 1);
    store();
    EXPECT_TRUE(has_results(connection(), "sizes"));
}

}  // namespace
}  // namespace tidemark::store
