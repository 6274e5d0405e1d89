#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

/// A repository in which each commit writes another value.
class HistoryOfCommits : public testing::Test {
  protected:
    void SetUp() override {
        TIDEMARK_NEEDS_PROGRAM("git");
        folder.write("s.yaml", "sweep: s\ncommand: [cat, value]\ncapture: {size: '([0-9]+)'}\n");
        EXPECT_EQ(git("init -q . && git add s.yaml"), 0);
    }
    int git(const std::string& words) {
        return folder
            .run({"sh", "-c", "git -c user.name=a -c user.email=a@b -c init.defaultBranch=main " + words})
            .exit_code;
    }
    void measure_at_a_commit(int value) {
        folder.write("value", std::to_string(value));
        EXPECT_EQ(folder.run({"git", "add", "value"}).exit_code, 0);
        EXPECT_EQ(git("commit -q --allow-empty -m " + std::to_string(value)), 0);
        const Finished said = folder.tidemark({"run", "s.yaml"});
        EXPECT_EQ(said.exit_code, 0) << said.err;
    }
    std::string commit(const std::string& which) {
        return folder.run({"git", "rev-parse", "--short=10", which}).out.substr(0, 10);
    }

    Workspace folder;
};

TEST_F(HistoryOfCommits, TellsTheStepsAndTheCommitsThatTheyLieIn) {
    for (const int value : {100, 101, 99, 100, 120, 121, 119, 122}) measure_at_a_commit(value);
    const Finished said = folder.tidemark({"history", "s.yaml", "--metric", "size"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, testing::StartsWith("s  ▁▂▁▁▇█▇█\n\ncommit      measured"));
    EXPECT_THAT(said.out, HasSubstr("\nA step from 100 to 120.5 (+20.5 %) lies in " + commit("HEAD~4") +
                                    ".." + commit("HEAD~3") + "\n"));
    const Finished table = folder.tidemark({"history", "--metric", "size", "--format", "csv"});
    EXPECT_THAT(table.out, testing::StartsWith("run,revision,started_at,repeats,size,step\ns,"));
    EXPECT_THAT(table.out, HasSubstr(",1,120.0,1\n"));
    EXPECT_THAT(table.out, HasSubstr(",1,121.0,0\n"));
}

TEST_F(HistoryOfCommits, SaysWhatItLacks) {
    measure_at_a_commit(1);
    EXPECT_THAT(folder.tidemark({"history", "--metric", "size"}).out,
                HasSubstr("Steps are looked for from 6 commits on.\n"));
    EXPECT_EQ(folder.tidemark({"history", "--metric", "siez"}).err,
              "--metric siez: the results have no such figure (did you mean 'size'?)\n");
    EXPECT_EQ(folder.tidemark({"history", "--metric", "growth_bytes_per_epoch"}).exit_code, 4);
}

}  // namespace
}  // namespace tidemark::test
