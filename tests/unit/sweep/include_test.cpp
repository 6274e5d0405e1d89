// Sweep files that build on others.
#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

class Include : public SweepFile {
  protected:
    /// The message of a file that is refused, with all files named from their folder.
    std::string message(const std::string& text) {
        std::string message = refusal(text);
        const std::string prefix = (folder / "sweeps").string() + "/";
        for (std::size_t at = 0; (at = message.find(prefix, at)) != std::string::npos;)
            message.erase(at, prefix.size());
        return message;
    }
};

constexpr const char* kBase = R"(
sweep: base
command: [prog, "{batch_size}", "{workers}"]
parameters: {lr: 0.1, seed: 1}
matrix:
  batch_size: [128, 16]
  workers: [0, 2]
limits: {memory: 1 GiB, wall: 5 min}
)";

TEST_F(Include, TakesMembersOfMapsTogetherAndReplacesLists) {
    folder.write("sweeps/base.yaml", kBase);
    const Sweep sweep = load(
        "include: base.yaml\nsweep: own\nparameters: {lr: 0.2}\n"
        "matrix: {batch_size: [8]}\nlimits: {wall: 1 min}\n");
    EXPECT_EQ(sweep.name(), "own");
    EXPECT_EQ(names(sweep), (std::vector<std::string>{"batch_size=8,workers=0", "batch_size=8,workers=2"}));
    EXPECT_EQ(value(sweep, "batch_size=8,workers=0", "lr"), "0.2");
    EXPECT_EQ(value(sweep, "batch_size=8,workers=0", "seed"), "1");
    EXPECT_EQ(sweep.limits().memory, Bytes{1 << 30});
    EXPECT_EQ(sweep.limits().wall, Seconds{60});
}

/// What a run is told makes its cell, not the file in which it stands.
TEST_F(Include, GivesTheCellsOfAFileThatHoldsItAll) {
    folder.write("sweeps/base.yaml", kBase);
    folder.write("sweeps/prog", "");
    const Sweep including = load("include: base.yaml\nlimits: {wall: 1 min}\n");
    const std::string cell_of_including = cell(including);
    std::string whole = kBase;
    whole.replace(whole.find("5 min"), 5, "1 min");
    EXPECT_EQ(cell_of_including, cell(load(whole)));
}

TEST_F(Include, ALaterFileOfAListCountsMore) {
    folder.write("sweeps/base.yaml", kBase);
    folder.write("sweeps/small.yaml", "matrix: {batch_size: [4], workers: [0]}\n");
    EXPECT_EQ(names(load("include: [base.yaml, small.yaml]\n")),
              std::vector<std::string>{"batch_size=4,workers=0"});
    EXPECT_EQ(names(load("include: [small.yaml, base.yaml]\n")).size(), 4U);
}

TEST_F(Include, ReadsAFileRelativeToTheOneThatNamesIt) {
    folder.write("shared/base.yaml", kBase);
    folder.write("shared/middle.yaml", "include: base.yaml\nmatrix: {workers: [1]}\n");
    const Sweep sweep = load("include: ../shared/middle.yaml\n");
    EXPECT_EQ(names(sweep),
              (std::vector<std::string>{"batch_size=128,workers=1", "batch_size=16,workers=1"}));
    EXPECT_EQ(sweep.folder(), folder / "sweeps");
}

TEST_F(Include, AProgramReplacesTheWorkloadAndTheOtherWayRound) {
    folder.write("sweeps/base.yaml", "sweep: s\nworkload: train\nparameters: {dataset: synthetic}\n");
    EXPECT_EQ(load("include: base.yaml\ncommand: [prog]\n").workloads().size(), 0U);
    folder.write("sweeps/base.yaml", "sweep: s\ncommand: [prog]\n");
    EXPECT_EQ(message("include: base.yaml\nworkload: nosuch\n").substr(0, 20), "s.yaml:2:11: workloa");
}

TEST_F(Include, AMessageNamesTheFileThatItIsAbout) {
    folder.write("sweeps/base.yaml",
                 "command: [prog, \"{bach_size}\"]\nmatrix: {batch_size: [1, 2]}\nrepaet: 2\n");
    EXPECT_EQ(message("include: base.yaml\nsweep: s\nlimit: {}\n"),
              "s.yaml:3:1: limit: unknown key (did you mean 'limits'?)\n"
              "base.yaml:1:17: command: the placeholder '{bach_size}' names no parameter (did you mean "
              "'batch_size'?); write '{{' for a brace\n"
              "base.yaml:3:1: repaet: unknown key (did you mean 'repeat'?)");
}

