// Digests that databases hold: were one to change, every stored run would be run again.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/sweep/sweep_file.hpp"

namespace tidemark::sweep {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

constexpr const char* kCommand =
    "sweep: s\ncommand: [./job.sh, \"{lr}-{{x}}-{flag}\", \"{note}{none}\"]\n"
    "parameters: {lr: 0.001, hex: 0x10, note: \"010\", none: \"\", unused: ~}\n"
    "matrix: {flag: [true, false], n: [1, 2.0, \"1_000\"], s: [\"1\", 优化]}\n"
    "derive: {twice: CASE typeof(n) WHEN 'text' THEN 2 ELSE n * 2 END, zero: -0.0 * length(s)}\nexclude: "
    "[flag = 1 and n = 2]\n"
    "runs: {mine: {flag: true, n: 1, s: \"1\"}, own: {lr: 0.002, n: 5, flag: true, s: q, twice: 3}}\n";

constexpr const char* kWorkload =
    "sweep: s\nworkload: \"{engine}\"\nparameters: {epochs: 2.0, lr: 1}\n"
    "matrix: {engine: [train, train-pytorch], batch_size: [16, 32.0]}\n"
    "derive: {accumulation: 128 / batch_size, drop_last: batch_size > 16}\n"
    "runs: {mine: {engine: train, allocator: tcmalloc, data_dir: /data, dataset: cifar10}}\n";

/// Name and cell of each run.
std::vector<std::string> cells(const Sweep& sweep) {
    std::vector<std::string> out;
    for (const RunSpec& run : sweep.runs()) out.push_back(run.run + " " + to_text(run.cell));
    return out;
}

TEST_F(SweepFile, TheCellsOfACommandAreThoseOfEarlierVersions) {
    EXPECT_THAT(cells(load(kCommand)),
                UnorderedElementsAre("flag=false,n=1,s=1 25bbb45e04de5bdb6c14eb7eab682e02",
                                     "flag=false,n=1,s=优化 7fba30ea51e86baf7f6c3ac4527b61f1",
                                     "flag=false,n=1_000,s=1 6fb37929637bd32458f993d7db0f735f",
                                     "flag=false,n=1_000,s=优化 48aee4e7f927cfe95a3ba2e890a69ec3",
                                     "flag=false,n=2.0,s=1 a858a17feec7d4b2d9c0746536e24da7",
                                     "flag=false,n=2.0,s=优化 c996b26e5edb6a79daf8284606a374a6",
                                     "flag=true,n=1,s=优化 d08ab99678afa09d5d1327df38e364e0",
                                     "flag=true,n=1_000,s=1 a39af37dafe082e3685c5754c7bffa1a",
                                     "flag=true,n=1_000,s=优化 5707e9eb23979b5c00d971bd4be0ed0b",
                                     "mine 3068da9ef486b662208fa3276108126c",
                                     "own 82162f710b0afda039c73c236c26a675"));
}

TEST_F(SweepFile, TheCellsAndKeysOfWorkloadsAreThoseOfEarlierVersions) {
    const Sweep sweep = load(kWorkload);
    EXPECT_THAT(cells(sweep),
                ElementsAre("engine=train,batch_size=16 5e89e1f2eb0d20c318f7734d9e82b162",
                            "engine=train,batch_size=32 fee681311ceb4926de5ee6f1bece6ce1",
                            "engine=train-pytorch,batch_size=16 9950fefe024057a43c9411b48fed1577",
                            "engine=train-pytorch,batch_size=32 4f17dc58adacd91d2a16ab84f2246585",
                            "mine f7f6e6e36c972a59fd67ab7859f0d3f6"));
    EXPECT_EQ(key(sweep, 0), "b9ce5434975c4b747d08b6ed85a7ac13");
    EXPECT_EQ(key(sweep, 2), "1afeb0d4829989b605c509bebd0314a3");
    EXPECT_EQ(key(sweep, 4), "2a7580a084a5d82b213fe422b1b5a04f");
}

TEST_F(SweepFile, AllThatTheCellHoldsIsInItAsItWas) {
    const Sweep sweep = load(
        "sweep: s\ncommand: [/bin/true]\nparameters: {n: 3}\nenvironment: {B: \"{n}\", A: x}\ncwd: \"d{n}\"\n"
        "stdin: in\nlimits: {memory: 1 GiB, swap: 0 B, pids: 8, wall: 2 h, cpu_time: 3 s, cpus: 2, "
        "enforce: best effort}\nheap_layout: varied\n");
    EXPECT_EQ(cell(sweep), "95d90572d3d7930d0733e81f3fdd5c84");
}

TEST_F(SweepFile, TheKeysAreThoseOfEarlierVersions) {
    folder.write_script("sweeps/job.sh", "#!/bin/sh\n");
    folder.write("sweeps/data.txt", "one");
    folder.write("sweeps/in.txt", "two");
    EXPECT_EQ(key(load("sweep: s\ncommand: [./job.sh, data.txt, \"{n}\"]\nparameters: {n: 0.001}\n")),
              "d1ac9fe073f5e91950b5f4f03598d8cd");
    EXPECT_EQ(
        key(load("sweep: s\ncommand: [./job.sh, data.txt]\ninputs: [data.txt, in.txt]\nstdin: in.txt\n")),
        "ce7a5e9b12d069ff549094391fefa468");
    EXPECT_EQ(key(load("sweep: s\ncommand: [./job.sh]\nparameters: {n: 2}\nsetup: {run: [echo, \"{n}\"]}\n"
                       "teardown: {run: [echo, bye]}\nwarmup: 2\naccept_exit: [0, 3]\n"
                       "capture: {accuracy: 'accuracy: ([0-9.]+)', j: {json: \"o{n}.json\", at: /a}}\n")),
              "bcc00d6f2817c530e14519ecd3aa2d86");
}

/// It is what a run is made by, not what the run is told: with another server it is the same run, made again.
TEST_F(SweepFile, AServiceIsPartOfTheKeyAndNotOfTheCell) {
    const std::string text = "sweep: s\ncommand: [/bin/true]\nparameters: {p: 80}\n";
    const std::string server = "service: {command: [/bin/true], ";
    const Sweep none = load(text);
    const Sweep port = load(text + server + "port: 80}\n");
    EXPECT_EQ(cell(port), cell(none));
    EXPECT_NE(key(port), key(none));
    EXPECT_EQ(key(load(text + server + "port: \"{p}\"}\n")), key(port)) << "what it comes to";
    for (const char* other : {"port: 81}\n", "port: 80, line: up}\n", "port: 80, check: [test]}\n"}) {
        const Sweep changed = load(text + server + other);
        EXPECT_EQ(cell(changed), cell(none)) << other;
        EXPECT_NE(key(changed), key(port)) << other;
    }
    const Sweep patient = load(text + server + "port: 80, within: 5 min}\n");
    EXPECT_EQ(key(patient), key(port)) << "how long it is waited for changes nothing";
}

}  // namespace
}  // namespace tidemark::sweep
