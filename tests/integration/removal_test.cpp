#include <chrono>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

class Removal : public testing::Test {
  protected:
    Removal() {
        folder.write("s.yaml", "sweep: s\ncommand: [echo, \"{n}\"]\nmatrix: {n: [1, 2]}\n");
        EXPECT_EQ(run({"run", "s.yaml"}).exit_code, 0);
    }
    Finished run(const std::vector<std::string>& words) { return folder.tidemark(words); }
    std::string query(const std::string& sql) { return run({"query", sql, "--format", "csv"}).out; }
    std::size_t folders() const {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::directory_iterator(folder / "results/runs"))
            count += entry.is_directory() ? 1 : 0;
        return count;
    }

    Workspace folder;
};

TEST_F(Removal, ARunGoesWithAllThatItLeft) {
    EXPECT_EQ(run({"run", "s.yaml", "--fresh"}).exit_code, 0);
    EXPECT_EQ(folders(), 4U);
    const Finished said = run({"rm", "n=1", "--yes"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(said.err, "removed 2 executions\n");
    EXPECT_EQ(query("SELECT run FROM attempts"), "run\nn=2\nn=2\n");
    EXPECT_EQ(query("SELECT count(*) AS n FROM samples WHERE run_id NOT IN (SELECT run_id FROM attempts)"),
              "n\n0\n");
    EXPECT_EQ(folders(), 2U);
    EXPECT_THAT(run({"run", "s.yaml"}).err, HasSubstr("s: 2 runs, 1 done already, 1 to make\n"));
}

TEST_F(Removal, WhereTheNewestAttemptGoesTheOneBeforeItCounts) {
    EXPECT_EQ(run({"run", "s.yaml", "--fresh"}).exit_code, 0);
    const std::string newest = query("SELECT run_id FROM results WHERE n = 1").substr(7, 28);
    EXPECT_EQ(run({"rm", newest, "--yes"}).err, "removed 1 execution\n");
    EXPECT_EQ(query("SELECT count(*) AS n, sum(run_id = '" + newest + "') AS gone FROM results"),
              "n,gone\n2,0\n");
}

TEST_F(Removal, AnIdMayBeGivenByItsEnd) {
    const std::string id = query("SELECT run_id FROM results WHERE n = 1").substr(7, 28);
    EXPECT_THAT(run({"show", id.substr(20)}).out, HasSubstr(id));
    EXPECT_EQ(run({"rm", id.substr(20), "--yes"}).err, "removed 1 execution\n");
}

TEST_F(Removal, NothingIsLostWithoutAnAnswer) {
    const Finished said = run({"rm", "--where", "n > 0"});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err,
              "Remove 2 executions and what they left, for good? Nobody can answer here: --yes does it "
              "without the question\n");
    EXPECT_EQ(folders(), 2U);
    EXPECT_EQ(run({"rm", "--where", "n > 9"}).err, "no run is meant, and nothing was removed\n");
    EXPECT_EQ(run({"rm"}).err, "say which runs: rm RUN, or rm --where \"SQL condition over attempts\"\n");
    EXPECT_THAT(run({"rm", "--where", "m > 9"}).err, testing::StartsWith("--where: "));
    EXPECT_THAT(run({"rm", "n=3"}).err, testing::StartsWith("there is no run 'n=3'; "));
    EXPECT_EQ(run({"baseline", "save", "main"}).exit_code, 0);
    EXPECT_EQ(
        run({"rm", "n=1", "--yes"}).err,
        "some of them belong to a baseline (main), which would be nothing without them; first: tidemark "
        "baseline drop main\n");
}

TEST_F(Removal, FoldersWithoutARecordAreCollected) {
    EXPECT_EQ(run({"gc", "--yes"}).err, "nothing to remove\n");
    folder.write("results/runs/left/stdout.log", "four");
    EXPECT_THAT(run({"gc", "-n"}).err,
                HasSubstr("results/runs/left\nwould remove 1 folder without a record (4 B)\n"));
    EXPECT_EQ(run({"gc", "--yes"}).err, "removed 1 folder without a record (4 B)\n");
    EXPECT_EQ(folders(), 2U);
    EXPECT_EQ(run({"gc", "--logs-older-than", "1", "--yes"}).err, "nothing to remove\n");
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "results/runs")) {
        if (entry.path().filename() == "stdout.log")
            std::filesystem::last_write_time(
                entry.path(), std::filesystem::file_time_type::clock::now() - std::chrono::hours(50));
    }
    EXPECT_EQ(run({"gc", "--logs-older-than", "2", "--yes"}).err,
              "removed 0 folders without a record (0 B), 2 logs older than 2 days (4 B)\n");
    EXPECT_EQ(query("SELECT count(*) AS n FROM results"), "n\n2\n") << "the runs stay";
    EXPECT_EQ(run({"run", "s.yaml"}).exit_code, 0);
}

}  // namespace
}  // namespace tidemark::test
