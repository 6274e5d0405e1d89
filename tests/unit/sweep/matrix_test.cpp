// What a matrix says beside lists of values: linked values, what `include` adds, variants of every cell, and
// a part of all cells.
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

using testing::ElementsAre;

const std::string kEcho = "sweep: s\ncommand: [/bin/echo]\n";

TEST_F(SweepFile, LinkedValuesVaryTogether) {
    const Sweep sweep = load(
        "sweep: s\nworkload: train\nmatrix:\n  (model, batch_size): [[h2q, 256], [baseline, 64]]\n"
        "  epochs: [1, 2]\nderive: {accumulation: 512 / batch_size}\nexclude: [\"model = 'h2q' and epochs = "
        "2\"]\n");
    EXPECT_THAT(names(sweep),
                ElementsAre("model=h2q,batch_size=256,epochs=1", "model=baseline,batch_size=64,epochs=1",
                            "model=baseline,batch_size=64,epochs=2"));
    EXPECT_THAT(sweep.varying(), ElementsAre("model", "batch_size", "epochs", "accumulation"));
    EXPECT_EQ(value(sweep, "model=baseline,batch_size=64,epochs=1", "accumulation"), "8");
    EXPECT_EQ(sweep.excluded(), 1U);
}

TEST_F(SweepFile, ALinkedCellIsTheCellOfItsValues) {
    const Sweep linked = load(kEcho + "matrix: {\"(a, b)\": [[1, x], [2, y]]}\n");
    const Sweep plain = load(kEcho + "matrix: {a: [1, 2], b: [x, y]}\n");
    EXPECT_EQ(cell(linked, 0), cell(plain, 0));
    EXPECT_EQ(cell(linked, 1), cell(plain, 3));
}

TEST_F(SweepFile, SettingALinkedValueLeavesTheOthersEachOnce) {
    const std::string text = kEcho + "matrix: {\"(a, b)\": [[1, x], [2, x], [3, y]]}\n";
    EXPECT_THAT(names(load(text, {.set = {"a=9"}})), ElementsAre("a=9,b=x", "a=9,b=y"));
}

TEST_F(SweepFile, LinkedValuesThatAreWrongAreNamedWithTheirPlace) {
    EXPECT_EQ(refusal(kEcho + "matrix: {(a, b): [[1, 2]]}\n"),
              "s.yaml:3:10: matrix.(a: names that stand together hold a comma and must be quoted here: "
              "\"(model, hidden)\"\n"
              "s.yaml:3:14: matrix.b): a parameter's name is a letter or '_', and then letters, digits, '_', "
              "'-' and "
              "'.', at most 64 in all");
    EXPECT_EQ(refusal(kEcho + "matrix:\n  (a, b): [[1, 2], [3], 4]\n"),
              "s.yaml:4:20: matrix.(a, b): must be a list of 2 values, one for each of (a, b)\n"
              "s.yaml:4:25: matrix.(a, b): must be a list of 2 values, one for each of (a, b)");
    EXPECT_EQ(
        refusal(kEcho + "matrix:\n  (a): [1]\n"),
        "s.yaml:4:3: matrix.(a): links the values of several parameters, such as (model, hidden); one alone "
        "stands without parentheses");
    EXPECT_EQ(refusal(kEcho + "matrix:\n  (a, a): [[1, 2]]\n"), "s.yaml:4:3: matrix.(a, a): names 'a' twice");
    EXPECT_EQ(refusal(kEcho + "matrix:\n  a: [1]\n  (b, a): [[1, 2]]\n"),
              "s.yaml:5:3: matrix.(b, a): 'a' is an axis already, in line 4");
    EXPECT_EQ(
        refusal(kEcho + "matrix:\n  (a, b): [[1, 2], [1, 2]]\n"),
        "s.yaml:4:20: matrix.(a, b): '1, 2' stands here for the second time, so two cells would be equal");
    EXPECT_EQ(refusal(kEcho + "matrix:\n  (a, b): 3\n"),
              "s.yaml:4:11: matrix.(a, b): must be a list of lists, such as [[h2q, 256], [baseline, 64]]");
}

const std::string kFruit =
    "sweep: s\ncommand: [/bin/echo, \"{fruit}\"]\nparameters: {color: none, size: 1}\n"
    "matrix:\n  fruit: [apple, pear]\n  animal: [cat, dog]\n  include:\n";

