#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/result_columns.hpp"
#include "store/queries.hpp"
#include "support/workspace.hpp"
#include "unit/store/example_runs.hpp"

namespace tidemark::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

/// One runner with its ledger in a new database.
class RecordsTest : public testing::Test {
  protected:
    std::vector<std::string> rows(const std::string& sql) { return rows_of(database_.connection(), sql); }

    test::Workspace workspace_;
    Database database_ = Database::open_or_create(workspace_ / "tidemark.db");
    SweepLedger ledger_{database_, example_invocation(), false};
};

TEST_F(RecordsTest, TheViewsBeginWithTheFixedColumnsOfTheContract) {
    const std::vector<std::string> contract{
        "run_id", "sweep", "run", "cell", "key", "repeat", "status", "reason", "exit_code", "signal",
        "started_at", "wall_s", "user_s", "system_s", "initial_rss_bytes", "final_rss_bytes",
        "peak_rss_bytes", "peak_rss_low_bytes", "peak_rss_high_bytes", "peak_cgroup_bytes", "peak_swap_bytes",
        "major_faults", "memory_method",
        // later ones, always behind parameters and metrics
        "peak_bounds_from", "peak_anonymous_bytes", "peak_shared_bytes", "peak_file_bytes",
        "peak_cache_bytes", "memory_limit_reached", "peak_hugetlb_bytes", "minor_faults",
        "voluntary_switches", "involuntary_switches", "read_bytes", "written_bytes", "swapped_in_bytes",
        "swapped_out_bytes", "memory_stall_s", "throttled_s", "ended_by", "ending_s",
        "growth_bytes_per_epoch", "growth_low_bytes_per_epoch", "growth_high_bytes_per_epoch", "last_words",
        "revision", "tags", "note"};
    EXPECT_EQ(columns_of(database_.connection(), "results"), contract);
    EXPECT_EQ(columns_of(database_.connection(), "attempts"), contract);
}

TEST_F(RecordsTest, EveryFixedColumnHoldsItsOwnFigure) {
    run::Record record = example_record(example_request("small"));
    record.measurement.ended_by = "SIGTERM";
    record.measurement.ending_s = 1.5;
    record.measurement.peak_bounds_from = "samples";
    record.measurement.peak_hugetlb_bytes = 2097152;
    record.measurement.growth_bytes_per_epoch = 2.5;
    record.measurement.growth_low_bytes_per_epoch = 2.25;
    record.measurement.growth_high_bytes_per_epoch = 2.75;
    ledger_.record(record);
    EXPECT_THAT(
        rows("SELECT * FROM results"),
        ElementsAre("id-small-1 | sizes | small | cell-of-small | key-of-small | 1 | ok |  | 0 | null | "
                    "2026-01-23T14:05:09.123Z | 2.5 | 2.25 | 0.125 | 1000 | 2000 | 3000 | 2900 | 3100 | "
                    "4000 | 0 | 7 | cgroup v2 | samples | 2000 | 500 | 400 | 9000 | 1 | 2097152 | 70 | 5 | 6 "
                    "| 4096 | 8192 | 12288 | "
                    "16384 | 0.5 | 0.25 | SIGTERM | 1.5 | 2.5 | 2.25 | 2.75 | null | null | null | null"));
}

TEST_F(RecordsTest, ParametersThenMetricsBecomeColumnsInTheOrderInWhichTheyCome) {
    run::Record first = example_record(example_request("small"));
    first.request.parameters = {{"model", "h2q"}, {"batch_size", std::int64_t{32}}};
    first.final_metrics = {{"loss", 0.5}, {"accuracy", 0.875}};
    ledger_.record(first);
    run::Record second = example_record(example_request("large"));
    second.request.parameters = {{"batch_size", std::int64_t{64}}, {"lr", 1e-3}};
    second.final_metrics = {{"epoch_s", 12.5}};
    ledger_.record(second);

    std::vector<std::string> columns = columns_of(database_.connection(), "results");
    columns.erase(columns.begin(), columns.begin() + 23);
    columns.resize(columns.size() - protocol::further_result_columns().size());
    EXPECT_THAT(columns, ElementsAre("model", "batch_size", "lr", "accuracy", "loss", "epoch_s"));
    EXPECT_THAT(rows("SELECT run, model, batch_size, lr, accuracy, loss, epoch_s FROM results ORDER BY run"),
                ElementsAre("large | null | 64 | 0.001 | null | null | 12.5",
                            "small | h2q | 32 | null | 0.875 | 0.5 | null"));
}

