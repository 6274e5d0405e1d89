#include "store/merge.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "store/baselines.hpp"
#include "store/queries.hpp"
#include "store/write_record.hpp"
#include "support/example_run.hpp"
#include "support/workspace.hpp"

namespace tidemark::store {
namespace {

class Merging : public testing::Test {
  protected:
    void store(Database& database, const std::string& id, const std::string& started_at, int repeat = 1) {
        run::Record record = test::example_record(id);
        record.request.repeat = repeat;
        record.measurement.started_at = started_at;
        record.metrics = {{"loss", 0.5, 1}};
        record.final_metrics = {{"loss", 0.5}};
        record.facts = {{"device", "cpu"}};
        record.phases = {{"train", Seconds{0}, Seconds{2}}};
        record.samples = {{0.5, 1 << 20, 1}};
        record.warnings = {"a line is passed over"};
        add(database, record);
    }
    void add(Database& database, const run::Record& record) {
        sql::Transaction transaction(database.connection());
        write_record(database.connection(), record);
        transaction.commit();
    }
    Merged merge_all(MergeOptions options = {}) {
        return merge(target, folder / "source.db", options, [](std::int64_t) { return true; });
    }
    Value value(const std::string& sql) { return target.connection().value_of(sql); }

    test::Workspace folder;
    Database source = Database::open_or_create(folder / "source.db");
    Database target = Database::open_or_create(folder / "target.db");
};

TEST_F(Merging, BringsWhatRunsReadOnceForAll) {
    using run::ObservedKind;
    const auto store_with = [&](Database& database, const std::string& id,
                                std::vector<run::ObservedFile> read) {
        run::Record record = test::example_record(id);
        record.measurement.started_at = "2026-01-01T00:00:00.000Z";
        record.observation = run::Observation{std::move(read), {"log-" + id}, ""};
        add(database, record);
    };
    const run::ObservedFile one{"one.py", ObservedKind::Content, "1", 5, 7};
    const run::ObservedFile two{"two.py", ObservedKind::Content, "2", 5, 7};
    store_with(target, "t", {two});
    store_with(source, "a", {one, two});
    store_with(source, "b", {one, two});
    store_with(source, "c", {two});
    EXPECT_EQ(merge_all().added, 3);
    EXPECT_EQ(
        value("SELECT group_concat(run_id || ' ' || path, ', ') FROM (SELECT run_id, path FROM runs JOIN "
              "observed_sets USING(observed) JOIN observed_members USING(number) JOIN observed_files "
              "USING(file) ORDER BY run_id, path)"),
        Value("a one.py, a two.py, b one.py, b two.py, c two.py, t two.py"));
    EXPECT_EQ(value("SELECT count(*) FROM observed_sets"), Value(std::int64_t{2}));
    EXPECT_EQ(value("SELECT group_concat(path, ', ') FROM observed_outputs"),
              Value("log-a, log-b, log-c, log-t"));
    // what a file looked like on the other machine says nothing here
    EXPECT_EQ(value("SELECT size + changed_ns FROM observed_files WHERE path = 'one.py'"),
              Value(std::int64_t{0}));
}

TEST_F(Merging, BringsARunWithAllThatBelongsToIt) {
    store(source, "a", "2026-01-01T00:00:00.000Z");
    save_baseline(source, "main", {});
    const Merged merged = merge_all();
    EXPECT_EQ(merged.added, 1);
    EXPECT_EQ(merged.known, 0);
    const StoredRun run = load_run(target.connection(), "a");
    EXPECT_EQ(run.status, "ok");
    EXPECT_EQ(run.record.metrics.size(), 1U);
    EXPECT_EQ(run.record.facts.at("device"), "cpu");
    EXPECT_EQ(run.record.phases.size(), 1U);
    EXPECT_EQ(run.record.samples.size(), 1U);
    EXPECT_EQ(run.record.warnings.size(), 1U);
    EXPECT_EQ(run.record.measurement.missing.at("peak_swap_bytes"), "not measured by the method wait4");
    EXPECT_EQ(value("SELECT batch_size || ' ' || loss FROM results"), Value(std::string("16 0.5")));
    EXPECT_EQ(baseline_values(target.connection(), "main", "example", "loss").size(), 1U);
}

TEST_F(Merging, TwiceChangesNothing) {
    store(source, "a", "2026-01-01T00:00:00.000Z");
    merge_all();
    const Merged again = merge_all();
    EXPECT_EQ(again.added, 0);
    EXPECT_EQ(again.known, 1);
    EXPECT_EQ(value("SELECT count(*) FROM metrics"), Value(std::int64_t{1}));
    EXPECT_EQ(value("SELECT count(*) FROM samples"), Value(std::int64_t{1}));
}

TEST_F(Merging, TheNewestAttemptCountsWhereverItWasMade) {
    store(target, "here", "2026-01-02T00:00:00.000Z");
    store(source, "older", "2026-01-01T00:00:00.000Z");
    merge_all();
    EXPECT_EQ(value("SELECT run_id FROM results"), Value(std::string("here")));
    store(source, "newer", "2026-01-03T00:00:00.000Z");
    merge_all();
    EXPECT_EQ(value("SELECT run_id FROM results"), Value(std::string("newer")));
    EXPECT_EQ(value("SELECT count(*) FROM attempts"), Value(std::int64_t{3}));
}

TEST_F(Merging, SeveralAttemptsAtOnceHaveOneLatest) {
    store(source, "b", "2026-01-02T00:00:00.000Z");
    store(source, "a", "2026-01-01T00:00:00.000Z");
    store(source, "c", "2026-01-01T00:00:00.000Z", 2);
    merge_all();
    EXPECT_EQ(value("SELECT group_concat(run_id) FROM (SELECT run_id FROM results ORDER BY run_id)"),
              Value(std::string("b,c")));
}

TEST_F(Merging, OnlyWhatIsAskedForIsMoved) {
    store(source, "a", "2026-01-01T00:00:00.000Z");
    store(source, "b", "2026-01-01T00:00:00.000Z", 2);
    EXPECT_EQ(merge_all({.sweep = "other", .where = {}}).added, 0);
    EXPECT_EQ(merge_all({.sweep = "example", .where = "repeat = 2 AND batch_size = 16"}).added, 1);
    EXPECT_EQ(value("SELECT run_id FROM results"), Value(std::string("b")));
    EXPECT_THROW(merge_all({.sweep = {}, .where = "nonsense = 1"}), sql::SqlError);
    EXPECT_THROW(merge_all({.sweep = {}, .where = "1); DELETE FROM main.runs; --"}), sql::SqlError);
    EXPECT_EQ(value("SELECT count(*) FROM runs"), Value(std::int64_t{1}));
}

TEST_F(Merging, ANameOfAnotherKindHasAColumnToo) {
    run::Record record = test::example_record("here");
    record.request.parameters = {{"loss", std::string("mse")}};
    add(target, record);
    store(source, "there", "2026-01-01T00:00:00.000Z", 2);
    merge_all();
    const StoredRun run = load_run(target.connection(), "there");
    EXPECT_EQ(run.record.warnings.size(), 1U) << "its own";
    EXPECT_EQ(value("SELECT loss FROM results WHERE run_id = 'there'"), Value(0.5));
    EXPECT_EQ(value("SELECT loss FROM results WHERE run_id = 'here'"), Value(std::string("mse")));
    EXPECT_EQ(run.record.final_metrics.at("loss"), 0.5);
}

TEST_F(Merging, EndsBetweenBatchesWhenAsked) {
    for (int i = 0; i < 3; ++i) store(source, "r" + std::to_string(i), "2026-01-01T00:00:00.000Z", i + 1);
    std::int64_t told = 0;
    merge(target, folder / "source.db", {}, [&](std::int64_t added) {
        told = added;
        return false;
    });
    EXPECT_EQ(told, 3) << "a batch is larger than this";
}

TEST_F(Merging, AForeignFileIsRefused) {
    folder.write(
        "text",
        "nothing of ours, and longer than the header of a database file has to be, which is 100 bytes …");
    EXPECT_THROW(merge(target, folder / "text", {}, [](std::int64_t) { return true; }), CannotGoOn);
    EXPECT_THROW(merge(target, folder / "absent", {}, [](std::int64_t) { return true; }), CannotGoOn);
}

}  // namespace
}  // namespace tidemark::store
