#include "store/database.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "store/column_registry.hpp"
#include "store/schema.hpp"
#include "support/workspace.hpp"

namespace tidemark::store {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

/// What a user reads when `action` cannot go on.
std::string problem_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const CannotGoOn& error) {
        return error.what();
    }
    return "no problem";
}

std::string problem_of_opening(const fs::path& file) {
    return problem_of([&] { Database::open_or_create(file); });
}

std::vector<std::string> names(sql::Connection& connection, const std::string& type) {
    sql::Statement rows = connection.prepare(
        "SELECT name FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite_%' "
        "ORDER BY name");
    rows.bind_all(std::string_view(type));
    std::vector<std::string> out;
    while (rows.step()) out.push_back(rows.text(0));
    return out;
}

class DatabaseTest : public testing::Test {
  protected:
    test::Workspace workspace_;
    const fs::path file_ = workspace_ / "tidemark.db";
};

TEST_F(DatabaseTest, MakesItsFolderAndItsFile) {
    const fs::path file = workspace_.path() / "results" / "of" / "today" / "tidemark.db";
    Database database = Database::open_or_create(file);
    EXPECT_TRUE(fs::exists(file));
    EXPECT_EQ(database.file(), file);
    EXPECT_EQ(database.runs_folder(), file.parent_path() / "runs");
}

TEST_F(DatabaseTest, ANewOneHasTheSchemaAndIsMarkedAsOurs) {
    Database::open_or_create(file_);
    Database again = Database::open_or_create(file_);
    EXPECT_EQ(again.connection().value_of("PRAGMA application_id"), Value(std::int64_t{0x54494445}));
    EXPECT_EQ(again.connection().value_of("PRAGMA journal_mode"), Value("wal"));
    EXPECT_EQ(schema_version(again.connection()), static_cast<int>(migrations().size()));
    EXPECT_THAT(names(again.connection(), "table"),
                ElementsAre("baseline_runs", "claims", "columns", "epochs", "facts", "invocations", "metrics",
                            "missing", "observed_files", "observed_members", "observed_outputs",
                            "observed_sets", "phases", "provenance", "runs", "samples", "warnings"));
    EXPECT_THAT(names(again.connection(), "view"), ElementsAre("attempts", "results", "told"));
}

TEST_F(DatabaseTest, RunsFolderOfABareNameIsInTheWorkingDirectory) {
    const fs::path before = fs::current_path();
    fs::current_path(workspace_.path());
    const fs::path folder = Database::open_or_create("tidemark.db").runs_folder();
    fs::current_path(before);
    EXPECT_EQ(folder, workspace_.path() / "runs");
}

TEST_F(DatabaseTest, ReadingOneThatIsNotThereSaysHowItComesToBe) {
    EXPECT_EQ(problem_of([&] { Database::open_to_read(file_); }),
              fmt::format("there is no database {} yet; `tidemark run FILE` makes it, --db names another",
                          file_.string()));
    EXPECT_FALSE(fs::exists(file_));
}

TEST_F(DatabaseTest, ReadingCannotChangeIt) {
    Database::open_or_create(file_);
    Database database = Database::open_to_read(file_);
    EXPECT_THROW(database.connection().execute("DELETE FROM runs"), sql::SqlError);
}

TEST_F(DatabaseTest, ReadingAnEmptyFileShowsNoRunsAndLeavesItEmpty) {
    workspace_.write("tidemark.db", "");
    Database database = Database::open_to_read(file_);
    EXPECT_EQ(database.connection().value_of("SELECT count(*) FROM results"), Value(std::int64_t{0}));
    EXPECT_EQ(workspace_.read("tidemark.db"), "");
}

