// What SQLite lacks, in expressions and in statements.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/connection.hpp"
#include "sql/expression.hpp"
#include "sql/statement.hpp"

namespace tidemark::sql {
namespace {

Value value(const std::string& expression) {
    Connection connection = Connection::in_memory();
    return connection.value_of("SELECT " + expression);
}

std::string problem(const std::string& expression) {
    try {
        value(expression);
        return "none";
    } catch (const SqlError& error) {
        return error.what();
    }
}

TEST(Regexp, FindsAnExpressionOfRe2InAText) {
    EXPECT_EQ(value("'h2q_large' REGEXP '^h2q'"), Value(std::int64_t{1}));
    EXPECT_EQ(value("'baseline' REGEXP '^h2q'"), Value(std::int64_t{0}));
    EXPECT_EQ(value("'a1' NOT REGEXP '[0-9]'"), Value(std::int64_t{0}));
    EXPECT_EQ(value("regexp('^1.$', 12)"), Value(std::int64_t{1}));
    EXPECT_EQ(value("NULL REGEXP 'a'"), Value());
    EXPECT_EQ(value("'a' REGEXP NULL"), Value());
    EXPECT_EQ(value("'' REGEXP '^$'"), Value(std::int64_t{1}));
}

TEST(Regexp, OfEachRowMayBeAnother) {
    EXPECT_EQ(
        value("group_concat(t REGEXP p) FROM (SELECT 'ab' AS t, '^a' AS p UNION ALL SELECT 'ab', '^b')"),
        Value(std::string("1,0")));
}

TEST(Regexp, ThatIsNoneIsAnError) {
    EXPECT_EQ(problem("'a' REGEXP '('"), "'(' is no regular expression: missing ): (");
    EXPECT_EQ(problem("'a' REGEXP 1"), "a regular expression must be a text");
    EXPECT_EQ(problem("regexp('a')"), "wrong number of arguments to function regexp()");
}

TEST(HasTag, IsOfWholeWords) {
    for (const char* list : {"'paper'", "'draft, paper'", "'paper, x'", "'a, paper, x'"})
        EXPECT_EQ(value(std::string("has_tag(") + list + ", 'paper')"), Value(std::int64_t{1})) << list;
    for (const char* list : {"NULL", "''", "'papers'", "'a, newpaper'", "'paper,x'"})
        EXPECT_EQ(value(std::string("has_tag(") + list + ", 'paper')"), Value(std::int64_t{0})) << list;
    EXPECT_EQ(value("has_tag('a', '')"), Value(std::int64_t{0}));
    EXPECT_EQ(problem("has_tag('a', 1)"), "a tag must be a text");
}

TEST(Aggregates, SpreadAndGeometricMean) {
    const std::string of =
        "FROM (SELECT 2 AS x UNION ALL SELECT 8 UNION ALL SELECT NULL UNION ALL SELECT 'a')";
    EXPECT_NEAR(std::get<double>(value("geomean(x) " + of)), 4, 1e-12);
    EXPECT_NEAR(std::get<double>(value("stddev(x) " + of)), std::sqrt(18), 1e-12);
    EXPECT_EQ(value("stddev(1)"), Value());
    EXPECT_EQ(value("geomean(NULL)"), Value());
    EXPECT_EQ(problem("geomean(0)"), "geomean is of numbers above 0, not of 0");
}

/// Those of SQLite that people ask for; a SQLite without them would be told here.
TEST(Functions, OfSqliteAreThere) {
    EXPECT_EQ(value("log2(8)"), Value(3.0));
    EXPECT_EQ(value("round(2.4)"), Value(2.0));
    EXPECT_EQ(value("ceil(1.2)"), Value(2.0));
    EXPECT_EQ(value("floor(1.8)"), Value(1.0));
    EXPECT_EQ(value("min(1, 2)"), Value(std::int64_t{1}));
    EXPECT_EQ(value("max(1, 2)"), Value(std::int64_t{2}));
}

TEST(Functions, AreThereInExpressionsOfSweepFiles) {
    ExpressionEngine engine;
    const std::vector<std::string> names{"model"};
    Expression expression =
        engine.compile("model REGEXP '^h2' AND log2(8) = 3", names, ExpressionUse::Condition);
    EXPECT_TRUE(expression.holds(std::vector<Value>{std::string("h2q")}));
    EXPECT_FALSE(expression.holds(std::vector<Value>{std::string("baseline")}));
}

}  // namespace
}  // namespace tidemark::sql