TEST_F(SweepFile, AnIncludeAddsToTheCellsThatHaveItsValues) {
    const Sweep sweep =
        load(kFruit +
             "    - {animal: cat, color: pink}\n    - {fruit: apple, animal: cat, color: red, size: 2}\n"
             "derive: {size: \"length(color)\"}\n");
    EXPECT_THAT(names(sweep), ElementsAre("fruit=apple,animal=cat", "fruit=apple,animal=dog",
                                          "fruit=pear,animal=cat", "fruit=pear,animal=dog"));
    const auto of = [&](const char* run) { return value(sweep, run, "color") + value(sweep, run, "size"); };
    EXPECT_EQ(of("fruit=apple,animal=cat"), "red2") << "the last of several counts, and is explicit";
    EXPECT_EQ(of("fruit=apple,animal=dog"), "none4") << "what another cell was given is gone";
    EXPECT_EQ(of("fruit=pear,animal=cat"), "pink4");
}

TEST_F(SweepFile, AnAxisMayBeCalledIncludeOrSample) {
    EXPECT_THAT(names(load(kEcho + "matrix: {include: [a, b], sample: [1]}\n")),
                ElementsAre("include=a,sample=1", "include=b,sample=1"));
}

TEST_F(SweepFile, AnIncludeThatAddsNothingSomewhereIsRefused) {
    EXPECT_EQ(
        refusal(kFruit + "    - {animal: cow, color: red}\n"),
        "s.yaml:8:7: matrix.include: the matrix has no cell with animal = cow; a run of its own belongs to "
        "'runs'");
    EXPECT_EQ(
        refusal(kFruit + "    - {color: red}\n"),
        "s.yaml:8:7: matrix.include: names no axis, so it would add to every cell; such values belong to "
        "'parameters'");
    EXPECT_EQ(
        refusal(kFruit + "    - {animal: cat}\n"),
        "s.yaml:8:7: matrix.include: adds nothing: all its keys are axes of the matrix; a run of its own "
        "belongs to 'runs'");
    EXPECT_EQ(refusal(kFruit + "    - {animal: cat, color: red}\n    - 3\n"),
              "s.yaml:9:7: matrix.include: must be a map, such as {batch_size: 128, lr: 0.4}");
    EXPECT_EQ(refusal("sweep: s\ncommand: [/bin/echo]\nmatrix: {include: [{a: 1}]}\n"),
              "s.yaml:3:9: matrix: has no axis beside 'include' and 'sample'; write one");
}

TEST_F(SweepFile, AnIncludeOfACellThatSetTookAwayIsForNone) {
    const std::string text = kFruit + "    - {animal: cat, color: pink}\n";
    EXPECT_EQ(value(load(text, {.set = {"animal=cow"}}), "fruit=apple,animal=cow", "color"), "none");
    EXPECT_EQ(value(load(text, {.set = {"color=blue"}}), "fruit=apple,animal=cat", "color"), "blue");
}

TEST_F(SweepFile, EachMakesVariantsOfEveryCell) {
    const Sweep sweep = load(
        "sweep: s\nworkload: train\nmatrix: {batch_size: [16, 128]}\n"
        "each: {plain: {}, low: {augment: false, epochs: 3}}\nruns: {mine: {batch_size: 1}}\n"
        "exclude: [\"not augment and batch_size = 16\"]\n");
    EXPECT_THAT(names(sweep),
                ElementsAre("plain,batch_size=16", "plain,batch_size=128", "low,batch_size=128", "mine"));
    EXPECT_EQ(value(sweep, "low,batch_size=128", "augment"), "false");
    EXPECT_EQ(value(sweep, "plain,batch_size=128", "augment"), "true");
    EXPECT_THAT(sweep.varying(), ElementsAre("batch_size", "augment", "epochs"));
}

TEST_F(SweepFile, VariantsThatAreWrongAreNamedWithTheirPlace) {
    EXPECT_EQ(refusal(kEcho + "each: {a: {x: 1}}\n"),
              "s.yaml:3:7: each: makes variants of every cell of a matrix, and there is no matrix; runs of "
              "their own "
              "belong to 'runs'");
    EXPECT_EQ(refusal(kEcho + "parameters: {x: 1}\nmatrix: {n: [1]}\neach: {a: {}, b: {x: 1}}\n"),
              "s.yaml:5:15: each.b: is the same run as 'a,n=1': all their parameters are equal");
    EXPECT_EQ(
        refusal(kEcho + "matrix: {n: [1]}\neach: {a: {n: 2}}\n"),
        "s.yaml:4:12: each.a.n: 'n' is given by the matrix already; a variant gives what the cells do not");
    EXPECT_EQ(
        refusal(kEcho + "matrix: {n: [1], include: [{n: 1, x: 1}]}\neach: {a: {x: 2}}\n"),
        "s.yaml:4:12: each.a.x: 'x' is given by the matrix already, by its include; a variant gives what the "
        "cells do not");
    EXPECT_EQ(refusal(kEcho + "matrix: {n: [1]}\neach: {}\n"),
              "s.yaml:4:7: each: has no variant; write one, or remove the key");
}

