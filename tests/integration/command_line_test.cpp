#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

TEST(CommandLine, WithoutACommandSaysWhatThereIs) {
    Workspace folder;
    const Finished said = folder.tidemark({});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.out, "");
    EXPECT_THAT(said.err,
                HasSubstr("execute the runs of a sweep file that are not done yet, and compare them"));
}

TEST(CommandLine, HelpIsAResult) {
    Workspace folder;
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"--help"}, {"run", "--help"}, {"query", "--help"}}) {
        const Finished said = folder.tidemark(arguments);
        EXPECT_EQ(said.exit_code, 0);
        EXPECT_NE(said.out, "");
        EXPECT_EQ(said.err, "");
    }
}

TEST(CommandLine, HelpGroupsTheCommandsAndFitsATerminal) {
    TIDEMARK_NEEDS_PROGRAM("script");
    Workspace folder;
    const std::string whole = folder.tidemark({"--help"}).out;
    for (const char* group : {"\nMake runs:\n  run ", "\nLook at results:\n  list ",
                              "\nKeep results:\n  baseline ", "\nAround it:\n  models "})
        EXPECT_THAT(whole, HasSubstr(group));
    for (const char* words : {"--help", "run --help", "measure --help", ""}) {
        const Finished said = folder.run(
            {"script", "-qec",
             "stty cols 80 rows 24; PAGER=cat TERM=xterm " + tidemark_binary() + " " + words, "/dev/null"});
        std::istringstream lines(said.out);
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with("Usage: ")) continue;  // the path of the binary
            EXPECT_LE(line.find_last_not_of("\r\n") + 1, 80U) << line;
        }
        EXPECT_THAT(said.out, testing::Not(testing::IsEmpty()));
    }
}

TEST(CommandLine, HelpAndVersionAreWordsToo) {
    Workspace folder;
    EXPECT_EQ(folder.tidemark({"help"}).out, folder.tidemark({"--help"}).out);
    EXPECT_EQ(folder.tidemark({"help", "run"}).out, folder.tidemark({"run", "--help"}).out);
    EXPECT_EQ(folder.tidemark({"version"}).out, folder.tidemark({"--version"}).out);
    EXPECT_THAT(folder.tidemark({"help", "rnu"}).err, testing::StartsWith("there is no command 'rnu'"));
}

TEST(CommandLine, TheCommandIsCalledAsTheUserCalledIt) {
    Workspace folder;
    const StartOptions by_bootstrap{.environment = {{"TIDEMARK_COMMAND", "./tidemark"}}};
    const Finished help = folder.tidemark({"run", "--help"}, by_bootstrap);
    EXPECT_THAT(help.out, HasSubstr("Usage: ./tidemark run [OPTIONS] FILE"));
    EXPECT_THAT(help.out, testing::Not(HasSubstr(tidemark_binary())));
    EXPECT_THAT(
        folder.tidemark({"list", "--fromat", "csv"}, by_bootstrap).err,
        testing::Eq("there is no option '--fromat' (did you mean '--format'?); `./tidemark list --help` "
                    "lists what there is\n"));
}

TEST(CommandLine, OptionsHaveShortNames) {
    Workspace folder;
    folder.write("s.yaml", "sweep: s\ncommand: [\"true\"]\n");
    EXPECT_EQ(folder.tidemark({"run", "s.yaml", "-n", "-j", "2", "-o", "runs.csv"}).exit_code, 0);
    EXPECT_EQ(folder.read("runs.csv"), "run\ns\n") << "by the ending of the file";
}

TEST(CommandLine, TheTrainerTellsItsParameters) {
    TIDEMARK_NEEDS_TRAINER();
    Workspace folder;
    const Finished said = folder.tidemark({"train", "--help"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, HasSubstr("--batch-size"));
    EXPECT_EQ(folder.tidemark({"help", "train"}).out, said.out);
}

TEST(CommandLine, TellsItsVersion) {
    Workspace folder;
    const Finished said = folder.tidemark({"--version"});
    EXPECT_EQ(said.exit_code, 0);
    EXPECT_THAT(said.out, testing::MatchesRegex("tidemark [0-9]+\\.[0-9]+\\.[0-9]+ \\([0-9a-z]+, .*\\)\n"));
}

TEST(CommandLine, AnUnknownCommandGetsTheNearestOne) {
    Workspace folder;
    const Finished said = folder.tidemark({"rnu", "x.yaml"});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err,
              "there is no command 'rnu' (did you mean 'run'?); the commands are run, plan, estimate, fit, "
              "measure, init, list, show, query, compare, check, baseline, export, import, history, tag, "
              "note, rm, gc, "
              "report, "
              "models, train, schema, watch, data, doctor\n");
}

