#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

using testing::ElementsAre;

constexpr const char* kMatrix = R"(
sweep: s
workload: train
parameters: {epochs: 2}
matrix:
  model: [h2q, baseline]
  batch_size: [128, 16]
derive: {accumulation: 128 / batch_size}
)";

TEST_F(SweepFile, ExpandsEveryCombinationTheLastAxisFastest) {
    const Sweep sweep = load(kMatrix);
    EXPECT_THAT(names(sweep), ElementsAre("model=h2q,batch_size=128", "model=h2q,batch_size=16",
                                          "model=baseline,batch_size=128", "model=baseline,batch_size=16"));
    EXPECT_THAT(sweep.varying(), ElementsAre("model", "batch_size", "accumulation"));
    EXPECT_EQ(value(sweep, "model=h2q,batch_size=16", "accumulation"), "8");
}

TEST_F(SweepFile, WithoutMatrixAndRunsIsOneRunCalledAsTheSweep) {
    EXPECT_THAT(names(load("sweep: alone\nworkload: train\n")), ElementsAre("alone"));
}

TEST_F(SweepFile, ExclusionsLeaveOutCellsButNotNamedRuns) {
    const Sweep sweep = load(std::string(kMatrix) +
                             "exclude: [\"model = 'h2q'\"]\nruns: {mine: {model: h2q, batch_size: 4}}\n");
    EXPECT_THAT(names(sweep),
                ElementsAre("model=baseline,batch_size=128", "model=baseline,batch_size=16", "mine"));
}

TEST_F(SweepFile, WhatIsExcludedNeedNotBeDerivable) {
    EXPECT_THAT(names(load("sweep: s\nworkload: train\nmatrix: {batch_size: [16, 48]}\n"
                           "derive: {accumulation: 128 / batch_size, epochs: accumulation + 1}\n"
                           "exclude: [\"batch_size = 48\"]\n")),
                ElementsAre("batch_size=16"));
}

TEST_F(SweepFile, ANamedRunThatEqualsACellNamesIt) {
    const Sweep sweep =
        load(std::string(kMatrix) + "runs: {small: {model: h2q, batch_size: 16}, odd: {batch_size: 1}}\n");
    EXPECT_THAT(names(sweep),
                ElementsAre("model=h2q,batch_size=128", "small", "model=baseline,batch_size=128",
                            "model=baseline,batch_size=16", "odd"));
}

TEST_F(SweepFile, PrecedenceRisesFromDefaultToDeriveToRun) {
    const Sweep sweep = load(
        "sweep: s\nworkload: train\nparameters: {epochs: 5, accumulation: 2}\n"
        "derive: {accumulation: epochs * 10, seed: accumulation + 1}\n"
        "runs: {derived: {}, own: {accumulation: 7}}\n");
    EXPECT_EQ(value(sweep, "derived", "workers"), "0") << "the workload's default";
    EXPECT_EQ(value(sweep, "derived", "epochs"), "5") << "over it the sweep's parameter";
    EXPECT_EQ(value(sweep, "derived", "accumulation"), "50") << "over that the derived value";
    EXPECT_EQ(value(sweep, "own", "accumulation"), "7") << "an explicit value suppresses the derived one";
    EXPECT_EQ(value(sweep, "own", "seed"), "8") << "and other derivations see it";
}

TEST_F(SweepFile, DerivedValuesAreBroughtToTheirParametersType) {
    const Sweep sweep = load(
        "sweep: s\nworkload: train\nmatrix: {batch_size: [16, 64]}\n"
        "derive: {drop_last: batch_size > 16, lr: batch_size * 2, accumulation: batch_size / 8.0,"
        " data_dir: \"'data' || batch_size\"}\nruns: {same: {batch_size: 16, drop_last: false}}\n");
    EXPECT_THAT(names(sweep), ElementsAre("same", "batch_size=64")) << "0 is false, so the run is that cell";
    EXPECT_EQ(value(sweep, "same", "drop_last"), "false");
    EXPECT_EQ(value(sweep, "batch_size=64", "drop_last"), "true");
    EXPECT_EQ(value(sweep, "batch_size=64", "lr"), "128.0");
    EXPECT_EQ(value(sweep, "batch_size=64", "accumulation"), "8");
    EXPECT_EQ(value(sweep, "batch_size=64", "data_dir"), (folder / "sweeps/data64").string());
}