const std::string kLarge =
    kEcho + "matrix: {a: {range: 1..10}, b: {range: 1..50}, c: {range: 1..10}, sample: ";

TEST_F(SweepFile, ASampleIsAlwaysTheSame) {
    const Sweep sweep = load(kLarge + "5 of 5000 seed 1}\n");
    EXPECT_EQ(names(sweep), names(load(kLarge + "5 of 5000 seed 1}\n")));
    EXPECT_NE(names(sweep), names(load(kLarge + "5 of 5000 seed 2}\n")));
    // what the published algorithms give, on every machine
    EXPECT_THAT(names(sweep),
                ElementsAre("a=1,b=23,c=7", "a=1,b=50,c=2", "a=4,b=14,c=5", "a=5,b=47,c=6", "a=7,b=3,c=2"));
}

TEST_F(SweepFile, ASampleTakesWhatIsNotExcluded) {
    const Sweep sweep = load(kLarge + "20 of 5000 seed 1}\nexclude: [\"c <> 7\"]\n");
    EXPECT_EQ(sweep.runs().size(), 20U);
    for (const RunSpec& run : sweep.runs()) EXPECT_EQ(value(sweep, run.run, "c"), "7");
    EXPECT_EQ(load(kLarge + "5000 of 5000 seed 1}\nexclude: [\"c <> 7\"]\n").runs().size(), 500U);
}

TEST_F(SweepFile, ALatinSampleTakesEachValueEquallyOften) {
    const Sweep sweep = load(kLarge + "100 of 5000 latin seed 3}\n");
    std::map<std::string, int> times;
    std::set<std::string> cells;
    for (const RunSpec& run : sweep.runs()) {
        cells.insert(run.run);
        for (const char* axis : {"a", "b", "c"}) ++times[axis + value(sweep, run.run, axis)];
    }
    EXPECT_EQ(cells.size(), 100U);
    EXPECT_EQ(times.size(), 70U);
    for (const auto& [value, count] : times) EXPECT_EQ(count, value.starts_with("b") ? 2 : 10) << value;
}

TEST_F(SweepFile, ASampleThatIsWrongIsNamedWithItsPlace) {
    EXPECT_EQ(refusal(kLarge + "5 of 4999 seed 1}\n"),
              "s.yaml:3:75: matrix.sample: the matrix has 5000 cells before any exclusion, not 4999");
    EXPECT_EQ(refusal(kLarge + "5 seed 1}\n"),
              "s.yaml:3:75: matrix.sample: must be written like '20 of 5000 seed 1', or '20 of 5000 latin "
              "seed 1', not "
              "'5 seed 1'");
    EXPECT_EQ(refusal(kLarge + "5001 of 5000 seed 1}\n"),
              "s.yaml:3:75: matrix.sample: takes from 1 to 5000 cells of 5000, not 5001");
    EXPECT_EQ(
        refusal(kLarge + "5 of 5000 latin seed 1}\nexclude: [\"a = 1\"]\n"),
        "s.yaml:3:75: matrix.sample: takes each value equally often, which it could not if 'exclude' left "
        "cells out; remove 'exclude' or 'latin'");
    EXPECT_EQ(refusal(kEcho + "matrix: {a: [1, 2], b: [1, 2], sample: 4 of 4 latin seed 1}\n"),
              "no error at all");
}

TEST_F(SweepFile, ASampleThatIsNoneIsToldHowItIsWritten) {
    const std::string how =
        "s.yaml:3:75: matrix.sample: must be written like '20 of 5000 seed 1', or '20 of 5000 latin seed 1'";
    EXPECT_EQ(refusal(kLarge + "20}\n"), how + ", not '20'");
    EXPECT_EQ(refusal(kLarge + "20 of 5000 seed x}\n"), how + ", not '20 of 5000 seed x'");
    EXPECT_EQ(refusal(kLarge + "20 of 5000 seed 1 latin}\n"), how + ", not '20 of 5000 seed 1 latin'");
    EXPECT_EQ(refusal(kLarge + "20 % of 5000 seed 1}\n"), how + ", not '20 % of 5000 seed 1'");
    EXPECT_EQ(refusal(kLarge + "}\n"), how);
    EXPECT_EQ(refusal(kLarge + "0 of 5000 seed 1}\n"),
              "s.yaml:3:75: matrix.sample: takes from 1 to 5000 cells of 5000, not 0");
}

TEST_F(SweepFile, SetMakesTheMatrixThatASampleIsTakenFromSmaller) {
    EXPECT_EQ(load(kLarge + "20 of 5000 seed 1}\n", {.set = {"b=3", "c=1"}}).runs().size(), 10U);
}

}  // namespace
}  // namespace tidemark::sweep
