// A value as the user wrote it stands beside what it means, and changes nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

using testing::ElementsAre;

std::string written(const Sweep& sweep, const std::string& parameter, std::size_t run = 0) {
    return sweep.resolve(sweep.runs()[run]).written(parameter);
}

TEST_F(SweepFile, AValueIsKeptAsItStandsInTheFile) {
    const Sweep sweep = load(
        "sweep: s\ncommand: [/bin/true, \"{lr}\"]\n"
        "parameters: {lr: 1e-3, hex: 0x10, octal: 0o17, plus: +7, real: 1.50, grouped: 1_000, flag: True,\n"
        "  lower: true, quoted: \"010\", single: 'it''s', blanks: 12 h, empty: \"\", none: ~}\n");
    EXPECT_EQ(written(sweep, "lr"), "1e-3");
    EXPECT_EQ(written(sweep, "hex"), "0x10");
    EXPECT_EQ(written(sweep, "octal"), "0o17");
    EXPECT_EQ(written(sweep, "plus"), "+7");
    EXPECT_EQ(written(sweep, "real"), "1.50");
    EXPECT_EQ(written(sweep, "grouped"), "1_000") << "which is a text by YAML 1.2";
    EXPECT_EQ(written(sweep, "flag"), "True");
    EXPECT_EQ(written(sweep, "lower"), "true");
    EXPECT_EQ(written(sweep, "quoted"), "010") << "without its quotes";
    EXPECT_EQ(written(sweep, "single"), "it's");
    EXPECT_EQ(written(sweep, "blanks"), "12 h");
    EXPECT_EQ(written(sweep, "empty"), "");
    EXPECT_EQ(written(sweep, "none"), "") << "it has no value";
    EXPECT_EQ(written(sweep, "absent"), "") << "there is no such parameter";
    EXPECT_EQ(value(sweep, "s", "lr"), "0.001") << "what it means is what it was";
    EXPECT_THAT(sweep.request(sweep.runs()[0]).command, ElementsAre("/bin/true", "0.001"));
}

TEST_F(SweepFile, AnAxisANamedRunAndTheCommandLineWriteEachTheirOwn) {
    const std::string text =
        "sweep: s\ncommand: [/bin/true]\nparameters: {lr: 1e-3}\nmatrix: {n: [0x10, 1e2]}\n"
        "runs: {mine: {n: 16.0, lr: 2e-3}}\n";
    const Sweep sweep = load(text);
    EXPECT_THAT(names(sweep), ElementsAre("n=16", "n=100.0", "mine")) << "names are as they were";
    EXPECT_EQ(written(sweep, "n", 0), "0x10");
    EXPECT_EQ(written(sweep, "n", 1), "1e2");
    EXPECT_EQ(written(sweep, "n", 2), "16.0");
    EXPECT_EQ(written(sweep, "lr", 0), "1e-3");
    EXPECT_EQ(written(sweep, "lr", 2), "2e-3");
    EXPECT_EQ(sweep.runs()[1].values.entry(1).written, "1e2");
    EXPECT_EQ(written(load(text, {.set = {"lr=1E-3"}}), "lr", 2), "1E-3");
    EXPECT_EQ(written(load(text, {.set = {"lr=\"1e-3\""}}), "lr", 0), "1e-3");
    EXPECT_EQ(written(load(text, {.set = {"n=0x20"}}), "n", 0), "0x20");
}

TEST_F(SweepFile, TheTypeOfAParameterDoesNotChangeHowItsValueIsWritten) {
    const Sweep sweep = load(
        "sweep: s\nworkload: \"{engine}\"\nparameters: {lr: 1, epochs: 2.0, data_dir: ../data, augment: "
        "TRUE}\n"
        "matrix: {engine: [train, train-pytorch], batch_size: [32.0]}\n"
        "derive: {accumulation: 128 / batch_size}\n");
    for (const std::size_t run : {0U, 1U}) {
        EXPECT_EQ(written(sweep, "lr", run), "1");
        EXPECT_EQ(written(sweep, "epochs", run), "2.0");
        EXPECT_EQ(written(sweep, "data_dir", run), "../data");
        EXPECT_EQ(written(sweep, "augment", run), "TRUE");
        EXPECT_EQ(written(sweep, "batch_size", run), "32.0");
        EXPECT_EQ(written(sweep, "accumulation", run), "4") << "nobody wrote it";
        EXPECT_EQ(written(sweep, "weight_decay", run), "0.001") << "a default";
    }
    EXPECT_EQ(value(sweep, "engine=train,batch_size=32", "batch_size"), "32");
    EXPECT_EQ(value(sweep, "engine=train,batch_size=32", "lr"), "1.0");
}

TEST_F(SweepFile, HowAValueIsWrittenIsNoPartOfWhatARunIs) {
    const std::string before = "sweep: s\ncommand: [/bin/true, \"{lr}\"]\nparameters: {lr: ";
    EXPECT_EQ(cell(load(before + "1e-3}\n")), cell(load(before + "0.001}\n")));
    EXPECT_EQ(key(load(before + "1e-3}\n")), key(load(before + "0.001}\n")));
    EXPECT_NE(cell(load(before + "1e-3}\n")), cell(load(before + "\"1e-3\"}\n")));
    const Sweep twins =
        load("sweep: s\ncommand: [/bin/true]\nmatrix: {lr: [1e-3]}\nruns: {mine: {lr: 0.001}}\n");
    EXPECT_THAT(names(twins), ElementsAre("mine")) << "equal, and so one run";
    EXPECT_EQ(written(twins, "lr"), "1e-3") << "which is the cell";
}

}  // namespace
}  // namespace tidemark::sweep
