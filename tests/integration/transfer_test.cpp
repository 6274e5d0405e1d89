#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

class Transfer : public testing::Test {
  protected:
    Transfer() {
        folder.write("a.yaml", "sweep: a\ncommand: [/bin/true, \"{n}\"]\nmatrix: {n: [1, 2]}\n");
        folder.tidemark({"run", "a.yaml"});
    }
    Workspace folder;
};

TEST_F(Transfer, RunsGoOutAndComeIn) {
    const Finished out = folder.tidemark({"export", "part.db", "--where", "n = 2"});
    EXPECT_EQ(out.exit_code, 0);
    EXPECT_EQ(out.err, "1 run added to part.db\n");
    EXPECT_EQ(folder.tidemark({"export", "part.db"}).err, "1 run added to part.db, 1 was there already\n");
    EXPECT_EQ(folder.tidemark({"import", "part.db", "--db", "new/t.db"}).err, "2 runs added to new/t.db\n");
    EXPECT_EQ(
        folder.tidemark({"query", "SELECT n FROM results ORDER BY n", "--db", "new/t.db", "--format", "csv"})
            .out,
        "n\n1\n2\n");
    // what was imported is done
    EXPECT_THAT(folder.tidemark({"run", "a.yaml", "--db", "new/t.db"}).err,
                testing::HasSubstr("all done already"));
}

TEST_F(Transfer, MistakesAreToldAndChangeNothing) {
    EXPECT_EQ(folder.tidemark({"import", "absent.db"}).exit_code, 3);
    const Finished same = folder.tidemark({"export", "results/tidemark.db"});
    EXPECT_EQ(same.exit_code, 2);
    EXPECT_THAT(same.err, testing::HasSubstr("are the same database\n"));
    const Finished wrong = folder.tidemark({"export", "x.db", "--where", "nn = 2"});
    EXPECT_EQ(wrong.exit_code, 2);
    EXPECT_EQ(wrong.err, "--where: no such column: nn (did you mean 'n'?)\n    nn = 2\n    ^\n");
}

}  // namespace
}  // namespace tidemark::test