TEST_F(SweepFile, DerivationsMayStandInAnyOrderAndRepeatAnAxisForNamedRuns) {
    const Sweep sweep = load(
        "sweep: s\ncommand: [echo, \"{c}\"]\nparameters: {a: 2}\nmatrix: {b: [3]}\n"
        "derive: {c: b + 1, b: a * 10}\nruns: {mine: {a: 5}}\n");
    EXPECT_EQ(value(sweep, "b=3", "c"), "4") << "the axis is explicit";
    EXPECT_EQ(value(sweep, "mine", "b"), "50");
    EXPECT_EQ(value(sweep, "mine", "c"), "51");
}

TEST_F(SweepFile, ManyDifferentDerivedValuesAreAllRight) {
    std::string axis;
    for (int i = 1; i <= 100; ++i) axis += (i > 1 ? ", " : "") + std::to_string(i);
    const Sweep sweep = load("sweep: s\nworkload: train\nmatrix: {batch_size: [" + axis +
                             "]}\nderive: {seed: batch_size * 1000}\n");
    for (const RunSpec& run : sweep.runs()) {
        const std::string batch_size = value(sweep, run.run, "batch_size");
        ASSERT_EQ(value(sweep, run.run, "seed"), batch_size + "000");
    }
}

TEST_F(SweepFile, SetReplacesEverywhereCollapsesTheAxisAndDropsDuplicates) {
    const Sweep sweep = load(std::string(kMatrix) + "runs: {small: {model: h2q, batch_size: 4}}\n",
                             {.set = {"batch_size=32"}});
    EXPECT_THAT(names(sweep), ElementsAre("small", "model=baseline,batch_size=32"));
    EXPECT_EQ(value(sweep, "small", "accumulation"), "4");
    const Sweep derived = load(kMatrix, {.set = {"accumulation=3"}});
    EXPECT_EQ(value(derived, "model=h2q,batch_size=16", "accumulation"), "3") << "a set value is not derived";
}

TEST_F(SweepFile, OnlySelectsFromEverythingByParameterAndName) {
    const std::string text = std::string(kMatrix) + "runs: {small: {batch_size: 1}}\n";
    EXPECT_THAT(names(load(text, {.set = {}, .only = "batch_size < 20 and model = 'h2q'"})),
                ElementsAre("model=h2q,batch_size=16", "small"));
    EXPECT_THAT(names(load(text, {.set = {}, .only = "run LIKE 's%'"})), ElementsAre("small"));
}

TEST_F(SweepFile, ScalarsFollowYaml12) {
    const Sweep sweep = load(
        "sweep: s\ncommand: [/bin/true]\n"
        "parameters: {a: 1e3, b: 1e-3, c: 0x10, d: 0o17, e: \"010\", f: 'yes', g: true, h: -7, i: .5, j: "
        "1.0, k: 12 h}\n");
    const auto kind = [&](const std::string& name) {
        for (const auto& [own, value] : sweep.parameters(sweep.runs()[0])) {
            if (own == name) return value;
        }
        return Value();
    };
    EXPECT_EQ(kind("a"), Value(1000.0));
    EXPECT_EQ(kind("b"), Value(0.001));
    EXPECT_EQ(kind("c"), Value(std::int64_t{16}));
    EXPECT_EQ(kind("d"), Value(std::int64_t{15}));
    EXPECT_EQ(kind("e"), Value(std::string("010")));
    EXPECT_EQ(kind("f"), Value(std::string("yes")));
    EXPECT_EQ(kind("g"), Value(true));
    EXPECT_EQ(kind("h"), Value(std::int64_t{-7}));
    EXPECT_EQ(kind("i"), Value(0.5));
    EXPECT_EQ(kind("j"), Value(1.0));
    EXPECT_EQ(kind("k"), Value(std::string("12 h"))) << "values of parameters are never parsed as quantities";
}

