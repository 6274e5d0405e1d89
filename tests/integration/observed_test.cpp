#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// What runs read without being told so in the sweep file.
class Observed : public testing::Test {
  protected:
    Finished run(const std::vector<std::string>& more = {}) {
        std::vector<std::string> arguments{"run", "sweep.yaml"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return folder.tidemark(arguments);
    }
    void sweep(const std::string& rest) { folder.write("sweep.yaml", "sweep: seen\n" + rest); }
    std::string query(const std::string& sql) {
        return folder.tidemark({"query", sql, "--format", "csv"}).out;
    }

    /// Makes the runs, and expects them to be done until the file has another content.
    void expect_input(const std::string& file, const std::string& other,
                      const std::vector<std::string>& more = {}) {
        const Finished first = run(more);
        ASSERT_EQ(first.exit_code, 0) << first.err;
        EXPECT_THAT(run(more).err, HasSubstr("all done already"));
        folder.write(file, other);
        EXPECT_THAT(run(more).err, HasSubstr(file + " changed since run '"));
        EXPECT_THAT(run(more).err, HasSubstr("all done already"));
    }

    Workspace folder;
};

TEST_F(Observed, AModuleThatTheScriptImports) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    folder.write("train.py", "import helper\nprint(helper.value)\n");
    folder.write("helper.py", "value = 1\n");
    sweep("command: [python3, train.py]\ncapture: {score: {stdout: '(\\d+)'}}\n");
    expect_input("helper.py", "value = 22\n");
    EXPECT_EQ(query("SELECT score FROM results"), "score\n22.0\n");
    EXPECT_EQ(query("SELECT score, key = (SELECT key FROM results) FROM attempts ORDER BY score"),
              "score,key = (SELECT key FROM results)\n1.0,0\n22.0,1\n");
}

TEST_F(Observed, AModuleThatIsRunByName) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    std::filesystem::create_directory(folder / "job");
    folder.write("job/__init__.py", "");
    folder.write("job/train.py", "print(1)\n");
    sweep("command: [python3, -m, job.train]\n");
    expect_input("job/train.py", "print(22)\n");
}

/// Python reads what it compiled before, and not the source.
TEST_F(Observed, WhatIsCompiledStandsForItsSource) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    folder.write("train.py", "import helper\n");
    folder.write("helper.py", "value = 1\n");
    sweep("command: [python3, train.py]\nrepeat: 2\nenvironment: {PYTHONDONTWRITEBYTECODE: ''}\n");
    expect_input("helper.py", "value = 22\n");
    EXPECT_TRUE(std::filesystem::exists(folder / "__pycache__"));
    EXPECT_EQ(query("SELECT count(DISTINCT key) FROM results"), "count(DISTINCT key)\n1\n");
}

TEST_F(Observed, AScriptThatAShellStarts) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    folder.write("train.py", "print(1)\n");
    sweep("command: [sh, -c, python3 train.py]\n");
    expect_input("train.py", "print(22)\n");
}

TEST_F(Observed, AScriptThatIsSourced) {
    folder.write_script("go.sh", "#!/bin/sh\n. ./settings\n");
    folder.write("settings", "size=1\n");
    sweep("command: [./go.sh]\n");
    expect_input("settings", "size=22\n");
}

TEST_F(Observed, WhatASetupReads) {
    folder.write("list", "a\n");
    sweep("command: ['true']\nsetup: {run: [sh, -c, 'read -r word < list']}\nwarmup: 1\n");
    expect_input("list", "b\n");
}

