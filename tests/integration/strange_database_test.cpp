#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"
#include "sql/connection.hpp"
#include "support/places.hpp"

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

TEST_F(StrangeDatabase, OfAnEarlierSchemaIsReadByEveryVerbAndStaysAsItIs) {
    const std::string earlier = test::source_dir() + "/tests/fuzz/corpus/database/two_runs.db";
    std::filesystem::copy_file(earlier, folder / "earlier.db");
    const std::string before = folder.read("earlier.db");
    for (const std::string verb :
         {"list", "watch", "query 'SELECT run FROM results'", "report own.yaml", "check own.yaml",
          "baseline list", "export copy.db", "compare earlier.db copy.db"}) {
        const Finished said = folder.run(
            {"sh", "-c",
             tidemark_binary() + " " + verb + (verb.starts_with("compare") ? "" : " --db earlier.db")});
        EXPECT_NE(said.exit_code, 3) << verb << ": " << said.err;
        EXPECT_EQ(folder.read("earlier.db"), before) << verb;
    }
    EXPECT_EQ(folder.tidemark({"import", "earlier.db", "--db", "new.db"}).err, "2 runs added to new.db\n");
    EXPECT_EQ(folder.read("earlier.db"), before);
    EXPECT_EQ(
        folder.tidemark({"query", "SELECT count(*) FROM results", "--format", "csv", "--db", "new.db"}).out,
        "count(*)\n2\n");
}

TEST_F(StrangeDatabase, OfAnEarlierSchemaThatCannotBeCopiedSaysWhy) {
    std::filesystem::copy_file(test::source_dir() + "/results/reference/measurements.db",
                               folder / "earlier.db");
    folder.write("no_folder", "");
    // SQLite asks for these before it takes another folder; a limit of the size of files stands for a full
    // disk
    const Finished said = folder.run(
        {"sh", "-c", "ulimit -f 100; trap '' XFSZ; " + tidemark_binary() + " list --db earlier.db"});
    EXPECT_EQ(said.exit_code, 3);
    EXPECT_THAT(
        said.err,
        testing::ContainsRegex(
            "earlier.db was written by an earlier tidemark \\(schema 4, this one has [0-9]+\\), and is "
            "read as a copy, which cannot be made: .*; let TMPDIR name a folder with room for it, or "
            "let `tidemark run` bring the database up to date\n"));
}

/// In a mount namespace of its own, so that nobody else sees it.
TEST_F(StrangeDatabase, OnAReadOnlyMountIsReadByEveryVerb) {
    if (geteuid() != 0) GTEST_SKIP() << "needs root, to mount";
    TIDEMARK_NEEDS_PROGRAM("unshare");
    const auto on_mount = [&](const std::string& command) {
        return folder.run({"unshare", "-m", "sh", "-c",
                           "mount --bind . . && mount -o remount,bind,ro . && cd \"$PWD\" || exit 99; " +
                               tidemark_binary() + " " + command});
    };
    if (on_mount("--version").exit_code == 99) GTEST_SKIP() << "may not mount here";
    const Workspace other;
    const std::filesystem::path elsewhere = other / "copy.db";
    for (const std::string& verb :
         std::vector<std::string>{"list", "show own", "watch", "report own.yaml", "check own.yaml",
                                  "compare run:own/own run:own/own", "query 'SELECT run FROM results'",
                                  "baseline list", "export " + elsewhere.string()}) {
        const Finished said = on_mount(verb);
        EXPECT_NE(said.exit_code, 3) << verb << ": " << said.err;
    }
    const Finished run = on_mount("run own.yaml --fresh");
    EXPECT_EQ(run.exit_code, 3);
    const std::string db = (folder / "results/tidemark.db").string();
    EXPECT_EQ(run.err, "tidemark: " + db +
                           " may not be written here; name another file with --db: `tidemark "
                           "export OTHER "
                           "--db " +
                           db + "` copies what is stored into it\n");
    EXPECT_EQ(
        on_mount("run own.yaml --db new.db").err,
        "tidemark: cannot make new.db: nothing may be written in its folder; name another file with --db\n");
}

TEST_F(StrangeDatabase, WithAnEndlessViewIsNamedByEveryVerb) {
    sql::Connection(folder / "results/tidemark.db", sql::Access::ReadWrite)
        .execute(
            "DROP VIEW attempts; CREATE VIEW attempts AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i "
            "+ 1 "
            "FROM n) SELECT i AS run_id FROM n");
    for (const std::string verb :
         {"list", "show own", "watch", "report own.yaml", "check own.yaml", "compare run:own/own run:own/own",
          "query 'SELECT run FROM results'", "baseline list", "baseline save b --sweep own", "export copy.db",
          "run own.yaml"}) {
        const Finished said = folder.run({"sh", "-c", "timeout 60 " + tidemark_binary() + " " + verb});
        EXPECT_EQ(said.exit_code, 3) << verb;
        EXPECT_THAT(said.err,
                    HasSubstr("tidemark.db is damaged: its view 'attempts' is not the one that tidemark "
                              "makes; name another file with --db"))
            << verb;
    }
    EXPECT_EQ(folder.tidemark({"import", "results/runs", "--db", "new.db"}).err, "1 run added to new.db\n");
}

}  // namespace
}  // namespace tidemark::test
