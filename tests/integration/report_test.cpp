#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kDeclared =
    "tables:\n"
    "  - title: {en: Scores, zh: 得分}\n"
    "    note: {en: the more the better, zh: 越高越好}\n"
    "    sql: SELECT run, n, score, score / 2 AS half, status FROM results\n"
    "    columns:\n"
    "      - {name: run, heading: {en: Run, zh: 运行}}\n"
    "      - {name: n, heading: N}\n"
    "      - {name: score, heading: {en: Score, zh: 得分}, decimals: 1}\n"
    "      - {name: half, heading: Half, decimals: 2}\n"
    "      - {name: status, heading: Status, translate: {ok: 好}}\n"
    "  - title: Claims\n"
    "    sql: >\n"
    "      SELECT 'size' AS claim, '大小' AS claim_zh, 1048576 AS claimed, 'bytes' AS claimed_unit,\n"
    "             NULL AS measured, 'nobody looked' AS measured_why, 3 AS guess, 2 AS guess_low, 5 AS "
    "guess_high\n"
    "    columns: [{name: claim, heading: Claim}, {name: claimed, heading: Claimed}, {name: measured, "
    "heading: Measured},\n"
    "              {name: guess, heading: Guess}]\n";

/// Three runs with three repeats each, of which `2` fails always; `4` is not made.
class Report : public testing::Test {
  protected:
    void SetUp() override {
        sweep("n: [1, 2, 3]", "");
        folder.write_script("job.sh",
                            "#!/bin/sh\n"
                            "count=$(cat count-$1 2>/dev/null || echo 0); echo $((count + 1)) >count-$1\n"
                            "[ \"$1\" != 2 ] || exit 1\n"
                            "echo '{\"event\":\"metric\",\"name\":\"score\",\"value\":'$1.$count'}' >> "
                            "\"$TIDEMARK_EVENTS\"\n");
        folder.tidemark({"run", "ask.yaml"});
    }
    void sweep(const std::string& matrix, const std::string& tables) {
        folder.write("ask.yaml",
                     "sweep: ask\ndescription: Asks\ncommand: [./job.sh, \"{n}\"]\nrepeat: 3\nmatrix: {" +
                         matrix + "}\n" + tables);
    }
    Finished report(std::vector<std::string> more = {}) {
        more.insert(more.begin(), {"report", "ask.yaml"});
        return folder.tidemark(std::move(more));
    }

    Workspace folder;
};

TEST_F(Report, NamesEachCommandThatMadeWhatItShows) {
    EXPECT_THAT(report({"--format", "markdown"}).out,
                testing::ContainsRegex("; made by [^ ]*tidemark run ask.yaml\n"));
    folder.tidemark({"run", "ask.yaml"});  // the failed one again
    sweep("n: [1, 2, 3, 4]", "");
    folder.tidemark({"run", "ask.yaml", "--only", "n = 4"});
    EXPECT_THAT(report({"--format", "markdown"}).out,
                testing::ContainsRegex(
                    "; made by [^ ]*tidemark run ask.yaml · [^ ]*tidemark run ask.yaml --only 'n = 4'\n"));
}

TEST_F(Report, ShowsTheDeclaredTablesWithMediansAndReasons) {
    sweep("n: [1, 2, 4]", kDeclared);
    const Finished said = report();
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, HasSubstr("Scores\n\n"
                                    "Run  N          Score              Half  Status\n"
                                    "────────────────────────────────────────────────\n"
                                    "n=1  1  1.1 (1.0–1.2)  0.55 (0.50–0.60)  ok\n"
                                    "n=2  2         failed            failed  failed\n"
                                    "n=4  4        not run           not run  not run\n\n"
                                    "the more the better\n"));
    EXPECT_THAT(said.out, HasSubstr("Claim  Claimed  Measured         Guess\n"
                                    "──────────────────────────────────────\n"
                                    "size   1.0 MiB  nobody looked  3 (2–5)\n"));
    EXPECT_THAT(said.out, HasSubstr("n=2: failed, exit code 1 (3 of 3 repeats)\n"));
    EXPECT_THAT(
        said.out,
        HasSubstr("Not made as the file and the program are now: 3 of 9 runs (“not run” in the tables).\n"));
    EXPECT_THAT(
        said.out,
        HasSubstr(
            "Figures are medians of 3 repeats, in parentheses from the smallest to the largest: an interval "
            "of the measurement, which holds the true median with 75 % confidence.\n"))
        << "of a command nobody knows whether it trains";
}

TEST_F(Report, ARunWithOneFailedRepeatShowsItsStatusAndTheMedianOfTheOthers) {
    folder.write("ask.yaml",
                 "sweep: mixed\ncommand: [./mixed.sh]\nrepeat: 3\n"
                 "tables:\n  - {title: t, sql: \"SELECT run, status, score FROM results\"}\n");
    folder.write_script(
        "mixed.sh",
        "#!/bin/sh\ncount=$(cat count 2>/dev/null || echo 0); echo $((count + 1)) >count\n"
        "echo '{\"event\":\"metric\",\"name\":\"score\",\"value\":1'$count'}' >> \"$TIDEMARK_EVENTS\"\n"
        "[ $count != 2 ]\n");
    folder.tidemark({"run", "ask.yaml"});
    const Finished said = report();
    EXPECT_THAT(said.out, testing::ContainsRegex("failed +10.5 \\(10–11\\)\n")) << said.err;
    EXPECT_THAT(said.out, HasSubstr("failed, exit code 1 (1 of 3 repeats)\n"));
}

