// The shapes of configurations that are published for other tools, as sweep files say them without a shell
// and without CASE.
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/places.hpp"
#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;

class PublishedShape : public SweepFile {
  protected:
    std::vector<std::string> command(const Sweep& sweep, const std::string& run) const {
        return sweep.request(run_called(sweep, run)).command;
    }
};

// ReBench: benchmarks with extra arguments of their own, on several virtual machines
TEST_F(PublishedShape, TwelveBenchmarksOnTwoMachinesWithOptionalArguments) {
    std::string text =
        "sweep: languages\ncommand:\n  - /bin/echo\n  - \"{machine}\"\n"
        "  - {when: classpath, words: [-cp, \"{classpath}\"]}\n  - \"{benchmark}\"\n"
        "  - {when: iterations, words: [\"{iterations}\"]}\n  - \"{extra...}\"\n"
        "matrix:\n  (machine, classpath): [[som, Smalltalk], [node, null]]\n"
        "  (benchmark, iterations, extra):\n";
    for (int i = 0; i < 12; ++i)
        text += fmt::format("    - [Bench{}, {}, {}]\n", i, i % 3 == 0 ? "null" : "100",
                            i % 2 == 0 ? "[]" : "[--gc, big]");
    const Sweep sweep = load(text);
    EXPECT_EQ(sweep.runs().size(), 24U);
    EXPECT_THAT(
        command(sweep,
                "machine=som,classpath=Smalltalk,benchmark=Bench1,iterations=100,extra=[\"--gc\",\"big\"]"),
        ElementsAre("/bin/echo", "som", "-cp", "Smalltalk", "Bench1", "100", "--gc", "big"));
    EXPECT_THAT(command(sweep, "machine=node,classpath=null,benchmark=Bench0,iterations=null,extra=[]"),
                ElementsAre("/bin/echo", "node", "Bench0"));
}

// asv: values of parameters that are None or empty
TEST_F(PublishedShape, NullAndEmptyValuesOfAnAxis) {
    const Sweep sweep = load(
        "sweep: asv\ncommand: [/bin/echo, {when: engine, words: [\"--engine={engine}\"]}, \"{suffix}\"]\n"
        "matrix: {engine: [null, numba], suffix: [\"\", _fast]}\n");
    EXPECT_THAT(names(sweep), ElementsAre("engine=null,suffix=", "engine=null,suffix=_fast",
                                          "engine=numba,suffix=", "engine=numba,suffix=_fast"));
    EXPECT_THAT(command(sweep, "engine=null,suffix="), ElementsAre("/bin/echo", ""));
    EXPECT_THAT(command(sweep, "engine=numba,suffix=_fast"),
                ElementsAre("/bin/echo", "--engine=numba", "_fast"));
}

// BenchExec: a set of tasks by a pattern, crossed with sets of options
TEST_F(PublishedShape, TasksByAPatternWithSetsOfOptions) {
    for (const char* task : {"loops/a.c", "loops/b.c", "arrays/c.c", "arrays/notes.txt"})
        folder.write(std::string("sweeps/programs/") + task, "");
    const Sweep sweep = load(
        "sweep: verifiers\ncommand: [/bin/echo, \"{options...}\", \"{task}\"]\n"
        "matrix:\n  task: {files: \"programs/**/*.c\"}\n"
        "each:\n  default: {options: []}\n  bounded: {options: [--unwind, 10]}\n");
    EXPECT_EQ(sweep.runs().size(), 6U);
    EXPECT_THAT(command(sweep, "bounded,task=programs/arrays/c.c"),
                ElementsAre("/bin/echo", "--unwind", "10", "programs/arrays/c.c"));
    EXPECT_THAT(command(sweep, "default,task=programs/loops/b.c"),
                ElementsAre("/bin/echo", "programs/loops/b.c"));
}

