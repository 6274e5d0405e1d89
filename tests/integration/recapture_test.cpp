#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Captures that are added or mended when the runs are made already.
class Recapture : public OwnProgram {
  protected:
    /// A program that counts its own executions, so that nothing is made in secret.
    Recapture() {
        folder.write_script(
            "job.sh",
            "#!/bin/sh\n"
            "echo made >> \"$COUNTER\"\n"
            "echo \"score: $1\"\n"
            "echo \"loss: 0.5\" >&2\n"
            "echo \"{\\\"speed\\\": 7$1}\" > \"$TIDEMARK_RUN_DIR/out.json\"\n"
            "echo \"{\\\"speed\\\": 8$1}\" > \"elsewhere-$1.json\"\n"
            "echo '{\"event\":\"metric\",\"name\":\"told\",\"value\":4}' >> \"$TIDEMARK_EVENTS\"\n");
        counter_ = std::filesystem::path(folder.path().string() + "-counter");
        std::filesystem::remove(counter_);
    }
    ~Recapture() override { std::filesystem::remove(counter_); }

    std::string sweep(const std::string& captures, const std::string& more = "") {
        return "command: [./job.sh, \"{v}\"]\nmatrix: {v: [1, 2, 3]}\nobserve: false\nenvironment: {COUNTER: "
               "'" +
               counter_.string() + "'}\ncapture: {" + captures + "}\n" + more;
    }
    std::size_t made() const {
        std::ifstream file(counter_);
        std::size_t lines = 0;
        for (std::string line; std::getline(file, line);) ++lines;
        return lines;
    }
    std::filesystem::path directory_of(const std::string& v) {
        const std::string row = query("SELECT directory FROM runs WHERE latest = 1 AND p_v = " + v);
        return row.substr(row.find('\n') + 1, row.rfind('\n') - row.find('\n') - 1);
    }

    std::filesystem::path counter_;
    const std::string score_ = "score: {stdout: 'score: (\\d+)'}";
};

TEST_F(Recapture, AnAddedCaptureIsTakenFromTheKeptLogs) {
    ASSERT_EQ(run(sweep(score_)).exit_code, 0);
    const std::string before =
        query("SELECT run_id, started_at, wall_s, peak_rss_bytes FROM attempts ORDER BY v");
    const Finished again = run(sweep(score_ + ", loss: {stderr: 'loss: (\\S+)'}, speed: {json: "
                                              "\"{run_dir}/out.json\", at: /speed}"));
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_THAT(again.err, HasSubstr("3 runs read again from their kept logs for the changed capture\n"));
    EXPECT_THAT(again.err, HasSubstr("own: 3 runs, all done already (--fresh runs them again)\n"));
    EXPECT_EQ(made(), 3U);
    EXPECT_EQ(query("SELECT v, score, loss, speed, told FROM results ORDER BY v"),
              "v,score,loss,speed,told\n1,1.0,0.5,71.0,4.0\n2,2.0,0.5,72.0,4.0\n3,3.0,0.5,73.0,4.0\n");
    EXPECT_EQ(query("SELECT run_id, started_at, wall_s, peak_rss_bytes FROM attempts ORDER BY v"), before);
    EXPECT_THAT(run(sweep(score_ + ", loss: {stderr: 'loss: (\\S+)'}, speed: {json: \"{run_dir}/out.json\", "
                                   "at: /speed}"))
                    .err,
                Not(HasSubstr("read again")));
}

TEST_F(Recapture, AMendedCaptureMakesItsRunsOk) {
    const Finished broken = run(sweep("score: {stdout: 'skore: (\\d+)'}"));
    EXPECT_EQ(broken.exit_code, 1);
    EXPECT_EQ(query("SELECT DISTINCT status FROM results"), "status\nfailed\n");
    const Finished mended = run(sweep(score_));
    EXPECT_EQ(mended.exit_code, 0) << mended.err;
    EXPECT_THAT(mended.err, HasSubstr("3 runs read again from their kept logs for the changed capture\n"));
    EXPECT_EQ(made(), 3U);
    EXPECT_EQ(query("SELECT v, score, status, reason, last_words FROM attempts ORDER BY v"),
              "v,score,status,reason,last_words\n1,1.0,ok,,\n2,2.0,ok,,\n3,3.0,ok,,\n");
}

