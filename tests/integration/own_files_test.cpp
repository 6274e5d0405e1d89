// Files that runs read and leave: no run takes what is another one's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(OwnProgram, RunsThatWriteTheSameFileAreMadeOneAfterTheOther) {
    const Finished said = run(R"(
command: [sh, -c, 'echo "m" > log.csv; sleep 0.2; echo {v} >> log.csv']
matrix: {v: [1, 2, 3, 4]}
capture: {m: {csv: log.csv, column: m}}
)",
                              {"--jobs", "4"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(query("SELECT v, m FROM results ORDER BY v"), "v,m\n1,1.0\n2,2.0\n3,3.0\n4,4.0\n");
    EXPECT_THAT(said.err,
                HasSubstr("note: runs are made one after the other, since they take metrics from the "
                          "same file, log.csv; to make them at once, let each write a file of its "
                          "own, such as {run_dir}/log.csv\n"));
}

TEST_F(OwnProgram, WhatTheRunBeforeItHasJustWrittenIsNoMetricOfARun) {
    const Finished said = run(R"(
command: [sh, -c, '[ {v} = 2 ] || echo "{{\"m\": {v}}}" > m.json']
accept_exit: [0, 1]
matrix: {v: [1, 2, 3]}
capture: {m: {json: m.json, at: /m}}
)");
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_EQ(query("SELECT v, status, m FROM results ORDER BY v"),
              "v,status,m\n1,ok,1.0\n2,failed,\n3,ok,3.0\n");
}

TEST_F(OwnProgram, TwoRunnersDoNotWriteTheSameFileAtOnce) {
    const std::string sweep = R"(
command: [sh, -c, 'echo "m" > log.csv; : > go-{v}; while [ {v} = 1 ] && [ ! -e end ]; do sleep 0.02; done; echo {v} >> log.csv']
capture: {m: {csv: log.csv, column: m}}
)";
    folder.write("one.yaml", "sweep: one\n" + sweep + "parameters: {v: 1}\n");
    folder.write("two.yaml", "sweep: two\n" + sweep + "parameters: {v: 2}\n");
    Started one = folder.start_tidemark({"run", "one.yaml"});
    ASSERT_TRUE(eventually([&] { return std::filesystem::exists(folder / "go-1"); }));
    Started two = folder.start_tidemark({"run", "two.yaml"});
    ASSERT_TRUE(eventually([&] {
        return two.err().find(
                   "note: runs of this and of another tidemark are made one "
                   "after the other") != std::string::npos;
    }));
    EXPECT_FALSE(std::filesystem::exists(folder / "go-2"));
    folder.write("end", "");
    EXPECT_EQ(one.wait().exit_code, 0);
    EXPECT_EQ(two.wait().exit_code, 0);
    EXPECT_EQ(query("SELECT sweep, m FROM results ORDER BY v"), "sweep,m\none,1.0\ntwo,2.0\n");
}

TEST_F(OwnProgram, EachRunHasAFolderOfItsOwn) {
    const Finished said = run(R"yaml(
command: [sh, -c, 'echo m > "{run_dir}/log.csv"; sleep 0.1; echo {v}{repeat} >> "$TIDEMARK_RUN_DIR/log.csv"']
matrix: {v: [1, 2]}
repeat: 2
warmup: 1
setup: {run: [sh, -c, '[ -z "$(ls "{run_dir}")" ] && echo from setup > "$TIDEMARK_RUN_DIR/setup"']}
teardown: {run: [sh, -c, 'cat "{run_dir}/log.csv" "{run_dir}/setup" > "{run_dir}/teardown"']}
capture: {m: {csv: "{run_dir}/log.csv", column: m}}
)yaml",
                              {"--jobs", "4"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.err, Not(HasSubstr("one after the other")));
    EXPECT_EQ(query("SELECT v, repeat, m FROM results ORDER BY v, repeat"),
              "v,repeat,m\n1,1,11.0\n1,2,12.0\n2,1,21.0\n2,2,22.0\n");
}

TEST_F(OwnProgram, ARunWithAFolderOfItsOwnIsMadeOnce) {
    const std::string sweep = "command: [sh, -c, ': > \"$1\"', sh, \"{run_dir}/x\"]\nmatrix: {v: [1, 2]}\n";
    EXPECT_EQ(run(sweep).exit_code, 0);
    EXPECT_THAT(run(sweep).err, HasSubstr("all done already"));
    const Finished said = folder.tidemark({"compare", "v=1", "v=2"});
    EXPECT_THAT(said.out, Not(HasSubstr("/files/x"))) << "where it wrote is no difference";
}

TEST_F(OwnProgram, WhatIsKeptOfARunIsShownWithItsSize) {
    const Finished said = run(R"(
command: [sh, -c, 'cd "{run_dir}"; printf 12345 > model.pt; echo "a,b" > "{sweep}-{run}.csv"; echo x > rest']
keep: [model.pt, "*.csv", best.pt]
)");
    EXPECT_EQ(said.exit_code, 0) << said.err;
    const std::string shown = folder.tidemark({"show", "own"}).out;
    EXPECT_THAT(shown,
                testing::ContainsRegex("files that it left\n[^a-z]*model.pt +5 B\n *own-own.csv +4 B\n"));
    EXPECT_THAT(shown, HasSubstr("keep: 'best.pt' matches nothing that it left"));
    EXPECT_THAT(shown, Not(testing::ContainsRegex("\nrest +2 B")));
    const std::string table = folder.tidemark({"show", "own", "--format", "csv"}).out;
    EXPECT_THAT(table, HasSubstr("files that it left,model.pt,5 B,\n"));
    EXPECT_THAT(table, Not(HasSubstr("files that it left,rest")));
}

TEST_F(OwnProgram, AFailedRunKeepsAllThatItLeft) {
    run("command: [sh, -c, 'echo x > \"{run_dir}/checkpoint\"; exit 1']\nkeep: [model.pt]\n");
    EXPECT_THAT(folder.tidemark({"show", "own"}).out, testing::ContainsRegex("checkpoint +2 B"));
}

}  // namespace
}  // namespace tidemark::test