TEST_F(Observed, AnImageThatChangedCameOrWent) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    for (const char* const name : {"data", "data/cat"}) std::filesystem::create_directory(folder / name);
    folder.write("data/cat/1.png", "one");
    folder.write("train.py",
                 "import glob\n[open(name).read() for name in glob.glob('data/*/*.png')]\n"
                 "open('log.png', 'w').write('a picture')\n");
    sweep("command: [python3, train.py]\nparameters: {data_dir: data}\n");
    expect_input("data/cat/1.png", "two");
    folder.write("data/cat/2.png", "new");
    EXPECT_THAT(run().err,
                HasSubstr("\ndata/cat/2.png is new since run 'seen' was executed: 1 run to run again\n"));
    std::filesystem::remove(folder / "data/cat/1.png");
    EXPECT_THAT(run().err,
                HasSubstr("\ndata/cat/1.png is gone since run 'seen' was executed: 1 run to run again\n"));
    std::filesystem::create_directory(folder / "data/dog");
    EXPECT_THAT(run().err,
                HasSubstr("\ndata/dog is new since run 'seen' was executed: 1 run to run again\n"));
    EXPECT_THAT(run().err, HasSubstr("all done already"));
}

/// Neither what a run writes itself nor what comes later into a folder that Python looked for modules in.
TEST_F(Observed, WhatIsWrittenIsNoInput) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    folder.write("train.py",
                 "import os, sys\nos.makedirs('out', exist_ok=True)\nopen('log.txt', 'a').write('made')\n"
                 "open('out/' + sys.argv[1] + '.csv', 'w').write('x')\nprint(open('log.txt').read())\n");
    sweep("command: [python3, train.py, '{v}']\nmatrix: {v: [1, 2, 3]}\n");
    EXPECT_EQ(run().exit_code, 0);
    EXPECT_THAT(run().err, HasSubstr("all done already"));
    for (const char* const name : {"notes.txt", "more.csv", "log.txt", "other.py", "out/9.csv"})
        folder.write(name, "x");
    EXPECT_THAT(run().err, HasSubstr("all done already"));
}

/// The kernel joins equal events that follow each other, hence another file in between. Python knows its
/// compiled modules by time and size, hence another size.
TEST_F(Observed, AModuleThatIsChangedWhileItsRunIsMade) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    folder.write("helper.py", "value = 1\n");
    folder.write("train.py",
                 "import helper\nopen('train.py').close()\nif helper.value == 1:\n    open('helper.py', "
                 "'w').write('value = 20\\n')\n");
    sweep("command: [python3, train.py]\n");
    EXPECT_EQ(run().exit_code, 0);
    EXPECT_THAT(run().err,
                HasSubstr("\nhelper.py changed since run 'seen' was executed: 1 run to run again\n"));
    EXPECT_THAT(run().err, HasSubstr("all done already"));
}

TEST_F(Observed, RunsAtTheSameTime) {
    folder.write("one", "1\n");
    folder.write("two", "2\n");
    // what the other has opened and not closed yet when a run ends may be taken for what the run read
    sweep(
        "command: [sh, -c, 'read -r word < {v}; echo $word > {v}.out; sleep 0.3']\nmatrix: {v: [one, "
        "two]}\n");
    expect_input("one", "11\n", {"--jobs", "2"});
    EXPECT_EQ(folder.read("one.out"), "11\n");
    folder.write("one.out", "mine\n");
    EXPECT_THAT(run().err, HasSubstr("all done already"));
}

TEST_F(Observed, AloneARunReadsItsOwn) {
    folder.write("one", "1\n");
    folder.write("two", "2\n");
    sweep("command: [sh, -c, 'read -r word < {v}']\nmatrix: {v: [one, two]}\n");
    EXPECT_EQ(run().exit_code, 0);
    folder.write("one", "11\n");
    EXPECT_THAT(run().err,
                testing::StartsWith("seen: 2 runs, 1 done already, 1 to make\n"
                                    "one changed since run 'v=one' was executed: 1 run to run again\n"));
}

TEST_F(Observed, ALinkThatLeadsElsewhereNow) {
    for (const char* const name : {"a", "b"}) {
        std::filesystem::create_directory(folder / name);
        folder.write(std::string(name) + "/word", name);
    }
    std::filesystem::create_symlink("a", folder / "latest");
    sweep("command: [cat, latest/word]\ninputs: []\n");
    EXPECT_EQ(run().exit_code, 0);
    EXPECT_THAT(run().err, HasSubstr("all done already"));
    std::filesystem::remove(folder / "latest");
    std::filesystem::create_symlink("b", folder / "latest");
    EXPECT_THAT(run().err, HasSubstr("\nlatest changed since run 'seen' was executed: 1 run to run again\n"));
}