TEST_F(Recapture, WhatTheLogsLackFailsTheRunsAndIsSaid) {
    ASSERT_EQ(run(sweep(score_)).exit_code, 0);
    const Finished broken = run(sweep("score: {stdout: 'skore: (\\d+)'}"));
    EXPECT_EQ(broken.exit_code, 1);
    EXPECT_THAT(broken.err,
                HasSubstr("3 runs read again from their kept logs for the changed capture\n"
                          "    3 of them have not what it asks for; run 'v=1': the metric 'score' "
                          "was not found: no line of stdout matches 'skore: (\\d+)'"));
    EXPECT_THAT(broken.err, HasSubstr("own: 3 runs, 0 done already, 0 to make\n"));
    EXPECT_THAT(broken.err, HasSubstr("3 of 3 runs failed"));
    EXPECT_EQ(made(), 3U);
    EXPECT_EQ(query("SELECT count(score), count(*) FROM attempts"), "count(score),count(*)\n0,3\n");
    // and back
    EXPECT_EQ(run(sweep(score_)).exit_code, 0);
    EXPECT_EQ(made(), 3U);
    EXPECT_EQ(query("SELECT sum(score), count(*) FROM results WHERE status = 'ok'"),
              "sum(score),count(*)\n6.0,3\n");
}

TEST_F(Recapture, WhatIsNotKeptIsMadeAgainAndSaid) {
    ASSERT_EQ(run(sweep(score_)).exit_code, 0);
    const std::filesystem::path one = directory_of("1");
    std::filesystem::remove(one / "stderr.log");
    const Finished again = run(sweep(score_ + ", loss: {stderr: 'loss: (\\S+)'}"));
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_THAT(again.err,
                HasSubstr("2 runs read again from their kept logs for the changed capture\n"
                          "1 run to run again for the changed capture: of run 'v=1', stderr.log is not "
                          "kept\n"));
    EXPECT_EQ(made(), 4U);
    EXPECT_EQ(query("SELECT count(loss) FROM results"), "count(loss)\n3\n");
}

TEST_F(Recapture, ALogThatWasCutOffSinceIsNotBelieved) {
    ASSERT_EQ(run(sweep(score_)).exit_code, 0);
    std::ofstream(directory_of("2") / "stdout.log") << "score: 22\n";
    const Finished again = run(sweep("score: {stdout: 'score: (\\d+)', take: first}"));
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_THAT(again.err,
                HasSubstr("1 run to run again for the changed capture: of run 'v=2', stdout.log is not as "
                          "the run left it\n"));
    EXPECT_EQ(made(), 4U);
    EXPECT_EQ(query("SELECT v, score FROM results ORDER BY v"), "v,score\n1,1.0\n2,2.0\n3,3.0\n");
}

TEST_F(Recapture, AFileElsewhereIsNotKept) {
    ASSERT_EQ(run(sweep(score_)).exit_code, 0);
    const Finished again = run(sweep(score_ + ", speed: {json: 'elsewhere-{v}.json', at: /speed}"));
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_THAT(again.err,
                HasSubstr("3 runs to run again for the changed capture: of run 'v=1', elsewhere-1.json does "
                          "not lie in its {run_dir}, and is not kept\n"));
    EXPECT_EQ(made(), 6U);
    // what was taken from there stays when another capture changes
    const Finished other = run(
        sweep(score_ + ", speed: {json: 'elsewhere-{v}.json', at: /speed}, loss: {stderr: 'loss: (\\S+)'}"));
    EXPECT_THAT(other.err, HasSubstr("3 runs read again"));
    EXPECT_EQ(made(), 6U);
    EXPECT_EQ(query("SELECT v, score, speed, loss FROM results ORDER BY v"),
              "v,score,speed,loss\n1,1.0,81.0,0.5\n2,2.0,82.0,0.5\n3,3.0,83.0,0.5\n");
}

TEST_F(Recapture, WhatKeepRemovedIsNotThereToRead) {
    ASSERT_EQ(run(sweep(score_, "keep: ['*.pt']\n")).exit_code, 0);
    const Finished again =
        run(sweep(score_ + ", speed: {json: \"{run_dir}/out.json\", at: /speed}", "keep: ['*.pt']\n"));
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_THAT(
        again.err,
        HasSubstr("3 runs to run again for the changed capture: of run 'v=1', out.json is not kept\n"));
    EXPECT_EQ(made(), 6U);
}

