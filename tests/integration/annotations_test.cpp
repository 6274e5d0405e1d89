#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// What people say of runs: tags and notes.
class Annotations : public testing::Test {
  protected:
    Annotations() {
        folder.write(
            "s.yaml",
            "sweep: s\ncommand: [/bin/true, \"{n}\"]\nmatrix: {n: [1, 2]}\nrepeat: 2\n"
            "checks:\n  - {name: lean, where: \"has_tag(tags, 'paper')\", metric: peak_rss, max: 1 GiB}\n"
            "tables:\n  - {title: Tagged, sql: \"SELECT run, tags FROM results WHERE "
            "has_tag(tags, 'paper') GROUP BY run\"}\n");
        EXPECT_EQ(run({"run", "s.yaml"}).exit_code, 0);
    }
    Finished run(const std::vector<std::string>& words) { return folder.tidemark(words); }
    std::string error(const std::vector<std::string>& words) {
        const Finished said = run(words);
        EXPECT_EQ(said.exit_code, 2) << said.err;
        return said.err;
    }
    std::string query(const std::string& sql) { return run({"query", sql, "--format", "csv"}).out; }

    Workspace folder;
};

TEST_F(Annotations, ATagMarksRunsAndIsFound) {
    EXPECT_EQ(run({"tag", "n=1", "paper"}).err, "'paper' is on 2 executions\n");
    EXPECT_EQ(run({"tag", "n=1", "n=2", "paper"}).err,
              "'paper' is on 4 executions, of which 2 had it before\n");
    EXPECT_EQ(run({"tag", "draft", "--where", "n = 2 AND repeat = 1"}).err, "'draft' is on 1 execution\n");
    EXPECT_EQ(query("SELECT run, repeat, tags FROM results ORDER BY run, repeat"),
              "run,repeat,tags\nn=1,1,paper\nn=1,2,paper\nn=2,1,\"draft, paper\"\nn=2,2,paper\n");
    EXPECT_EQ(run({"tag", "--format", "csv"}).out, "tag,executions,sweeps\ndraft,1,1\npaper,4,1\n");
    EXPECT_EQ(
        run({"list", "--where", "has_tag(tags, 'draft')", "--columns", "run, repeat", "--format", "csv"}).out,
        "run,repeat\nn=2,1\n");
    EXPECT_EQ(
        run({"list", "--where", "tags = 'paper'", "--columns", "run", "--sort", "run", "--format", "csv"})
            .out,
        "run\nn=1\nn=1\nn=2\n");
    EXPECT_EQ(run({"tag", "n=1", "n=2", "paper", "--remove"}).err, "'paper' is taken from 4 executions\n");
    EXPECT_EQ(query("SELECT count(*) AS n FROM results WHERE tags IS NOT NULL"), "n\n1\n");
}

TEST_F(Annotations, ChecksAndTablesMayAskForThem) {
    const Finished none = run({"check", "s.yaml"});
    EXPECT_EQ(none.exit_code, 4);
    EXPECT_THAT(none.out, HasSubstr("its `where` holds for no run"));
    run({"tag", "n=2", "paper"});
    const Finished checked = run({"check", "s.yaml", "--format", "csv"});
    EXPECT_EQ(checked.exit_code, 0) << checked.out << checked.err;
    EXPECT_THAT(checked.out, HasSubstr("lean,n=2,pass,"));
    EXPECT_THAT(checked.out, Not(HasSubstr("n=1")));
    EXPECT_THAT(run({"report", "s.yaml", "--table", "1", "--format", "csv"}).out, HasSubstr("n=2,paper"));
}

TEST_F(Annotations, ShowAndListTellThem) {
    EXPECT_THAT(run({"list", "--sweep", "s"}).out, Not(HasSubstr("tags"))) << "nobody has said anything";
    run({"tag", "n=1", "paper"});
    EXPECT_EQ(run({"note", "n=1", "used in figure 3\nsecond line"}).err, "noted on 2 executions\n");
    EXPECT_THAT(run({"list", "--sweep", "s"}).out, ContainsRegex("tags +note"));
    EXPECT_THAT(run({"list", "--sweep", "s", "--format", "csv"}).out, HasSubstr("last_words,tags,note"));
    const std::string shown = run({"show", "n=1"}).out;
    EXPECT_THAT(shown, ContainsRegex("tags +paper\n"));
    EXPECT_THAT(shown, ContainsRegex("noted +used in figure 3\n *noted +second line\n"));
    EXPECT_THAT(run({"note", "n=1"}).out, HasSubstr(": used in figure 3\nsecond line\n"));
    EXPECT_EQ(run({"note", "n=1", "used in figure 3\nsecond line"}).err, "the note says so already\n");
    EXPECT_EQ(run({"note", "n=1", "--remove"}).err, "the note is taken from 2 executions\n");
    EXPECT_EQ(run({"note", "n=1", "--remove"}).err, "there was no note\n");
    EXPECT_EQ(run({"note", "n=1"}).err, "'n=1' has no note; tidemark note 'n=1' \"TEXT\" writes one\n");
}

