#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"

namespace tidemark::test {
namespace {

class OutputFile : public OwnProgram {};

TEST_F(OutputFile, WithoutAFolderIsNoticedBeforeTheSweep) {
    const Finished said = run("command: [touch, made]\n", {"--output", "/nosuch/x"});
    EXPECT_EQ(said.exit_code, 3);
    EXPECT_EQ(said.err, "tidemark: cannot write /nosuch/x: there is no folder /nosuch\n");
    const Finished folder_said = run("command: [touch, made]\n", {"--output", "/"});
    EXPECT_EQ(folder_said.err, "tidemark: cannot write /: it is a folder\n");
    EXPECT_FALSE(std::filesystem::exists(folder / "made"));
}

TEST_F(OutputFile, IsWrittenThroughItsOwnLinkAndNoOther) {
    folder.write("victim", "kept");
    folder.write("real.csv", "old");
    std::filesystem::create_symlink("real.csv", folder / "link.csv");
    std::filesystem::create_symlink("victim", folder / "real.csv.tmp");
    std::filesystem::create_symlink("victim", folder / "link.csv.tmp");
    const Finished said = run("command: [\"true\"]\n", {"--format", "csv", "--output", "link.csv"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_EQ(folder.read("victim"), "kept");
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "link.csv"));
    EXPECT_THAT(folder.read("real.csv"), testing::HasSubstr("own"));
}

}  // namespace
}  // namespace tidemark::test