TEST_F(SweepFile, UnicodeAndBlanksInValuesAndNamesAreKept) {
    const Sweep sweep = load(
        "sweep: 扫描\ncommand: [echo, \"{note}\"]\nmatrix: {note: [\"a b\", 优化, \"\", \"-x\"]}\nruns: "
        "{\"原版 run\": {note: z}}\n");
    EXPECT_THAT(names(sweep), ElementsAre("note=a b", "note=优化", "note=", "note=-x", "原版 run"));
    EXPECT_THAT(sweep.request(sweep.runs()[0]).command, ElementsAre("echo", "a b"));
    EXPECT_THAT(sweep.request(sweep.runs()[2]).command, ElementsAre("echo", ""));
}

TEST_F(SweepFile, WindowsFilesAndByteOrderMarksAreRead) {
    EXPECT_THAT(names(load("\xef\xbb\xbfsweep: s\r\nworkload: train\r\nmatrix: {epochs: [1, 2]}\r\n")),
                ElementsAre("epochs=1", "epochs=2"));
}

TEST_F(SweepFile, ALinkThatLeadsNowhereIsToldWithTheReason) {
    std::filesystem::create_symlink("loop.yaml", folder / "loop.yaml");
    try {
        Sweep::load(folder / "loop.yaml", workloads, {});
        FAIL();
    } catch (const UsageError& error) {
        EXPECT_EQ(error.what(),
                  (folder / "loop.yaml").string() + ": cannot read it: Too many levels of symbolic links");
    }
}

TEST_F(SweepFile, AnchorsWork) {
    const Sweep sweep = load(
        "sweep: s\nworkload: train\nruns:\n  one: &base {epochs: 3}\n  two: {epochs: 4}\nparameters: {seed: "
        "9}\n"
        "environment: {A: &x hello, B: *x}\n");
    EXPECT_EQ(sweep.request(run_called(sweep, "one")).environment.at("B"), "hello");
}

TEST_F(SweepFile, PlaceholdersAreFilledInOnePass) {
    const Sweep sweep = load(
        "sweep: s\ncommand: [echo, \"{a}-{{b}}-{a}\", '}}{{']\nparameters: {a: \"{b}\", b: 2, unused: 3}\n"
        "environment: {X: \"x{b}\"}\ncwd: \"dir{b}\"\nstdin: \"in{b}\"\n");
    const protocol::Request request = sweep.request(sweep.runs()[0]);
    EXPECT_THAT(request.command, ElementsAre("echo", "{b}-{b}-{b}", "}{"));
    EXPECT_EQ(request.environment.at("X"), "x2");
    EXPECT_EQ(request.working_directory, (folder / "sweeps/dir2").string());
    EXPECT_EQ(request.stdin_file, (folder / "sweeps/dir2/in2").string());
}

TEST_F(SweepFile, PathsAreAbsoluteByWhereTheyWereWritten) {
    const std::string text = "sweep: s\nworkload: train\nparameters: {data_dir: ../data}\n";
    EXPECT_EQ(value(load(text), "s", "data_dir"), (folder / "data").string());
    EXPECT_EQ(value(load(text, {.set = {"data_dir=here"}}), "s", "data_dir"),
              (folder / "caller/here").string());
    EXPECT_EQ(value(load("sweep: s\nworkload: train\n"), "s", "data_dir"), "none")
        << "one without a default has no value";
}

TEST_F(SweepFile, AValueBringsItsEnvironment) {
    const Sweep sweep = load("sweep: s\nworkload: train\nmatrix: {allocator: [glibc, tcmalloc]}\n");
    EXPECT_TRUE(sweep.request(sweep.runs()[0]).environment.empty());
    EXPECT_EQ(sweep.request(sweep.runs()[1]).environment.at("LD_PRELOAD"), "libtcmalloc.so.4");
}

TEST_F(SweepFile, LimitsRepeatAndOrder) {
    const Sweep sweep = load(
        "sweep: s\ncommand: [/bin/true]\nrepeat: 3\norder: shuffled\nlimits: {memory: 1.5 GiB, wall: 2 h, "
        "cpus: 1}\n");
    EXPECT_EQ(sweep.repeat(), 3);
    EXPECT_EQ(sweep.order(), Order::Shuffled);
    EXPECT_EQ(sweep.limits().memory, Bytes{1610612736});
    EXPECT_EQ(sweep.limits().wall, Seconds{7200});
    EXPECT_EQ(sweep.limits().cpus, 1);
    EXPECT_EQ(load("sweep: s\ncommand: [/bin/true]\n").order(), Order::Interleaved);
}