TEST_F(RecordsTest, ANameThatIsAKeywordOrHasNoLettersIsAColumnToo) {
    run::Record record = example_record(example_request("small"));
    record.request.parameters = {{"order", std::int64_t{1}}, {"_", std::int64_t{2}}};
    record.final_metrics = {{"select", 3}};
    ledger_.record(record);
    EXPECT_THAT(rows("SELECT \"order\", _, \"select\" FROM results"), ElementsAre("1 | 2 | 3.0"));
}

TEST_F(RecordsTest, ValuesKeepTheirTypes) {
    run::Record record = example_record(example_request("small"));
    record.request.parameters = {{"drop_last", true},
                                 {"shuffle", false},
                                 {"workers", std::int64_t{0}},
                                 {"lr", 1e-3},
                                 {"whole", 2.0},
                                 {"version", "2"},
                                 {"none", std::monostate{}},
                                 {"text", std::string("0\0x", 3)}};
    ledger_.record(record);
    EXPECT_THAT(rows("SELECT drop_last, shuffle, workers, lr, whole, none, length(CAST(text AS BLOB)) FROM "
                     "results"),
                ElementsAre("1 | 0 | 0 | 0.001 | 2.0 | null | 3"));
    EXPECT_THAT(rows("SELECT typeof(drop_last), typeof(workers), typeof(lr), typeof(whole), typeof(version) "
                     "FROM results"),
                ElementsAre("integer | integer | real | real | text"));
}

TEST_F(RecordsTest, TheLatestAttemptReplacesTheOneBeforeInResultsOnly) {
    run::Record failed = example_record(example_request("small"));
    failed.outcome = run::Exited{3};
    ledger_.record(failed);
    run::Record done = example_record(example_request("small"));
    done.request.run_id = "id-small-again";
    ledger_.record(done);
    ledger_.record(example_record(example_request("small", 2)));

    EXPECT_THAT(rows("SELECT run_id, status, reason, exit_code FROM results ORDER BY repeat"),
                ElementsAre("id-small-again | ok |  | 0", "id-small-2 | ok |  | 0"));
    EXPECT_THAT(rows("SELECT run_id, status, reason, exit_code FROM attempts"),
                ElementsAre("id-small-1 | failed | exit code 3 | 3", "id-small-again | ok |  | 0",
                            "id-small-2 | ok |  | 0"));
}

TEST_F(RecordsTest, TheSameCellOfAnotherSweepIsAnotherResult) {
    ledger_.record(example_record(example_request("small")));
    run::Record other = example_record(example_request("small"));
    other.request.run_id = "id-of-other";
    other.request.sweep = "other";
    ledger_.record(other);
    EXPECT_THAT(rows("SELECT sweep FROM results ORDER BY sweep"), ElementsAre("other", "sizes"));
}

TEST_F(RecordsTest, HowARunEndedIsInItsRow) {
    const std::vector<std::pair<run::Outcome, std::string>> cases{
        {run::Signalled{11}, "crashed | killed by SIGSEGV (Segmentation fault) | null | 11"},
        {run::OutOfMemory{"killed at the memory limit of 1.00 GiB"},
         "oom | out of memory: killed at the memory limit of 1.00 GiB | null | null"},
        {run::TimedOut{"wall time limit of 2 s"},
         "timeout | reached the wall time limit of 2 s | null | null"},
        {run::Cancelled{"interrupted by the user"}, "cancelled | interrupted by the user | null | null"},
        {run::CouldNotStart{"execvp: Permission denied"},
         "failed | could not start: execvp: Permission denied | null | null"}};
    for (const auto& [outcome, row] : cases) {
        run::Record record = example_record(example_request("small"));
        record.request.run_id = row;
        record.outcome = outcome;
        ledger_.record(record);
        EXPECT_THAT(rows("SELECT status, reason, exit_code, signal FROM results"), ElementsAre(row));
    }
}

