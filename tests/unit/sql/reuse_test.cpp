#include <string>

#include <gtest/gtest.h>

#include "sql/connection.hpp"
#include "support/workspace.hpp"

namespace tidemark::sql {
namespace {

constexpr std::string_view kSmaller = "SELECT n FROM numbers WHERE n < ? ORDER BY n DESC";

Connection with_numbers() {
    Connection database = Connection::in_memory();
    database.execute("CREATE TABLE numbers(n); INSERT INTO numbers VALUES(1), (2), (3)");
    return database;
}

TEST(ReusedStatement, BeginsAnewWithEachUse) {
    Connection database = with_numbers();
    for (const int limit : {3, 2, 4}) {
        const auto smaller = database.reuse(kSmaller);
        smaller->bind_all(limit);
        ASSERT_TRUE(smaller->step());
        EXPECT_EQ(smaller->integer(0), limit - 1) << "though the rows after it were never asked for";
    }
}

TEST(ReusedStatement, MayFailAndBeUsedAgain) {
    Connection database = with_numbers();
    database.execute("CREATE UNIQUE INDEX once ON numbers(n)");
    const auto insert = [&](int n) { database.reuse("INSERT INTO numbers VALUES(?)")->bind_all(n).run(); };
    insert(4);
    EXPECT_THROW(insert(4), SqlError);
    insert(5);
    EXPECT_EQ(database.value_of("SELECT count(*) FROM numbers"), Value(std::int64_t{5}));
}

TEST(ReusedStatement, HoldsNoLockBetweenItsUses) {
    Connection database = with_numbers();
    {
        const auto smaller = database.reuse(kSmaller);
        smaller->bind_all(10);
        ASSERT_TRUE(smaller->step());
    }
    database.execute("DROP TABLE numbers");  // refused while a statement reads it
    EXPECT_THROW(database.reuse(kSmaller)->bind_all(10).step(), SqlError);
}

TEST(ReusedStatement, SeesColumnsThatAnotherConnectionAdds) {
    const test::Workspace workspace;
    Connection database(workspace / "numbers.db", Access::ReadWrite);
    Connection other(workspace / "numbers.db", Access::ReadWrite);
    database.execute("CREATE TABLE numbers(n); INSERT INTO numbers VALUES(1)");
    const auto columns = [&] {
        const auto all = database.reuse("SELECT * FROM numbers");
        EXPECT_TRUE(all->step());
        return all->column_count();
    };
    EXPECT_EQ(columns(), 1);
    other.execute("ALTER TABLE numbers ADD COLUMN name");
    EXPECT_EQ(columns(), 2);
}

TEST(ReusedStatement, SurvivesTheKeepingOfManyOthers) {
    Connection database = with_numbers();
    const auto smaller = database.reuse(kSmaller);
    smaller->bind_all(3);
    ASSERT_TRUE(smaller->step());
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(database.reuse("SELECT " + std::to_string(i))->step());
    ASSERT_TRUE(smaller->step());
    EXPECT_EQ(smaller->integer(0), 1);
}

TEST(ReusedStatement, MovesWithItsConnection) {
    Connection first = with_numbers();
    EXPECT_TRUE(first.reuse("SELECT 1")->step());
    Connection second = std::move(first);
    EXPECT_TRUE(second.reuse("SELECT 1")->step());
    second = Connection::in_memory();
    EXPECT_THROW(second.reuse(kSmaller), SqlError) << "it is another database";
}

}  // namespace
}  // namespace tidemark::sql