TEST_F(SweepFile, LimitsWithPlaceholdersAreEachRunsOwn) {
    const Sweep sweep = load(
        "sweep: s\ncommand: [/bin/true]\nmatrix: {limit: [260, 1000]}\nparameters: {n: 2}\nrepeat: 2\n"
        "limits: {memory: \"{limit} MiB\", swap: \"{n} MiB\", pids: \"{n}\", wall: \"{repeat} h\", "
        "cpu_time: \"1{n} s\", cpus: \"{n}\"}\n");
    const protocol::Limits second = sweep.request(sweep.runs()[1], {2, "/r"}).limits;
    EXPECT_EQ(second.memory, Bytes{1000 << 20});
    EXPECT_EQ(second.swap, Bytes{2 << 20});
    EXPECT_EQ(second.pids, 2);
    EXPECT_EQ(second.wall, Seconds{7200});
    EXPECT_EQ(second.cpu_time, Seconds{12});
    EXPECT_EQ(second.cpus, 2);
    EXPECT_EQ(sweep.request(sweep.runs()[0], {1, "/r"}).limits.memory, Bytes{260 << 20});
    EXPECT_EQ(sweep.request(sweep.runs()[0], {1, "/r"}).limits.wall, Seconds{3600});
    EXPECT_EQ(sweep.limits().memory, Bytes{260 << 20}) << "that of the first";
    EXPECT_TRUE(load("sweep: s\ncommand: [/bin/true]\nlimits: {memory: \"{run}\"}\nruns: {1 GiB: {n: 1}}\n")
                    .limits()
                    .memory)
        << "as the run is called";
}

TEST_F(SweepFile, ALimitWithPlaceholdersIsPartOfTheCell) {
    const std::string text = "sweep: s\ncommand: [/bin/true]\nparameters: {n: 1}\n";
    const std::string filled = cell(load(text + "limits: {pids: \"{n}\"}\n"));
    EXPECT_NE(filled, cell(load(text)));
    EXPECT_NE(filled, cell(load(text + "limits: {pids: \"1{n}\"}\n")));
    EXPECT_NE(filled, cell(load(text + "limits: {cpus: \"{n}\"}\n")));
    EXPECT_EQ(filled, cell(load(text + "limits: {pids: \"{n}\"}\nrepeat: 3\n")));
}

TEST_F(SweepFile, AVariedHeapLayoutIsAskedForInEachRequest) {
    const Sweep varied = load("sweep: s\ncommand: [/bin/true]\nheap_layout: varied\n");
    EXPECT_EQ(varied.request(varied.runs()[0]).heap_layout, protocol::HeapLayout::Varied);
    const Sweep same = load("sweep: s\ncommand: [/bin/true]\n");
    EXPECT_EQ(same.request(same.runs()[0]).heap_layout, protocol::HeapLayout::Same);
}

TEST_F(SweepFile, TheCellIsWhatARunIsToldNotHowItIsWritten) {
    const std::string base = "sweep: s\ncommand: [/bin/true, \"{a}\"]\nparameters: {a: 1, b: 2}\n";
    const std::string same = cell(load(base));
    EXPECT_EQ(cell(load("sweep: other\ndescription: d\ncommand: [/bin/true, '{a}']\nparameters: {b: 2, a: "
                        "1}\nrepeat: 4\n")),
              same);
    std::set<std::string> cells{same};
    for (const char* change : {"environment: {X: 1}\n", "limits: {wall: 5 s}\n", "limits: {memory: 1 GiB}\n",
                               "limits: {cpus: 1}\n", "cwd: /\n", "heap_layout: varied\n"}) {
        EXPECT_TRUE(cells.insert(cell(load(base + change))).second) << change;
    }
    EXPECT_EQ(cell(load(base + "heap_layout: same\n")), same) << "which goes without saying";
    EXPECT_EQ(cell(load(base + "environment: {A: 1, B: 2}\n")),
              cell(load(base + "environment: {B: 2, A: 1}\n")));
    EXPECT_EQ(cell(load("sweep: s\ncommand: [/bin/true, \"{a}\"]\nmatrix: {b: [2]}\nruns: {r: {b: "
                        "2}}\nparameters: {a: 1}\n")),
              same)
        << "wherever a value comes from";
    EXPECT_TRUE(cells.insert(cell(load(base, {.set = {"b=3"}}))).second);
    EXPECT_TRUE(cells.insert(cell(load(base, {.set = {"b='2'"}}))).second);
    EXPECT_TRUE(
        cells.insert(cell(load("sweep: s\ncommand: [/bin/true]\nparameters: {a: 1, b: 2}\n"))).second);
}

