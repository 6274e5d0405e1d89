#include "store/queries.hpp"

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"
#include "unit/store/example_runs.hpp"

namespace tidemark::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class QueriesTest : public testing::Test {
  protected:
    sql::Connection& connection() { return database_.connection(); }

    /// Records a run of this name, started at this second.
    void record(const std::string& run, int repeat, const std::string& second,
                const run::Outcome& outcome = run::Exited{0}) {
        run::Record record = example_record(example_request(run, repeat));
        record.measurement.started_at = "2026-01-23T14:05:" + second + ".000Z";
        record.outcome = outcome;
        ledger_.record(record);
    }

    test::Workspace workspace_;
    Database database_ = Database::open_or_create(workspace_ / "tidemark.db");
    SweepLedger ledger_{database_, example_invocation(), false};
};

TEST_F(QueriesTest, SweepsCountTheirLatestAttemptsNewestFirst) {
    EXPECT_THAT(sweeps(connection()), IsEmpty());
    record("small", 1, "01", run::Exited{1});
    run::Record other = example_record(example_request("small"));
    other.request.sweep = "older";
    other.request.run_id = "id-older";
    other.measurement.started_at = "2025-12-31T23:59:59.000Z";
    ledger_.record(other);
    run::Record again = example_record(example_request("small"));
    again.request.run_id = "id-again";
    again.measurement.started_at = "2026-01-23T14:05:02.000Z";
    ledger_.record(again);
    record("large", 1, "03", run::OutOfMemory{"killed"});
    record("large", 2, "04", run::Signalled{9});

    const std::vector<SweepSummary> all = sweeps(connection());
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].sweep, "sizes");
    EXPECT_EQ(all[0].runs, 3);
    EXPECT_EQ(all[0].ok, 1);
    EXPECT_EQ(all[0].failed, 2);
    EXPECT_EQ(all[0].wall_s, 7.5);
    EXPECT_EQ(all[0].last_started_at, "2026-01-23T14:05:04.000Z");
    EXPECT_EQ(all[1].sweep, "older");
    EXPECT_EQ(all[1].runs, 1);
}

/// What began within one millisecond is in the order of its names, or in that in which it was stored.
TEST_F(QueriesTest, NothingIsInTheOrderOfChance) {
    record("small", 2, "01");
    record("small", 1, "01");
    for (const char* name : {"b", "c", "a"}) {
        run::Record other = example_record(example_request("small"));
        other.request.sweep = name;
        other.request.run_id = "id-of-" + other.request.sweep;
        ledger_.record(other);
    }
    std::vector<std::string> names;
    for (const SweepSummary& sweep : sweeps(connection())) names.push_back(sweep.sweep);
    EXPECT_THAT(names, ElementsAre("a", "b", "c", "sizes"));
    EXPECT_THAT(find_run_ids(connection(), "small", 10),
                ElementsAre("id-of-a", "id-of-c", "id-of-b", "id-small-1", "id-small-2"));
    EXPECT_THAT(find_run_ids(connection(), "id-of", 2), ElementsAre("id-of-a", "id-of-c"))
        << "not by what of an id is chance";
}

TEST_F(QueriesTest, ARunIsFoundByItsIdByTheBeginningOfOneAndByItsName) {
    record("small", 1, "01");
    record("small", 2, "02");
    record("smaller", 1, "03");
    EXPECT_THAT(find_run_ids(connection(), "id-small-1", 10), ElementsAre("id-small-1"));
    EXPECT_THAT(find_run_ids(connection(), "small", 10), ElementsAre("id-small-2", "id-small-1"));
    EXPECT_THAT(find_run_ids(connection(), "id-small", 10),
                ElementsAre("id-smaller-1", "id-small-2", "id-small-1"));
    EXPECT_THAT(find_run_ids(connection(), "id-small", 2), ElementsAre("id-smaller-1", "id-small-2"));
    EXPECT_THAT(find_run_ids(connection(), "sm", 10), IsEmpty());
    EXPECT_THAT(find_run_ids(connection(), "", 10), IsEmpty());
    EXPECT_THAT(find_run_ids(connection(), "id%", 10), IsEmpty());
    EXPECT_THAT(find_run_ids(connection(), "it's", 10), IsEmpty());
}

