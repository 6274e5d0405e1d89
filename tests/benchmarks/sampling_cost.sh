#!/bin/sh
# What it costs a run to be watched: CPU time of the warden (its samples included) and the time in which its reading may have held the
# run's memory map, as a share of the run's own CPU time; of a CPU-bound training in one process, and of one with process workers
# where the trainer has them. The aim is below 0.5 %.
#   tests/benchmarks/sampling_cost.sh [REPEATS]        the built tidemark: TIDEMARK_BUILD_DIR, or build/release
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
tidemark=${TIDEMARK_BUILD_DIR:-$project/build/release}/bin/tidemark
repeats=${1:-3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

if [ -x "${tidemark%/bin/tidemark}/libexec/tidemark/tidemark-train" ]; then
    cat >cost.yaml <<END
sweep: sampling-cost
workload: train
parameters: {dataset: synthetic, train_samples: 2048, test_samples: 64, epochs: 2, model: baseline, hidden: 128}
runs:
  small batch: {batch_size: 16}
  large batch: {batch_size: 128}
repeat: $repeats
END
else
    # without the trainer: compressing noise is CPU-bound too; the pipe makes it a tree
    cat >cost.yaml <<END
sweep: sampling-cost
command: [sh, -c, "head -c {mib}M /dev/urandom | xz -9 -T1 > /dev/null"]
matrix: {mib: [24, 64]}
repeat: $repeats
END
fi
"$tidemark" run cost.yaml --db cost.db --quiet >/dev/null 2>&1
"$tidemark" query --db cost.db "SELECT run, round(user_s + system_s, 2) AS cpu_s,
    (SELECT count(*) FROM samples WHERE samples.run_id = runs.run_id) AS samples,
    round(1000 * (measurement ->> 'supervision_cpu_s'), 2) AS warden_cpu_ms, round(1000 * (measurement ->> 'supervision_hold_s'), 2) AS held_ms,
    round(100 * ((measurement ->> 'supervision_cpu_s') + (measurement ->> 'supervision_hold_s')) / (user_s + system_s), 3) AS share_percent
    FROM runs WHERE latest = 1 AND status = 'ok' ORDER BY run, repeat"