TEST_F(Report, SpeaksChinese) {
    sweep("n: [1, 2, 4]", kDeclared);
    const std::string said = report({"--lang", "zh"}).out;
    for (const char* part :
         {"得分\n\n", "好\n", "失败", "未运行", "越高越好\n", "大小", "的置信度包含真实中位数"})
        EXPECT_THAT(said, HasSubstr(part));
}

TEST_F(Report, WithoutDeclaredTablesShowsThoseThatSuitAll) {
    const std::string said = report().out;
    for (const char* part : {"\nComparison\n", "\nMemory\n", "\nTime\n", "1.1 (1–1.2)", "failed"})
        EXPECT_THAT(said, HasSubstr(part));
}

TEST_F(Report, WithoutAFileIsOfTheSweepThatWasRunLastAsItWas) {
    folder.write("set.yaml", "sweep: other\ncommand: [/bin/true, \"{n}\"]\nparameters: {n: 1}\n");
    folder.tidemark({"run", "set.yaml", "--set", "n=5"});
    const Finished said = folder.tidemark({"report"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, testing::StartsWith("other\n"));
    EXPECT_THAT(said.out, Not(HasSubstr("not run")));
    std::filesystem::remove(folder / "set.yaml");
    const Finished gone = folder.tidemark({"report"});
    EXPECT_EQ(gone.exit_code, 2);
    EXPECT_EQ(gone.err, "the file of the sweep that was run last, " + (folder / "set.yaml").string() +
                            ", is not there any more; name the sweep file\n");
}

TEST_F(Report, OfOtherKeysSaysHowTheResultsWereMade) {
    const std::string said = report({"--set", "n=7"}).out;
    EXPECT_THAT(said, HasSubstr("are now: 3 of 3 runs"));
    EXPECT_THAT(said,
                HasSubstr("The database has results of this sweep that were made otherwise, the last by: "));
    folder.write_script("job.sh", "#!/bin/sh\nexit 0\n");
    EXPECT_THAT(report().out, HasSubstr("are now: 9 of 9 runs")) << "the program has changed";
    const std::string whatever = report({"--any-program"}).out;
    EXPECT_THAT(whatever, Not(HasSubstr("are now")));
    EXPECT_THAT(whatever, HasSubstr("1.1"));
}

TEST_F(Report, EveryFormatIsThere) {
    sweep("n: [1, 2, 4]", kDeclared);
    EXPECT_THAT(report({"--format", "markdown"}).out,
                HasSubstr("| n=1 |   1 | 1.1 (1.0–1.2) | 0.55 (0.50–0.60) | ok "));
    EXPECT_THAT(report({"--format", "html"}).out, testing::StartsWith("<!doctype html>"));
    EXPECT_THAT(report({"--format", "csv"}).out, HasSubstr("\nScores,1,score,none,1.1,1.0,1.2,,\n"));
    const auto json = nlohmann::json::parse(report({"--format", "json"}).out);
    EXPECT_EQ(json["tables"][0]["rows"][1]["missing"]["score"], "failed");
    EXPECT_EQ(report({"--format", "csv", "--table", "1"}).out,
              "run,n,score,half,status,disturbed\nn=1,1,1.1,0.55,ok,\nn=2,2,,,failed,\nn=4,4,,,not run,\n");
    EXPECT_EQ(report({"--table", "3"}).err, "--table 3: the report has 2 tables\n");
    EXPECT_THAT(report({"--format", "svg", "--table", "1"}).out, testing::StartsWith("<svg "));
    EXPECT_EQ(report({"--format", "svg"}).err,
              "--format svg draws one table; say which with --table N, counted from 1\n");
}

TEST_F(Report, AnUnknownNameHasItsPlace) {
    sweep("n: [1, 2]", "tables:\n  - {title: t, sql: SELECT run, scroe FROM results}\n");
    const Finished comma = report();
    EXPECT_EQ(comma.exit_code, 2);
    sweep("n: [1, 2]", "tables:\n  - {title: t, sql: \"SELECT run, scroe FROM results\"}\n");
    const Finished said = report();
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err,
              "ask.yaml:7:21: tables[0].sql: no run has reported 'scroe' (did you mean 'score'?)\n");
    sweep("n: [2]", "tables:\n  - {title: t, sql: \"SELECT run, scroe FROM results\"}\n");
    EXPECT_THAT(report().out, HasSubstr("n=2  failed\n")) << "none ended well, so none could report it";
}

TEST_F(Report, AnIntervalOfATablesOwnIsNotTakenForOneOfRepeats) {
    folder.write("once.yaml",
                 "sweep: once\ncommand: [\"true\"]\ntables:\n"
                 "  - {title: Own, sql: 'SELECT 3 AS guess, 2 AS guess_low, 5 AS guess_high', columns: "
                 "[{name: guess}]}\n");
    folder.tidemark({"run", "once.yaml"});
    const std::string said = folder.tidemark({"report", "once.yaml"}).out;
    EXPECT_THAT(said, HasSubstr("3 (2–5)"));
    EXPECT_THAT(said, Not(HasSubstr("repeats")));
}

TEST_F(Report, OnlyReads) {
    const std::string before = folder.tidemark({"query", "SELECT * FROM results", "--format", "csv"}).out;
    report();
    EXPECT_EQ(folder.tidemark({"query", "SELECT * FROM results", "--format", "csv"}).out, before);
    EXPECT_EQ(folder.tidemark({"report", "ask.yaml", "--db", "nowhere.db"}).exit_code, 3);
}

}  // namespace
}  // namespace tidemark::test
