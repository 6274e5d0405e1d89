// Words of a command that may be absent or several, lists and maps as values, and names with dots, dashes and
// capitals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

class Arguments : public SweepFile {
  protected:
    std::vector<std::string> command(const Sweep& sweep, std::size_t run = 0) const {
        return sweep.request(sweep.runs()[run]).command;
    }
};

const std::string kOptional =
    "sweep: s\ncommand:\n  - /bin/echo\n  - {when: nesterov, words: [--nesterov]}\n"
    "  - {when: momentum, words: [--momentum, \"{momentum}\"]}\n  - end\n";

TEST_F(Arguments, WordsAreLeftOutWhereTheirParameterIsNullOrFalse) {
    const Sweep sweep = load(kOptional +
                             "parameters: {nesterov: false}\nmatrix: {momentum: [null, 0, 0.90, \"\"]}\n"
                             "runs: {all: {momentum: 0.5, nesterov: true}}\n");
    EXPECT_THAT(names(sweep),
                ElementsAre("momentum=null", "momentum=0", "momentum=0.90", "momentum=", "all"));
    EXPECT_THAT(command(sweep, 0), ElementsAre("/bin/echo", "end"));
    EXPECT_THAT(command(sweep, 1), ElementsAre("/bin/echo", "--momentum", "0", "end")) << "a zero is a value";
    EXPECT_THAT(command(sweep, 2), ElementsAre("/bin/echo", "--momentum", "0.90", "end"));
    EXPECT_THAT(command(sweep, 3), ElementsAre("/bin/echo", "--momentum", "", "end"))
        << "and so is an empty text";
    EXPECT_THAT(command(sweep, 4), ElementsAre("/bin/echo", "--nesterov", "--momentum", "0.5", "end"));
}

TEST_F(Arguments, WordsThatMayBeLeftOutAreCheckedWithTheirPlace) {
    EXPECT_EQ(refusal(kOptional + "parameters: {nesterow: true, momentum: 0}\n"),
              "s.yaml:4:30: command.words: 'when: nesterov' names no parameter (did you mean 'nesterow'?)");
    const std::string command = "sweep: s\nparameters: {a: 1}\ncommand: [/bin/echo, ";
    const std::string form =
        ": must be a text, or words that may be left out, such as {when: nesterov, words: [--nesterov]}";
    EXPECT_EQ(refusal(command + "{when: a}]\n"), "s.yaml:3:22: command" + form);
    EXPECT_EQ(refusal(command + "{when: a, words: x}]\n"), "s.yaml:3:22: command" + form);
    EXPECT_EQ(refusal(command + "{if: a, words: [x]}]\n"), "s.yaml:3:22: command" + form);
    EXPECT_EQ(refusal(command + "{a}]\n"),
              "s.yaml:3:22: command: {a} is a map to YAML; for the value of a parameter quote it: \"{a}\"");
    EXPECT_EQ(refusal("sweep: s\nparameters: {a: 1}\ncommand: [{when: a, words: [/bin/echo]}]\n"),
              "s.yaml:3:11: command: the program itself cannot be left out");
}

TEST_F(Arguments, StepsAroundARunHaveSuchWordsToo) {
    const Sweep sweep = load(
        "sweep: s\ncommand: [/bin/echo, \"{x}\"]\nmatrix: {x: [1], clean: [true, false]}\n"
        "setup: {run: [make, {when: clean, words: [clean]}, all]}\n");
    EXPECT_THAT(sweep.request(sweep.runs()[0]).setup, ElementsAre("make", "clean", "all"));
    EXPECT_THAT(sweep.request(sweep.runs()[1]).setup, ElementsAre("make", "all"));
    EXPECT_EQ(refusal("sweep: s\ncommand: [/bin/echo, \"{x}\"]\nmatrix: {x: [1], clean: [true, false]}\n"
                      "setup: [make, {when: clean, words: [clean]}]\n"),
              "s.yaml:4:37: setup.words: 'clean' is not the same in all runs, and this is done once for the "
              "sweep; for "
              "a command of each run write setup: {run: […]}");
}

const std::string kLayers = "sweep: s\ncommand: [/bin/echo, ";