// GitHub Actions: cells that an include extends
TEST_F(PublishedShape, AMatrixWhoseIncludesAddKeys) {
    const Sweep sweep = load(
        "sweep: ci\ncommand: [/bin/echo, \"{os}\", \"{node}\", {when: npm, words: [\"npm@{npm}\"]},\n"
        "  {when: experimental, words: [--experimental]}]\nparameters: {experimental: false, npm: null}\n"
        "matrix:\n  os: [ubuntu, windows]\n  node: [14, 16]\n  include:\n"
        "    - {os: windows, node: 16, npm: 6}\n    - {node: 16, experimental: true}\n"
        "exclude: [\"os = 'windows' and node = 14\"]\n");
    EXPECT_THAT(command(sweep, "os=windows,node=16"),
                ElementsAre("/bin/echo", "windows", "16", "npm@6", "--experimental"));
    EXPECT_THAT(command(sweep, "os=ubuntu,node=16"),
                ElementsAre("/bin/echo", "ubuntu", "16", "--experimental"));
    EXPECT_THAT(command(sweep, "os=ubuntu,node=14"), ElementsAre("/bin/echo", "ubuntu", "14"));
    EXPECT_EQ(sweep.runs().size(), 3U);
}

// W&B: parameters within parameters, some fixed, some varied, some drawn
TEST_F(PublishedShape, NestedAndMixedParametersOfASearch) {
    const Sweep sweep = load(
        "sweep: search\ncommand: [/bin/echo, \"--optimizer.lr={optimizer.lr}\", \"{optimizer:json}\", "
        "\"{early-stop:json}\"]\n"
        "parameters: {optimizer: {name: adam, betas: [0.9, 0.999]}, early-stop: {min_iter: 3}, EPOCHS: 5}\n"
        "matrix:\n  optimizer.lr: {linspace: 0.1..0.5 count 5}\n  layers.width: {log2: 8..1024}\n"
        "  dropout: [0.3, 0.4, 0.5]\n  sample: 12 of 120 latin seed 7\nderive: {seed: repeat}\nrepeat: 2\n");
    EXPECT_EQ(sweep.runs().size(), 12U);
    const auto words = sweep.request(sweep.runs()[0]).command;
    EXPECT_THAT(words[1], testing::StartsWith("--optimizer.lr=0."));
    EXPECT_EQ(words[2], R"({"name":"adam","betas":[0.9,0.999]})");
    EXPECT_EQ(words[3], R"({"min_iter":3})");
}

// Hydra: a multirun over groups of configurations
TEST_F(PublishedShape, SixtyFourJobsOverGroups) {
    const Sweep sweep = load(
        "sweep: multirun\ncommand: [/bin/echo, \"db={db}\", \"schema={schema}\", "
        "\"+server.port={server.port}\"]\n"
        "matrix: {db: [mysql, postgresql], schema: {range: 1..8}, server.port: {range: 8080..8083}}\n");
    EXPECT_EQ(sweep.runs().size(), 64U);
    EXPECT_THAT(command(sweep, "db=postgresql,schema=8,server.port=8083"),
                ElementsAre("/bin/echo", "db=postgresql", "schema=8", "+server.port=8083"));
}

/// The block of YAML that stands first behind the heading.
std::string example_of_guide(const std::string& heading) {
    std::ifstream file(test::source_dir() + "/docs/sweep-file.md");
    std::stringstream text;
    text << file.rdbuf();
    const std::string guide = text.str();
    const std::size_t begin = guide.find("```yaml\n", guide.find(heading)) + 8;
    return guide.substr(begin, guide.find("```", begin) - begin);
}

TEST_F(PublishedShape, TheExampleOfTheGuideIsASweepFile) {
    const Sweep sweep = load("sweep: all\n" + example_of_guide("### Everything that a matrix can say"));
    EXPECT_EQ(sweep.runs().size(), 40U);
    EXPECT_THAT(sweep.notes(), ElementsAre());
    EXPECT_THAT(sweep.by_repeat(), ElementsAre("seed"));
}

}  // namespace
}  // namespace tidemark::sweep
