#include "sql/connection.hpp"

#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/read_only_guard.hpp"
#include "support/workspace.hpp"

namespace tidemark::sql {
namespace {

using testing::HasSubstr;

std::string error_of(Connection& database, const std::string& sql) {
    try {
        Statement statement = database.prepare(sql);
        while (statement.step()) {
        }
    } catch (const SqlError& error) {
        return error.what();
    }
    return "no error";
}

TEST(Connection, ValuesSurviveARoundTrip) {
    Connection database = Connection::in_memory();
    database.execute("CREATE TABLE t(a, b, c, d, e)");
    const std::string text("quote ' nul \0 二", 16);
    database.prepare("INSERT INTO t VALUES(?,?,?,?,?)")
        .bind_all(std::int64_t{1} << 53, 1e-3, std::string_view(text), Value(), Value(true))
        .run();
    Statement row = database.prepare("SELECT * FROM t");
    ASSERT_TRUE(row.step());
    EXPECT_EQ(row.value(0), Value(std::int64_t{1} << 53));
    EXPECT_EQ(row.value(1), Value(1e-3));
    EXPECT_EQ(row.value(2), Value(text));
    EXPECT_TRUE(is_null(row.value(3)));
    EXPECT_EQ(row.value(4), Value(std::int64_t{1}));
    EXPECT_FALSE(row.step());
}

TEST(Connection, DoubleQuotedStringsAreNotStrings) {
    Connection database = Connection::in_memory();
    EXPECT_THAT(error_of(database, "SELECT \"h2q\""), HasSubstr("no such column"));
}

TEST(Connection, KnowsThePlaceOfAnError) {
    Connection database = Connection::in_memory();
    try {
        database.prepare("SELECT 1 + nothing");
        FAIL();
    } catch (const SqlError& error) {
        EXPECT_EQ(error.offset(), 11U);
    }
}

TEST(Statement, IsExactlyOne) {
    Connection database = Connection::in_memory();
    EXPECT_EQ(error_of(database, "SELECT 1; SELECT 2"), "only one statement at a time");
    EXPECT_EQ(error_of(database, "SELECT 1; -- and no more"), "no error");
    EXPECT_EQ(error_of(database, " -- nothing"), "the query is empty");
}

TEST(Transaction, IsRolledBackUnlessCommitted) {
    Connection database = Connection::in_memory();
    database.execute("CREATE TABLE t(a)");
    {
        Transaction transaction(database);
        database.execute("INSERT INTO t VALUES(1)");
    }
    EXPECT_EQ(database.value_of("SELECT count(*) FROM t"), Value(std::int64_t{0}));
    Transaction transaction(database);
    database.execute("INSERT INTO t VALUES(1)");
    transaction.commit();
    EXPECT_EQ(database.value_of("SELECT count(*) FROM t"), Value(std::int64_t{1}));
}

TEST(ReadOnlyGuard, NothingCanBeChangedAttachedOrWritten) {
    Connection database = Connection::in_memory();
    database.execute("CREATE TABLE t(a); INSERT INTO t VALUES(1)");
    {
        const ReadOnlyGuard guard(database, Seconds{10});
        const std::string file =
            (std::filesystem::temp_directory_path() / "tidemark-must-not-exist.db").string();
        for (const std::string& sql :
             {std::string("DELETE FROM t"), std::string("DROP TABLE t"), std::string("CREATE TABLE u(a)"),
              "ATTACH " + quoted_text(file) + " AS other", "VACUUM INTO " + quoted_text(file),
              std::string("PRAGMA journal_mode = DELETE"), std::string("PRAGMA user_version = 9"),
              std::string("SELECT load_extension('x')"), std::string("BEGIN"),
              std::string("CREATE TEMP TABLE u(a)")}) {
            EXPECT_THAT(error_of(database, sql),
                        testing::AnyOf(HasSubstr("not authorized"), HasSubstr("authorization denied")))
                << sql;
        }
        EXPECT_FALSE(std::filesystem::exists(file));
        EXPECT_EQ(database.value_of("SELECT count(*) FROM t"), Value(std::int64_t{1}));
    }
    EXPECT_EQ(error_of(database, "DELETE FROM t"), "no error");
}

TEST(ReadOnlyGuard, ARunawayQueryEnds) {
    Connection database = Connection::in_memory();
    const ReadOnlyGuard guard(database, Seconds{0.05});
    Statement endless = database.prepare(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n");
    try {
        endless.step();
        FAIL();
    } catch (const SqlError& error) {
        EXPECT_TRUE(error.is_interrupted());
    }
}

constexpr const char* kEndless =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

TEST(BoundStatements, ThatTakeTooLongEndAndTheNextOneHasItsOwnTime) {
    Connection database = Connection::in_memory();
    database.bound_statements(Seconds{0.05}, nullptr);
    EXPECT_EQ(error_of(database, kEndless), "interrupted");
    EXPECT_EQ(database.value_of("SELECT 1"), Value(std::int64_t{1}));
    EXPECT_EQ(error_of(database, kEndless), "interrupted");
}

/// As a trigger of somebody would be, which begins anew in each row.
TEST(BoundStatements, HoldWhatATriggerDoes) {
    Connection database = Connection::in_memory();
    database.execute("CREATE TABLE t(a); CREATE TABLE u(a)");
    database.execute(fmt::format("CREATE TRIGGER e AFTER INSERT ON t BEGIN INSERT INTO u {}; END", kEndless));
    database.bound_statements(Seconds{0.05}, nullptr);
    EXPECT_EQ(error_of(database, "INSERT INTO t VALUES(1)"), "interrupted");
}

TEST(BoundStatements, HeedTheUserAlsoAfterAGuard) {
    Connection database = Connection::in_memory();
    database.bound_statements(Seconds{600}, [] { return true; });
    { const ReadOnlyGuard guard(database, Seconds{600}); }
    EXPECT_EQ(error_of(database, kEndless), "interrupted");
}

class Locks : public testing::Test {
  protected:
    /// What another connection with this patience is told of the lock that is held.
    std::string begin_with(const Patience& patience) {
        Connection other(file, Access::ReadWrite, patience);
        try {
            other.execute("BEGIN IMMEDIATE");
        } catch (const SqlError& error) {
            return error.is_busy() ? "busy" : error.what();
        }
        return "no error";
    }

    test::Workspace folder;
    const std::filesystem::path file = folder / "t.db";
    Connection holder{file, Access::ReadWrite};
    int said = 0;
};

TEST_F(Locks, AreToldOnceAndWaitedForAsLongAsWasAsked) {
    const Transaction held(holder);
    EXPECT_EQ(begin_with({.longest = Seconds{0.2}, .say_after = Seconds{0.05}, .say = [&] { ++said; }}),
              "busy");
    EXPECT_EQ(said, 1);
    EXPECT_EQ(begin_with({.longest = Seconds{0.02}, .say_after = Seconds{0.05}, .say = [&] { ++said; }}),
              "busy");
    EXPECT_EQ(said, 1) << "a lock of a moment is not told";
}

TEST_F(Locks, AreWaitedForWithoutEndUntilTheyGoAway) {
    auto held = std::make_unique<Transaction>(holder);
    const auto let_go = [&] {
        ++said;
        held.reset();
    };
    EXPECT_EQ(begin_with({.longest = std::nullopt, .say_after = Seconds{0.05}, .say = let_go}), "no error");
    EXPECT_EQ(said, 1);
}

TEST_F(Locks, AreGivenUpSoonWhenTheUserAsks) {
    const Transaction held(holder);
    EXPECT_EQ(begin_with({.longest = std::nullopt, .interrupted = [] { return true; }}), "busy");
}

TEST(CopiedDatabase, IsWholeAndChangesNothing) {
    test::Workspace folder;
    Connection source(folder / "t.db", Access::ReadWrite);
    source.execute(
        "PRAGMA journal_mode = WAL; CREATE TABLE t(a); INSERT INTO t VALUES(zeroblob(3000000)), (2)");
    Connection copy = Connection::temporary();
    source.copy_to(copy);
    copy.execute("DELETE FROM t WHERE a = 2");
    EXPECT_EQ(copy.value_of("SELECT sum(length(a)) FROM t"), Value(std::int64_t{3000000}));
    EXPECT_EQ(source.value_of("SELECT count(*) FROM t"), Value(std::int64_t{2}));
    Connection target(folder / "target.db", Access::ReadWrite);
    target.execute("PRAGMA journal_mode = WAL; ATTACH '' AS source");
    copy.copy_to(target, "source");
    EXPECT_EQ(target.value_of("SELECT count(*) FROM source.t"), Value(std::int64_t{1}));
}

TEST(MovedDatabase, IsKnown) {
    test::Workspace folder;
    Connection database(folder / "t.db", Access::ReadWrite);
    database.execute("CREATE TABLE t(a)");
    EXPECT_FALSE(database.has_moved());
    std::filesystem::rename(folder / "t.db", folder / "u.db");
    EXPECT_TRUE(database.has_moved());
    folder.write("t.db", "another");
    EXPECT_TRUE(database.has_moved());
    std::filesystem::rename(folder / "u.db", folder / "t.db");
    EXPECT_FALSE(database.has_moved());
}

}  // namespace
}  // namespace tidemark::sql
