// `tidemark init`: what it writes runs as it stands.
#include <filesystem>
#include <fstream>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Init : public testing::Test {
  protected:
    Finished init(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "init");
        return folder.tidemark(std::move(arguments));
    }
    /// With the comment marks of the proposed axes taken away.
    void with_axes(const std::string& file) const {
        const std::regex proposed("\n# (matrix:|  [a-z_]+: \\[)");
        folder.write(file, std::regex_replace(folder.read(file), proposed, "\n$1"));
    }
    Workspace folder;
};

TEST_F(Init, WritesASweepFileForACommandThatRuns) {
    folder.write_script("job.sh", "#!/bin/sh\necho \"$@\" >> told.txt\n");
    const Finished said =
        init({"./job.sh", "--batch-size", "32", "--lr=1e-3", "--name", "a b", "-n", "5", "{x}"});
    EXPECT_EQ(said.exit_code, 0);
    EXPECT_THAT(said.err,
                HasSubstr("parameters: batch_size, lr, name, n\nwrote sweep.yaml; make its runs: "));
    EXPECT_THAT(
        folder.read("sweep.yaml"),
        HasSubstr("sweep: job\ncommand: [./job.sh, --batch-size, \"{batch_size}\", \"--lr={lr}\", --name, "
                  "\"{name}\", -n, \"{n}\", \"{{x}}\"]\n\nparameters:        # with one value for all runs\n"
                  "  batch_size: 32\n  lr: 1e-3\n  name: \"a b\"\n  n: 5\n"));
    const Finished ran = folder.tidemark({"run", "sweep.yaml"});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    const std::string told = "--batch-size 32 --lr=1e-3 --name a b -n 5 {x}\n";
    EXPECT_EQ(folder.read("told.txt"), told + told + told) << "as it was typed, three times";
}

TEST_F(Init, ProposesTheOptionsAsAxes) {
    folder.write_script("job.sh", "#!/bin/sh\n");
    init({"./job.sh", "--batch-size", "32", "--lr", "0.1", "--model", "h2q"});
    EXPECT_THAT(folder.read("sweep.yaml"),
                HasSubstr("# matrix:\n#   batch_size: [32, 64]\n#   lr: [0.1, 0.2]\n#   model: [h2q]\n"));
    with_axes("sweep.yaml");
    const Finished said = folder.tidemark({"run", "sweep.yaml", "--dry-run"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, HasSubstr("batch_size=32,lr=0.1,model=h2q"));
    EXPECT_THAT(said.out, HasSubstr("batch_size=64,lr=0.2,model=h2q"));
}

TEST_F(Init, LeavesFilesAndOtherWordsAsTheyAre) {
    folder.write("data.csv", "1\n");
    folder.write_script("job.sh", "#!/bin/sh\n");
    init({"--", "sh", "-c", "exit 0", "--data", "data.csv", "--run", "7", "--verbose", "--", "--size", "3"});
    EXPECT_THAT(folder.read("sweep.yaml"),
                HasSubstr("command: [sh, -c, \"exit 0\", --data, data.csv, --run, 7, "
                          "--verbose, \"--\", --size, 3]\n\n# A parameter"));
    EXPECT_EQ(folder.tidemark({"run", "sweep.yaml"}).exit_code, 0);
}

TEST_F(Init, WordsThatYamlReadsOtherwiseArriveAsTyped) {
    folder.write_script("job.sh", "#!/bin/sh\nfor a; do printf '%s|' \"$a\"; done > told.txt\n");
    const std::vector<std::string> words{"./job.sh", "yes", "010",  "--a=~", "--b",      "1_000",   "#c",
                                         "a: b",     "",    "-",    "*star", "&x",       "a\nb",    "\t",
                                         "'q\"",     "[x]", "null", "ä",     "12:30:45", "--c=0x1F"};
    init(words);
    const Finished ran = folder.tidemark({"run", "sweep.yaml"});
    EXPECT_EQ(ran.exit_code, 0) << ran.err << folder.read("sweep.yaml");
    std::string expected;
    for (std::size_t i = 1; i < words.size(); ++i) expected += words[i] + "|";
    EXPECT_EQ(folder.read("told.txt"), expected);
}

TEST_F(Init, NeverOverwrites) {
    folder.write("sweep.yaml", "mine");
    const Finished said = init({"true"});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err, "sweep.yaml is there already; name another file with --output\n");
    EXPECT_EQ(folder.read("sweep.yaml"), "mine");
    std::filesystem::create_symlink("elsewhere.yaml", folder / "link.yaml");
    EXPECT_EQ(init({"--output", "link.yaml", "true"}).exit_code, 2);
    EXPECT_FALSE(std::filesystem::exists(folder / "elsewhere.yaml"));
    const Finished nowhere = init({"--output", "no/such.yaml", "true"});
    EXPECT_EQ(nowhere.exit_code, 3);
    EXPECT_EQ(nowhere.err, "tidemark: cannot write no/such.yaml: No such file or directory\n");
}

TEST_F(Init, RunsFromWhereTheCommandWasGiven) {
    std::filesystem::create_directories(folder / "sweeps");
    folder.write_script("job.sh", "#!/bin/sh\n[ -f here ]\n");
    folder.write("here", "");
    init({"--output", "sweeps/mine.yaml", "./job.sh"});
    EXPECT_THAT(folder.read("sweeps/mine.yaml"), HasSubstr("\ncwd: \"..\"\n"));
    const Finished ran = folder.tidemark({"run", "sweeps/mine.yaml"});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
}

TEST_F(Init, AWordThatIsNotUtf8IsRefused) {
    const Finished said = init({"prog", "\xff"});
    EXPECT_EQ(said.exit_code, 2);
    EXPECT_EQ(said.err, "a word of the command is not UTF-8, in which a sweep file is written\n");
    EXPECT_FALSE(std::filesystem::exists(folder / "sweep.yaml"));
}

TEST_F(Init, WithoutACommandItIsForTheTrainer) {
    const Finished said = init({});
    if (!has_trainer()) {
        EXPECT_EQ(said.exit_code, 2);
        EXPECT_THAT(said.err, HasSubstr("this installation has no trainer; name a command: "));
        return;
    }
    const Finished ran = folder.tidemark({"run", "sweep.yaml", "--set", "train_samples=32"});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(folder.tidemark({"query", "SELECT count(*) AS n FROM results", "--format", "csv"}).out,
              "n\n6\n");
}

}  // namespace
}  // namespace tidemark::test