TEST_F(Arguments, AListBecomesSeveralWordsOrOne) {
    const Sweep sweep =
        load(kLayers +
             "\"{layers...}\", \"--layers={layers:,}\", \"{layers:json}\", \"{layers: x }\"]\n"
             "matrix: {layers: [[256, 1e-3], [\"a \\\"b\", true, 0x10], [], 7]}\n");
    EXPECT_THAT(command(sweep, 0),
                ElementsAre("/bin/echo", "256", "1e-3", "--layers=256,1e-3", "[256,1e-3]", "256 x 1e-3"));
    EXPECT_THAT(command(sweep, 1), ElementsAre("/bin/echo", "a \"b", "true", "16", "--layers=a \"b,true,16",
                                               "[\"a \\\"b\",true,16]", "a \"b x true x 16"));
    EXPECT_THAT(command(sweep, 2), ElementsAre("/bin/echo", "--layers=", "[]", ""));
    EXPECT_THAT(command(sweep, 3), ElementsAre("/bin/echo", "7", "--layers=7", "7", "7"))
        << "a value is one item";
    EXPECT_EQ(sweep.runs()[0].run, "layers=[256,1e-3]");
    EXPECT_EQ(sweep.runs()[0].values[0], Value(std::string("[256,1e-3]")))
        << "its JSON, in columns and expressions";
}

TEST_F(Arguments, SetGivesAListWhereTheFileDoes) {
    const std::string text =
        kLayers + "\"{x...}\", \"{y}\"]\nmatrix: {x: [[1, 2], [3]]}\nparameters: {y: a}\n";
    EXPECT_THAT(command(load(text, {.set = {"x=[4, 5]", "y=[4, 5]"}})),
                ElementsAre("/bin/echo", "4", "5", "[4, 5]"));
    EXPECT_THAT(command(load(text, {.set = {"x=\"[4, 5]\""}})), ElementsAre("/bin/echo", "[4, 5]", "a"));
    EXPECT_EQ(refusal(text, {.set = {"x=[.nan]"}}), "--set x=[.nan]: must hold finite numbers");
}

TEST_F(Arguments, AMapIsJson) {
    const Sweep sweep =
        load(kLayers + "\"{opts:json}\"]\nparameters: {opts: {b: [1, null], a: \"x\", \"c d\": {}}}\n");
    EXPECT_THAT(command(sweep), ElementsAre("/bin/echo", R"({"b":[1,null],"a":"x","c d":{}})"));
    EXPECT_THAT(command(load(kLayers + "\"{a:json}\"]\nparameters: {a: \"x\"}\n")),
                ElementsAre("/bin/echo", "\"x\""));
}

TEST_F(Arguments, AListIsAnotherValueThanItsText) {
    const auto cell_of = [&](const char* value) {
        return cell(load(kLayers + "\"{x:json}\"]\nparameters: {x: " + value + "}\n"));
    };
    EXPECT_NE(cell_of("[1]"), cell_of("\"[1]\""));
    EXPECT_EQ(cell_of("[1]"), cell_of("[ 1 ]"));
}

TEST_F(Arguments, ExpressionsSeeAListAsJson) {
    EXPECT_THAT(
        names(load(kLayers +
                   "\"{x:,}\"]\nmatrix: {x: [[1, 2], [3]]}\nexclude: [\"json_array_length(x) = 1\"]\n")),
        ElementsAre("x=[1,2]"));
}

TEST_F(Arguments, APlaceholderThatCannotShowItsValueIsNamedWithItsPlace) {
    const std::string list = "]\nparameters: {x: [1, 2]}\n";
    EXPECT_EQ(refusal(kLayers + "\"{x}\", \"{x:,}\"" + list),
              "s.yaml:2:22: command: '{x}' is the list [1,2] in a run; write {x...} for a word for each "
              "item, {x:,} or "
              "{x:json}");
    EXPECT_EQ(refusal(kLayers + "\"-l{x...}\"" + list),
              "s.yaml:2:22: command: '{x...}' stands for several words and must be a word of its own");
    EXPECT_EQ(refusal(kLayers + "\"{x:,}\"" + list + "environment: {A: \"{x...}\"}\n"),
              "s.yaml:4:18: environment.A: '{x...}' stands for several words, and words has a command alone");
    EXPECT_EQ(
        refusal(kLayers + "\"{x...}\"]\nparameters: {x: {a: 1}}\n"),
        "s.yaml:2:22: command: '{x...}' is the map {\"a\":1} in a run, which has no items; write {x:json}");
    EXPECT_EQ(refusal(kLayers + "\"{x:,}\"]\nparameters: {x: [1, [2]]}\n"),
              "s.yaml:2:22: command: '{x:,}' is the list [1,[2]] in a run, whose item [2] is no single "
              "value; write "
              "{x:json}");
    EXPECT_EQ(refusal(kLayers + "\"{repeat:json}\"]\n"),
              "s.yaml:2:22: command: the placeholder '{repeat:json}' names no parameter (did you mean "
              "'repeat'?); write "
              "'{{' for a brace");
    EXPECT_EQ(refusal(kLayers + "x" + list),
              "s.yaml:3:17: parameters.x: must be a single value; a list of values belongs to 'matrix'; for "
              "a command "
              "that takes it as it is, write {x...}, {x:,} or {x:json} there");
    EXPECT_EQ(refusal("sweep: s\nworkload: train\nmatrix: {epochs: [[1, 2]]}\n"),
              "s.yaml:3:19: matrix.epochs: must be a single value");
    EXPECT_EQ(refusal(kLayers + "\"{x:,}\"]\nparameters: {x: [.inf]}\n"),
              "s.yaml:2:22: command: the placeholder '{x:,}' names no parameter; write '{{' for a brace\n"
              "s.yaml:3:18: parameters.x: must be a finite number");
}

