#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"
#include "sql/connection.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

/// Databases that are no usual ones, or lie where they may not be written.
class StrangeDatabase : public OwnProgram {
  protected:
    void SetUp() override { ASSERT_EQ(run("command: [\"true\"]\n").exit_code, 0); }

    /// As a user who may read and not write.
    Finished as_another_user(const std::string& command) {
        return folder.run(
            {"sh", "-c",
             "setpriv --reuid 65534 --regid 65534 --clear-groups " + tidemark_binary() + " " + command});
    }
};

TEST_F(StrangeDatabase, WithANegativeSchemaIsNamed) {
    sql::Connection(folder / "results/tidemark.db", sql::Access::ReadWrite)
        .execute("PRAGMA user_version = -5");
    for (const std::string verb : {"list", "watch"}) {
        const Finished said = folder.tidemark({verb});
        EXPECT_EQ(said.exit_code, 3);
        EXPECT_THAT(said.err, HasSubstr("tidemark.db is damaged: its schema has the number -5, which no "
                                        "tidemark wrote; name another file with --db\n"));
    }
    EXPECT_EQ(folder.tidemark({"run", "own.yaml"}).exit_code, 3);
}

TEST_F(StrangeDatabase, IsAFileWhateverItsName) {
    for (const std::string name : {":memory:", "file:x.db?mode=memory", "file:y.db"}) {
        SCOPED_TRACE(name);
        EXPECT_EQ(folder.tidemark({"run", "own.yaml", "--db", name}).exit_code, 0);
        EXPECT_TRUE(std::filesystem::is_regular_file(folder / name));
        EXPECT_EQ(folder.tidemark({"query", "SELECT run FROM results", "--format", "csv", "--db", name}).out,
                  "run\nown\n");
    }
}

TEST_F(StrangeDatabase, ThatIsAPipeIsNotWaitedFor) {
    ASSERT_EQ(mkfifo((folder / "pipe.db").c_str(), 0600), 0);
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"list"}, {"watch"}, {"run", "own.yaml"}, {"show", "own"}}) {
        std::vector<std::string> whole = command;
        whole.insert(whole.end(), {"--db", "pipe.db"});
        const Finished said = folder.tidemark(whole);
        EXPECT_EQ(said.exit_code, 3);
        EXPECT_EQ(said.err, "tidemark: pipe.db is no regular file; name a file with --db\n");
    }
}

TEST_F(StrangeDatabase, ThatMayNotBeWrittenIsReadAllTheSame) {
    if (geteuid() != 0) GTEST_SKIP() << "needs root, to be somebody else";
    TIDEMARK_NEEDS_PROGRAM("setpriv");
    chmod(folder.path().c_str(), 0755);
    ASSERT_FALSE(std::filesystem::exists(folder / "results/tidemark.db-wal"));
    for (const std::string verb : {"list", "show own", "watch", "report own.yaml", "check own.yaml",
                                   "compare run:own/own run:own/own", "query 'SELECT run FROM results'"}) {
        const Finished said = as_another_user(verb + " --db results/tidemark.db");
        EXPECT_NE(said.exit_code, 3) << verb << ": " << said.err;
    }
}

}  // namespace
}  // namespace tidemark::test
