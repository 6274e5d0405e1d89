#!/bin/bash
# How often a ceiling of 5 % above the truth cannot be decided where there is no cgroup (exit stops): typical trees, each
# measured N times. The truth is the best guess by a memory cgroup, which is right to 1 % (memory_truth.sh), so root is needed.
#   tests/benchmarks/undecided.sh [N]     after `./tidemark test`; TIDEMARK_BUILD_DIR, or build/release; N: 50
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
build=$(realpath -m "${TIDEMARK_BUILD_DIR:-$project/build/release}")
program=$build/tests/programs/known-program
[[ -x $program ]] || { echo "$program is missing: ./tidemark test builds it" >&2; exit 3; }
repeats=${1:-50}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >workers.py <<'PYTHON'
# As the workers of a data loader: four forked processes read what their parent holds, and have something of their own.
import os, time
held = bytearray(200 << 20)
children = []
for worker in range(4):
    child = os.fork()
    if child == 0:
        own = bytearray(20 << 20)
        total = sum(held[::4096]) + sum(own[::4096])
        time.sleep(0.3)
        os._exit(0)
    children.append(child)
for child in children:
    os.waitpid(child, 0)
PYTHON
cat >trees.yaml <<YAML
sweep: undecided
command: [sh, -c, "{script}"]
repeat: $repeats
runs:
  one process: {script: "exec $program allocate 200 0"}
  four workers: {script: "exec $program together 4 60"}
  shell pipeline: {script: "$program allocate 120 0 | $program allocate 60 0 | cat"}
  data loader: {script: "exec python3 workers.py"}
YAML
"$build/bin/tidemark" run trees.yaml --db truth.db --memory-method cgroup --quiet >/dev/null 2>&1
"$build/bin/tidemark" run trees.yaml --db user.db --memory-method exit-stop --quiet >/dev/null 2>&1
truth() { "$build/bin/tidemark" query --db truth.db --format csv "SELECT max(peak_rss_bytes) FROM results WHERE run = '$1'" | tail -n 1; }

printf '| tree | truth (MiB) | ceiling | passes | broken | undecided | widest bounds (MiB) |\n'
printf '| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n'
for run in 'one process' 'four workers' 'shell pipeline' 'data loader'; do
    "$build/bin/tidemark" query --db user.db --format csv "
        WITH ceiling AS (SELECT $(truth "$run") AS truth, 1.05 * $(truth "$run") AS most)
        SELECT printf('| $run | %.1f | %.1f | %d | %d | %d | %.1f |', min(truth) / 1048576.0, min(most) / 1048576.0,
            sum(coalesce(peak_rss_high_bytes <= most, 0)), sum(coalesce(peak_rss_low_bytes > most, 0)),
            sum(coalesce(peak_rss_high_bytes > most, 1) AND coalesce(peak_rss_low_bytes <= most, 1)),
            max(peak_rss_high_bytes - peak_rss_low_bytes) / 1048576.0)
        FROM results, ceiling WHERE run = '$run'" | tail -n 1 | tr -d '"'
done