TEST_F(RecordsTest, WhatCouldNotBeMeasuredIsNullAndSaysWhy) {
    run::Record record = example_record(example_request("small"));
    record.measurement.peak_swap_bytes.reset();
    record.measurement.missing["peak_swap_bytes"] = "this kernel keeps no account of swap";
    ledger_.record(record);
    EXPECT_THAT(rows("SELECT peak_swap_bytes, peak_rss_bytes FROM results"), ElementsAre("null | 3000"));
    EXPECT_THAT(rows("SELECT * FROM missing"),
                ElementsAre("id-small-1 | peak_swap_bytes | this kernel keeps no account of swap"));
}

TEST_F(RecordsTest, WithoutAMeasurementThereIsNoFigureNotEvenZero) {
    run::Record record = example_record(example_request("small"));
    record.measurement = {};
    record.outcome = run::BrokeContract{"no measurement was left: the disk was full"};
    for (const char* column : {"wall_s", "user_s", "system_s", "memory_method"})
        record.measurement.missing[column] = "the disk was full";
    ledger_.record(record);
    EXPECT_THAT(rows("SELECT status, wall_s, user_s, system_s, peak_rss_bytes, memory_method FROM results"),
                ElementsAre("failed | null | null | null | null | null"));
}

TEST_F(RecordsTest, AMetricThatIsNoNumberIsNullAndInfinityIsKept) {
    run::Record record = example_record(example_request("small"));
    record.final_metrics = {{"loss", std::nan("")}, {"ratio", std::numeric_limits<double>::infinity()}};
    record.metrics = {{"loss", std::nan(""), 1}};
    ledger_.record(record);
    EXPECT_THAT(rows("SELECT loss, ratio > 1e308 FROM results"), ElementsAre("null | 1"));
    EXPECT_THAT(rows("SELECT \"column\", reason FROM missing"), ElementsAre("loss | not a number"));
    EXPECT_THAT(rows("SELECT name, epoch, value FROM metrics"),
                ElementsAre("loss | 1 | null", "ratio | null | inf"));
}

TEST_F(RecordsTest, ANameMayBeAParameterInOneSweepAndAMetricInAnother) {
    run::Record first = example_record(example_request("small"));
    first.request.parameters = {{"width", std::int64_t{8}}};
    first.final_metrics = {{"depth", 2.0}};
    ledger_.record(first);
    run::Record second = example_record(example_request("large"));
    second.request.parameters = {{"depth", std::int64_t{3}}};
    second.final_metrics = {{"width", 9.0}};
    second.metrics = {{"width", 9.0, {}}};
    ledger_.record(second);

    EXPECT_THAT(rows("SELECT run, width, depth FROM results ORDER BY run"),
                ElementsAre("large | 9.0 | 3", "small | 8 | 2.0"));
    EXPECT_THAT(rows("SELECT text FROM warnings"), ElementsAre());
    EXPECT_THAT(rows("SELECT name, value FROM metrics WHERE run_id = 'id-large-1'"),
                ElementsAre("width | 9.0"));
}

TEST_F(RecordsTest, AMetricCannotTakeTheNameOfAParameterOfItsRun) {
    run::Record record = example_record(example_request("small"));
    record.request.parameters = {{"width", std::int64_t{8}}};
    record.final_metrics = {{"width", 9.0}};
    ledger_.record(record);
    EXPECT_THAT(rows("SELECT width FROM results"), ElementsAre("8"));
    EXPECT_THAT(rows("SELECT text FROM warnings"),
                ElementsAre("metric 'width' has no column of its own: the name belongs to a parameter or a "
                            "fixed column; see the table metrics"));
    EXPECT_THAT(rows("SELECT name, value FROM metrics"), ElementsAre("width | 9.0"));
}

