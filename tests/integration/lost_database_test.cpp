// The database goes away while a sweep is at work, and its records come back from the run directories.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/gated_sweep.hpp"

namespace tidemark::test {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class LostDatabase : public GatedSweep {
  protected:
    std::string database() const { return (folder / "results/tidemark.db").string(); }
    std::string runs() const { return (folder / "results/runs").string(); }
    void remove_database() {
        for (const char* ending : {"", "-wal", "-shm"})
            fs::remove(folder / ("results/tidemark.db" + std::string(ending)));
    }
    /// With two runs that are done and a third at work.
    Started start_and_lose(const std::vector<std::string>& more = {}) {
        Started started = start(more);
        open(1);
        open(2);
        EXPECT_TRUE(begins(3));
        remove_database();
        return started;
    }
    std::string way_back() const {
        return "tidemark: " + database() +
               " was removed while it was in use; what was measured is in the "
               "run "
               "directories in " +
               runs() + "; bring it back, and then run the same command again:\n    tidemark import " +
               runs() + " --db " + database() + "\n";
    }
};

TEST_F(LostDatabase, EndsTheSweepBeforeMoreIsLostAndComesBack) {
    Started started = start_and_lose();
    open(3);
    const Finished said = started.wait();
    EXPECT_EQ(said.exit_code, 3);
    EXPECT_THAT(said.err, EndsWith(way_back()));
    EXPECT_FALSE(fs::exists(folder / "begun.4"));
    EXPECT_FALSE(fs::exists(folder / "results/tidemark.db"));

    const Finished back = folder.tidemark({"import", "results/runs", "--db", "results/tidemark.db"});
    EXPECT_EQ(back.exit_code, 0);
    EXPECT_EQ(back.err, "3 runs added to results/tidemark.db\n");
    EXPECT_EQ(query("SELECT run, status, n FROM results ORDER BY n"),
              "run,status,n\nn=1,ok,1\nn=2,ok,2\nn=3,ok,3\n");
    EXPECT_EQ(query("SELECT count(*) FROM results WHERE peak_rss_bytes > 0 AND wall_s > 0"), "count(*)\n3\n");
    open(4);
    const Finished next = folder.tidemark({"run", "gated.yaml"});
    EXPECT_EQ(next.exit_code, 0);
    EXPECT_THAT(next.err, HasSubstr("gated: 4 runs, 3 done already, 1 to make\n"));
}

TEST_F(LostDatabase, WhatIsAtWorkEndsFirst) {
    Started started = start({"--jobs", "2"});
    open(1);
    ASSERT_TRUE(begins(2));
    ASSERT_TRUE(begins(3));
    remove_database();
    open(2);
    EXPECT_TRUE(says(started,
                     "nothing can be stored any more; no run is started, and the run at work ends "
                     "first (Ctrl-C ends it)\n"));
    open(3);
    EXPECT_EQ(started.wait().exit_code, 3);
    EXPECT_FALSE(fs::exists(folder / "begun.4"));
    EXPECT_EQ(folder.tidemark({"import", "results/runs"}).err, "3 runs added to " + database() + "\n");
}

TEST_F(LostDatabase, ThatWasMovedIsWholeWhereItIsNow) {
    Started started = start();
    open(1);
    ASSERT_TRUE(begins(2));
    const fs::path place = fs::canonical(folder.path()) / "elsewhere.db";
    fs::rename(folder / "results/tidemark.db", place);
    open(2);
    const Finished said = started.wait();
    EXPECT_EQ(said.exit_code, 3);
    EXPECT_THAT(said.err, EndsWith("tidemark: " + database() + " was moved to " + place.string() +
                                   " while it was in use; all that was stored is there; move it back and run "
                                   "the same command again, or go on there with --db " +
                                   place.string() + "\n"));
    EXPECT_EQ(query("SELECT run FROM results WHERE status = 'ok' ORDER BY run", "elsewhere.db"),
              "run\nn=1\nn=2\n");
    fs::rename(place, folder / "results/tidemark.db");
    open_all();
    EXPECT_THAT(folder.tidemark({"run", "gated.yaml"}).err,
                HasSubstr("gated: 4 runs, 2 done already, 2 to make\n"));
}

TEST_F(LostDatabase, ThatAnotherFileReplacedIsNotMistakenForIt) {
    ASSERT_EQ(folder.tidemark({"import", "results", "--db", "new.db"}).exit_code, 3);
    Started started = start();
    ASSERT_TRUE(begins(1));
    remove_database();
    folder.write("results/tidemark.db", "another");
    open(1);
    const Finished said = started.wait();
    EXPECT_EQ(said.exit_code, 3);
    EXPECT_THAT(said.err, HasSubstr(database() + " was replaced by another file while it was in use; "));
}

TEST_F(LostDatabase, WithoutItsLogIsToldToo) {
    Started started = start();
    ASSERT_TRUE(begins(1));
    fs::remove(folder / "results/tidemark.db-wal");
    open(1);
    const Finished said = started.wait();
    EXPECT_EQ(said.exit_code, 3);
    EXPECT_THAT(said.err, HasSubstr(database() + "-wal was removed while " + database() +
                                    " was in use, and with it what was not in " + database() +
                                    " yet; what was measured is in the run directories in "));
}

TEST_F(LostDatabase, WithItsRunDirectoriesIsLostAndSaidSo) {
    Started started = start();
    ASSERT_TRUE(begins(1));
    fs::remove_all(folder / "results");
    open(1);
    const Finished said = started.wait();
    EXPECT_EQ(said.exit_code, 3);
    EXPECT_THAT(said.err,
                EndsWith(database() + " was removed while it was in use; its run directories in " + runs() +
                         " are gone, too, and what was measured is lost; run the same command again\n"));
}

class RunDirectories : public GatedSweep {
  protected:
    void SetUp() override {
        GatedSweep::SetUp();
        open_all();
        ASSERT_EQ(start().wait().exit_code, 0);
        for (const auto& entry : fs::directory_iterator(folder / "results/runs"))
            made.push_back(entry.path());
        std::ranges::sort(made);
    }
    Finished import(const std::string& what) { return folder.tidemark({"import", what, "--db", "new.db"}); }

