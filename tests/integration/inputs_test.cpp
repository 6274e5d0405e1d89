// `inputs:`: what a run is made by beside its program, and when a change of it makes the run again.
#include <chrono>
#include <filesystem>

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Inputs : public OwnProgram {
  protected:
    /// Of a run with these inputs that has been made already.
    std::string said_again(const std::string& inputs) {
        return run("command: [/bin/true]\ninputs: " + inputs + "\n").err;
    }
    void make(const std::string& inputs) {
        const Finished said = run("command: [/bin/true]\ninputs: " + inputs + "\n");
        ASSERT_EQ(said.exit_code, 0) << said.err;
    }
    /// What is wrong with the inputs, which stand in line 3.
    std::string refusal(const std::string& inputs) {
        const Finished said = run("command: [/bin/true]\ninputs: " + inputs + "\n");
        EXPECT_EQ(said.exit_code, 2);
        return said.err;
    }
    void git(std::vector<std::string> words) {
        words.insert(words.begin(), {"git", "-c", "user.name=t", "-c", "user.email=t@example.org"});
        const Finished said = folder.run(words);
        ASSERT_EQ(said.exit_code, 0) << said.err;
    }
};

constexpr const char* kDone = "all done already";

TEST_F(Inputs, AChangedAddedOrRemovedFileInAFolderMakesTheRunAgain) {
    folder.write("data/deep/a.txt", "one");
    folder.write("data/b.txt", "b");
    make("[data]");
    EXPECT_THAT(said_again("[data]"), HasSubstr(kDone));
    folder.write("data/deep/a.txt", "two");
    EXPECT_THAT(said_again("[data]"), Not(HasSubstr(kDone)));
    folder.write("data/deep/c.txt", "");
    EXPECT_THAT(said_again("[data]"), Not(HasSubstr(kDone)));
    std::filesystem::remove(folder / "data/b.txt");
    EXPECT_THAT(said_again("[data]"), Not(HasSubstr(kDone)));
    std::filesystem::rename(folder / "data/deep/a.txt", folder / "data/deep/d.txt");
    EXPECT_THAT(said_again("[data]"), Not(HasSubstr(kDone)));
    EXPECT_THAT(said_again("[data]"), HasSubstr(kDone));
}

TEST_F(Inputs, WhatPythonGitAndTidemarkKeepForThemselvesIsNoInput) {
    folder.write("project/train.py", "x");
    folder.write("project/__pycache__/train.pyc", "1");
    folder.write("project/.git/index", "1");
    const std::string sweep = "command: [/bin/true]\ninputs: [project, 'project/*']\n";
    const std::vector<std::string> database{"--db", "project/results/t.db"};
    EXPECT_EQ(run(sweep, database).exit_code, 0);
    folder.write("project/__pycache__/train.pyc", "2");
    folder.write("project/.git/index", "2");
    EXPECT_THAT(run(sweep, database).err, HasSubstr(kDone));
    folder.write("project/train.py", "y");
    EXPECT_THAT(run(sweep, database).err, Not(HasSubstr(kDone)));
}

TEST_F(Inputs, APatternFindsFilesInAnyDepth) {
    folder.write("src/train.py", "1");
    folder.write("src/models/net.py", "1");
    folder.write("src/models/notes.txt", "1");
    folder.write("src/.hidden/x.py", "1");
    const std::string inputs = "['src/**/*.py', 'data-?.txt']";
    folder.write("data-1.txt", "1");
    make(inputs);
    folder.write("src/models/notes.txt", "2");
    folder.write("src/.hidden/x.py", "2");
    EXPECT_THAT(said_again(inputs), HasSubstr(kDone));
    folder.write("src/models/net.py", "2");
    EXPECT_THAT(said_again(inputs), Not(HasSubstr(kDone)));
    folder.write("src/models/deep/new.py", "1");
    EXPECT_THAT(said_again(inputs), Not(HasSubstr(kDone))) << "added";
    folder.write("data-2.txt", "1");
    EXPECT_THAT(said_again(inputs), Not(HasSubstr(kDone))) << "added";
}