TEST_F(SweepFile, NumbersAreEqualWhenTheirParameterMakesThemSo) {
    const std::string integer = "sweep: s\nworkload: train\nparameters: {lr: 1, epochs: 2.0}\n";
    EXPECT_EQ(cell(load(integer)),
              cell(load("sweep: s\nworkload: train\nparameters: {lr: 1.0, epochs: 2}\n")));
}

TEST_F(SweepFile, TheKeyFollowsTheProgramAndItsInputs) {
    folder.write_script("sweeps/job.sh", "#!/bin/sh\n");
    folder.write("sweeps/data.txt", "one");
    const std::string text = "sweep: s\ncommand: [./job.sh, data.txt, nothing]\n";
    const std::string before = key(load(text));
    EXPECT_EQ(key(load(text)), before);
    folder.write("sweeps/data.txt", "two");
    const std::string after_data = key(load(text));
    EXPECT_NE(after_data, before) << "an argument that names a file is an input";
    folder.write_script("sweeps/job.sh", "#!/bin/sh\n# changed\n");
    const std::string after_program = key(load(text));
    EXPECT_NE(after_program, after_data);
    const std::string declared = text + "inputs: [other.txt]\n";
    folder.write("sweeps/other.txt", "x");
    const std::string with_inputs = key(load(declared));
    folder.write("sweeps/data.txt", "three");
    EXPECT_EQ(key(load(declared)), with_inputs) << "what inputs names replaces the default";
    folder.write("sweeps/other.txt", "y");
    EXPECT_NE(key(load(declared)), with_inputs);
}

TEST_F(SweepFile, AnInputIsReadOnceForAllRuns) {
    folder.write("sweeps/data/a.txt", "one");
    const Sweep sweep =
        load("sweep: s\ncommand: [/bin/true]\ninputs: [data, 'data/*']\nmatrix: {n: [1, 2]}\n");
    const std::string first = key(sweep, 0);
    folder.write("sweeps/data/a.txt", "two");
    folder.write("sweeps/data/b.txt", "new");
    EXPECT_EQ(key(sweep, 0), first) << "a command has one look at what is there";
}

TEST_F(SweepFile, TheKeyFollowsWhatComesOnStdin) {
    folder.write("sweeps/in.txt", "one");
    const std::string text = "sweep: s\ncommand: [/bin/cat]\nstdin: in.txt\n";
    const std::string before = key(load(text));
    folder.write("sweeps/in.txt", "two");
    EXPECT_NE(key(load(text)), before);
}

TEST_F(SweepFile, AMissingProgramOrInputIsNamedWithTheWayOut) {
    const auto refusal_of_key = [&](const std::string& text) {
        try {
            return key(load("sweep: s\n" + text));
        } catch (const UsageError& error) {
            return std::string(error.what()).substr((folder / "sweeps/").string().size());
        }
    };
    folder.write("sweeps/job.sh", "#!/bin/sh\n");
    EXPECT_EQ(refusal_of_key("command: [no-such-program]\n"),
              "s.yaml:2:10: command: there is no program 'no-such-program' on the PATH; install it, or give "
              "its path");
    EXPECT_EQ(refusal_of_key("command: [./nowhere]\n"),
              "s.yaml:2:10: command: there is no program './nowhere' in " + (folder / "sweeps").string());
    EXPECT_EQ(refusal_of_key("command: [./job.sh]\n"),
              "s.yaml:2:10: command: './job.sh' is not a program that may be run; is it missing `chmod +x "
              "./job.sh`?");
    EXPECT_EQ(refusal_of_key("command: [/bin/true]\ninputs: [absent.txt]\n"),
              "s.yaml:3:10: inputs: cannot read " + (folder / "sweeps/absent.txt").string() +
                  ": No such file or directory");
}

