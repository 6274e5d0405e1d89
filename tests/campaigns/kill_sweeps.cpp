#include "kill_sweeps.hpp"

namespace tidemark::test {
namespace {

constexpr const char* kHead = R"(sweep: killed
command: [./program.sh, "{n}"]
matrix: {n: [1, 2, 3]}
capture: {square: {stdout: 'square (\d+)'}}
)";
constexpr const char* kProgram = R"sh(#!/bin/sh
sleep 0.02
echo "square $(($1 * $1))"
)sh";
constexpr const char* kForking = R"sh(#!/bin/sh
setsid sleep 1000 &
(sleep 1000 & sleep 1000) &
sleep 0.03
echo "square $(($1 * $1))"
)sh";
constexpr const char* kWriting = R"sh(#!/bin/sh
sleep 0.02
echo "{\"square\": $(($1 * $1))}" > result.json
echo model > "$TIDEMARK_RUN_DIR/model.pt"
echo log > "$TIDEMARK_RUN_DIR/log.txt"
)sh";

KillSweep sweep(std::string name, const std::string& more, int results, std::vector<std::string> options = {},
                int runners = 1) {
    return {std::move(name),
            {{"sweep.yaml", kHead + more}, {"program.sh", kProgram}},
            std::move(options),
            results,
            runners};
}

}  // namespace

std::vector<KillSweep> kill_sweeps() {
    std::vector<KillSweep> all{
        sweep("plain", "", 3),
        sweep("repeated", "repeat: 2\norder: shuffled\n", 6),
        sweep("several at once", "", 3, {"--jobs", "3"}),
        sweep("steps", "setup: {run: [sleep, '0.01']}\nteardown: {run: [sleep, '0.01']}\n", 3),
        sweep("warm-ups", "warmup: 1\n", 3),
        sweep("files", "", 3),
        sweep("limits", "limits: {memory: 1 GiB, wall: 1 min, cpu_time: 1 min, pids: 50}\n", 3),
        sweep("forking", "", 3, {"--jobs", "2"}),
        sweep("two runners", "repeat: 2\n", 6, {"--jobs", "2"}, 2),
    };
    for (KillSweep& kind : all) {
        if (kind.name == "forking") kind.files.back().second = kForking;
        if (kind.name != "files") continue;
        kind.files = {{"sweep.yaml",
                       "sweep: killed\ncommand: [./program.sh, \"{n}\"]\nmatrix: {n: [1, 2, 3]}\n"
                       "capture: {square: {json: result.json, at: /square}}\nkeep: [\"*.pt\"]\n"},
                      {"program.sh", kWriting}};
    }
    return all;
}

}  // namespace tidemark::test