TEST_F(Observed, WhatALinkOutOfTheFolderLeadsTo) {
    const Workspace elsewhere;
    elsewhere.write("word", "1\n");
    std::filesystem::create_directory_symlink(elsewhere.path(), folder / "data");
    sweep("command: [cat, data/word]\ninputs: []\n");
    EXPECT_EQ(run().exit_code, 0);
    elsewhere.write("word", "22\n");
    EXPECT_THAT(run().err,
                HasSubstr("\ndata/word changed since run 'seen' was executed: 1 run to run again\n"));
}

TEST_F(Observed, CanBeSwitchedOff) {
    folder.write("settings", "size=1\n");
    sweep("command: [sh, -c, '. ./settings']\nobserve: false\n");
    EXPECT_EQ(run().exit_code, 0);
    folder.write("settings", "size=2\n");
    EXPECT_EQ(
        run().err,
        "seen: 1 run, all done already (--fresh runs them again)\n"
        "    nothing changed in the program, in its declared inputs (none) and in the variables that it "
        "inherits (none); what else its runs read "
        "is not watched (observe: false)\n"
        "results: results/tidemark.db\n");
    sweep("command: [sh, -c, '. ./settings']\n");
    EXPECT_THAT(run().err,
                HasSubstr("\n    of 1 execution it is not known what was read: they were made by an "
                          "earlier tidemark, or with `observe: false`\n"));
}

TEST_F(Observed, CanBeNarrowed) {
    std::filesystem::create_directory(folder / "notes");
    folder.write("notes/today", "1\n");
    folder.write("a.tmp", "1\n");
    folder.write("word", "1\n");
    sweep("command: [sh, -c, 'cat notes/today a.tmp word']\nobserve: {except: [notes/, '*.tmp']}\n");
    EXPECT_EQ(run().exit_code, 0);
    folder.write("notes/today", "2\n");
    folder.write("a.tmp", "2\n");
    EXPECT_THAT(run().err, HasSubstr("all done already"));
    folder.write("word", "2\n");
    EXPECT_THAT(run().err, HasSubstr("\nword changed since run"));
}

TEST_F(Observed, AWrongKeyIsRefused) {
    const auto refused = [&](const std::string& value) {
        sweep("command: ['true']\nobserve: " + value + "\n");
        const Finished said = run();
        EXPECT_EQ(said.exit_code, 2) << said.err;
        return said.err;
    };
    const std::string what =
        "sweep.yaml:3:10: observe: must be true, false, or {except: [PATTERN…]} with files and folders that "
        "are no inputs, such as {except: [logs, '*.tmp']}";
    EXPECT_THAT(refused("often"), HasSubstr(what));
    EXPECT_THAT(refused("[logs]"), HasSubstr(what));
    EXPECT_THAT(
        refused("{except: [/tmp]}"),
        HasSubstr("sweep.yaml:3:20: observe.except: must be relative to the sweep file's folder; '/tmp' "
                  "is absolute"));
    EXPECT_THAT(refused("{except: [../x]}"),
                HasSubstr("observe.except: must stay in the sweep file's folder, outside of which nothing is "
                          "watched; '../x' leads out of it"));
    EXPECT_THAT(
        refused("{except: ['**/x']}"),
        HasSubstr("observe.except: knows no '**', as in '**/x'; name the folder, and all that is below it "
                  "is left out"));
    EXPECT_THAT(refused("{except: ['']}"), HasSubstr("observe.except: must not be empty"));
}