TEST(CommandLine, TestIsTheBootstrapsOwn) {
    Workspace folder;
    const Finished said = folder.tidemark({"test"});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(
        said.err,
        "the tests are built and run by the bootstrap: `./tidemark test` in a checkout of the project\n");
}

TEST(CommandLine, AWrongOptionIsNamed) {
    Workspace folder;
    const Finished said = folder.tidemark({"run", "x.yaml", "--jbos", "2"});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err, "there is no option '--jbos' (did you mean '--jobs'?); `" + tidemark_binary() +
                            " run --help` lists what there is\n");
}

TEST(CommandLine, AnUnknownFormatIsNamed) {
    Workspace folder;
    const Finished said = folder.tidemark({"list", "--format", "pdf"});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_THAT(said.err, HasSubstr("pdf"));
    EXPECT_THAT(said.err, HasSubstr("markdown"));
}

TEST(CommandLine, WithoutADatabaseSaysWhatMakesOne) {
    Workspace folder;
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"list"}, {"show", "x"}, {"query", "SELECT 1"}, {"watch"}}) {
        const Finished said = folder.tidemark(arguments);
        EXPECT_EQ(said.exit_code, 3);
        EXPECT_EQ(said.err, "tidemark: there is no database " + (folder / "results/tidemark.db").string() +
                                " yet; `tidemark run FILE` makes it, --db names another\n");
        EXPECT_FALSE(std::filesystem::exists(folder / "results"));
    }
}

TEST(CommandLine, TheDoctorSaysWhatThisMachineCanDo) {
    Workspace folder;
    const Finished said = folder.tidemark({"doctor", "--data", folder.path().string(), "--format", "csv"});
    EXPECT_THAT(said.out,
                testing::MatchesRegex(
                    "check,verdict,found,advice\npeak of process trees,(ok,\"?between close bounds, by "
                    "cgroup v[12]\"?,|note,\"?(between proven bounds, by exit stops|a lower bound, by "
                    "samples)).*"));
    for (const char* check : {"\nmemory limits,", "\nfree memory,", "\nswap,", "\nother load,"})
        EXPECT_THAT(said.out, HasSubstr(check));
    EXPECT_THAT(
        said.out,
        testing::ContainsRegex(
            "\nspeed of the CPUs,(ok,spread by [0-9]+ % within half a second,\n|note,spread by [0-9]+ % "
            "within half a second,\"times will scatter; peaks of several processes or threads "
            "may do so, too\"\n)"));
    EXPECT_THAT(said.out, HasSubstr("\nCIFAR-10,failed,there is no " +
                                    (folder / "cifar-10-batches-bin").string() + ","));
    EXPECT_EQ(said.exit_code, 1) << "the data that was asked for is not there";
    std::filesystem::create_directories(folder / "cifar-10-batches-bin");
    const Finished found = folder.tidemark({"doctor", "--data", folder.path().string(), "--format", "csv"});
    EXPECT_THAT(found.out, HasSubstr("\nCIFAR-10,ok," + (folder / "cifar-10-batches-bin").string() + ","));
}

// The runner must stay small and start at once: what needs LibTorch is a program of its own.
TEST(CommandLine, TheRunnerDoesNotLinkLibTorch) {
    Workspace folder;
    const Finished said = folder.run({"ldd", tidemark_binary()});
    ASSERT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, HasSubstr("libsqlite3"));  // it is a list of libraries indeed
    for (const char* library : {"torch", "libc10", "blas", "gomp"})
        EXPECT_THAT(said.out, testing::Not(HasSubstr(library)));
}

}  // namespace
}  // namespace tidemark::test