TEST_F(DatabaseTest, ReadingAnEarlierSchemaChangesNothing) {
    constexpr std::size_t kEarlier = 4;
    {
        sql::Connection connection(file_, sql::Access::ReadWrite);
        migrate(connection, migrations().first(kEarlier));
        create_views(connection);
        connection.execute(
            "INSERT INTO runs(run_id, sweep, run, cell, key, repeat, status, reason, started_at, "
            "invocation_id, "
            "workload, directory, request, measurement) VALUES('r', 's', 'n', 'c', 'k', 1, 'ok', '', "
            "'2026-01-01T00:00:00.000Z', 'i', '', '', '{}', '{}')");
    }
    const std::string before = workspace_.read("tidemark.db");
    {
        Database reading = Database::open_to_read(file_);
        EXPECT_TRUE(reading.is_copy());
        EXPECT_EQ(schema_version(reading.connection()), static_cast<int>(migrations().size()));
        EXPECT_EQ(reading.connection().value_of("SELECT run FROM results WHERE last_words IS NULL"),
                  Value("n"));
    }
    EXPECT_EQ(workspace_.read("tidemark.db"), before);
    EXPECT_FALSE(fs::exists(workspace_ / "tidemark.db-wal"));
    Database::open_or_create(file_);
    EXPECT_FALSE(Database::open_to_read(file_).is_copy());
}

TEST_F(DatabaseTest, ReadingOneWithoutItsViewsShowsItAllTheSame) {
    Database::open_or_create(file_).connection().execute("DROP VIEW results; DROP VIEW attempts");
    Database reading = Database::open_to_read(file_);
    EXPECT_EQ(reading.connection().value_of("SELECT count(*) FROM attempts"), Value(std::int64_t{0}));
}

TEST_F(DatabaseTest, AnotherProgramsDatabaseIsRefusedAndLeftAsItIs) {
    {
        sql::Connection foreign(file_, sql::Access::ReadWrite);
        foreign.execute("CREATE TABLE bookmarks(url)");
    }
    const std::string before = workspace_.read("tidemark.db");
    const std::string refusal = fmt::format(
        "{} is an SQLite database of another program; name another file with --db", file_.string());
    EXPECT_EQ(problem_of_opening(file_), refusal);
    EXPECT_EQ(problem_of([&] { Database::open_to_read(file_); }), refusal);
    EXPECT_EQ(workspace_.read("tidemark.db"), before);
}

TEST_F(DatabaseTest, ANewerSchemaIsRefused) {
    Database::open_or_create(file_).connection().execute("PRAGMA user_version = 99");
    const std::string refusal = fmt::format(
        "{} was written by a newer tidemark (schema 99, this one knows {}); update tidemark or name another "
        "file with --db",
        file_.string(), migrations().size());
    EXPECT_EQ(problem_of_opening(file_), refusal);
    EXPECT_EQ(problem_of([&] { Database::open_to_read(file_); }), refusal);
}

TEST_F(DatabaseTest, AFileThatIsNoDatabaseIsRefusedAndLeftAsItIs) {
    workspace_.write("tidemark.db", "sweep: cifar10\nworkload: train\n");
    const std::string refusal = fmt::format(
        "{} is no SQLite database, or a damaged one; name another file with --db", file_.string());
    EXPECT_EQ(problem_of_opening(file_), refusal);
    EXPECT_EQ(problem_of([&] { Database::open_to_read(file_); }), refusal);
    EXPECT_EQ(workspace_.read("tidemark.db"), "sweep: cifar10\nworkload: train\n");
}

TEST_F(DatabaseTest, ADamagedDatabaseIsRefused) {
    Database::open_or_create(file_);
    std::string content = workspace_.read("tidemark.db");
    // the header stays, the page with the schema (the rest of the first 4096 bytes) becomes nonsense
    for (std::size_t at = 100; at < 4096; ++at) content[at] = '\x5a';
    workspace_.write("tidemark.db", content);
    EXPECT_EQ(problem_of_opening(file_),
              fmt::format("{} is no SQLite database, or a damaged one; name another file with --db",
                          file_.string()));
}

TEST_F(DatabaseTest, AFolderThatCannotBeMadeIsNamed) {
    workspace_.write("results", "a file, not a folder");
    EXPECT_EQ(problem_of_opening(workspace_.path() / "results" / "tidemark.db"),
              fmt::format("cannot make the folder {}: Not a directory; name another file with --db",
                          (workspace_ / "results").string()));
}

