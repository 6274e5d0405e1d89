#include "store/baselines.hpp"

#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/origins.hpp"
#include "store/write_record.hpp"
#include "support/example_run.hpp"
#include "support/workspace.hpp"

namespace tidemark::store {
namespace {

using testing::ElementsAre;

/// A database with three repeats of a run of each of two sweeps, the last repeat failed.
class StoredSweeps : public testing::Test {
  protected:
    StoredSweeps() {
        for (const char* sweep : {"one", "two"}) {
            for (int repeat = 1; repeat <= 3; ++repeat) store(sweep, repeat, "key1");
        }
    }

    std::string store(const std::string& sweep, int repeat, const std::string& key) {
        const std::string id = sweep + std::to_string(repeat) + key;
        run::Record record = test::example_record(id);
        record.request.sweep = sweep;
        record.request.repeat = repeat;
        record.request.key = key;
        if (repeat == 3) record.outcome = run::Exited{1};
        sql::Transaction transaction(database.connection());
        write_record(database.connection(), record);
        transaction.commit();
        return id;
    }

    test::Workspace folder;
    Database database = Database::open_or_create(folder / "t.db");
    sql::Connection& connection = database.connection();
};

TEST_F(StoredSweeps, ABaselineNamesTheLatestRunsThatEndedOk) {
    const SavedBaseline saved = save_baseline(database, "main", "one");
    EXPECT_EQ(saved.runs, 2);
    EXPECT_EQ(saved.left_out, 1);
    EXPECT_FALSE(saved.replaced);
    const auto values = baseline_values(connection, "main", "one", "wall_s * 2");
    ASSERT_EQ(values.size(), 2U);
    EXPECT_EQ(values[0].run_id, "one1key1");
    EXPECT_EQ(values[0].run, "batch_size=16");
    EXPECT_EQ(values[1].repeat, 2);
    EXPECT_EQ(values[1].value, 4);
    EXPECT_TRUE(baseline_values(connection, "main", "two", "wall_s").empty());
}

TEST_F(StoredSweeps, FiguresKnowTheMachineThatTheyWereMeasuredOn) {
    connection.execute(
        "INSERT INTO provenance VALUES('invocation1', 'cpu', 'Example CPU'), ('invocation1', 'cores', 4)");
    save_baseline(database, "main", "one");
    const std::string run_id = baseline_values(connection, "main", "one", "wall_s")[0].run_id;
    EXPECT_EQ(Origins(connection).of(run_id).of(analysis::OriginFact::Machine), "Example CPU, 4 cores");
    EXPECT_EQ(Origins(connection).of("one1key1").of(analysis::OriginFact::Machine), "Example CPU, 4 cores");
}

TEST_F(StoredSweeps, EarlierSavesAreKeptAsFarAsWanted) {
    const auto save = [&](int keep) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));  // saves are told apart by their time
        return save_baseline(database, "main", "one", keep);
    };
    const auto ids = [&](int last) {
        std::vector<std::string> all;
        for (const BaselineValue& value :
             baseline_values(connection, "main", "one", "wall_s", "wall_s", last))
            if (value.repeat == 1) all.push_back(value.run_id);
        return all;
    };
    save(3);
    for (const char* key : {"key2", "key3", "key4"}) {
        store("one", 1, key);
        store("one", 2, key);
        EXPECT_TRUE(save(3).replaced);
    }
    EXPECT_THAT(ids(1), ElementsAre("one1key4"));
    EXPECT_THAT(ids(2), ElementsAre("one1key3", "one1key4"));
    EXPECT_THAT(ids(10), ElementsAre("one1key2", "one1key3", "one1key4")) << "three are kept";
    EXPECT_EQ(baselines(connection)[0].saves, 3);
    EXPECT_EQ(baselines(connection)[0].runs, 2) << "of the last save";
    save(3);
    EXPECT_THAT(ids(10), ElementsAre("one1key2", "one1key3", "one1key4")) << "the same runs are no new ones";
    store("one", 1, "key5");
    save(1);
    EXPECT_THAT(ids(10), ElementsAre("one1key5")) << "what went before is forgotten";
}

TEST_F(StoredSweeps, ARunThatTheLastSaveLacksHasTheOneBefore) {
    save_baseline(database, "main", "one", 5);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    connection.execute("UPDATE runs SET status = 'failed' WHERE sweep = 'one' AND latest = 1");
    run::Record other = test::example_record("other");
    other.request.sweep = "one";
    other.request.run = "new";
    other.request.cell = "new";
    sql::Transaction transaction(connection);
    write_record(connection, other);
    transaction.commit();
    save_baseline(database, "main", "one", 5);
    EXPECT_EQ(baseline_values(connection, "main", "one", "wall_s").size(), 3U);
}

TEST_F(StoredSweeps, ABaselineStaysWhenLaterRunsReplaceItsOwn) {
    save_baseline(database, "main", {});
    store("one", 1, "key2");
    EXPECT_EQ(baseline_values(connection, "main", "one", "wall_s")[0].run_id, "one1key1");
    EXPECT_TRUE(save_baseline(database, "main", "one").replaced);
    EXPECT_EQ(baseline_values(connection, "main", "one", "wall_s")[0].run_id, "one1key2");
    EXPECT_EQ(baseline_values(connection, "main", "two", "wall_s").size(), 2U)
        << "the other sweep's are kept";
}

TEST_F(StoredSweeps, ABaselineOfNothingIsNotSavedOverAnother) {
    save_baseline(database, "main", "one");
    EXPECT_EQ(save_baseline(database, "main", "none").runs, 0);
    EXPECT_EQ(baselines(connection).size(), 1U);
}

TEST_F(StoredSweeps, BaselinesAreListedAndDropped) {
    save_baseline(database, "main", {});
    ASSERT_EQ(baselines(connection).size(), 2U);
    EXPECT_EQ(baselines(connection)[1].sweep, "two");
    EXPECT_EQ(baselines(connection)[1].runs, 2);
    EXPECT_TRUE(has_baseline(connection, "main"));
    EXPECT_TRUE(drop_baseline(database, "main"));
    EXPECT_FALSE(drop_baseline(database, "main"));
    EXPECT_FALSE(has_baseline(connection, "main"));
}

}  // namespace
}  // namespace tidemark::store