TEST_F(QueriesTest, AnOlderAttemptIsFoundByItsIdAlone) {
    record("small", 1, "01");
    run::Record again = example_record(example_request("small"));
    again.request.run_id = "id-again";
    ledger_.record(again);
    EXPECT_THAT(find_run_ids(connection(), "small", 10), ElementsAre("id-again"));
    EXPECT_THAT(find_run_ids(connection(), "id-small-1", 10), ElementsAre("id-small-1"));
    EXPECT_FALSE(load_run(connection(), "id-small-1").latest);
    EXPECT_TRUE(load_run(connection(), "id-again").latest);
}

TEST_F(QueriesTest, ARunIsLoadedAsItWasRecorded) {
    run::Record record = example_record(example_request("small"));
    record.request.workload = "train";
    record.request.parameters = {
        {"model", "h2q"}, {"drop_last", true}, {"lr", 1e-3}, {"seed", std::int64_t{1}}};
    record.request.environment = {{"OMP_NUM_THREADS", "2"}};
    record.request.limits.memory = Bytes{kGibibyte};
    record.request.limits.wall = Seconds{7200};
    record.request.limits.cpus = 2;
    record.outcome = run::OutOfMemory{"std::bad_alloc"};
    record.measurement.peak_swap_bytes.reset();
    record.measurement.missing = {{"peak_swap_bytes", "no account of swap"}};
    record.metrics = {{"loss", 2.0, 1}, {"loss", std::nan(""), 2}, {"accuracy", 0.5, {}}};
    record.final_metrics = {{"loss", std::nan("")}, {"accuracy", 0.5}};
    record.facts = {{"torch", "2.6.0"}};
    record.phases = {{"load", Seconds{0}, Seconds{0.5}, 100, 90, 80, 110},
                     {"train", Seconds{0.5}, Seconds{2}}};
    record.samples = {{0.0, 100, 1}, {1.0, 200, 3}};
    record.warnings = {"events.jsonl ends in the middle of a line"};
    ledger_.record(record);

    const StoredRun loaded = load_run(connection(), "id-small-1");
    EXPECT_EQ(loaded.status, "oom");
    EXPECT_EQ(loaded.reason, "out of memory: std::bad_alloc");
    EXPECT_EQ(loaded.command_line, "tidemark run sizes.yaml");
    EXPECT_EQ(loaded.file, "/home/ada/sizes/sizes.yaml");
    EXPECT_THAT(loaded.provenance, ElementsAre(Pair("cores", "2"), Pair("kernel", "6.1.0")));
    EXPECT_EQ(loaded.record.directory, record.directory);
    EXPECT_EQ(loaded.record.request.parameters, record.request.parameters);
    EXPECT_EQ(loaded.record.request.command, record.request.command);
    EXPECT_EQ(loaded.record.request.environment, record.request.environment);
    EXPECT_EQ(loaded.record.request.limits, record.request.limits);
    EXPECT_EQ(loaded.record.request.workload, "train");
    protocol::Measurement with_missing = record.measurement;
    with_missing.missing["loss"] = "not a number";
    EXPECT_EQ(protocol::to_json_text(loaded.record.measurement), protocol::to_json_text(with_missing));
    EXPECT_EQ(loaded.record.facts, record.facts);
    EXPECT_EQ(loaded.record.warnings, record.warnings);

    ASSERT_EQ(loaded.record.metrics.size(), 3U);
    EXPECT_EQ(loaded.record.metrics[0].value, 2.0);
    EXPECT_EQ(loaded.record.metrics[0].epoch, 1);
    EXPECT_TRUE(std::isnan(loaded.record.metrics[1].value)) << "not zero";
    EXPECT_EQ(loaded.record.metrics[2].epoch, std::nullopt);
    EXPECT_EQ(loaded.record.final_metrics.at("accuracy"), 0.5);
    EXPECT_TRUE(std::isnan(loaded.record.final_metrics.at("loss")));
    ASSERT_EQ(loaded.record.phases.size(), 2U);
    EXPECT_EQ(loaded.record.phases[0].name, "load");
    EXPECT_EQ(loaded.record.phases[0].peak_sample_bytes, 100);
    EXPECT_EQ(loaded.record.phases[0].peak_rss_bytes, 90);
    EXPECT_EQ(loaded.record.phases[0].peak_rss_low_bytes, 80);
    EXPECT_EQ(loaded.record.phases[0].peak_rss_high_bytes, 110);
    EXPECT_EQ(loaded.record.phases[1].start, Seconds{0.5});
    EXPECT_EQ(loaded.record.phases[1].peak_sample_bytes, std::nullopt);
    ASSERT_EQ(loaded.record.samples.size(), 2U);
    EXPECT_EQ(loaded.record.samples[1].rss_bytes, 200);
    EXPECT_EQ(loaded.record.samples[1].processes, 3);
}

