#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

/// Which columns are shown, and what a run may be called.
class Columns : public testing::Test {
  protected:
    Columns() {
        folder.write(
            "s.yaml",
            "sweep: s\ncommand: [/bin/true, \"{kind}\", \"{n}\"]\nmatrix: {kind: [a, b], n: [1, 2]}\n"
            "checks: [{name: lean, where: \"true\", metric: peak_rss, max: 1 GiB}]\n");
        EXPECT_EQ(run({"run", "s.yaml"}).exit_code, 0);
    }
    Finished run(const std::vector<std::string>& words) { return folder.tidemark(words); }
    std::string csv(std::vector<std::string> words, const std::string& columns) {
        words.insert(words.end(), {"--columns", columns, "--format", "csv"});
        return run(words).out;
    }
    std::string error(const std::vector<std::string>& words) {
        const Finished said = run(words);
        EXPECT_EQ(said.exit_code, 2) << said.out;
        return said.err;
    }

    Workspace folder;
};

TEST_F(Columns, AreChosenByName) {
    EXPECT_EQ(csv({"report", "s.yaml", "--table", "1"}, "n,kind"), "n,kind\n1,a\n2,a\n1,b\n2,b\n");
    EXPECT_EQ(csv({"check", "s.yaml", "--only", "n = 1"}, "run,verdict"),
              "run,verdict\n\"kind=a,n=1\",pass\n\"kind=b,n=1\",pass\n");
    EXPECT_THAT(csv({"compare", "kind=a,n=1", "kind=b,n=1"}, "name,first"), StartsWith("name,first\n"));
    EXPECT_EQ(csv({"show", "kind=a,n=1"}, "run, n + 1 AS m"), "run,m\n\"kind=a,n=1\",2\n");
    EXPECT_EQ(csv({"run", "s.yaml"}, "repeats,run"),
              "repeats,run\n1,\"kind=a,n=1\"\n1,\"kind=a,n=2\"\n1,\"kind=b,n=1\"\n"
              "1,\"kind=b,n=2\"\n");
    EXPECT_THAT(run({"check", "s.yaml", "--columns", "finding,check"}).out, HasSubstr("finding  check\n"));
    EXPECT_THAT(run({"report", "s.yaml", "--columns", "peak memory,n"}).out,
                MatchesRegex("(.|\n)*Comparison\n\npeak memory \\([KM]iB\\)  n\n(.|\n)*"));
}

TEST_F(Columns, ThatAreUnknownAreToldWithTheNearest) {
    EXPECT_EQ(
        error({"check", "s.yaml", "--columns", "verdikt"}),
        "--columns: there is no column 'verdikt' (did you mean 'verdict'?); there are verdict, check, run, "
        "metric, measured, required, finding\n");
    EXPECT_THAT(
        error({"report", "s.yaml", "--columns", "peak_rs_bytes"}),
        StartsWith(
            "--columns: there is no column 'peak_rs_bytes' (did you mean 'peak_rss_bytes'?); there are "));
    EXPECT_EQ(
        error({"check", "s.yaml", "--columns", "run,,verdict"}),
        "--columns 'run,,verdict': a name is missing; it takes names, as in: --columns run,peak_rss_bytes\n");
    EXPECT_THAT(error({"show", "kind=a,n=1", "--columns", "kimd"}),
                HasSubstr("no such column: kimd (did you mean 'kind'?)"));
}

TEST_F(Columns, ARunIsKnownByItsValues) {
    for (const char* name : {"kind=a,n=2", "a · 2", "a,2", "a 2"}) {
        EXPECT_EQ(csv({"show", name}, "run"), "run\n\"kind=a,n=2\"\n") << name;
        EXPECT_EQ(run({"tag", name, "mine"}).exit_code, 0) << name;
    }
    EXPECT_EQ(csv({"list", "--where", "tags = 'mine'"}, "run"), "run\n\"kind=a,n=2\"\n");
    EXPECT_EQ(run({"compare", "a,1", "b · 1"}).exit_code, 0);
    EXPECT_THAT(error({"show", "a,3"}), StartsWith("there is no run 'a,3'; "));
    EXPECT_EQ(
        error({"show", "kind=a,n=3"}),
        "there is no run 'kind=a,n=3'; `tidemark list --sweep NAME` shows the runs of a sweep (did you mean "
        "'kind=a,n=1'?)\n");
    EXPECT_EQ(run({"rm", "b,2", "--yes"}).err, "removed 1 execution\n");
    folder.write("t.yaml", "sweep: t\ncommand: [/bin/true, \"{x}\", \"{y}\"]\nmatrix: {x: [a], y: [1]}\n");
    run({"run", "t.yaml"});
    EXPECT_EQ(error({"tag", "a,1", "mine"}),
              "'a,1' may be 'kind=a,n=1' or 'x=a,y=1'; write the whole name\n");
    EXPECT_THAT(error({"show", "a,1"}), StartsWith("'a,1' may be any of these runs; name one by its id:\n"));
    EXPECT_EQ(run({"tag", "kind=a,n=1", "mine"}).exit_code, 0);
}

TEST_F(Columns, TheTerminalShowsRunsByTheirValues) {
    TIDEMARK_NEEDS_PROGRAM("script");
    const auto seen = [&](const std::string& words) {
        return folder
            .run({"script", "-qec",
                  "stty cols 80 rows 24; PAGER=cat NO_COLOR=1 TERM=xterm " + tidemark_binary() + " " + words,
                  "/dev/null"})
            .out;
    };
    EXPECT_THAT(seen("list --sweep s"), HasSubstr("a · 1"));
    EXPECT_THAT(seen("list --sweep s"), Not(HasSubstr("kind=a")));
    EXPECT_THAT(seen("check s.yaml"), HasSubstr("b · 2"));
    EXPECT_THAT(seen("list --sweep s --wide"), HasSubstr("kind=a,n=1"));
    EXPECT_THAT(run({"list", "--sweep", "s"}).out, HasSubstr("kind=a,n=1"));
}

TEST_F(Columns, TheEndOfARunSaysWhereTheResultsAre) {
    const Finished again = run({"run", "s.yaml", "--format", "csv"});
    EXPECT_THAT(again.err, testing::EndsWith("\nresults: results/tidemark.db\n"));
    EXPECT_THAT(again.out, Not(HasSubstr("results:")));
    EXPECT_THAT(run({"run", "s.yaml", "--db", "other.db"}).err, testing::EndsWith("\nresults: other.db\n"));
}

}  // namespace
}  // namespace tidemark::test