TEST_F(Recapture, UnitsTakeAndSharesApplyAlike) {
    ASSERT_EQ(run(sweep(score_)).exit_code, 0);
    const Finished share = run(sweep("accuracy: {stdout: 'score: (\\d+)', take: each}"));
    EXPECT_EQ(share.exit_code, 1);
    EXPECT_THAT(share.err,
                HasSubstr("2 of them have not what it asks for; run 'v=2': accuracy is 2, and as a share "
                          "it would lie between 0 and 1"));
    const Finished percent = run(sweep("accuracy: {stdout: 'score: (\\d+)', unit: '%', take: each}"));
    EXPECT_EQ(percent.exit_code, 0) << percent.err;
    EXPECT_EQ(made(), 3U);
    EXPECT_EQ(query("SELECT v, accuracy FROM results ORDER BY v"), "v,accuracy\n1,0.01\n2,0.02\n3,0.03\n");
    EXPECT_EQ(query("SELECT count(score) FROM attempts"), "count(score)\n0\n");
    EXPECT_EQ(query("SELECT DISTINCT name FROM metrics ORDER BY name"), "name\naccuracy\ntold\n");
    EXPECT_EQ(query("SELECT count(*) FROM missing WHERE \"column\" = 'accuracy'"), "count(*)\n0\n");
    EXPECT_EQ(query("SELECT count(*) FROM warnings WHERE text LIKE 'accuracy%'"), "count(*)\n0\n");
}

/// A capture may have stood in the way of what the program itself told under the same name.
TEST_F(Recapture, ACaptureThatIsTakenAwayGivesBackWhatWasTold) {
    ASSERT_EQ(run(sweep("told: {stdout: 'score: (\\d+)'}")).exit_code, 0);
    EXPECT_EQ(query("SELECT sum(told) FROM results"), "sum(told)\n6.0\n");
    ASSERT_EQ(run(sweep(score_)).exit_code, 0);
    EXPECT_EQ(made(), 3U);
    EXPECT_EQ(query("SELECT sum(told), sum(score) FROM results"), "sum(told),sum(score)\n12.0,6.0\n");
}

TEST_F(Recapture, AnotherProgramIsNotReadAgain) {
    ASSERT_EQ(run(sweep(score_)).exit_code, 0);
    folder.write_script("job.sh",
                        "#!/bin/sh\necho made >> \"$COUNTER\"\necho \"score: 9\"\necho 'loss: 1' >&2\n");
    const Finished again = run(sweep(score_ + ", loss: {stderr: 'loss: (\\S+)'}"));
    EXPECT_THAT(again.err, Not(HasSubstr("read again")));
    EXPECT_THAT(again.err, Not(HasSubstr("for the changed capture")));
    EXPECT_EQ(made(), 6U);
    EXPECT_EQ(query("SELECT sum(score) FROM results"), "sum(score)\n27.0\n");
}

TEST_F(Recapture, AFailedRunIsMadeAgain) {
    folder.write_script("job.sh", "#!/bin/sh\necho made >> \"$COUNTER\"\necho \"score: 1\"\nexit 3\n");
    ASSERT_EQ(run(sweep(score_)).exit_code, 1);
    const Finished again = run(sweep("points: {stdout: 'score: (\\d+)'}"));
    EXPECT_THAT(again.err, Not(HasSubstr("read again")));
    EXPECT_EQ(made(), 6U);
}

TEST_F(Recapture, FreshMakesAllAgain) {
    ASSERT_EQ(run(sweep(score_)).exit_code, 0);
    const Finished again = run(sweep(score_ + ", loss: {stderr: 'loss: (\\S+)'}"), {"--fresh"});
    EXPECT_THAT(again.err, Not(HasSubstr("read again")));
    EXPECT_EQ(made(), 6U);
}

TEST_F(Recapture, ADryRunSaysItAndChangesNothing) {
    ASSERT_EQ(run(sweep(score_)).exit_code, 0);
    std::filesystem::remove(directory_of("3") / "stderr.log");
    const std::string before = query("SELECT * FROM runs ORDER BY run_id");
    const Finished dry = run(sweep(score_ + ", loss: {stderr: 'loss: (\\S+)'}"), {"--dry-run"});
    EXPECT_EQ(dry.exit_code, 0);
    EXPECT_THAT(dry.err,
                HasSubstr("2 runs would be read again from their kept logs for the changed capture\n"
                          "1 run would be run again for the changed capture: of run 'v=3', stderr.log is "
                          "not kept\n"));
    EXPECT_EQ(query("SELECT * FROM runs ORDER BY run_id"), before);
}

