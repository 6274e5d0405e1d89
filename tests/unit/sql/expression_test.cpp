#include "sql/expression.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tidemark::sql {
namespace {

const std::vector<std::string> kNames{"a", "b", "model", "order"};

/// The value for a = 128, b = 48, model = 'h2q', order = 7; or the error's message.
std::string value_of(const std::string& text, ExpressionUse use = ExpressionUse::Value) {
    ExpressionEngine engine;
    try {
        const std::vector<Value> row{Value(std::int64_t{128}), Value(std::int64_t{48}),
                                     Value(std::string("h2q")), Value(std::int64_t{7})};
        return to_text(engine.compile(text, kNames, use).evaluate(row));
    } catch (const ExpressionError& error) {
        return error.what();
    }
}

TEST(Expression, IsEvaluatedBySqlite) {
    EXPECT_EQ(value_of("a - b"), "80");
    EXPECT_EQ(value_of("max(a, b) * 2"), "256");
    EXPECT_EQ(value_of("CASE model WHEN 'h2q' THEN 'big' ELSE 'small' END"), "big");
    EXPECT_EQ(value_of("iif(model = 'h2q' AND b < a, 1, 0)"), "1");
    EXPECT_EQ(value_of("'it''s ' || model"), "it's h2q");
}

TEST(Expression, NamesMayBeSqlWordsWhenQuoted) {
    EXPECT_EQ(value_of("\"order\" + 1"), "8");
}

TEST(Expression, AConditionIsTrueOrFalseAndNullIsFalse) {
    EXPECT_EQ(value_of("a > b", ExpressionUse::Condition), "1");
    EXPECT_EQ(value_of("NULL", ExpressionUse::Condition), "0");
    EXPECT_EQ(value_of("a / b = 2", ExpressionUse::Condition), "1");
}

TEST(Expression, DividesIntegersExactlyOrNotAtAll) {
    EXPECT_EQ(value_of("a / 16"), "8");
    EXPECT_EQ(value_of("a / b"),
              "128 / 48 is not a whole number; write CAST(128 / 48 AS INTEGER) to cut it off, or CAST(128 AS "
              "REAL) / 48 to keep "
              "the fraction");
    EXPECT_EQ(value_of("CAST(a / b AS INTEGER)"), "2");
    EXPECT_EQ(value_of("CAST(a AS REAL) / 256"), "0.5");
    EXPECT_EQ(value_of("a / 256.0"), "0.5");
    EXPECT_EQ(value_of("a / (b - 48)"), "division by zero");
    EXPECT_EQ(value_of("a / 0.0"), "division by zero");
}

// Each would be wrong if the operands of `/` were found by another precedence than SQLite's.
TEST(Expression, DivisionKeepsItsPrecedence) {
    EXPECT_EQ(value_of("1 + a / 16"), "9");
    EXPECT_EQ(value_of("a * 3 / b"), "8");
    EXPECT_EQ(value_of("a / 16 * 3"), "24");
    EXPECT_EQ(value_of("a / 16 / 4"), "2");
    EXPECT_EQ(value_of("a % 100 / 7"), "4");
    EXPECT_EQ(value_of("-a / 16"), "-8");
    EXPECT_EQ(value_of("a / -16"), "-8");
    EXPECT_EQ(value_of("a - b / 16"), "125");
    EXPECT_EQ(value_of("a > b / 16 AND b / 3 = 16"), "1");
    EXPECT_EQ(value_of("max(a / 2, b / 2)"), "64");
    EXPECT_EQ(value_of("CASE WHEN a / 2 = 64 THEN b / 4 ELSE 1 / 0 END / 3"), "4");
    EXPECT_EQ(value_of("(a + b) / (a / 16)"), "22");
    EXPECT_EQ(value_of("a / '1' || '6'"),
              "`a / '1' || '6'` takes numbers, and not the text '16' ('1' || '6'); write CAST('1' || '6' AS "
              "NUMERIC) for its number");
    EXPECT_EQ(value_of("length('a/b') * 2"), "6");
    EXPECT_EQ(value_of("a BETWEEN b / 48 AND b / 1"), "0");
}

TEST(Expression, SaysWhatIsWrong) {
    EXPECT_EQ(value_of("a + modle"), "unknown name 'modle' (did you mean 'model'?)");
    EXPECT_EQ(value_of("model = \"h2q\""),
              "\"h2q\" in double quotes is a name, and there is none such; write 'h2q' for a text");
    EXPECT_EQ(value_of("max(a"),
              "the parentheses of `max(a` do not match; an expression that holds a comma must be quoted: "
              "\"max(a, b) > 1\"");
    EXPECT_EQ(value_of("a +"), "`a +` is not an SQL expression: near \")\": syntax error");
    EXPECT_EQ(value_of(" "), "the expression is empty");
    EXPECT_EQ(
        value_of("order > 1"),
        "`order > 1` is not an SQL expression: near \"order\": syntax error; 'order' is a word of SQL, write "
        "\"order\" in double quotes for the parameter");
    EXPECT_EQ(value_of("nosuch(a)"), "`nosuch(a)` is not an SQL expression: no such function: nosuch");
    EXPECT_EQ(value_of("a) ; DROP TABLE x; SELECT (1"),
              "the parentheses of `a) ; DROP TABLE x; SELECT (1` do not match; an expression that holds a "
              "comma must be quoted: \"max(a, b) > 1\"");
}

TEST(Expression, ThatCostsTooMuchIsRefused) {
    ExpressionEngine engine;
    const auto refused = [&](const std::string& text) -> std::string {
        try {
            engine.compile(text, {"a"}, ExpressionUse::Value).evaluate(std::vector<Value>{std::int64_t{1}});
        } catch (const ExpressionError& error) {
            return error.what();
        }
        return "";
    };
    const auto many = [](int count, const std::string& text) {
        std::string all;
        for (int i = 0; i < count; ++i) all += text;
        return all;
    };
    EXPECT_EQ(
        refused(many(101, "(") + "1" + many(101, ")")),
        "the expression is nested 101 levels deep, and at most 100 are read; a part of it can be a derived "
        "parameter");
    EXPECT_EQ(
        refused(many(300, "CASE WHEN a THEN ") + "1" + many(300, " END")),
        "the expression is nested 300 levels deep, and at most 100 are read; a part of it can be a derived "
        "parameter");
    EXPECT_EQ(refused(many(20, "(") + "a" + many(20, ")")), "");
    EXPECT_EQ(refused("a" + many(60'000, "+1")),
              "the expression has 120001 bytes, and at most 100000 are read");
    EXPECT_EQ(refused("length(hex(zeroblob(4e8)))"), "string or blob too big");
}

TEST(Expression, ATextHasNoOrderAmongNumbers) {
    const std::string of_model =
        "have no order; write model = 'h2q' to compare texts, or typeof(model) <> 'text' "
        "AND … to leave them out";
    EXPECT_EQ(value_of("model > 4"),
              "`model > 4` orders the text 'h2q' (model) and the number 4, which " + of_model);
    EXPECT_EQ(value_of("NOT (a <= model)", ExpressionUse::Condition),
              "`a <= model` orders the text 'h2q' (model) and the number 128 (a), which " + of_model);
    EXPECT_EQ(value_of("model BETWEEN 1 AND b"),
              "`model BETWEEN 1 AND b` orders the text 'h2q' (model) and the number 1, which " + of_model);
    EXPECT_EQ(value_of("max(a, b, model)"),
              "`max(a, b, model)` orders the text 'h2q' (model) and the number 128 (a), which " + of_model);
    EXPECT_EQ(
        value_of("a < '9'"),
        "`a < '9'` orders the text '9' and the number 128 (a), which have no order; write 9 without quotes "
        "for the number");
    EXPECT_EQ(
        value_of("a < 'b'"),
        "`a < 'b'` orders the text 'b' and the number 128 (a), which have no order; write = or <> to compare "
        "with a text");
    EXPECT_EQ(value_of("(a, b) < (a, model)"),
              "`(a, b) < (a, model)` orders the text 'h2q' (model) and the number 48 (b), which " + of_model);
    for (const char* const fine : {"model > 'a'", "min(model, 'a') = 'a'", "a > b AND b BETWEEN 1 AND 100",
                                   "(a, model) > (b, 'a')", "(model > NULL) IS NULL", "max(a, 1.5) = a"})
        EXPECT_EQ(value_of(fine), "1") << fine;
}

TEST(Expression, ATextIsNoNumberInArithmetic) {
    const std::string not_model =
        "takes numbers, and not the text 'h2q' (model); typeof(model) tells texts from numbers";
    for (const char* const wrong : {"model + 1", "2 * model", "-model", "a % model", "abs(model)",
                                    "round(model)", "a & model", "a / model", "sum(model)"})
        EXPECT_EQ(value_of(wrong), fmt::format("`{}` {}", wrong, not_model));
    EXPECT_EQ(value_of("CAST(model + 1 AS INTEGER)"), "`model + 1` " + not_model);
    EXPECT_EQ(value_of("CASE WHEN typeof(model) = 'text' THEN 0 ELSE model * 2 END"), "0");
    EXPECT_EQ(value_of("CAST('8' AS NUMERIC) * 2"), "16");
    EXPECT_EQ(value_of("CASE WHEN b = 48 THEN 0 ELSE a / (b - 48) END"), "0");
    EXPECT_EQ(value_of("a * 2 - -b + NULL"), "null");
}

TEST(Expression, ATextIsNeitherTrueNorFalse) {
    const std::string wrong =
        "the text 'h2q' (model) is neither true nor false; compare it, as in model = 'h2q'";
    for (const char* const text : {"model", "a AND model", "model OR a", "NOT model"})
        EXPECT_EQ(value_of(text, ExpressionUse::Condition), wrong) << text;
    EXPECT_EQ(value_of("CASE WHEN model THEN 1 END"), wrong);
    EXPECT_EQ(value_of("iif(model, 1, 0)"), wrong);
    EXPECT_EQ(value_of("'a > b'", ExpressionUse::Condition),
              "the text 'a > b' is neither true nor false; a condition stands in no quotes of its own");
}

// What is false for either is what is meant, but where a text spells the number.
TEST(Expression, ATextAndANumberMayBeComparedButNotWhereTheySayTheSame) {
    EXPECT_EQ(value_of("a = '128'"),
              "`a = '128'` compares the text '128' with the number 128 (a), and a text is equal to no "
              "number; write "
              "128 without quotes for the number");
    EXPECT_EQ(value_of("'4' || '8' IN (1, 48)"),
              "`'4' || '8' IN (1, 48)` compares the text '48' ('4' || '8') with the number 48, and a text is "
              "equal to "
              "no number; write '48' for the text");
    EXPECT_EQ(value_of("CASE a WHEN '128' THEN 1 END"),
              "`CASE a WHEN '128' THEN 1 END` compares the text '128' with the number 128 (a), and a text is "
              "equal to "
              "no number; write 128 without quotes for the number");
    EXPECT_EQ(value_of("a > b = 'true'"),
              "`a > b = 'true'` compares the text 'true' with the number 1 (a > b), and a text is equal to "
              "no number; "
              "write true without quotes for the number");
    for (const char* const fine :
         {"model = 'h2q'", "model <> 8", "model IS NOT NULL", "a IN (8, 'auto', 128)", "model NOT IN (8, 16)",
          "COALESCE(NULL, model) = 'h2q'", "CASE model WHEN 8 THEN 0 WHEN 'h2q' THEN 1 END", "a IS 128",
          "model LIKE 'h%' ESCAPE '!' AND a LIKE 12 || '_'", "nullif(model, 8) = model", "a > b IS TRUE",
          "typeof(model) = 'text' AND b NOTNULL", "a NOT BETWEEN 1 AND b", "model || 8 = 'h2q8'",
          "(a, model) = (128, 'h2q')", "EXISTS (SELECT 1)", "a IS NOT DISTINCT FROM 128",
          "typeof(model) = 'text' OR model > 4"})
        EXPECT_EQ(value_of(fine, ExpressionUse::Condition), "1") << fine;
    EXPECT_EQ(value_of("typeof(model) <> 'text' AND model > 4", ExpressionUse::Condition), "0");
}

TEST(Expression, TypesAndCollationsAreNoNames) {
    EXPECT_EQ(value_of("CAST(a / b AS INT)"), "2");
    EXPECT_EQ(value_of("CAST(a AS double) / 256"), "0.5");
    EXPECT_EQ(value_of("model = 'H2Q' COLLATE nocase AND model <> 'H2Q' COLLATE binary"), "1");
}

TEST(Expression, TellsWhichNamesItUses) {
    ExpressionEngine engine;
    EXPECT_EQ(engine.compile("b + a + b", kNames, ExpressionUse::Value).uses(),
              (std::vector<std::size_t>{1, 0}));
}

/// Rows of numbers alone are looked at less closely, and each row is judged by its own values.
TEST(Expression, LooksAtEachRowAnew) {
    ExpressionEngine engine;
    const auto said = [](Expression& expression, const Value& a, const Value& b) {
        try {
            return to_text(expression.evaluate(std::vector<Value>{a, b}));
        } catch (const ExpressionError& error) {
            return std::string("refused");
        }
    };
    const Value one(std::int64_t{1}), two(2.0), text(std::string("auto")), nothing, yes(true);
    Expression sum = engine.compile("a + b * 2", {"a", "b"}, ExpressionUse::Value);
    Expression order = engine.compile("a < b AND b", {"a", "b"}, ExpressionUse::Condition);
    Expression literal =
        engine.compile("a < 'auto' OR coalesce(b, 'x') > 1", {"a", "b"}, ExpressionUse::Condition);
    for (int round = 0; round < 2; ++round) {
        EXPECT_EQ(said(sum, one, two), "5.0");
        EXPECT_EQ(said(sum, one, text), "refused");
        EXPECT_EQ(said(sum, nothing, two), "null");
        EXPECT_EQ(said(sum, yes, one), "3");
        EXPECT_EQ(said(order, one, two), "1");
        EXPECT_EQ(said(order, text, two), "refused");
        EXPECT_EQ(said(order, one, nothing), "0");
        EXPECT_EQ(said(literal, one, two), "refused")
            << "numbers alone, but for the text that is written there";
        EXPECT_EQ(said(literal, text, nothing), "refused");
    }
}

}  // namespace
}  // namespace tidemark::sql
