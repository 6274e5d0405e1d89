#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// What a reader sees of a parameter is what its command was told.
class ToldValues : public OwnProgram {
  protected:
    const std::string sweep_ =
        "command: [sh, -c, 'echo \"score: $0\"', \"{python}\", \"{lr}\", \"{flag}\"]\n"
        "parameters: {lr: 1e3, flag: true}\n"
        "matrix: {python: [3.9, 3.10]}\n"
        "capture: {score: 'score: (\\S+)'}\n";
    std::string out(const std::vector<std::string>& arguments) {
        const Finished said = folder.tidemark(arguments);
        EXPECT_EQ(said.exit_code, 0) << said.err;
        return said.out;
    }
};

TEST_F(ToldValues, InTheTablesOfRunAndTheExpansion) {
    EXPECT_THAT(run(sweep_, {"--dry-run"}).out, HasSubstr("python=3.10    3.10\n"));
    EXPECT_THAT(run(sweep_).out, HasSubstr("\n  3.10 "));
    EXPECT_THAT(run(sweep_, {"--format", "csv"}).out, HasSubstr("python=3.10,1e3,true,3.10,ok,"));
    EXPECT_THAT(
        run(sweep_, {"--format", "json"}).out,
        HasSubstr("{\"run\":\"python=3.10\",\"lr\":1e3,\"flag\":true,\"python\":3.10,\"status\":\"ok\""));
}

TEST_F(ToldValues, InReports) {
    const std::string tables =
        "tables:\n  - {title: by run, sql: 'SELECT run, python, lr FROM results ORDER BY python'}\n"
        "  - {title: by value, sql: 'SELECT python, count(*) AS n, python + 1 AS more FROM results GROUP BY "
        "python ORDER BY "
        "python'}\n";
    ASSERT_EQ(run(sweep_ + tables).exit_code, 0);
    const std::string text = out({"report", "own.yaml", "--format", "text"});
    EXPECT_THAT(text, HasSubstr("python=3.10"));
    const std::string csv = out({"report", "own.yaml", "--format", "csv"});
    EXPECT_THAT(csv, HasSubstr("by run,1,python,none,3.10,,,,\nby run,1,lr,none,1e3,,,,\n"))
        << "ordered as numbers";
    EXPECT_THAT(
        csv, HasSubstr("by value,1,python,none,3.10,,,,\nby value,1,n,none,1,,,,\nby value,1,more,none,4.1,"))
        << "an expression is no parameter";
    EXPECT_EQ(out({"report", "own.yaml", "--format", "csv", "--table", "1"}),
              "run,python,lr,disturbed\npython=3.10,3.10,1e3,\npython=3.9,3.9,1e3,\n");
    EXPECT_THAT(out({"report", "own.yaml", "--format", "json"}),
                HasSubstr("{\"values\":{\"run\":\"python=3.10\",\"python\":3.10,\"lr\":1e3}}"));
    for (const char* format : {"markdown", "html"})
        EXPECT_THAT(out({"report", "own.yaml", "--format", format}), HasSubstr("3.10")) << format;
}

TEST_F(ToldValues, InListShowAndCompare) {
    ASSERT_EQ(run(sweep_).exit_code, 0);
    EXPECT_EQ(out({"list", "--columns", "python, lr, flag, python * 2 AS twice", "--sort", "python",
                   "--format", "csv"}),
              "python,lr,flag,twice\n3.10,1e3,true,6.2\n3.9,1e3,true,7.8\n");
    EXPECT_EQ(
        out({"list", "--columns", "python * 2 AS python", "--where", "python < 3.5", "--format", "csv"}),
        "python\n6.2\n")
        << "what was made of it is no value of it";
    const std::string page = out({"show", "python=3.10"});
    EXPECT_THAT(page, testing::ContainsRegex("python +3\\.10\n"));
    EXPECT_THAT(page, testing::ContainsRegex("lr +1e3\n"));
    EXPECT_THAT(out({"show", "python=3.10", "--format", "json"}),
                HasSubstr("\"name\":\"python\",\"value\":3.10"));
    EXPECT_THAT(out({"compare", "python=3.9", "python=3.10"}),
                testing::ContainsRegex("python +3\\.9 +3\\.10"));
}

/// As the README says of it.
TEST_F(ToldValues, AreNumbersToSqlWithTheTextsBeside) {
    ASSERT_EQ(run(sweep_).exit_code, 0);
    EXPECT_EQ(query("SELECT python, typeof(python), lr FROM results ORDER BY python"),
              "python,typeof(python),lr\n3.1,real,1000.0\n3.9,real,1000.0\n");
    EXPECT_EQ(query("SELECT run, text FROM results JOIN told USING(run_id) WHERE parameter = 'python'"),
              "run,text\npython=3.10,3.10\n");
}

TEST_F(ToldValues, ThatJsonDoesNotKnowAreTexts) {
    const Finished said = run("command: [echo, \"{n}\"]\nmatrix: {n: [+5, .5]}\n", {"--format", "json"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, HasSubstr("\"n\":\"+5\""));
    EXPECT_THAT(said.out, HasSubstr("\"n\":\".5\""));
}

}  // namespace
}  // namespace tidemark::test