TEST_F(Inputs, AFileWhoseNameLooksLikeAPatternIsThatFile) {
    folder.write("data[1].txt", "1");
    make("['data[1].txt']");
    folder.write("data[1].txt", "2");
    EXPECT_THAT(said_again("['data[1].txt']"), Not(HasSubstr(kDone)));
}

TEST_F(Inputs, EachRunHasTheInputsOfItsParameters) {
    const std::string sweep =
        "command: [/bin/true, \"{n}\"]\nmatrix: {n: [1, 2]}\ninputs: ['part-{n}.txt']\n";
    folder.write("part-1.txt", "1");
    folder.write("part-2.txt", "1");
    EXPECT_EQ(run(sweep).exit_code, 0);
    folder.write("part-2.txt", "2");
    EXPECT_THAT(run(sweep).err, HasSubstr("own: 2 runs, 1 done already, 1 to make\n"));
}

TEST_F(Inputs, WhatIsTrackedByGitIsAnInputAsItIsInTheWorkingTree) {
    TIDEMARK_NEEDS_PROGRAM("git");
    folder.write("train.py", "1");
    folder.write("lib/helper.py", "1");
    folder.write("notes.txt", "1");
    git({"init", "--quiet"});
    git({"add", "train.py", "lib"});
    make("[git]");
    folder.write("notes.txt", "2");
    EXPECT_THAT(said_again("[git]"), HasSubstr(kDone)) << "not tracked";
    git({"commit", "--quiet", "--message", "one"});
    EXPECT_THAT(said_again("[git]"), HasSubstr(kDone)) << "a commit changes no content";
    folder.write("lib/helper.py", "2");
    EXPECT_THAT(said_again("[git]"), Not(HasSubstr(kDone)));
    std::filesystem::remove(folder / "train.py");
    EXPECT_THAT(said_again("[git]"), Not(HasSubstr(kDone))) << "removed, and still tracked";
    git({"add", "notes.txt"});
    EXPECT_THAT(said_again("[git]"), Not(HasSubstr(kDone))) << "tracked from now on";
}

TEST_F(Inputs, GitNamesNothingWhereThereIsNoneAndSaysWhatToDo) {
    TIDEMARK_NEEDS_PROGRAM("git");
    EXPECT_EQ(
        refusal("[git]"),
        "own.yaml:3:10: inputs: 'git' is all that the git repository tracks here, and " +
            folder.path().string() +
            " lies in no git repository; name files, folders or patterns instead, such as 'src/**/*.py'\n");
    git({"init", "--quiet"});
    EXPECT_EQ(refusal("[git]"),
              "own.yaml:3:10: inputs: 'git' is all that the git repository tracks here, and it tracks "
              "nothing below " +
                  folder.path().string() + "; `git add` what the runs read\n");
}

TEST_F(Inputs, GitThatIsNotInstalledIsSaid) {
    folder.write("own.yaml", "sweep: own\ncommand: [/bin/true]\ninputs: [git]\n");
    std::filesystem::create_directory(folder / "empty");
    StartOptions options;
    options.environment["PATH"] = (folder / "empty").string();
    EXPECT_EQ(folder.tidemark({"run", "own.yaml"}, options).err,
              "own.yaml:3:10: inputs: 'git' is all that the git repository tracks here, and there is no "
              "program git "
              "on the PATH; name files, folders or patterns instead, such as 'src/**/*.py'\n");
}

TEST_F(Inputs, WhatIsNotThereIsAnErrorWithItsPlace) {
    folder.write("data/a.csv", "");
    const std::string here = folder.path().string();
    EXPECT_EQ(refusal("[data/a.csv, 'data/*.txt']"),
              "own.yaml:3:22: inputs: 'data/*.txt' matches nothing in " + here +
                  "; `*` stands for a part of a name, `**` for folders in any depth\n");
    EXPECT_EQ(refusal("[nothing]"),
              "own.yaml:3:10: inputs: cannot read " + here + "/nothing: No such file or directory\n");
    EXPECT_EQ(refusal("['']"),
              "own.yaml:3:10: inputs: must not be empty; name a file, a folder or a pattern\n");
    EXPECT_EQ(
        refusal("['{run_dir}/x']"),
        "own.yaml:3:10: inputs: '{run_dir}' is known only when the run is made; an input is there before\n");
    EXPECT_EQ(refusal("['{lr}']"),
              "own.yaml:3:10: inputs: the placeholder '{lr}' names no parameter; write '{{' for a brace\n");
}

