// What a sweep on Slurm gives, where nothing goes wrong.
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "slurm/cluster.hpp"
#include "support/places.hpp"

namespace tidemark::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

class SweepsOnSlurm : public OnSlurm {};

constexpr const char* kRows =
    "SELECT run, repeat, cell, key, status, exit_code, loss, n FROM results ORDER BY run, repeat";

TEST_F(SweepsOnSlurm, GiveTheSameRowsAsOnOneMachine) {
    sweep("echo \"loss: 0.$1\"; [ $1 != 7 ] || exit 3", R"(
matrix: {n: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]}
repeat: 2
limits: {wall: 60 s}
capture: {loss: 'loss: ([0-9.]+)'}
checks: [{name: small, where: "n < 7", metric: loss, max: 0.9}, {name: tiny, where: "n > 10", metric: loss, max: 0.15}]
)");
    const Finished there = run({"--jobs", "6"});
    EXPECT_EQ(there.exit_code, 1) << there.err;
    EXPECT_THAT(there.err, HasSubstr("2 of 40 runs failed;"));
    const Finished here = folder.tidemark({"run", "s.yaml", "--db", "here/t.db"});
    EXPECT_EQ(here.exit_code, 1);
    EXPECT_EQ(query(kRows), query(kRows, "here/t.db"));
    EXPECT_THAT(query("SELECT count(*) FROM results"), "40\n");

    const Finished checked = folder.tidemark({"check", "s.yaml"});
    const Finished checked_here = folder.tidemark({"check", "s.yaml", "--db", "here/t.db"});
    EXPECT_EQ(checked.exit_code, checked_here.exit_code);
    EXPECT_EQ(checked.out, checked_here.out);

    const auto facts = [&](const std::string& name) {
        return query("SELECT DISTINCT value FROM facts WHERE name = '" + name + "' ORDER BY value");
    };
    EXPECT_EQ(facts("node host"), "node1\nnode2\n");
    EXPECT_EQ(facts("queue partition"), "debug\n");
    EXPECT_EQ(facts("queue state"), "COMPLETED\n");
    EXPECT_EQ(query("SELECT count(DISTINCT value) FROM facts WHERE name = 'queue job'"), "40\n");
    for (const char* const name : {"node boot", "node cpu", "node kernel", "node affinity", "node cgroup"})
        EXPECT_THAT(facts(name), Not("")) << name;
    EXPECT_EQ(query("SELECT count(*) FROM facts WHERE name = 'queue wait_s' AND value >= 0"), "40\n");
    EXPECT_THAT(folder.tidemark({"show", "n=3"}).out, AllOf(HasSubstr("node host"), HasSubstr("queue job")));
    expect_nothing_left();
}

TEST_F(SweepsOnSlurm, AreDoneWhenTheyAreDone) {
    sweep("true");
    EXPECT_EQ(run().exit_code, 0);
    const Finished again = run();
    EXPECT_EQ(again.exit_code, 0);
    EXPECT_THAT(again.err, HasSubstr("s: 1 run, all done already"));
    EXPECT_THAT(folder.tidemark({"run", "s.yaml"}).err, HasSubstr("all done already"))
        << "where a run was made is no part of what it is";
}

TEST_F(SweepsOnSlurm, HaveTheStepsAroundARunOnItsNode) {
    sweep("cat \"$TIDEMARK_RUN_DIR/made\"; echo beside >> \"$TIDEMARK_RUN_DIR/left.txt\"", R"(
setup: {run: [sh, -c, "hostname > $TIDEMARK_RUN_DIR/made"]}
teardown: {run: [sh, -c, "hostname > torn"]}
warmup: 1
capture: {node: 'node([0-9])'}
)");
    const Finished made = run();
    EXPECT_EQ(made.exit_code, 0) << made.err;
    EXPECT_THAT(query("SELECT node FROM results"), MatchesRegex("[12](\\.0)?\n"));
    EXPECT_THAT(folder.read("torn"), StartsWith("node"));
}

