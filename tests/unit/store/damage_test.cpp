#include "store/damage.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "protocol/database_schema.hpp"
#include "store/database.hpp"
#include "store/schema.hpp"
#include "support/workspace.hpp"

namespace tidemark::store {
namespace {

class Damage : public testing::Test {
  protected:
    /// What is said of a database in which that was done.
    std::string after(const std::string& sql) {
        test::Workspace folder;
        const std::filesystem::path file = folder / "t.db";
        Database::open_or_create(file);
        sql::Connection connection(file, sql::Access::ReadWrite);
        connection.execute(sql);
        return damage_of(connection);
    }
    /// With the table made anew of another definition.
    std::string with_table(const std::string& name, const std::string& sql) {
        return after("DROP VIEW attempts; DROP VIEW results; DROP TABLE " + name + "; " + sql);
    }
};

TEST_F(Damage, IsNoneOfADatabaseOfOurs) {
    EXPECT_EQ(after("SELECT 1"), "");
    EXPECT_EQ(
        after("ALTER TABLE runs ADD COLUMN p_model; ALTER TABLE runs ADD COLUMN m_model; DROP VIEW attempts; "
              "CREATE VIEW attempts AS SELECT runs.\"run_id\" AS \"run_id\", coalesce(runs.\"p_model\", "
              "runs.\"m_model\") AS \"model\", NULL AS \"x\" FROM runs"),
        "");
    EXPECT_EQ(after("CREATE TABLE mine(a); CREATE VIEW own AS SELECT * FROM runs; CREATE INDEX quick ON "
                    "runs(started_at)"),
              "")
        << "what a user adds beside it";
}

/// What a database is held against is what the steps make of it.
TEST(SchemaAtOnce, IsTheStepsInOne) {
    const auto described = [](sql::Connection& connection) {
        std::string all;
        sql::Statement rows = connection.prepare(
            "SELECT s.type, s.name, s.tbl_name, iif(s.type = 'table', '', s.sql), c.cid, c.name, c.type, "
            "c.\"notnull\", c.dflt_value, c.pk FROM sqlite_schema AS s LEFT JOIN pragma_table_info(s.name) "
            "AS c "
            "ORDER BY s.type, s.name, c.cid");
        while (rows.step()) {
            for (int column = 0; column < rows.column_count(); ++column)
                all += to_text(rows.value(column)) + '|';
            all += '\n';
        }
        return all;
    };
    for (std::size_t version = 1; version <= migrations().size(); ++version) {
        sql::Connection by_steps = sql::Connection::in_memory(), at_once = sql::Connection::in_memory();
        migrate(by_steps, migrations().first(version));
        at_once.execute(protocol::schema_at_once(version));
        EXPECT_EQ(described(at_once), described(by_steps)) << version;
    }
}

TEST_F(Damage, IsAViewOfSomebody) {
    EXPECT_EQ(after("DROP VIEW attempts; CREATE VIEW attempts AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
                    "SELECT i + 1 "
                    "FROM n) SELECT i AS run_id FROM n"),
              "its view 'attempts' is not the one that tidemark makes");
    for (const char* const sql :
         {"SELECT run_id FROM runs, runs AS b", "SELECT (SELECT 1) AS run_id FROM runs",
          "SELECT hex(zeroblob(400000000)) AS run_id FROM runs", "SELECT run_id FROM results",
          "SELECT 1 AS run_id", "SELECT run_id FROM runs WHERE latest = 1 AND 1 = 1"})
        EXPECT_EQ(after("DROP VIEW attempts; CREATE VIEW attempts AS " + std::string(sql)),
                  "its view 'attempts' is not the one that tidemark makes")
            << sql;
    EXPECT_EQ(
        after("DROP VIEW results; CREATE VIEW results(run_id) AS SELECT sweep FROM runs WHERE latest = 1"),
        "its view 'results' is not the one that tidemark makes");
    EXPECT_EQ(after("DROP VIEW results; CREATE TABLE results(run_id)"),
              "a table stands in place of its view 'results'");
}

TEST_F(Damage, IsATableThatIsAnotherOne) {
    EXPECT_EQ(after("DROP TABLE metrics"), "its table 'metrics' is missing");
    EXPECT_EQ(with_table("metrics", "CREATE VIEW metrics AS SELECT 1 AS run_id"),
              "a view stands in place of its table 'metrics'");
    EXPECT_EQ(with_table("facts", "CREATE VIRTUAL TABLE facts USING fts5(run_id, name, value)"),
              "a virtual table stands in place of its table 'facts'");
    EXPECT_EQ(after("ALTER TABLE phases DROP COLUMN wall_s"), "its table 'phases' has no column 'wall_s'");
    EXPECT_EQ(after("ALTER TABLE runs ADD COLUMN p_x AS (hex(zeroblob(400000000)))"),
              "the column 'p_x' of its table 'runs' is computed");
    EXPECT_EQ(with_table("warnings", "CREATE TABLE warnings(run_id TEXT NOT NULL, text INTEGER NOT NULL)"),
              "the column 'text' of its table 'warnings' is of the type INTEGER, not of the type TEXT");
    EXPECT_EQ(with_table("warnings", "CREATE TABLE warnings(run_id TEXT NOT NULL, text TEXT)"),
              "the column 'text' of its table 'warnings' may be null");
    EXPECT_EQ(
        with_table("warnings", "CREATE TABLE warnings(run_id TEXT NOT NULL PRIMARY KEY, text TEXT NOT NULL)"),
        "the key of its table 'warnings' is another one");
}

TEST_F(Damage, IsATriggerOrAnotherIndex) {
    EXPECT_EQ(after("CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM metrics; END"),
              "it has a trigger 't' on 'runs', which no tidemark makes");
    EXPECT_EQ(after("DROP INDEX runs_latest"), "its index 'runs_latest' is missing");
    EXPECT_EQ(after("DROP INDEX runs_latest; CREATE INDEX runs_latest ON runs(run)"),
              "its index 'runs_latest' is another one");
}

TEST_F(Damage, IsToldWithTheWayOut) {
    test::Workspace folder;
    const std::filesystem::path file = folder / "results/t.db";
    Database::open_or_create(file).connection().execute("DROP TABLE metrics");
    const std::string told =
        file.string() +
        " is damaged: its table 'metrics' is missing; name another file with --db, and bring the "
        "runs back into it from their directories: tidemark import " +
        (folder / "results/runs").string() + " --db OTHER";
    for (const auto& open : {+[](const std::filesystem::path& f) { Database::open_to_read(f); },
                             +[](const std::filesystem::path& f) { Database::open_or_create(f); }}) {
        try {
            open(file);
            ADD_FAILURE() << "no problem";
        } catch (const CannotGoOn& error) {
            EXPECT_EQ(error.what(), told);
        }
    }
}

}  // namespace
}  // namespace tidemark::store