TEST_F(DatabaseTest, AFolderInItsPlaceIsNoDatabase) {
    fs::create_directory(file_);
    EXPECT_EQ(problem_of_opening(file_),
              fmt::format("{} is a folder; name a file with --db", file_.string()));
}

TEST_F(DatabaseTest, ALockThatIsNeverGivenUpNamesTheWayOut) {
    Database database = Database::open_or_create(file_);
    sql::Connection other(file_, sql::Access::ReadWrite, Seconds{0});
    const sql::Transaction held(database.connection());
    std::string problem;
    try {
        other.execute("BEGIN IMMEDIATE");
    } catch (const sql::SqlError& error) {
        problem = problem_of([&] { cannot_go_on(file_, error); });
    }
    EXPECT_EQ(
        problem,
        fmt::format("{}: another program holds it locked; end that program and run the same command again",
                    file_.string()));
}

TEST_F(DatabaseTest, AFullDiskNamesTheWayOut) {
    Database database = Database::open_or_create(file_);
    database.connection().execute("PRAGMA max_page_count = 1");
    std::string problem;
    try {
        database.connection().execute("CREATE TABLE filler(x); INSERT INTO filler VALUES(zeroblob(1000000))");
    } catch (const sql::SqlError& error) {
        problem = problem_of([&] { cannot_go_on(file_, error); });
    }
    EXPECT_EQ(problem, fmt::format("{}: the disk is full; make room and run the same command again, what is "
                                   "stored is kept",
                                   file_.string()));
}

/// The version of the schema has not changed since columns came that are added when a database is written to.
TEST_F(DatabaseTest, ReadingAnEarlierOneChangesNothingAndWritingAddsItsColumns) {
    {
        sql::Connection connection(file_, sql::Access::ReadWrite);
        migrate(connection, migrations());
        create_views(connection);
    }
    const std::string before = workspace_.read("tidemark.db");
    {
        Database reading = Database::open_to_read(file_);
        const ColumnRegistry registry(reading.connection());
        EXPECT_EQ(registry.expression("last_words"), "NULL");
        EXPECT_EQ(registry.expression("wall_s"), "runs.\"wall_s\"");
    }
    EXPECT_EQ(workspace_.read("tidemark.db"), before);
    Database writing = Database::open_or_create(file_);
    EXPECT_EQ(writing.connection().value_of("SELECT count(last_words) FROM results"), Value(std::int64_t{0}));
    EXPECT_EQ(writing.connection().value_of("SELECT count(last_words) FROM attempts"),
              Value(std::int64_t{0}));
}

TEST(Migration, TakesAnOlderDatabaseStepByStepAndKeepsItsRows) {
    sql::Connection connection = sql::Connection::in_memory();
    std::vector<Migration> steps(migrations().begin(), migrations().end());
    migrate(connection, steps);
    connection.execute("INSERT INTO columns VALUES('model', 'parameter')");
    steps.push_back({"ALTER TABLE columns ADD COLUMN unit TEXT; UPDATE columns SET unit = 'text'"});
    steps.push_back({"CREATE TABLE baselines(name TEXT PRIMARY KEY)"});
    migrate(connection, steps);
    EXPECT_EQ(schema_version(connection), static_cast<int>(steps.size()));
    EXPECT_EQ(connection.value_of("SELECT name || ' ' || kind || ' ' || unit FROM columns"),
              Value("model parameter text"));
    EXPECT_EQ(connection.value_of("SELECT count(*) FROM baselines"), Value(std::int64_t{0}));
    migrate(connection, steps);  // nothing is left to do, and no step is done twice
    EXPECT_EQ(schema_version(connection), static_cast<int>(steps.size()));
}

TEST(Migration, AStepThatFailsLeavesTheVersionBeforeIt) {
    sql::Connection connection = sql::Connection::in_memory();
    const std::vector<Migration> steps{{"CREATE TABLE first(a)"},
                                       {"CREATE TABLE second(a); INSERT INTO nowhere VALUES(1)"}};
    EXPECT_THROW(migrate(connection, steps), sql::SqlError);
    EXPECT_EQ(schema_version(connection), 1);
    EXPECT_THAT(names(connection, "table"), ElementsAre("first"));
}

}  // namespace
}  // namespace tidemark::store