TEST_F(SweepsOnSlurm, MayMakeSeveralRunsInOneJob) {
    sweep("echo $SLURM_JOB_ID >> jobs.$1", "matrix: {n: [1, 2, 3, 4, 5]}\nslurm: {runs_per_job: 3}\n");
    const Finished made = run();
    EXPECT_EQ(made.exit_code, 0) << made.err;
    EXPECT_EQ(query("SELECT count(DISTINCT value) FROM facts WHERE name = 'queue job'"), "2\n");
    expect_nothing_left();
}

TEST_F(SweepsOnSlurm, HaveNoMoreRunsAtWorkThanJobs) {
    sweep("mkdir at.$1; ls -d at.* | wc -l >> most; sleep 0.5; rmdir at.$1",
          "matrix: {n: [1, 2, 3, 4, 5, 6]}\nlimits: {wall: \"{n} min\"}\n");
    const Finished made = run({"--jobs", "2"});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    EXPECT_EQ(folder.read("most").find_first_of("3456789"), std::string::npos) << folder.read("most");
}

TEST_F(SweepsOnSlurm, MeasureMemoryAsOnOneMachine) {
    const std::string program = test::binary_dir() + "/tests/programs/known-program";
    folder.write("s.yaml", "sweep: s\nobserve: false\ncommand: [" + program + R"(, "{does...}"]
runs:
  allocate: {does: [allocate, 100, 500]}
  spike: {does: [spike, 200, 30]}
  readers: {does: [readers, 64, 4]}
  together: {does: [together, 4, 40]}
limits: {memory: 400 MiB, wall: 60 s}
)");
    const Finished there = run({"--jobs", "4"});
    EXPECT_EQ(there.exit_code, 0) << there.err;
    EXPECT_EQ(folder.tidemark({"run", "s.yaml", "--db", "here/t.db"}).exit_code, 0);
    const std::string within =
        "SELECT run, memory_method, peak_rss_low_bytes <= peak_rss_bytes, peak_rss_bytes <= "
        "peak_rss_high_bytes, round(peak_rss_bytes / 1048576.0 / 8) FROM results ORDER BY run";
    EXPECT_EQ(query(within), query(within, "here/t.db"));
    for (const auto& [name, mebibytes] :
         std::map<std::string, int>{{"allocate", 100}, {"spike", 200}, {"readers", 64}, {"together", 160}}) {
        const std::string truth = std::to_string(mebibytes);
        EXPECT_EQ(query("SELECT peak_rss_high_bytes >= " + truth + " * 1048576 AND peak_rss_low_bytes < (" +
                        truth + " + 8) * 1048576 FROM results WHERE run = '" + name + "'"),
                  "1\n")
            << name;
    }
}

TEST_F(SweepsOnSlurm, TellWhatIsPendingAndWhy) {
    sweep("sleep 1", "matrix: {n: [1, 2, 3]}\n");
    const Finished made = run({"--jobs", "1"});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    EXPECT_THAT(made.err, HasSubstr("Slurm: 3 pending"));
    EXPECT_THAT(made.err, HasSubstr("] n=1: started\n"));
}

TEST_F(SweepsOnSlurm, RefuseWhatTheSiteDoesNotHave) {
    sweep("true", "slurm: {partition: nowhere}\n");
    const Finished refused = run();
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err,
                HasSubstr("Slurm refuses such jobs: sbatch: error: invalid partition specified: nowhere\n"
                          "  the section `slurm` of the sweep file says what it is told of them "
                          "(partition, account, qos, …)\n"));
    EXPECT_FALSE(std::filesystem::exists(folder / "results"));
}

TEST_F(SweepsOnSlurm, ARunThatAsksForMoreThanThereIsSaysSo) {
    sweep("true", "limits: {memory: 900 GiB}\n");
    const Finished made = run();
    EXPECT_EQ(made.exit_code, 1);
    EXPECT_THAT(ending(), StartsWith("failed: could not start: Slurm refused its job: sbatch: error: "));
    expect_nothing_left();
}

}  // namespace
}  // namespace tidemark::test
