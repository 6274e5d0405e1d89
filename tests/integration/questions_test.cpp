#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/connection.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

/// A database with one sweep of two runs, one of them failed.
class Questions : public testing::Test {
  protected:
    void SetUp() override {
        folder.write("ask.yaml",
                     "sweep: ask\ncommand: [./job.sh, \"{n}\"]\nmatrix: {n: [1, 2]}\nruns: {last: {n: 3}}\n");
        folder.write_script(
            "job.sh",
            "#!/bin/sh\necho \"says $1\"\nprintf 'a\\033[31mred\\n' >&2\n"
            "for e in 1 2; do echo "
            "'{\"event\":\"metric\",\"name\":\"score\",\"value\":'$e'.25,\"epoch\":'$e'}' "
            ">> \"$TIDEMARK_EVENTS\"; done\necho nonsense >> \"$TIDEMARK_EVENTS\"\n[ \"$1\" != 2 ]\n");
        folder.tidemark({"run", "ask.yaml"});
    }
    Finished ask(std::vector<std::string> arguments) { return folder.tidemark(std::move(arguments)); }

    Workspace folder;
};

TEST_F(Questions, QueryKnowsTheMedianAsTablesDo) {
    EXPECT_EQ(ask({"query", "SELECT median(n) AS middle FROM results", "--format", "csv"}).out,
              "middle\n2\n");
}

TEST_F(Questions, AColumnOfAnotherTableIsNotMeantInItsOwnPlace) {
    const Finished said = ask({"query", "SELECT run_id FROM provenance"});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_THAT(said.err,
                testing::StartsWith("no such column: run_id (it is one of another table or view)\n"));
}

TEST_F(Questions, ListShowsTheSweeps) {
    const Finished said = ask({"list", "--format", "csv"});
    EXPECT_EQ(said.exit_code, 0);
    EXPECT_THAT(said.out, testing::MatchesRegex(
                              "sweep,runs,ok,failed,wall_s,last_started_at\nask,3,2,1,[0-9.e-]+,20[^,]*Z\n"));
}

TEST_F(Questions, ListShowsTheRunsOfASweep) {
    const Finished said = ask({"list", "--sweep", "ask"});
    EXPECT_THAT(said.out, HasSubstr("run id"));
    EXPECT_THAT(said.out, HasSubstr("exit code 1"));
    const Finished wrong = ask({"list", "--sweep", "aks"});
    EXPECT_EQ(wrong.exit_code, 2);
    EXPECT_EQ(wrong.err, "there is no sweep 'aks' in the database (did you mean 'ask'?)\n");
}

TEST_F(Questions, ListChoosesSortsAndCounts) {
    EXPECT_EQ(ask({"list", "--where", "n > 1", "--columns", "run, n * 10 AS tens", "--sort", "n DESC",
                   "--format", "csv"})
                  .out,
              "run,tens\nlast,30\nn=2,20\n");
    EXPECT_EQ(
        ask({"list", "--sweep", "ask", "--columns", "n", "--sort", "n", "--limit", "1", "--format", "csv"})
            .out,
        "n\n1\n");
    EXPECT_EQ(ask({"list", "--sweep", "ask", "--where", "n = 99", "--columns", "n", "--format", "csv"}).out,
              "n\n");
}

TEST_F(Questions, ListHasTheNewestFirstAlsoOfOneMoment) {
    const std::vector<std::vector<std::string>> ways{
        {"--sweep", "ask"}, {"--where", "n > 0"}, {"--where", "status <> 'x'"}, {"--sort", "repeat"}};
    const auto expect_newest_first = [&] {
        for (const std::vector<std::string>& way : ways) {
            std::vector<std::string> command{"list", "--columns", "n", "--format", "csv"};
            command.insert(command.end(), way.begin(), way.end());
            EXPECT_EQ(ask(command).out, "n\n3\n2\n1\n") << way.back();
        }
    };
    expect_newest_first();
    sql::Connection(folder / "results/tidemark.db", sql::Access::ReadWrite)
        .execute("UPDATE runs SET started_at = '2026-01-23T14:05:00.000Z', wall_s = 2 - 0.5 * rowid");
    expect_newest_first();
    EXPECT_EQ(ask({"list", "--columns", "n", "--sort", "status", "--limit", "2", "--format", "csv"}).out,
              "n\n2\n3\n")
        << "one has failed";
}