TEST_F(Arguments, CellsOfOtherSweepsStayWhatTheyAre) {
    const std::string plain = cell(load(kLayers + "\"{x}\"]\nparameters: {x: 1}\n"));
    EXPECT_NE(plain, cell(load(kLayers + "\"{x:,}\"]\nparameters: {x: 1}\n"))) << "told otherwise";
    EXPECT_EQ(plain, cell(load("sweep: s\nparameters: {x: 1}\ncommand: [/bin/echo, \"{x}\"]\n")));
}

const std::string kNames =
    "sweep: s\ncommand: [/bin/echo, \"{training.lr}\", \"{batch-size}\", \"{DATASET}\"]\n"
    "matrix: {training.lr: [0.1, 0.2], batch-size: [16, 32]}\nparameters: {DATASET: cifar}\n";

TEST_F(Arguments, NamesHaveDotsDashesAndCapitals) {
    const Sweep sweep = load(kNames +
                                 "derive: {Steps: '\"batch-size\" * 2'}\nexclude: ['\"training.lr\" > 0.1 "
                                 "and \"batch-size\" = 32']\n",
                             {.only = "DATASET = 'cifar'"});
    EXPECT_THAT(names(sweep), ElementsAre("training.lr=0.1,batch-size=16", "training.lr=0.1,batch-size=32",
                                          "training.lr=0.2,batch-size=16"));
    EXPECT_THAT(command(sweep), ElementsAre("/bin/echo", "0.1", "16", "cifar"));
    EXPECT_THAT(command(load(kNames, {.set = {"batch-size=8"}})),
                ElementsAre("/bin/echo", "0.1", "8", "cifar"));
}

TEST_F(Arguments, ExpressionsAreToldToQuoteThem) {
    EXPECT_EQ(refusal(kNames + "exclude: [\"training.lr > 1\"]\n"),
              "s.yaml:5:11: exclude: unknown name 'training'; write \"training.lr\" in double quotes for the "
              "parameter");
    EXPECT_EQ(refusal(kNames + "exclude: [\"batch-size > 1\"]\n"),
              "s.yaml:5:11: exclude: unknown name 'batch'; write \"batch-size\" in double quotes for the "
              "parameter");
    EXPECT_EQ(refusal(kNames + "exclude: [\"dataset = 'x'\"]\n"),
              "s.yaml:5:11: exclude: unknown name 'dataset'");
    EXPECT_EQ(refusal(kNames + "checks: [{name: c, where: training.lr > 1, metric: peak_rss, max: 1 GiB}]\n"),
              "s.yaml:5:27: checks[0].where: unknown name 'training.lr'; write \"training.lr\" in double "
              "quotes for the "
              "parameter");
}

TEST_F(Arguments, NamesThatDifferInCapitalsAloneAreRefused) {
    EXPECT_EQ(refusal("sweep: s\ncommand: [/bin/echo]\nparameters: {lr: 1}\nmatrix: {LR: [1]}\n"),
              "s.yaml:4:10: LR: 'lr' and 'LR' differ in capitals alone, and are one name to SQL; rename one");
    EXPECT_EQ(
        refusal("sweep: s\ncommand: [/bin/echo]\nparameters: {Status: 1}\n"),
        "s.yaml:3:14: parameters.Status: 'Status' is a fixed column of the results; choose another name");
}

TEST_F(Arguments, AnAxisThatNothingUsesIsNoted) {
    const std::string text =
        "sweep: s\ncommand: [/bin/echo, \"{a}\", {when: b, words: [x]}]\nmatrix: {a: [1], b: [true], c: [1], "
        "d: [1], e: [1]}\n"
        "exclude: [\"c = 2\"]\nenvironment: {D: \"{d}\"}\n";
    EXPECT_THAT(
        load(text).notes(),
        ElementsAre("neither the command nor an expression uses the axis 'e'; its value stands in the file "
                    "that TIDEMARK_REQUEST names alone"));
    EXPECT_THAT(load(text, {.only = "e = 1"}).notes(), ElementsAre());
    EXPECT_THAT(load("sweep: s\nworkload: train\nmatrix: {epochs: [1]}\n").notes(), ElementsAre());
}

}  // namespace
}  // namespace tidemark::sweep