/// Versions before this one gave a name to the kind that came first, and left a warning in the other's place.
TEST_F(RecordsTest, WhatAnEarlierVersionLeftOutIsFilledInWhenTheNameComesAgain) {
    run::Record metric = example_record(example_request("metric"));
    metric.request.parameters.clear();
    metric.final_metrics = {{"depth", 2.0}};
    ledger_.record(metric);
    run::Record refused = example_record(example_request("refused"));
    refused.request.parameters = {{"depth", std::int64_t{3}}};
    ledger_.record(refused);
    sql::Connection& connection = database_.connection();
    connection.execute(
        "DROP VIEW results; DROP VIEW attempts; ALTER TABLE runs DROP COLUMN p_depth;"
        "INSERT INTO warnings VALUES('id-refused-1', 'parameter ''depth'' has no column of its own: another "
        "sweep of this database has a metric of that name')");
    run::Record again = example_record(example_request("again"));
    again.request.parameters = {{"depth", std::int64_t{4}}};
    ledger_.record(again);
    EXPECT_THAT(rows("SELECT run, depth FROM results ORDER BY run"),
                ElementsAre("again | 4", "metric | 2.0", "refused | 3"));
    EXPECT_THAT(rows("SELECT text FROM warnings"), ElementsAre());
}

TEST_F(RecordsTest, TheLastWordsOfARunThatFailedAreKept) {
    run::Record record = example_record(example_request("small"));
    record.outcome = run::Exited{1};
    record.last_words = "no such file";
    ledger_.record(record);
    EXPECT_THAT(rows("SELECT reason, last_words FROM results"), ElementsAre("exit code 1 | no such file"));
}

TEST_F(RecordsTest, AMetricCannotTakeAFixedColumn) {
    run::Record record = example_record(example_request("small"));
    record.final_metrics = {{"wall_s", 99.0}};
    ledger_.record(record);
    EXPECT_THAT(rows("SELECT wall_s FROM results"), ElementsAre("2.5"));
    EXPECT_THAT(rows("SELECT text FROM warnings"),
                ElementsAre("metric 'wall_s' has no column of its own: the name belongs to a parameter or a "
                            "fixed column; see the table metrics"));
}

TEST_F(RecordsTest, MoreMetricsThanATableHasColumnsAreKeptInTheTableMetrics) {
    run::Record record = example_record(example_request("small"));
    for (int i = 0; i < 2500; ++i) {
        record.final_metrics[fmt::format("layer_{:04}", i)] = i;
        record.metrics.push_back({fmt::format("layer_{:04}", i), static_cast<double>(i), {}});
    }
    ledger_.record(record);
    EXPECT_THAT(rows("SELECT status, layer_0000, layer_1000 FROM results"), ElementsAre("ok | 0.0 | 1000.0"));
    EXPECT_THAT(rows("SELECT count(*) FROM metrics"), ElementsAre("2500"));
    EXPECT_THAT(
        rows("SELECT text FROM warnings"),
        ElementsAre("600 of this run's parameters and metrics have no column of their own, because the "
                    "database holds its most, 1900; the first is 'layer_1900'; see the table metrics"));
    ledger_.record(example_record(example_request("large")));  // and the database goes on
    EXPECT_THAT(rows("SELECT count(*) FROM results"), ElementsAre("2"));
}

TEST_F(RecordsTest, ANumericInfoIsAFigureOfTheWholeRun) {
    run::Record record = example_record(example_request("small"));
    record.metrics = {{"loss", 2.0, 1}};
    record.final_metrics = {{"loss", 2.0}, {"params", 559178.0}};
    ledger_.record(record);
    EXPECT_THAT(rows("SELECT name, epoch, value FROM metrics"),
                ElementsAre("loss | 1 | 2.0", "params | null | 559178.0"));
    EXPECT_THAT(load_run(database_.connection(), "id-small-1").record.final_metrics,
                ElementsAre(Pair("loss", 2.0), Pair("params", 559178.0)));
}