TEST_F(Questions, AWrongPartOfListIsShownInItsPlace) {
    const Finished where = ask({"list", "--where", "n > 1 and stauts = 'ok'"});
    EXPECT_EQ(where.exit_code, 2);
    EXPECT_EQ(where.err,
              "--where: no such column: stauts (did you mean 'status'?)\n"
              "    n > 1 and stauts = 'ok'\n"
              "              ^\n");
    EXPECT_EQ(ask({"list", "--columns", "run, peek_rss_bytes"}).err,
              "--columns: no such column: peek_rss_bytes (did you mean 'peak_rss_bytes'?)\n"
              "    run, peek_rss_bytes\n"
              "         ^\n");
    EXPECT_EQ(ask({"list", "--sort", "n DESK"}).err,
              "--sort: near \"DESK\": syntax error\n"
              "    n DESK\n"
              "      ^\n");
    EXPECT_THAT(ask({"list", "--sort", "n,"}).err, testing::StartsWith("--sort: near \",\": syntax error\n"));
    EXPECT_EQ(ask({"list", "--where", "1); DELETE FROM runs; --"}).exit_code, 2);
    EXPECT_EQ(ask({"query", "SELECT count(*) AS n FROM attempts", "--format", "csv"}).out, "n\n3\n");
}

TEST_F(Questions, ShowTellsEverythingOfARun) {
    const Finished said = ask({"show", "last"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    for (const char* part :
         {"run last\n", "\nparameters\n", "\nmeasured\n", "\nmetrics\n", "\nby epoch\n", "\nmade by and on\n",
          "\nwarnings\n", "says 3\n", "1 line of events.jsonl is passed over"}) {
        EXPECT_THAT(said.out, HasSubstr(part));
    }
    EXPECT_THAT(said.out, HasSubstr("a\\x1b[31mred"))
        << "escape sequences of a log must not reach the terminal";
    EXPECT_THAT(said.out, HasSubstr(" --fresh --only \"run = 'last'\"\n"));
    const Finished json = ask({"show", "last", "--format", "json"});
    EXPECT_THAT(json.out, HasSubstr(R"("section":"parameters")"));
}

TEST_F(Questions, ShowTellsWhereTheHeapOfAVariedLayoutBegins) {
    folder.write("varied.yaml",
                 "sweep: varied\ncommand: [/bin/true]\nruns: {one: {n: 1}}\nrepeat: 2\n"
                 "heap_layout: varied\n");
    EXPECT_EQ(folder.tidemark({"run", "varied.yaml", "--db", "own.db"}).exit_code, 0);
    const auto shown = [&](const std::string& repeat) {
        const Finished id = ask({"query", "SELECT run_id FROM results WHERE repeat = " + repeat, "--db",
                                 "own.db", "--format", "csv"});
        return ask({"show", id.out.substr(id.out.find('\n') + 1, id.out.size() - id.out.find('\n') - 2),
                    "--db", "own.db"})
            .out;
    };
    EXPECT_THAT(shown("1"), HasSubstr("varied: begins behind 0 bytes\n"));
    EXPECT_THAT(shown("2"), HasSubstr("varied: begins behind 40496 bytes\n"));
    EXPECT_THAT(ask({"show", "last"}).out, Not(HasSubstr("heap layout")));
}

TEST_F(Questions, ShowTellsHowToRepeatARunAsItWasMade) {
    folder.write(
        "it's.yaml",
        "sweep: named\ncommand: [/bin/true, \"{text}\"]\nparameters: {text: a}\nruns: {\"it's\": {n: "
        "1}}\n");
    folder.tidemark({"run", "it's.yaml", "--set", "text=two words", "--db", "own.db"});
    const Finished said = ask({"show", "it's", "--db", "own.db", "--format", "csv"});
    EXPECT_THAT(said.out,
                HasSubstr("it's.yaml\"\" --set 'text=two words' --db own.db --fresh --only \"\"run = "
                          "'it''s'\"\"\",\n"));
}

TEST_F(Questions, ShowListsAllAttemptsOfARun) {
    EXPECT_THAT(ask({"show", "last"}).out, testing::Not(HasSubstr("all repeats and attempts")));
    folder.tidemark({"run", "ask.yaml", "--fresh"});
    const std::string out = ask({"show", "last"}).out;
    EXPECT_THAT(out, HasSubstr("all repeats and attempts"));
    EXPECT_THAT(out, HasSubstr("replaced by a later one"));
    EXPECT_THAT(out, HasSubstr("this one"));
}

TEST_F(Questions, ShowFindsARunByTheBeginningOfItsId) {
    const std::string id =
        ask({"query", "SELECT run_id FROM results WHERE run = 'last'", "--format", "csv"}).out.substr(7, 28);
    EXPECT_THAT(ask({"show", id}).out, HasSubstr("run last\n"));
    const Finished none = ask({"show", "nobody"});
    EXPECT_EQ(none.exit_code, 2);
    EXPECT_EQ(none.err, "there is no run 'nobody'; `tidemark list --sweep NAME` shows the runs of a sweep\n");
    const Finished many = ask({"show", id.substr(0, 8)});
    EXPECT_EQ(many.exit_code, 2);
    EXPECT_THAT(many.err, testing::StartsWith("'" + id.substr(0, 8) +
                                              "' may be any of these runs; name one by its id:\n    "));
}

TEST_F(Questions, QueryOnlyReads) {
    for (const char* sql :
         {"DELETE FROM runs", "DROP VIEW results", "UPDATE runs SET status = 'ok'", "CREATE TABLE x(y)",
          "ATTACH 'other.db' AS other", "VACUUM INTO 'copy.db'", "PRAGMA journal_mode = DELETE"}) {
        const Finished said = ask({"query", sql});
        EXPECT_EQ(said.exit_code, 2) << sql;
        EXPECT_NE(said.err, "") << sql;
    }
    EXPECT_EQ(ask({"query", "SELECT count(*) AS n FROM results", "--format", "csv"}).out, "n\n3\n");
    EXPECT_FALSE(std::filesystem::exists(folder / "copy.db"));
    EXPECT_FALSE(std::filesystem::exists(folder / "other.db"));
}

TEST_F(Questions, AWrongQueryShowsThePlaceAndTheNearestName) {
    const Finished column = ask({"query", "SELECT run, stauts FROM results"});
    EXPECT_EQ(column.exit_code, 2);
    EXPECT_EQ(column.err,
              "no such column: stauts (did you mean 'status'?)\n"
              "    SELECT run, stauts FROM results\n"
              "                ^\n");
    const Finished table = ask({"query", "SELECT 1 FROM reslts"});
    EXPECT_EQ(
        table.err,
        "no such table: reslts (did you mean 'results'?)\n    SELECT 1 FROM reslts\n                  ^\n");
    EXPECT_EQ(ask({"query", "SELECT run,\n       r.stauts\nFROM results r"}).err,
              "no such column: r.stauts (did you mean 'status'?)\n"
              "           r.stauts\n"
              "           ^\n");
}

TEST_F(Questions, ARunawayQueryEnds) {
    const std::string endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
    const Finished said = ask({"query", endless, "--time-limit", "0.1 s"});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err, "the query took longer than 100 ms; --time-limit gives it more\n");
    Started started = folder.start_tidemark({"query", endless});
    // it may not have come to its handler yet, and then a signal ends it just so
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    started.signal(SIGINT);
    EXPECT_EQ(started.wait().exit_code, 130);
}

TEST_F(Questions, AQueryThatFailsLeavesNoFile) {
    const Finished said =
        ask({"query", "SELECT abs(-9223372036854775807 - n % 2) FROM results ORDER BY n DESC", "--format",
             "csv", "--output", "rows.csv"});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err, "integer overflow\n");
    EXPECT_FALSE(std::filesystem::exists(folder / "rows.csv"));
    EXPECT_FALSE(std::filesystem::exists(folder / "rows.csv.tmp"));
}