TEST_F(Include, APlaceOfAnExpressionIsInTheFileThatHasIt) {
    folder.write("sweeps/base.yaml",
                 "checks:\n  - {name: c, where: run = 'x', metric: peak_rss, max: 1 GiB}\n");
    const Sweep sweep = load("include: base.yaml\nsweep: s\ncommand: [prog]\n");
    EXPECT_EQ(sweep.file_of(sweep.checks().front().where_position), folder / "sweeps/base.yaml");
    EXPECT_EQ(sweep.file_of({}), folder / "sweeps/s.yaml");
}

TEST_F(Include, BrokenYamlIsToldOfItsFile) {
    folder.write("sweeps/base.yaml", "parameters: {a: yes}\nmatrix:\n\tb: [1]\n");
    EXPECT_EQ(message("include: base.yaml\nsweep: s\ncommand: [prog]\n"),
              "base.yaml:3:1: a tab in the indentation; YAML indents with blanks");
    folder.write("sweeps/base.yaml", "- a\n");
    EXPECT_EQ(message("include: base.yaml\nsweep: s\ncommand: [prog]\n"),
              "base.yaml:1:1: an included file is a map of keys, such as 'parameters' and 'limits'");
    folder.write("sweeps/base.yaml", "\n");
    EXPECT_EQ(message("include: base.yaml\nsweep: s\ncommand: [prog]\n"), "base.yaml: the file is empty");
}

TEST_F(Include, WhatIsNoFileIsRefused) {
    EXPECT_EQ(message("include: nowhere.yaml\nsweep: s\ncommand: [prog]\n"),
              "s.yaml:1:10: include: there is no file nowhere.yaml; the path is relative to the file that it "
              "stands in");
    EXPECT_EQ(message("include: {base: a.yaml}\nsweep: s\ncommand: [prog]\n"),
              "s.yaml:1:10: include: must be a file, such as base.yaml, or a list of files");
    EXPECT_EQ(message("include:\nsweep: s\ncommand: [prog]\n"),
              "s.yaml:2:1: include: must be a file, such as base.yaml, or a list of files");
    EXPECT_EQ(message("include: []\nsweep: s\ncommand: [prog]\n"),
              "s.yaml:1:10: include: names no file; write one, or remove the key");
    folder.write("sweeps/below/x.yaml", "sweep: x\n");
    EXPECT_EQ(message("include: below\nsweep: s\ncommand: [prog]\n"),
              "below: this is a directory; name the sweep file in it");
}

TEST_F(Include, ACircleIsRefusedWhateverTheFileIsCalled) {
    folder.write("sweeps/base.yaml", "include: below/../s.yaml\n");
    std::filesystem::create_directories(folder / "sweeps/below");
    EXPECT_EQ(message("include: base.yaml\nsweep: s\ncommand: [prog]\n"),
              "base.yaml:1:10: include: the file includes itself: s.yaml includes base.yaml includes "
              "below/../s.yaml");
    EXPECT_EQ(message("include: s.yaml\nsweep: s\ncommand: [prog]\n"),
              "s.yaml:1:10: include: the file includes itself: s.yaml includes s.yaml");
}

TEST_F(Include, NeitherDepthNorNumberIsWithoutEnd) {
    for (int i = 0; i < 30; ++i)
        folder.write("sweeps/a" + std::to_string(i) + ".yaml",
                     "include: a" + std::to_string(i + 1) + ".yaml\n");
    EXPECT_EQ(message("include: a0.yaml\nsweep: s\ncommand: [prog]\n"),
              "a19.yaml:1:10: include: files include each other more than 20 deep");
    for (int i = 0; i < 30; ++i) {
        const std::string next = "a" + std::to_string(i + 1) + ".yaml";
        folder.write("sweeps/a" + std::to_string(i) + ".yaml",
                     i < 12 ? "include: [" + next + ", " + next + "]\n" : "repeat: 2\n");
    }
    const std::string many = message("include: a0.yaml\nsweep: s\ncommand: [prog]\n");
    EXPECT_NE(many.find("include: more than 100 files are included"), std::string::npos) << many;
}

}  // namespace
}  // namespace tidemark::sweep