TEST_F(RecordsTest, ARunWithoutAMeasurementStartedWhenItWasClaimed) {
    run::Record record = example_record(example_request("small"));
    record.measurement = {};
    ledger_.claim(record.request, "/runs/id-small-1");
    const std::string claimed_at = rows("SELECT started_at FROM claims").front();
    EXPECT_EQ(claimed_at.size(), std::string("2026-01-23T14:05:09.123Z").size());
    ledger_.record(record);
    EXPECT_THAT(rows("SELECT started_at FROM results"), ElementsAre(claimed_at));
}

TEST_F(RecordsTest, TheDetailsAreTablesBesideTheView) {
    run::Record record = example_record(example_request("small"));
    record.metrics = {{"loss", 2.0, 1}, {"loss", 1.0, 2}, {"accuracy", 0.5, {}}};
    record.facts = {{"torch", "2.6.0"}};
    record.phases = {{"load", Seconds{0}, Seconds{0.5}, 100, 90, 80, 110},
                     {"train", Seconds{0.5}, Seconds{2}}};
    record.samples = {{0.0, 100, 1}, {1.0, 200, 3, {150, 20, 30}, 4096, 8192, 9000, 500}, {2.0}};
    record.epochs = {{1, Seconds{0}, Seconds{1}, 150, "resident"}, {2, Seconds{1}, Seconds{1}}};
    record.warnings = {"1 line of events.jsonl is passed over"};
    ledger_.record(record);
    EXPECT_THAT(rows("SELECT * FROM epochs"), ElementsAre("id-small-1 | 1 | 0.0 | 1.0 | 150 | resident",
                                                          "id-small-1 | 2 | 1.0 | 1.0 | null | null"));
    EXPECT_THAT(rows("SELECT * FROM metrics"),
                ElementsAre("id-small-1 | loss | 1 | 2.0", "id-small-1 | loss | 2 | 1.0",
                            "id-small-1 | accuracy | null | 0.5"));
    EXPECT_THAT(rows("SELECT * FROM facts"), ElementsAre("id-small-1 | torch | 2.6.0"));
    EXPECT_THAT(rows("SELECT * FROM phases"),
                ElementsAre("id-small-1 | load | 0.0 | 0.5 | 100 | 90 | 80 | 110",
                            "id-small-1 | train | 0.5 | 2.0 | null | null | null | null"));
    EXPECT_THAT(
        rows("SELECT * FROM samples"),
        ElementsAre("id-small-1 | 0.0 | 100 | 1 | null | null | null | null | null | null | null",
                    "id-small-1 | 1.0 | 200 | 3 | 150 | 20 | 30 | 4096 | 8192 | 9000 | 500",
                    "id-small-1 | 2.0 | null | null | null | null | null | null | null | null | null"));
    EXPECT_THAT(rows("SELECT * FROM warnings"),
                ElementsAre("id-small-1 | 1 line of events.jsonl is passed over"));
    EXPECT_THAT(rows("SELECT * FROM missing"), IsEmpty());
}

TEST_F(RecordsTest, ColumnsThatAnotherRunnerAddsAreSeen) {
    Database other_database = Database::open_or_create(workspace_ / "tidemark.db");
    SweepLedger other(other_database, example_invocation("invocation-2"), false);
    run::Record first = example_record(example_request("small"));
    first.final_metrics = {{"loss", 1.0}};
    ledger_.record(first);
    run::Record second = example_record(example_request("large"));
    second.final_metrics = {{"accuracy", 0.5}, {"loss", 2.0}};
    other.record(second);
    run::Record third = example_record(example_request("huge"));
    third.final_metrics = {{"accuracy", 0.75}, {"loss", 3.0}, {"params", 12.0}};
    ledger_.record(third);
    run::Record fourth = example_record(example_request("vast"));
    fourth.final_metrics = {{"params", 13.0}};
    other.record(fourth);
    EXPECT_THAT(rows("SELECT run, loss, accuracy, params FROM results ORDER BY run"),
                ElementsAre("huge | 3.0 | 0.75 | 12.0", "large | 2.0 | 0.5 | null",
                            "small | 1.0 | null | null", "vast | null | null | 13.0"));
}

}  // namespace
}  // namespace tidemark::store
