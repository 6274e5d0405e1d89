#include "run/spare_folders.hpp"

#include <filesystem>

#include <sys/stat.h>
#include <sys/xattr.h>

#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::run {
namespace {

namespace fs = std::filesystem;

class SpareFolder : public testing::Test {
  protected:
    void SetUp() override { fs::create_directory(own); }

    test::Workspace workspace;
    const fs::path own = workspace / "one";
    const fs::path next = workspace / "two";
    SpareFolders spares;
};

ino_t inode_of(const fs::path& path) {
    struct stat status {};
    return lstat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

TEST_F(SpareFolder, OfARunThatHasEndedIsTheNextOnes) {
    const ino_t inode = inode_of(own);
    ASSERT_TRUE(spares.keep(own));
    EXPECT_TRUE(fs::exists(own)) << "until it is given, so that a kill loses nothing";
    spares.give(next);
    EXPECT_EQ(inode_of(next), inode);
    EXPECT_FALSE(fs::exists(own));
    spares.give(own);
    EXPECT_FALSE(fs::exists(own)) << "there is no other one";
}

TEST_F(SpareFolder, IsRemovedWhereNobodyGotIt) {
    {
        SpareFolders of_another_sweep;
        ASSERT_TRUE(of_another_sweep.keep(own));
    }
    EXPECT_FALSE(fs::exists(own));
}

TEST_F(SpareFolder, IsNoneThatAProgramHasChanged) {
    fs::permissions(own, fs::perms::owner_all, fs::perm_options::replace);
    EXPECT_FALSE(spares.keep(own)) << "its permissions";
    fs::remove(own);
    fs::create_directory(own);
    workspace.write("one/file", "");
    EXPECT_FALSE(spares.keep(own)) << "what is in it";
    fs::remove(own / "file");
    if (setxattr(own.c_str(), "user.note", "1", 1, 0) == 0) {
        EXPECT_FALSE(spares.keep(own)) << "its attributes";
        removexattr(own.c_str(), "user.note");
    }
    EXPECT_TRUE(spares.keep(own));
}

TEST_F(SpareFolder, IsNoneThatIsALinkOrAFile) {
    fs::create_directory_symlink(own, workspace / "link");
    workspace.write("file", "");
    EXPECT_FALSE(spares.keep(workspace / "link"));
    EXPECT_FALSE(spares.keep(workspace / "file"));
    EXPECT_FALSE(spares.keep(workspace / "none"));
}

TEST_F(SpareFolder, ThatSomebodyHasChangedSinceThenIsNotGiven) {
    ASSERT_TRUE(spares.keep(own));
    workspace.write("one/file", "");
    spares.give(next);
    EXPECT_FALSE(fs::exists(next));
    EXPECT_TRUE(fs::exists(own / "file"));
}

}  // namespace
}  // namespace tidemark::run
