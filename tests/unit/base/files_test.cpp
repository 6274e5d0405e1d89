#include "base/files.hpp"

#include <cerrno>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/workspace.hpp"

namespace tidemark {
namespace {

using namespace std::string_literals;

std::string problem_of_writing(const std::filesystem::path& file) {
    try {
        write_file(file, std::string(100'000, 'x'));
    } catch (const CannotGoOn& error) {
        return error.what();
    }
    return "no problem";
}

TEST(Files, AreReadAsTheyWereWritten) {
    const test::Workspace workspace;
    const std::string content = "nul \0 within, \xff no UTF-8, no line end"s + std::string(100'000, 'x');
    write_file(workspace / "file", content);
    EXPECT_EQ(read_file(workspace / "file"), content);
    write_file(workspace / "file", "shorter");
    EXPECT_EQ(read_file(workspace / "file"), "shorter");
    write_file(workspace / "file", "");
    EXPECT_EQ(read_file(workspace / "file"), "");
}

TEST(Files, OneThatCannotBeReadLeavesTheReasonInErrno) {
    const test::Workspace workspace;
    errno = 0;
    EXPECT_EQ(read_file(workspace / "nothing"), std::nullopt);
    EXPECT_EQ(errno, ENOENT);
    EXPECT_EQ(read_file(workspace.path()), std::nullopt);
    EXPECT_EQ(errno, EISDIR);
}

TEST(Files, OneThatCannotBeWrittenIsNamedWithTheReason) {
    const test::Workspace workspace;
    EXPECT_EQ(
        problem_of_writing(workspace.path() / "no" / "folder"),
        "cannot write " + (workspace.path() / "no" / "folder").string() + ": No such file or directory");
    EXPECT_EQ(problem_of_writing("/dev/full"), "cannot write /dev/full: No space left on device");
}

TEST(Files, TheTailOfASmallFileIsAllOfIt) {
    const test::Workspace workspace;
    EXPECT_EQ(read_tail(workspace / "log", 100), "") << "a file that is not there";
    workspace.write("log", "one\ntwo\n");
    EXPECT_EQ(read_tail(workspace / "log", 100), "one\ntwo\n");
    EXPECT_EQ(read_tail(workspace / "log", 8), "one\ntwo\n");
}

TEST(Files, TheTailOfALargeFileBeginsWithAWholeLine) {
    const test::Workspace workspace;
    workspace.write("log", "one\ntwo\nthree\n");
    EXPECT_EQ(read_tail(workspace / "log", 8), "three\n") << "a half 'two' is left out";
    EXPECT_EQ(read_tail(workspace / "log", 12), "two\nthree\n");
}

TEST(Files, TheTailIsCutAnywhereWhereThereIsNoLine) {
    const test::Workspace workspace;
    workspace.write("log", "0123456789");
    EXPECT_EQ(read_tail(workspace / "log", 4), "6789");
    workspace.write("log", "0123456789\n");
    EXPECT_EQ(read_tail(workspace / "log", 4), "789\n");
}

TEST(Files, TheTailKeepsALineThatBeginsWhereItBegins) {
    const test::Workspace workspace;
    workspace.write("log", "one\ntwo\nthree\n");
    EXPECT_EQ(read_tail(workspace / "log", 10), "two\nthree\n");
}

}  // namespace
}  // namespace tidemark