    std::vector<fs::path> made;
};

TEST_F(RunDirectories, ComeBackOneByOneAndNeverTwice) {
    EXPECT_EQ(import(made.front().string()).err, "1 run added to new.db\n");
    EXPECT_EQ(import("results").err, "3 runs added to new.db, 1 was there already\n");
    EXPECT_EQ(import("results/runs/").err, "0 runs added to new.db, 4 were there already\n");
    EXPECT_EQ(query("SELECT count(*), count(DISTINCT run_id) FROM attempts", "new.db"),
              "count(*),count(DISTINCT run_id)\n4,4\n");
}

TEST_F(RunDirectories, BringTheWholeRecord) {
    ASSERT_EQ(import("results").exit_code, 0);
    for (const std::string table : {"provenance", "missing", "warnings", "samples", "metrics", "facts"}) {
        const std::string sql = "SELECT * FROM " + table + " ORDER BY 1, 2, 3";
        EXPECT_EQ(query(table == "warnings" ? "SELECT * FROM warnings ORDER BY 1, 2" : sql, "new.db"),
                  query(table == "warnings" ? "SELECT * FROM warnings ORDER BY 1, 2" : sql))
            << table;
    }
    // not the key: what a run read is not in its directory
    const std::string attempts =
        "SELECT run_id, sweep, run, cell, repeat, status, started_at, wall_s, peak_rss_bytes, n FROM "
        "attempts ORDER BY n";
    EXPECT_EQ(query(attempts, "new.db"), query(attempts));
    const std::string invocation =
        "SELECT invocation_id, sweep, file, command_line, planned FROM invocations";
    EXPECT_EQ(query(invocation, "new.db"), query(invocation));
    EXPECT_THAT(folder.tidemark({"compare", "results/tidemark.db", "new.db"}).out,
                Not(HasSubstr("not comparable")));
    EXPECT_THAT(folder.tidemark({"watch", "--db", "new.db"}).out,
                HasSubstr("no sweep is running in new.db\n"));
}

TEST_F(RunDirectories, OfOneSweepOrWhereAConditionHolds) {
    EXPECT_EQ(folder.tidemark({"import", "results", "--db", "new.db", "--where", "n > 2"}).err,
              "2 runs added to new.db\n");
    EXPECT_EQ(folder.tidemark({"import", "results", "--db", "new.db", "--sweep", "other"}).err,
              "0 runs added to new.db\n");
    EXPECT_EQ(folder.tidemark({"import", "results", "--db", "new.db", "--where", "nn > 2"}).err,
              "--where: no such column: nn (did you mean 'n'?)\n    nn > 2\n    ^\n");
}

TEST_F(RunDirectories, ThatAreDamagedAreNamedAndTheOthersComeBack) {
    const auto write = [&](std::size_t run, const std::string& file, const std::string& content) {
        folder.write(fs::relative(made[run] / file, folder.path()).string(), content);
    };
    write(0, "request.json", "{");
    write(1, "measurement.json", "[]");
    fs::remove(made[2] / "measurement.json");
    const Finished said = import("results");
    EXPECT_EQ(said.exit_code, 3);
    EXPECT_THAT(said.err, HasSubstr(made[0].string() + "/request.json is damaged: "));
    EXPECT_THAT(said.err, HasSubstr(made[1].string() + "/measurement.json is damaged: "));
    EXPECT_THAT(said.err,
                EndsWith("; it is left out\n"
                         "1 run left out, without a measurement: at work still, or killed before it "
                         "could write one\n"
                         "1 run added to new.db\n"
                         "tidemark: 2 run directories are damaged and left out\n"));
    EXPECT_EQ(query("SELECT count(*) FROM attempts", "new.db"), "count(*)\n1\n");
}

TEST_F(RunDirectories, OfAnotherNameAreRefused) {
    fs::rename(made[0], made[0].parent_path() / "other");
    const Finished said = import("results/runs/other");
    EXPECT_EQ(said.exit_code, 3);
    EXPECT_THAT(said.err, HasSubstr("/results/runs/other/request.json is damaged: it is of the run " +
                                    made[0].filename().string() + ", and not of other; it is left out\n"));
}

TEST_F(RunDirectories, AreNotInAnyFolder) {
    fs::create_directory(folder / "empty");
    const Finished said = import("empty");
    EXPECT_EQ(said.exit_code, 3);
    EXPECT_EQ(
        said.err,
        "tidemark: empty holds no run directories; name a folder of them, such as results/runs, or one of "
        "them\n");
}

TEST_F(RunDirectories, OfRunsAtWorkAreLeftToTheirRunner) {
    for (const int gate : {1, 2, 3, 4}) {
        fs::remove(folder / ("gate." + std::to_string(gate)));
        fs::remove(folder / ("begun." + std::to_string(gate)));
    }
    Started started = start({"--fresh"});
    ASSERT_TRUE(begins(1));
    EXPECT_EQ(folder.tidemark({"import", "results"}).err,
              "1 run left out, without a measurement: at work still, or killed before it could write one\n"
              "0 runs added to " +
                  (folder / "results/tidemark.db").string() + ", 4 were there already\n");
    open_all();
    EXPECT_EQ(started.wait().exit_code, 0);
    EXPECT_EQ(query("SELECT count(*) FROM attempts WHERE status = 'ok'"), "count(*)\n8\n");
}

}  // namespace
}  // namespace tidemark::test
