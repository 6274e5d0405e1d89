#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/plain_environment.hpp"
#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

/// Each run leaves a line in made.txt, so that a test sees which ones were really made.
constexpr const char* kSweep = R"(
sweep: small
command: [./job.sh, "{size}", "{note}"]
parameters: {note: none}
matrix: {size: [1, 2]}
runs:
  big: {size: 9, note: "it's a \"big\" one"}
)";
constexpr const char* kJob = R"(#!/bin/sh
printf '%s|%s\n' "$1" "$2" >> made.txt
echo '{"event":"metric","name":"score","value":'"$1"'.5}' >> "$TIDEMARK_EVENTS"
)";

class Run : public testing::Test {
  protected:
    void SetUp() override {
        folder.write("small.yaml", kSweep);
        folder.write_script("job.sh", kJob);
    }
    std::string query(const std::string& sql) {
        return folder.tidemark({"query", sql, "--format", "csv"}).out;
    }

    Workspace folder;
};

TEST_F(Run, MakesEveryRunAndComparesThem) {
    const Finished said = folder.tidemark({"run", "small.yaml", "--format", "csv"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(folder.read("made.txt"), "1|none\n2|none\n9|it's a \"big\" one\n");
    EXPECT_THAT(said.out,
                testing::StartsWith("run,note,size,status,repeats,peak_rss_bytes,wall_s,score,disturbed\n"));
    EXPECT_THAT(said.out, HasSubstr("\nsize=1,none,1,ok,1,"));
    EXPECT_THAT(said.out, HasSubstr(",9.5,\n"));
    EXPECT_THAT(said.err, testing::StartsWith("small: 3 runs\n[0/3] size=1: started\n[1/3] ✓ size=1: "));
    EXPECT_EQ(query("SELECT run, repeat, status, exit_code, signal, score, size FROM results ORDER BY size"),
              "run,repeat,status,exit_code,signal,score,size\n"
              "size=1,1,ok,0,,1.5,1\n"
              "size=2,1,ok,0,,2.5,2\n"
              "big,1,ok,0,,9.5,9\n");
}

TEST_F(Run, ResultsHaveTheColumnsOfTheContract) {
    folder.tidemark({"run", "small.yaml"});
    const std::string columns =
        "run_id,sweep,run,cell,key,repeat,status,reason,exit_code,signal,started_at,wall_s,user_s,system_s,"
        "initial_rss_bytes,final_rss_bytes,peak_rss_bytes,peak_rss_low_bytes,peak_rss_high_bytes,peak_cgroup_"
        "bytes,"
        "peak_swap_bytes,major_faults,memory_method,";
    EXPECT_THAT(query("SELECT * FROM results LIMIT 0"), testing::StartsWith(columns));
    EXPECT_THAT(query("SELECT * FROM attempts LIMIT 0"), testing::StartsWith(columns));
}

TEST_F(Run, TheSecondTimeEverythingIsDone) {
    folder.tidemark({"run", "small.yaml"});
    const Finished said = folder.tidemark({"run", "small.yaml"});
    EXPECT_EQ(said.exit_code, 0);
    EXPECT_EQ(
        said.err,
        "small: 3 runs, all done already (--fresh runs them again)\n"
        "    nothing changed in the program, in its declared inputs (none) and in the variables that it "
        "inherits (none), nor in 1 file below " +
            folder.path().string() +
            " that its runs read; files elsewhere are not watched\n"
            "results: results/tidemark.db\n");
    EXPECT_THAT(said.out, HasSubstr("big"));
    EXPECT_EQ(folder.read("made.txt"), "1|none\n2|none\n9|it's a \"big\" one\n");
}

TEST_F(Run, FreshMakesThemAgain) {
    folder.tidemark({"run", "small.yaml"});
    EXPECT_EQ(folder.tidemark({"run", "small.yaml", "--fresh"}).exit_code, 0);
    EXPECT_EQ(query("SELECT count(*) FROM results"), "count(*)\n3\n");
    EXPECT_EQ(query("SELECT count(*) FROM attempts"), "count(*)\n6\n");
}

TEST_F(Run, AChangedProgramRunsAgain) {
    folder.tidemark({"run", "small.yaml"});
    folder.write_script("job.sh", std::string(kJob) + "# changed\n");
    const Finished said = folder.tidemark({"run", "small.yaml"});
    EXPECT_THAT(said.err, testing::StartsWith("small: 3 runs\n"));
    EXPECT_EQ(query("SELECT count(*) FROM results"), "count(*)\n3\n");
}

TEST_F(Run, AChangedParameterRunsAloneAgain) {
    folder.tidemark({"run", "small.yaml"});
    std::string changed = kSweep;
    changed.replace(changed.find("[1, 2]"), 6, "[1, 3]");
    folder.write("small.yaml", changed);
    const Finished said = folder.tidemark({"run", "small.yaml"});
    EXPECT_THAT(said.err, testing::StartsWith("small: 3 runs, 2 done already, 1 to make\n"));
    EXPECT_THAT(folder.read("made.txt"), testing::EndsWith("one\n3|none\n"));
}

TEST_F(Run, OnlyAndSetChooseWhatIsMade) {
    EXPECT_EQ(folder.tidemark({"run", "small.yaml", "--only", "size < 9", "--set", "note=a b"}).exit_code, 0);
    EXPECT_EQ(folder.read("made.txt"), "1|a b\n2|a b\n");
}

TEST_F(Run, DryRunCountsWhatIsExcludedAndWhatIsRepeated) {
    folder.write("counted.yaml",
                 "sweep: counted\ncommand: [/bin/true]\nrepeat: 3\nmatrix: {a: [1, 2, 3], b: [1, 2]}\n"
                 "exclude: [a = 3, a = 2 and b = 2]\n");
    EXPECT_THAT(
        folder.tidemark({"run", "counted.yaml", "--dry-run"}).out,
        testing::EndsWith("\n3 runs, each made 3 times: 9 in all; 3 cells of the matrix are excluded\n"));
    EXPECT_THAT(folder.tidemark({"run", "counted.yaml", "--dry-run", "--set", "b=1", "--set", "a=1"}).out,
                testing::EndsWith("\n1 run, each made 3 times: 3 in all\n"));
}

TEST_F(Run, DryRunMakesNothing) {
    const Finished said = folder.tidemark({"run", "small.yaml", "--dry-run"}, plain_environment());
    EXPECT_EQ(said.exit_code, 0);
    EXPECT_EQ(said.out,
              "run     note              size\n"
              "──────────────────────────────\n"
              "size=1  none                 1\n"
              "size=2  none                 2\n"
              "big     it's a \"big\" one     9\n"
              "\n"
              "3 runs\n");
    EXPECT_EQ(said.err, "");
    EXPECT_FALSE(std::filesystem::exists(folder / "results"));
    EXPECT_FALSE(std::filesystem::exists(folder / "made.txt"));
}

TEST_F(Run, AFailedRunIsDataAndIsMadeAgain) {
    folder.write_script("job.sh", "#!/bin/sh\necho \"no luck with $1\" >&2\n[ \"$1\" != 2 ]\n");
    const Finished said = folder.tidemark({"run", "small.yaml"});
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_THAT(said.err, HasSubstr("✗ size=2: failed (exit code 1), "));
    EXPECT_THAT(said.err, HasSubstr("\n    no luck with 2\n"));
    EXPECT_THAT(said.err, HasSubstr("1 of 3 runs failed; `"));
    EXPECT_THAT(said.out, HasSubstr("\nsize=2: failed, exit code 1\n"));
    const Finished again = folder.tidemark({"run", "small.yaml"});
    EXPECT_THAT(again.err, testing::StartsWith("small: 3 runs, 2 done already, 1 to make\n"));
    EXPECT_EQ(query("SELECT run, status, reason, exit_code FROM results WHERE status <> 'ok'"),
              "run,status,reason,exit_code\nsize=2,failed,exit code 1,1\n");
}

TEST_F(Run, AMistakeInTheFileRunsNothing) {
    folder.write("small.yaml", std::string(kSweep) + "repaet: 3\nworkload: train\n");
    const Finished said = folder.tidemark({"run", "small.yaml"});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.out, "");
    EXPECT_THAT(said.err, HasSubstr("small.yaml:8:1: repaet: unknown key (did you mean 'repeat'?)\n"));
    EXPECT_FALSE(std::filesystem::exists(folder / "results"));
}

TEST_F(Run, AMissingProgramRunsNothing) {
    folder.write("small.yaml", "sweep: s\ncommand: [no-such-program]\n");
    const Finished said = folder.tidemark({"run", "small.yaml"});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err,
              "small.yaml:2:10: command: there is no program 'no-such-program' on the PATH; install it, or "
              "give its path\n");
}

