#include "run/left_files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run/run_directory.hpp"
#include "support/example_run.hpp"
#include "support/workspace.hpp"

namespace tidemark::run {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class LeftFiles : public testing::Test {
  protected:
    LeftFiles() {
        record = test::example_record("run1");
        record.directory = (folder / "run1").string();
        renew_run_dir(run_dir());
    }

    fs::path run_dir() const { return RunDirectory(record.directory).run_dir(); }
    void write(const std::string& name, const std::string& text = "text") const {
        fs::create_directories((run_dir() / name).parent_path());
        folder.write("run1/files/" + name, text);
    }
    void keep(const std::vector<std::string>& patterns) {
        record.request.keep = patterns;
        settle_left_files(record);
    }
    std::vector<std::string> names() const {
        std::vector<std::string> out;
        for (const LeftFile& file : files()) out.push_back(file.name);
        return out;
    }
    std::vector<LeftFile> files() const {
        std::string problem;
        std::vector<LeftFile> found = left_files(run_dir(), problem);
        EXPECT_EQ(problem, "");
        return found;
    }

    test::Workspace folder;
    Record record;
};

TEST_F(LeftFiles, AllStayWithoutAKeep) {
    write("model.pt", "12345");
    write("logs/a b.csv");
    settle_left_files(record);
    EXPECT_THAT(names(), ElementsAre("logs/a b.csv", "model.pt"));
    EXPECT_EQ(files().back().size.value, 5);
    EXPECT_THAT(record.warnings, IsEmpty());
}

TEST_F(LeftFiles, WhatKeepNamesStaysAndTheRestGoes) {
    for (const char* name :
         {"model.pt", "a.csv", ".hidden.csv", "deep/b.csv", "deep/er/c.txt", "logs/x/y", "rest"})
        write(name);
    keep({"model.pt", "*.csv", "deep/*.csv", "logs"});
    EXPECT_THAT(names(), ElementsAre(".hidden.csv", "a.csv", "deep/b.csv", "logs/x/y", "model.pt"));
    EXPECT_FALSE(fs::exists(run_dir() / "deep/er"));
    EXPECT_THAT(record.warnings, IsEmpty());
}

TEST_F(LeftFiles, APatternThatMatchesNothingIsAWarning) {
    write("model.pt");
    keep({"best.pt", "model.pt"});
    EXPECT_THAT(names(), ElementsAre("model.pt"));
    EXPECT_THAT(record.warnings, ElementsAre("keep: 'best.pt' matches nothing that it left"));
}

TEST_F(LeftFiles, OfARunThatDidNotEndOkAllStay) {
    write("checkpoint.pt");
    record.outcome = Exited{1, false};
    keep({"model.pt"});
    EXPECT_THAT(names(), ElementsAre("checkpoint.pt"));
    EXPECT_THAT(record.warnings, IsEmpty());
}

TEST_F(LeftFiles, NoEmptyFolderIsLeft) {
    settle_left_files(record);
    EXPECT_FALSE(fs::exists(run_dir()));
    renew_run_dir(run_dir());
    write("a/b");
    keep({});
    EXPECT_FALSE(fs::exists(run_dir()));
}

TEST_F(LeftFiles, ALinkWithinTheFolderKeepsWhatItLeadsTo) {
    write("step-300.pt");
    write("step-200.pt");
    fs::create_symlink("step-300.pt", run_dir() / "last.pt");
    fs::create_symlink(run_dir() / "last.pt", run_dir() / "best.pt");
    keep({"best.pt"});
    EXPECT_THAT(names(), ElementsAre("best.pt", "last.pt", "step-300.pt"));
    EXPECT_EQ(files()[1].link, "step-300.pt");
}

TEST_F(LeftFiles, LinksThatLeadOutAreNotFollowedAndNotKept) {
    folder.write("mine.txt", "precious");
    fs::create_directory(folder / "data");
    folder.write("data/set.bin", "precious");
    fs::create_symlink(folder / "mine.txt", run_dir() / "model.pt");
    fs::create_directory_symlink("../../data", run_dir() / "data");
    fs::create_symlink("nowhere", run_dir() / "gone.pt");
    fs::create_symlink("loop.pt", run_dir() / "loop.pt");
    write("rest");
    EXPECT_THAT(names(), ElementsAre("data", "gone.pt", "loop.pt", "model.pt", "rest"));
    keep({"*.pt", "data/*"});
    EXPECT_THAT(names(), IsEmpty());
    EXPECT_EQ(folder.read("mine.txt"), "precious");
    EXPECT_EQ(folder.read("data/set.bin"), "precious");
    EXPECT_EQ(record.warnings.front(), "keep: 'data/*' matches nothing that it left");
    EXPECT_THAT(
        record.warnings.back(),
        testing::MatchesRegex("keep: 3 links out of its folder or to nothing are not kept; the first is "
                              "'(gone|loop|model).pt'"));
}

TEST_F(LeftFiles, AFolderThatBecameALinkIsLeftAlone) {
    fs::create_directory(folder / "home");
    folder.write("home/precious", "x");
    fs::remove(run_dir());
    fs::create_directory_symlink(folder / "home", run_dir());
    EXPECT_THAT(names(), IsEmpty());
    keep({});
    EXPECT_TRUE(fs::exists(folder / "home/precious"));
    renew_run_dir(run_dir());
    EXPECT_TRUE(fs::exists(folder / "home/precious"));
    EXPECT_TRUE(fs::is_directory(fs::symlink_status(run_dir())));
}

TEST_F(LeftFiles, FoldersThatMayNotBeChangedGoAllTheSame) {
    write("locked/deep/a");
    fs::permissions(run_dir() / "locked/deep", fs::perms::none);
    fs::permissions(run_dir() / "locked", fs::perms::owner_read);
    keep({});
    EXPECT_THAT(record.warnings, IsEmpty());
    EXPECT_FALSE(fs::exists(run_dir()));
}

TEST_F(LeftFiles, NamesMayBeOdd) {
    for (const char* name : {"two\nlines", "[x]", "-rf", "größe 二", "\xff\xfe"}) write(name);
    mkfifo((run_dir() / "pipe").c_str(), 0600);
    keep({"*"});
    EXPECT_THAT(names(), ElementsAre("-rf", "[x]", "größe 二", "two\nlines", "\xff\xfe"));
}

}  // namespace
}  // namespace tidemark::run