/// In memory: a disk would take a minute for so many.
TEST_F(Observed, TooManyFoldersAreSaid) {
    std::string many = "/dev/shm/tidemark-test-XXXXXX";
    ASSERT_NE(mkdtemp(many.data()), nullptr);
    constexpr int kMore = 20'001;
    for (int i = 0; i < kMore; ++i) std::filesystem::create_directory(many + "/" + std::to_string(i));
    std::filesystem::create_directory_symlink(many, folder / "many");
    sweep("command: ['true']\n");
    const Finished first = run();
    const Finished second = run();
    std::filesystem::remove_all(many);
    EXPECT_EQ(first.exit_code, 0) << first.err;
    const std::string gap = "there are more than 20000 folders below " + folder.path().string() +
                            "; name what runs read under `inputs:`";
    EXPECT_THAT(
        first.err,
        HasSubstr("\nnote: not all that runs read is known, so a change of it may go unnoticed: " + gap));
    EXPECT_THAT(query("SELECT text FROM warnings"),
                HasSubstr("not all that it read below the sweep's folder is known, so a change of it may "
                          "go unnoticed: " +
                          gap));
    EXPECT_THAT(second.err, HasSubstr("\n    of 1 execution it is not known what was read: " + gap + "\n"));
}

/// What an earlier tidemark stored stays current, and it is said what is not known of it.
TEST_F(Observed, ResultsOfAnEarlierVersionStayCurrent) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    folder.write("word", "1\n");
    sweep("command: [sh, -c, cat word]\n");
    EXPECT_EQ(run({"--db", "old.db"}).exit_code, 0);
    folder.write(
        "age.py",
        "import sqlite3\n"
        "db = sqlite3.connect('old.db')\n"
        "db.executescript('''UPDATE runs SET key = declared_key; DROP VIEW results; DROP VIEW attempts;\n"
        "DROP INDEX runs_observed; ALTER TABLE runs DROP COLUMN observed; ALTER TABLE runs DROP COLUMN\n"
        "declared_key; ALTER TABLE runs DROP COLUMN unobserved; DROP TABLE observed_members;\n"
        "DROP TABLE observed_sets; DROP TABLE observed_files; DROP TABLE observed_outputs;\n"
        "ALTER TABLE samples DROP COLUMN charged_bytes; ALTER TABLE samples DROP COLUMN rss_sum_bytes;\n"
        "DROP TABLE epochs;\n"
        "PRAGMA user_version = 4;''')\n");
    const Finished aged = folder.run({"python3", "age.py"});
    ASSERT_EQ(aged.exit_code, 0) << aged.err;
    folder.write("word", "2\n");
    EXPECT_THAT(
        run({"--db", "old.db"}).err,
        testing::AllOf(HasSubstr("all done already"),
                       HasSubstr("\n    of 1 execution it is not known what was read: they were made by "
                                 "an earlier tidemark, or with `observe: false`\n")));
}

TEST_F(Observed, ReportAndCheckKnowWhatChanged) {
    folder.write("word", "1\n");
    sweep(
        "command: [sh, -c, cat word]\n"
        "checks: [{name: small, where: 'true', metric: peak_rss, max: 1 GiB}]\n"
        "tables: [{title: Why, sql: 'SELECT run, reason FROM results'}]\n");
    EXPECT_EQ(run().exit_code, 0);
    EXPECT_EQ(folder.tidemark({"check", "sweep.yaml"}).exit_code, 0);
    folder.write("word", "2\n");
    EXPECT_EQ(folder.tidemark({"check", "sweep.yaml"}).exit_code, 4);
    EXPECT_THAT(folder.tidemark({"report", "sweep.yaml"}).out, HasSubstr("made before word changed"));
    folder.write("word", "1\n");  // as it was
    EXPECT_EQ(folder.tidemark({"check", "sweep.yaml"}).exit_code, 0);
}

TEST_F(Observed, AnotherDatabaseKeepsWhatWasRead) {
    folder.write("word", "1\n");
    sweep("command: [sh, -c, cat word]\n");
    EXPECT_EQ(run({"--db", "here.db"}).exit_code, 0);
    EXPECT_EQ(folder.tidemark({"import", "here.db", "--db", "there.db"}).exit_code, 0);
    EXPECT_THAT(run({"--db", "there.db"}).err, HasSubstr(", nor in 1 file below "));
    folder.write("word", "2\n");
    EXPECT_THAT(run({"--db", "there.db"}).err, HasSubstr("\nword changed since run"));
}

}  // namespace
}  // namespace tidemark::test