TEST_F(Run, TheWallLimitEndsARun) {
    folder.write("slow.yaml", "sweep: slow\ncommand: [sleep, '1000']\nlimits: {wall: 0.2 s}\n");
    const Finished said = folder.tidemark({"run", "slow.yaml"});
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_THAT(said.err, HasSubstr("✗ slow: timeout (reached the wall time limit of 200 ms)"));
    EXPECT_EQ(query("SELECT status FROM results"), "status\ntimeout\n");
}

TEST_F(Run, TheTableGoesToAFileWhenAsked) {
    const Finished said =
        folder.tidemark({"run", "small.yaml", "--format", "markdown", "--output", "table.md"});
    EXPECT_EQ(said.out, "");
    EXPECT_THAT(folder.read("table.md"), HasSubstr("| big | it's a \"big\" one |    9 |"));
    EXPECT_FALSE(std::filesystem::exists(folder / "table.md.tmp"));
}

TEST_F(Run, AFullDiskForTheTableIsToldAndTheResultsAreKept) {
    const Finished said = folder.tidemark({"run", "small.yaml", "--output", "/dev/full"});
    EXPECT_EQ(said.exit_code, 3);
    EXPECT_THAT(said.err, testing::EndsWith("tidemark: cannot write /dev/full: No space left on device\n"));
    EXPECT_EQ(query("SELECT count(*) FROM results"), "count(*)\n3\n");
}

TEST_F(Run, AStandardOutputThatTakesNothingIsToldWithItsOwnReasonUnlessNobodyWantsToRead) {
    // more than is kept back until the end, so that the first write to fail is not the last
    const std::string note = "note=" + std::string(50'000, 'x');
    ASSERT_EQ(folder.tidemark({"run", "small.yaml", "--set", note}).exit_code, 0);
    const std::string show = tidemark_binary() + " show big";
    const Finished full = folder.run({"bash", "-c", show + " > /dev/full"});
    EXPECT_EQ(full.exit_code, 3);
    EXPECT_EQ(full.err, "tidemark: cannot write to the standard output: No space left on device\n");
    const Finished closed = folder.run({"bash", "-c", "exec 3> >(:); wait $!; " + show + " >&3"});
    EXPECT_EQ(closed.exit_code, 0);
    EXPECT_EQ(closed.err, "");
}

TEST_F(Run, ParallelRunsAreAllMade) {
    EXPECT_EQ(folder.tidemark({"run", "small.yaml", "--jobs", "3", "--set", "note=x"}).exit_code, 0);
    std::string made = folder.read("made.txt");
    EXPECT_EQ(std::ranges::count(made, '\n'), 3);
}

}  // namespace
}  // namespace tidemark::test