TEST_F(QueriesTest, ARunThatIsNotThereCannotBeLoaded) {
    EXPECT_THROW(load_run(connection(), "id-nobody"), std::invalid_argument);
}

TEST_F(QueriesTest, RunningInvocationsShowWhatTheyHaveDoneAndWhatTheyAreAt) {
    record("small", 1, "01");
    record("small", 2, "02", run::Exited{1});
    protocol::Request now = example_request("large");
    ledger_.claim(now, "/runs/id-large-1");
    const std::vector<RunningInvocation> running = running_invocations(connection());
    ASSERT_EQ(running.size(), 1U);
    EXPECT_EQ(running[0].invocation_id, "invocation-1");
    EXPECT_EQ(running[0].sweep, "sizes");
    EXPECT_EQ(running[0].file, "/home/ada/sizes/sizes.yaml");
    EXPECT_EQ(running[0].process, this_process());
    EXPECT_EQ(running[0].planned, 2);
    EXPECT_EQ(running[0].ok, 1);
    EXPECT_EQ(running[0].failed, 1);
    ASSERT_EQ(running[0].runs.size(), 1U);
    EXPECT_EQ(running[0].runs[0].run_id, "id-large-1");
    EXPECT_EQ(running[0].runs[0].run, "large");
    EXPECT_EQ(running[0].runs[0].directory, "/runs/id-large-1");

    ledger_.finish();
    EXPECT_THAT(running_invocations(connection()), IsEmpty());
}

TEST_F(QueriesTest, AnInvocationWhoseProcessIsGoneIsNotRunning) {
    const pid_t child = fork();
    if (child == 0) {
        Database own = Database::open_or_create(database_.file());
        const SweepLedger lost(own, example_invocation("invocation-lost"), false);
        _exit(0);
    }
    waitpid(child, nullptr, 0);
    const std::vector<RunningInvocation> running = running_invocations(connection());
    ASSERT_EQ(running.size(), 1U);
    EXPECT_EQ(running[0].invocation_id, "invocation-1");
}

TEST_F(QueriesTest, DoneRunsAreTheSweepsOkOnes) {
    record("small", 1, "01");
    record("small", 2, "02", run::Exited{1});
    const DoneRuns done(connection(), "sizes");
    EXPECT_TRUE(done.contains("key-of-small", 1));
    EXPECT_FALSE(done.contains("key-of-small", 2));
    EXPECT_FALSE(done.contains("key-of-large", 1));
    EXPECT_FALSE(DoneRuns(connection(), "another").contains("key-of-small", 1));
}

}  // namespace
}  // namespace tidemark::store