TEST_F(Inputs, APipeIsRefusedAndInAFolderPassedOver) {
    std::filesystem::create_directory(folder / "data");
    ASSERT_EQ(mkfifo((folder / "data/pipe").c_str(), 0600), 0);
    EXPECT_EQ(
        refusal("[data/pipe]"),
        "own.yaml:3:10: inputs: 'data/pipe' is a named pipe, which has no content to hold against an earlier "
        "one; leave it out\n");
    EXPECT_EQ(refusal("[/dev/zero]"),
              "own.yaml:3:10: inputs: '/dev/zero' is a device, which has no content to hold against an "
              "earlier one; "
              "leave it out\n");
    make("[data]");
    std::filesystem::remove(folder / "data/pipe");
    EXPECT_THAT(said_again("[data]"), Not(HasSubstr(kDone))) << "it is not there any more";
}

TEST_F(Inputs, LinksAreFollowedAndNeverInCircles) {
    folder.write("elsewhere/a.txt", "1");
    folder.write("elsewhere.txt", "1");
    std::filesystem::create_directory(folder / "data");
    std::filesystem::create_symlink("../elsewhere", folder / "data/folder");
    std::filesystem::create_symlink("../elsewhere.txt", folder / "data/file");
    std::filesystem::create_symlink(".", folder / "data/circle");
    std::filesystem::create_symlink("nowhere", folder / "data/dangling");
    make("[data]");
    EXPECT_THAT(said_again("[data]"), HasSubstr(kDone));
    folder.write("elsewhere/a.txt", "2");
    EXPECT_THAT(said_again("[data]"), Not(HasSubstr(kDone)));
    folder.write("elsewhere.txt", "2");
    EXPECT_THAT(said_again("[data]"), Not(HasSubstr(kDone)));
}

TEST_F(Inputs, AFileInAFolderThatCannotBeReadIsNamed) {
    std::filesystem::create_directory(folder / "data");
    std::filesystem::create_symlink("/proc/self/mem", folder / "data/memory");
    EXPECT_EQ(refusal("[data]"), "own.yaml:3:10: inputs: cannot read " + (folder / "data/memory").string() +
                                     ": Input/output error\n");
}

TEST_F(Inputs, LargeFoldersAreKnownByNamesSizesAndTimesAndThatIsSaid) {
    folder.write("data/a.bin", "");
    folder.write("data/b.bin", "");
    std::filesystem::resize_file(folder / "data/a.bin", 200 << 20);  // sparse: they take no room
    std::filesystem::resize_file(folder / "data/b.bin", 100 << 20);
    const Finished said = run("command: [/bin/true]\ninputs: [data]\n");
    EXPECT_EQ(said.exit_code, 0);
    EXPECT_THAT(said.err,
                HasSubstr("note: inputs: data has 2 files of 300 MiB: they are known by their names, sizes "
                          "and times, not by content, which is read up to 256 MiB\n"));
    EXPECT_THAT(said_again("[data]"), HasSubstr(kDone));
    std::filesystem::last_write_time(folder / "data/b.bin",
                                     std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
    EXPECT_THAT(said_again("[data]"), Not(HasSubstr(kDone)));
}

TEST_F(Inputs, ADryRunTellsWhatTheyNameNow) {
    folder.write("train.py", "1");
    folder.write("data/a.txt", "12345");
    folder.write("data/b.txt", "");
    const Finished said = run("command: [/bin/true]\ninputs: [train.py, data, '*.csv']\n", {"--dry-run"});
    EXPECT_EQ(said.exit_code, 0);
    EXPECT_THAT(said.err, HasSubstr("inputs: '*.csv' matches nothing in " + folder.path().string() + ";"));
    EXPECT_THAT(said.err,
                HasSubstr("inputs: data: 2 files, 5 B, by content\ninputs: train.py: by content\n"));
}

}  // namespace
}  // namespace tidemark::test