TEST_F(Recapture, ReportsSayThatTheCaptureChanged) {
    const std::string tables = "tables: [{title: t, sql: 'SELECT run, status, reason FROM results'}]\n";
    ASSERT_EQ(run(sweep(score_, tables)).exit_code, 0);
    folder.write("own.yaml", "sweep: own\n" + sweep(score_ + ", loss: {stderr: 'loss: (\\S+)'}", tables));
    const Finished report = folder.tidemark({"report", "own.yaml", "--format", "csv", "--table", "1"});
    EXPECT_THAT(report.out, HasSubstr("v=1,not run,made before its capture changed,\n"));
    folder.write_script("job.sh", "#!/bin/sh\necho 'score: 1'\n");
    const Finished other = folder.tidemark({"report", "own.yaml", "--format", "csv", "--table", "1"});
    EXPECT_THAT(other.out, HasSubstr("v=1,not run,made before the program or its input changed,\n"));
}

/// Both find the same runs, and each run is read again by one of them.
TEST_F(Recapture, TwoRunnersAtOnce) {
    ASSERT_EQ(run(sweep(score_, "repeat: 20\n")).exit_code, 0);
    folder.write("own.yaml",
                 "sweep: own\n" + sweep(score_ + ", loss: {stderr: 'loss: (\\S+)'}", "repeat: 20\n"));
    Started one = folder.start_tidemark({"run", "own.yaml"});
    Started two = folder.start_tidemark({"run", "own.yaml"});
    EXPECT_EQ(one.wait().exit_code, 0);
    EXPECT_EQ(two.wait().exit_code, 0);
    EXPECT_EQ(made(), 60U);
    EXPECT_EQ(query("SELECT count(*), count(loss), count(DISTINCT run_id) FROM attempts"),
              "count(*),count(loss),count(DISTINCT run_id)\n60,60,60\n");
}

/// What a killed runner leaves is the old record or the new one, of each run.
TEST_F(Recapture, KilledInTheMiddle) {
    ASSERT_EQ(run(sweep(score_, "repeat: 30\n")).exit_code, 0);
    for (int i = 0; i < 4; ++i) {
        const std::string loss = i % 2 == 0 ? ", loss: {stderr: 'loss: (\\S+)'}" : "";
        folder.write("own.yaml", "sweep: own\n" + sweep(score_ + loss, "repeat: 30\n"));
        const std::string losses = "SELECT count(*) FROM metrics WHERE name = 'loss'";
        const std::string before = query(losses);
        Started killed = folder.start_tidemark({"run", "own.yaml"});
        EXPECT_TRUE(eventually([&] { return query(losses) != before; }));
        killed.signal(SIGKILL);
        killed.wait();
        EXPECT_EQ(
            query(
                "SELECT count(*), count(score) FROM attempts WHERE status = 'ok' AND (loss IS NULL) = "
                "(NOT EXISTS (SELECT 1 FROM metrics m WHERE m.run_id = attempts.run_id AND name = 'loss'))"),
            "count(*),count(score)\n90,90\n");
    }
    EXPECT_EQ(run(sweep(score_, "repeat: 30\n")).exit_code, 0);
    EXPECT_EQ(made(), 90U);
    EXPECT_EQ(query("SELECT count(loss) FROM results"), "count(loss)\n0\n");
}

TEST_F(Recapture, WhatWasReadAgainMovesToOtherDatabases) {
    ASSERT_EQ(run(sweep(score_), {"--db", "one.db"}).exit_code, 0);
    const std::string captures = score_ + ", loss: {stderr: 'loss: (\\S+)'}";
    ASSERT_EQ(run(sweep(captures), {"--db", "one.db"}).exit_code, 0);
    EXPECT_EQ(folder.tidemark({"import", "one.db", "--db", "two.db"}).exit_code, 0);
    const Finished there = run(sweep(captures), {"--db", "two.db"});
    EXPECT_THAT(there.err, HasSubstr("all done already"));
    EXPECT_EQ(made(), 3U);
}

TEST_F(Recapture, ShowSaysWhenTheMetricsWereReadAgain) {
    ASSERT_EQ(run(sweep(score_)).exit_code, 0);
    EXPECT_THAT(folder.tidemark({"show", "v=1"}).out, Not(HasSubstr("read again")));
    ASSERT_EQ(run(sweep(score_ + ", loss: {stderr: 'loss: (\\S+)'}")).exit_code, 0);
    EXPECT_THAT(folder.tidemark({"show", "v=1"}).out, HasSubstr("read again from the kept logs "));
}

}  // namespace
}  // namespace tidemark::test
