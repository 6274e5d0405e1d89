#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Text from outside must not steer the terminal that it is printed on.
class VisibleText : public OwnProgram {
  protected:
    static void expect_no_controls(const Finished& said) {
        EXPECT_THAT(said.err + said.out, Not(HasSubstr("\x1b")));
        EXPECT_THAT(said.err + said.out, Not(HasSubstr("\x07")));
    }
};

TEST_F(VisibleText, ASetupThatFails) {
    const Finished said =
        run("command: [\"true\"]\nsetup: [sh, -c, 'printf \"\\033]0;x\\007bad\\n\" >&2; exit 1']\n");
    EXPECT_EQ(said.exit_code, 1);
    expect_no_controls(said);
    EXPECT_THAT(said.err, HasSubstr("the setup of the sweep failed: exit code 1: \\x1b]0;x\\x07bad\n"));
}

TEST_F(VisibleText, AnUnknownKeyOfASweepFile) {
    const Finished said = run("command: [\"true\"]\n\"k\\eey\": 1\n");
    EXPECT_EQ(said.exit_code, 2);
    expect_no_controls(said);
    EXPECT_EQ(said.err, "own.yaml:3:1: k\\x1bey: unknown key\n");
}

TEST_F(VisibleText, TheNamesOnTheCommandLine) {
    run("command: [\"true\"]\n");
    const Finished shown = folder.tidemark({"show", "a\x1b[2Jb\x07"});
    expect_no_controls(shown);
    EXPECT_EQ(shown.err,
              "there is no run 'a\\x1b[2Jb\\x07'; `tidemark list --sweep NAME` shows the runs of a sweep\n");
    const Finished file = folder.tidemark({"run", "no\x1b[31m.yaml"});
    expect_no_controls(file);
    EXPECT_THAT(file.err, HasSubstr("no\\x1b[31m.yaml: there is no such file\n"));
    expect_no_controls(folder.tidemark({"list", "--db", "no\x1b[31m.db"}));
    expect_no_controls(folder.tidemark({"wat\x1b[31m"}));
}

TEST_F(VisibleText, APrintedLineIsNoCommandToGitHubActions) {
    run("command: [sh, -c, 'echo ::error::x; echo \"  ::warning::y\"; echo \"a ##[error]z\"; exit 1']\n");
    const StartOptions in_actions{.environment = {{"GITHUB_ACTIONS", "true"}}};
    const Finished shown = folder.tidemark({"show", "own"}, in_actions);
    EXPECT_THAT(shown.out, HasSubstr("\n\\x3a:error::x\n  \\x3a:warning::y\na #\\x23[error]z\n"));
    EXPECT_THAT(folder.tidemark({"show", "own"}).out, HasSubstr("\n::error::x\n"));
    EXPECT_EQ(folder.tidemark({"show", "::stop-commands::x"}, in_actions).exit_code, 2);
}

TEST_F(VisibleText, ADeviceThatIsFullIsToldByAllThatPrint) {
    run("command: [\"true\"]\n");
    for (const std::string verb : {"--help", "--version", "watch", "run --help", "list"}) {
        SCOPED_TRACE(verb);
        const Finished said = folder.run({"sh", "-c", tidemark_binary() + " " + verb + " > /dev/full"});
        EXPECT_EQ(said.exit_code, 3);
        EXPECT_EQ(said.err, "tidemark: cannot write to the standard output: No space left on device\n");
    }
}

TEST_F(VisibleText, AWorkingDirectoryThatIsGoneIsNamed) {
    folder.write("gone/x", "");
    const Finished said =
        folder.run({"sh", "-c", "cd gone && rm -r ../gone && " + tidemark_binary() + " run x.yaml"});
    EXPECT_EQ(said.exit_code, 3);
    EXPECT_EQ(
        said.err,
        "tidemark: the folder that this was started in cannot be used (No such file or directory); change "
        "into another one\n");
}

TEST_F(VisibleText, TheMedianOfTheLargestNumberDoesNotOverflow) {
    run("command: [\"true\"]\n");
    EXPECT_EQ(query("SELECT median(9223372036854775807) AS m, median(3) AS n"),
              "m,n\n9.223372036854776e+18,3\n");
}

}  // namespace
}  // namespace tidemark::test