TEST_F(Annotations, TheyGoWhereTheRunGoes) {
    run({"tag", "n=1", "paper"});
    run({"note", "n=1", "good"});
    EXPECT_EQ(run({"export", "other.db"}).exit_code, 0);
    EXPECT_EQ(run({"query", "SELECT DISTINCT run, tags, note FROM results WHERE tags IS NOT NULL", "--db",
                   "other.db", "--format", "csv"})
                  .out,
              "run,tags,note\nn=1,paper,good\n");
    run({"tag", "n=2", "late", "--db", "other.db"});
    EXPECT_EQ(run({"import", "other.db"}).err, "0 runs added to " +
                                                   (folder / "results/tidemark.db").string() +
                                                   ", 4 were there already, 2 of them got tags or a note\n");
    EXPECT_EQ(query("SELECT DISTINCT run, tags FROM results ORDER BY run"),
              "run,tags\nn=1,paper\nn=2,late\n");
    EXPECT_EQ(run({"run", "s.yaml", "--only", "n = 1", "--fresh"}).exit_code, 0);
    EXPECT_EQ(query("SELECT count(*) AS n FROM results WHERE tags = 'paper'"), "n\n0\n")
        << "what is measured anew is another thing";
}

TEST_F(Annotations, MistakesAreTold) {
    EXPECT_EQ(error({"tag", "paper"}),
              "say which runs, and last the tag: tag RUN... TAG, or tag TAG --where \"SQL condition over "
              "results\"\n");
    EXPECT_EQ(error({"tag", "n=1", "paper", "--where", "n = 1"}),
              "say which runs, and last the tag: tag RUN... TAG, or tag TAG --where \"SQL condition over "
              "results\"\n");
    EXPECT_EQ(error({"tag", "n=1", "two words"}),
              "'two words': a tag is one word, without commas and quotes; `tidemark note` takes a text\n");
    EXPECT_THAT(error({"tag", "n=3", "paper"}), StartsWith("there is no run 'n=3'; "));
    EXPECT_THAT(error({"tag", "paper", "--where", "m = 3"}), StartsWith("--where: "));
    EXPECT_EQ(run({"tag", "paper", "--where", "n = 3"}).err, "no run is meant, and nothing was tagged\n");
    run({"tag", "n=1", "paper"});
    EXPECT_EQ(error({"tag", "n=1", "papr", "--remove"}),
              "none of them has the tag 'papr' (did you mean 'paper'?)\n");
    EXPECT_EQ(error({"note", "n=1", "x", "--remove"}),
              "--remove takes the note away, and a text writes one; give one of both\n");
    EXPECT_EQ(error({"note", "n=1", std::string(10'001, 'x')}),
              "the note is too long: 10001 bytes, and at most 10000 are kept\n");
    EXPECT_EQ(run({"tag", "n=1", "paper", "--db", "none.db"}).exit_code, 3) << "and none is made";
}

TEST_F(Annotations, AParameterMayStillBeCalledSo) {
    folder.write("p.yaml", "sweep: p\ncommand: [/bin/true, \"{note}\"]\nmatrix: {note: [a, b]}\n");
    EXPECT_EQ(run({"run", "p.yaml"}).exit_code, 0);
    EXPECT_EQ(query("SELECT note FROM results WHERE sweep = 'p' ORDER BY note"), "note\na\nb\n");
    EXPECT_EQ(run({"note", "note=a", "mine"}).err, "noted on 1 execution\n");
    EXPECT_THAT(run({"show", "note=a"}).out, ContainsRegex("noted +mine\n"));
}

}  // namespace
}  // namespace tidemark::test