TEST_F(SweepFile, TheProgramIsSearchedOnThePathOfItsOwnEnvironment) {
    folder.write_script("tools/job", "#!/bin/sh\n");
    const std::string text =
        "sweep: s\ncommand: [job]\nenvironment: {PATH: \"/nowhere:" + (folder / "tools").string() + "\"}\n";
    const std::string before = key(load(text));
    folder.write_script("tools/job", "#!/bin/sh\n# changed\n");
    EXPECT_NE(key(load(text)), before);
}

TEST_F(SweepFile, TheKeyOfAWorkloadFollowsItsBuild) {
    const std::string text = "sweep: s\nworkload: train\n";
    const std::string before = key(load(text));
    protocol::WorkloadDescription rebuilt = *workloads.find("train");
    rebuilt.build_id = "b2";
    workloads.add(rebuilt);
    EXPECT_NE(key(load(text)), before);
    EXPECT_EQ(cell(load(text)), cell(load(text)));
}

TEST_F(SweepFile, ChecksAndTablesAreRead) {
    const Sweep sweep = load(
        "sweep: s\nworkload: train\nchecks:\n"
        "  - {name: fits, where: \"true\", metric: peak_rss, max: 1 GiB}\n"
        "  - {name: learns, where: model = 'h2q', metric: accuracy, min: 85 %}\n"
        "  - {name: drift, where: \"true\", metric: wall, max_increase: 3 %, against: main}\n"
        "tables:\n  - title: {en: Memory, zh: 内存}\n    sql: SELECT run, peak_rss_bytes AS peak FROM "
        "results\n"
        "    columns: [{name: peak, heading: Peak, unit: bytes, decimals: 1}]\n");
    ASSERT_EQ(sweep.checks().size(), 3U);
    EXPECT_EQ(sweep.checks()[0].column, "peak_rss_bytes");
    EXPECT_EQ(sweep.checks()[0].maximum, 1073741824.0);
    EXPECT_EQ(sweep.checks()[1].minimum, 0.85);
    EXPECT_EQ(sweep.checks()[2].column, "wall_s");
    EXPECT_EQ(sweep.checks()[2].max_increase, 0.03);
    EXPECT_EQ(sweep.checks()[2].against->written(), "main");
    EXPECT_EQ(sweep.tables()[0].title.chinese, "内存");
    EXPECT_EQ(sweep.tables()[0].columns[0].unit, protocol::Unit::Bytes);
}

TEST_F(SweepFile, TablesMaySpeakTwoLanguagesAndUseMedians) {
    const Sweep sweep = load(
        "sweep: s\nworkload: train\ntables:\n"
        "  - title: {en: Memory, zh: 内存}\n"
        "    note: {en: a note, zh: 说明}\n"
        "    sql: SELECT run, median(activation_bytes) AS a, 'ok' AS verdict, (SELECT max(peak_rss_bytes) "
        "FROM medians) AS m,\n"
        "         (SELECT value FROM provenance WHERE name = 'cpu') AS cpu FROM results GROUP BY run\n"
        "    columns: [{name: verdict, heading: {en: Verdict, zh: 结论}, translate: {ok: 成功, failed: "
        "失败}}]\n");
    const TableDefinition& table = sweep.tables()[0];
    EXPECT_EQ(table.note.english, "a note");
    EXPECT_EQ(table.note.chinese, "说明");
    EXPECT_EQ(table.columns[0].heading.chinese, "结论");
    EXPECT_EQ(table.columns[0].translations[1], std::make_pair(std::string("failed"), std::string("失败")));
}

TEST_F(SweepFile, ManyRunsNeedAYes) {
    std::string axis;
    for (int i = 0; i < 400; ++i) axis += (i > 0 ? ", " : "") + std::to_string(i);
    const std::string text =
        "sweep: s\ncommand: [/bin/true]\nmatrix: {a: [" + axis + "], b: [" + axis + "]}\n";
    EXPECT_EQ(load(text, {.set = {}, .only = {}, .allow_many = true}).runs().size(), 160000U);
}

}  // namespace
}  // namespace tidemark::sweep
