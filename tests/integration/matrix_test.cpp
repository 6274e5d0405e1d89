// What a matrix and a command can say, from the sweep file to the report, by the real binary.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Matrix : public OwnProgram {
  protected:
    Matrix() { folder.write_script("job.sh", "#!/bin/sh\nprintf '<%s>' \"$@\" >> arguments\n"); }
};

TEST_F(Matrix, NamesListsAndAbsentWordsArriveAndAreStored) {
    const Finished said = run(R"(
command: [./job.sh, "{training.lr}", {when: NESTEROV, words: [--nesterov]}, "{layers...}", "{layers:json}"]
matrix:
  (training.lr, NESTEROV): [[0.10, true], [1e-3, null]]
  layers: [[256, "a b"], []]
order: listed
)");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(folder.read("arguments"),
              "<0.10><--nesterov><256><a b><[256,\"a b\"]><0.10><--nesterov><[]>"
              "<1e-3><256><a b><[256,\"a b\"]><1e-3><[]>");
    EXPECT_EQ(query("SELECT \"training.lr\", NESTEROV, json_array_length(layers) FROM results ORDER BY 1, 3"),
              "training.lr,NESTEROV,json_array_length(layers)\n0.001,,0\n0.001,,2\n0.1,1,0\n0.1,1,2\n");
    EXPECT_THAT(folder.tidemark({"query", "SELECT training.lr FROM results"}).err,
                HasSubstr("write \"training.lr\" in double quotes for the parameter"));
    const Finished again = folder.tidemark({"run", "own.yaml"});
    EXPECT_THAT(again.err, HasSubstr("all done already"));
    const Finished report = folder.tidemark({"report", "own.yaml"});
    EXPECT_EQ(report.exit_code, 0) << report.err;
    EXPECT_THAT(report.out, HasSubstr("training.lr"));
}

TEST_F(Matrix, ASweepOfOtherCapitalsSharesTheColumn) {
    EXPECT_EQ(run("command: [./job.sh, \"{DATASET}\"]\nparameters: {DATASET: a}\n").exit_code, 0);
    folder.write("other.yaml",
                 "sweep: other\ncommand: [./job.sh, \"{dataset}\"]\nparameters: {dataset: b}\n");
    EXPECT_EQ(folder.tidemark({"run", "other.yaml"}).exit_code, 0);
    EXPECT_EQ(query("SELECT sweep, dataset FROM results ORDER BY sweep"), "sweep,DATASET\nother,b\nown,a\n");
}

TEST_F(Matrix, AnotherSeedInEachRepeatIsStoredWithIt) {
    const Finished said = run(R"(
command: [./job.sh, "{seed}"]
derive: {seed: 41 + repeat}
repeat: 3
order: listed
)");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(folder.read("arguments"), "<42><43><44>");
    EXPECT_EQ(query("SELECT repeat, seed FROM results ORDER BY repeat"), "repeat,seed\n1,42\n2,43\n3,44\n");
    EXPECT_THAT(folder.tidemark({"run", "own.yaml"}).err, HasSubstr("all done already"));
    const Finished report = folder.tidemark({"report", "own.yaml"});
    EXPECT_THAT(report.out,
                HasSubstr("an interval of the program itself, whose seed is another in each repeat"));
    EXPECT_THAT(report.out, Not(HasSubstr("not run")));
}

TEST_F(Matrix, AnAxisOfEarlierResultsMakesTheirRunsAgain) {
    const std::string axis =
        "matrix:\n  n: {sql: SELECT n FROM results WHERE sweep = 'first' AND n > 1 ORDER BY n}\n";
    const std::string own = "command: [./job.sh, \"{n}\"]\n" + axis;
    const Finished early = run(own);
    EXPECT_EQ(early.exit_code, 2);
    EXPECT_THAT(
        early.err,
        HasSubstr("own.yaml:4:12: matrix.n.sql: asks for earlier results, and there is no database "));
    folder.write("first.yaml", "sweep: first\ncommand: [./job.sh, \"{n}\"]\nmatrix: {n: [1, 2, 3]}\n");
    EXPECT_EQ(folder.tidemark({"run", "first.yaml"}).exit_code, 0);
    EXPECT_EQ(run(own).exit_code, 0);
    EXPECT_EQ(query("SELECT run FROM results WHERE sweep = 'own' ORDER BY run"), "run\nn=2\nn=3\n");
}

TEST_F(Matrix, ADryRunShowsAllOfItOnANarrowTerminal) {
    folder.write("own.yaml", R"(sweep: own
command: [./job.sh, "{model}", "{width...}"]
matrix:
  (model, width): [[small, [8]], [large, [8, 16]]]
  fold: {range: 1..2}
each: {plain: {}, wide: {extra: 1}}
derive: {seed: repeat}
repeat: 2
)");
    StartOptions narrow;
    narrow.environment = {{"COLUMNS", "80"}};
    const Finished said = folder.tidemark({"run", "own.yaml", "--dry-run"}, narrow);
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, HasSubstr("wide,model=large,width=[8,16],fold=2"));
    EXPECT_THAT(said.out, HasSubstr("8 runs, each made 2 times: 16 in all"));
    EXPECT_THAT(said.err, HasSubstr("note: 'seed' is another in each repeat\n"));
    EXPECT_THAT(
        said.err,
        HasSubstr("note: neither the command nor an expression uses the axis 'fold'; its value stands "
                  "in the file that TIDEMARK_REQUEST names alone\n"));
}

}  // namespace
}  // namespace tidemark::test
