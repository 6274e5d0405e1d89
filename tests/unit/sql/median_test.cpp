#include "sql/median.hpp"

#include <gtest/gtest.h>

namespace tidemark::sql {
namespace {

Value median_of(const std::string& values) {
    Connection database = Connection::in_memory();
    register_median(database);
    return database.value_of("SELECT median(column1) FROM (VALUES " + values + ")");
}

TEST(Median, IsTheMiddleOneOrTheMeanOfTheTwoInTheMiddle) {
    EXPECT_EQ(median_of("(3), (1), (2)"), Value(std::int64_t{2}));
    EXPECT_EQ(median_of("(1), (2), (4), (8)"), Value(std::int64_t{3}));
    EXPECT_EQ(median_of("(1), (2)"), Value(1.5));
    EXPECT_EQ(median_of("(0.5), (2), (1)"), Value(1.0));
}

TEST(Median, LeavesOutWhatIsNoNumber) {
    EXPECT_EQ(median_of("(NULL), ('9'), (7)"), Value(std::int64_t{7}));
    EXPECT_EQ(median_of("(NULL), ('text')"), Value());
}

TEST(Median, OfNothingIsNull) {
    Connection database = Connection::in_memory();
    register_median(database);
    EXPECT_EQ(database.value_of("SELECT median(1) WHERE 0"), Value());
}

TEST(Median, OfEachGroupIsItsOwn) {
    Connection database = Connection::in_memory();
    register_median(database);
    Statement rows = database.prepare(
        "SELECT column1, median(column2) FROM (VALUES ('a', 1), ('b', 10), ('a', 3)) GROUP BY column1");
    ASSERT_TRUE(rows.step());
    EXPECT_EQ(rows.value(1), Value(std::int64_t{2}));
    ASSERT_TRUE(rows.step());
    EXPECT_EQ(rows.value(1), Value(std::int64_t{10}));
}

}  // namespace
}  // namespace tidemark::sql
