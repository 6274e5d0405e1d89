// A value as the user wrote it stands beside what it means: programs are told the one, expressions see the
// other.
#include <filesystem>

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
        "parameters: {lr: 1e-3, hex: 0x10, octal: 0o17, plus: +7, real: 1.50, grouped: \"1_000\", flag: "
        "True,\n"
        "  lower: true, quoted: \"010\", single: 'it''s', blanks: 12 h, empty: \"\", none: ~}\n");
    EXPECT_EQ(written(sweep, "lr"), "1e-3");
    EXPECT_EQ(written(sweep, "hex"), "0x10");
    EXPECT_EQ(written(sweep, "octal"), "0o17");
    EXPECT_EQ(written(sweep, "plus"), "+7");
    EXPECT_EQ(written(sweep, "real"), "1.50");
    EXPECT_EQ(written(sweep, "grouped"), "1_000") << "without its quotes";
    EXPECT_EQ(written(sweep, "flag"), "True");
    EXPECT_EQ(written(sweep, "lower"), "true");
    EXPECT_EQ(written(sweep, "quoted"), "010") << "without its quotes";
    EXPECT_EQ(written(sweep, "single"), "it's");
    EXPECT_EQ(written(sweep, "blanks"), "12 h");
    EXPECT_EQ(written(sweep, "empty"), "");
    EXPECT_EQ(written(sweep, "none"), "") << "it has no value";
    EXPECT_EQ(written(sweep, "absent"), "") << "there is no such parameter";
    EXPECT_EQ(value(sweep, "s", "lr"), "0.001") << "what it means is what it was";
    EXPECT_THAT(sweep.request(sweep.runs()[0]).command, ElementsAre("/bin/true", "1e-3"));
}

TEST_F(SweepFile, AnAxisANamedRunAndTheCommandLineWriteEachTheirOwn) {
    const std::string text =
        "sweep: s\ncommand: [/bin/true]\nparameters: {lr: 1e-3}\nmatrix: {n: [0x10, 1e2]}\n"
        "runs: {mine: {n: 16.0, lr: 2e-3}}\n";
    const Sweep sweep = load(text);
    EXPECT_THAT(names(sweep), ElementsAre("n=0x10", "n=1e2", "mine"));
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

TEST_F(SweepFile, ANameShowsWhatACommandIsTold) {
    const std::string text =
        "sweep: s\ncommand: [echo, \"{n}\"]\nmatrix: {v: [3.9, 3.10, True, ~, \"x\"], n: [2, 2.50]}\n";
    const Sweep sweep = load(text);
    EXPECT_THAT(names(sweep), testing::IsSupersetOf(
                                  {"v=3.10,n=2", "v=3.10,n=2.50", "v=True,n=2", "v=null,n=2", "v=x,n=2"}));
    EXPECT_EQ(value(sweep, "v=3.10,n=2", "v"), "3.1") << "which stays a number";
    EXPECT_THAT(names(load(text, {.set = {"v=1E3"}})), ElementsAre("v=1E3,n=2", "v=1E3,n=2.50"));
    EXPECT_THAT(names(load("sweep: s\nworkload: train\nmatrix: {lr: [1e-3, 2e-3]}\n")),
                ElementsAre("lr=0.001", "lr=0.002"))
        << "a workload is told the number";
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

TEST_F(SweepFile, HowAValueIsWrittenIsPartOfARunThatIsToldIt) {
    const std::string before = "sweep: s\ncommand: [/bin/true, \"{lr}\"]\nparameters: {lr: ";
    EXPECT_NE(cell(load(before + "1e-3}\n")), cell(load(before + "0.001}\n")));
    EXPECT_NE(key(load(before + "1e-3}\n")), key(load(before + "0.001}\n")));
    EXPECT_NE(cell(load(before + "1e-3}\n")), cell(load(before + "\"1e-3\"}\n")));
    const std::string unused = "sweep: s\ncommand: [/bin/true]\nparameters: {lr: ";
    EXPECT_EQ(cell(load(unused + "1e-3}\n")), cell(load(unused + "0.001}\n"))) << "nobody is told it";
    const Sweep twins =
        load("sweep: s\ncommand: [/bin/true]\nmatrix: {lr: [1e-3]}\nruns: {mine: {lr: 0.001}}\n");
    EXPECT_THAT(names(twins), ElementsAre("mine")) << "equal, and so one run";
    EXPECT_EQ(written(twins, "lr"), "1e-3") << "which is the cell";
}

TEST_F(SweepFile, EveryPlaceThatIsToldAValueIsToldItAsItWasWritten) {
    const Sweep sweep = load(
        "sweep: s\ncommand: [/bin/true, \"{v}\", \"{c}\", \"{half}\"]\nenvironment: {V: \"{v}\"}\nstdin: "
        "\"{v}.txt\"\n"
        "parameters: {c: 144e16}\nmatrix: {v: [3.9, 3.10]}\nderive: {half: v / 2}\nexclude: [v > 3.5]\n"
        "setup: {run: [echo, \"{v}\"]}\n");
    ASSERT_EQ(sweep.runs().size(), 1U) << "3.10 is a number to expressions";
    const protocol::Request& request = sweep.request(sweep.runs()[0]);
    EXPECT_THAT(request.command, ElementsAre("/bin/true", "3.10", "144e16", "1.55"));
    EXPECT_EQ(request.environment.at("V"), "3.10");
    EXPECT_EQ(std::filesystem::path(request.stdin_file).filename(), "3.10.txt");
    EXPECT_THAT(request.setup, ElementsAre("echo", "3.10"));
    EXPECT_THAT(load("sweep: s\ncommand: [/bin/true, \"{c}\"]\nparameters: {c: 1}\n", {.set = {"c=123e45"}})
                    .request(sweep.runs()[0])
                    .command,
                ElementsAre("/bin/true", "123e45"));
}

TEST_F(SweepFile, AnAxisThatWritesOneNumberTwiceIsRefused) {
    const std::string start = "sweep: s\ncommand: [/bin/true]\nmatrix: {n: ";
    EXPECT_THAT(
        refusal(start + "[1e3, 1000]}\n"),
        testing::HasSubstr(
            "'1000' means the same as '1e3', which stands here already; texts would stand in quotes"));
    EXPECT_THAT(refusal(start + "[3.1, 3.10]}\n"), testing::HasSubstr("'3.10' means the same as '3.1'"));
    EXPECT_THAT(refusal(start + "[2, 2.0]}\n"), testing::HasSubstr("'2.0' means the same as '2'"));
    EXPECT_EQ(refusal(start + "[\"3.1\", \"3.10\"]}\n"), "no error at all") << "two texts";
}

}  // namespace
}  // namespace tidemark::sweep