TEST_F(Questions, RowsForMachinesAreWrittenAsTheyCome) {
    EXPECT_EQ(ask({"query", "SELECT 1 AS a, 'x,\"y\"' AS b, NULL AS c UNION ALL SELECT 2, 'z', 0.5",
                   "--format", "csv"})
                  .out,
              "a,b,c\n1,\"x,\"\"y\"\"\",\n2,z,0.5\n");
    EXPECT_EQ(ask({"query", "SELECT 1 AS a UNION ALL SELECT 2", "--format", "json"}).out,
              "[\n {\"a\":1},\n {\"a\":2}\n]\n");
    EXPECT_EQ(ask({"query", "SELECT 1 AS a WHERE false", "--format", "json"}).out, "[]\n");
}

TEST_F(Questions, TextsForSpreadsheetsAreNoFormulas) {
    const std::string sql = "SELECT '=1+1' AS \"@a\", -1.5 AS b UNION ALL SELECT 'it is', '-1.5'";
    EXPECT_EQ(ask({"query", sql, "--format", "spreadsheet-csv"}).out, "'@a,b\n'=1+1,-1.5\nit is,'-1.5\n");
    EXPECT_EQ(ask({"query", sql, "--format", "csv"}).out, "@a,b\n=1+1,-1.5\nit is,-1.5\n");
    const std::vector<std::string> list{
        "list", "--sweep", "ask", "--where", "n = 2", "--columns", "'@' || run AS r, -n AS n", "--format"};
    const auto listed = [&](const char* format) {
        std::vector<std::string> command = list;
        command.emplace_back(format);
        return ask(command).out;
    };
    EXPECT_EQ(listed("spreadsheet-csv"), "r,n\n'@n=2,-2\n");
    EXPECT_EQ(listed("csv"), "r,n\n@n=2,-2\n");
}

TEST_F(Questions, EveryFormatIsThere) {
    EXPECT_THAT(ask({"list", "--format", "markdown"}).out, testing::StartsWith("| sweep"));
    EXPECT_THAT(ask({"list", "--format", "html"}).out, HasSubstr("<table"));
    EXPECT_THAT(ask({"list", "--format", "json"}).out, testing::StartsWith("["));
}

}  // namespace
}  // namespace tidemark::test
