#!/bin/sh
# How often drift checks err on this machine. Measures the same two programs again and again (one that computes, one that
# sorts with two threads, some tenths of a second each), then simulates 2000 comparisons of each figure: see false_alarms.cpp.
#   cmake --build BUILD --target benchmark_false_alarms && TIDEMARK_BUILD_DIR=BUILD tests/benchmarks/false_alarms.sh [REPEATS]
set -eu
repeats=${1:-60}
project=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "${TIDEMARK_BUILD_DIR:-$project/build/release}" && pwd)
tidemark=$build/bin/tidemark
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

seq 1 400000 | awk '{print ($1 * 7919) % 1000003, $1}' >numbers
cat >noise.yaml <<END
sweep: noise
runs:
  computes: {program: "awk 'BEGIN {for (i = 0; i < 1000000; i++) {a[i] = i * 1.5; s += a[i * 7 % 1000]} print s}'"}
  sorts: {program: "sort --parallel=2 -S 64M numbers"}
command: [sh, -c, "exec {program}"]
repeat: $repeats
END
"$tidemark" run noise.yaml --quiet >run.log 2>&1 || { cat run.log >&2; exit 3; }
for run in computes sorts; do
    echo "$run:"
    "$tidemark" query "SELECT 'peak_rss_bytes' || char(9) || peak_rss_bytes AS f FROM results WHERE run = '$run'
        UNION ALL SELECT 'cpu_s' || char(9) || (user_s + system_s) FROM results WHERE run = '$run'
        UNION ALL SELECT 'wall_s' || char(9) || wall_s FROM results WHERE run = '$run'" --format csv |
        tail -n +2 >"$run.tsv"
    "$build/tests/benchmarks/benchmark_false_alarms" <"$run.tsv" || bad=1
done

# The same for a machine whose noise is known: normal, with a paired scatter of 2 % in time and 0.4 % in memory.
echo "normal noise:"
awk 'function normal() { return sqrt(-2 * log(1 - rand())) * cos(6.283185307 * rand()) }
     BEGIN { srand(1)
             for (i = 0; i < 2000; i++) {
                 printf "cpu_s\t%.9f\n", 10 * (1 + normal() * 0.02 / sqrt(2))
                 printf "peak_rss_bytes\t%.0f\n", 3e8 * (1 + normal() * 0.004 / sqrt(2))
             } }' | "$build/tests/benchmarks/benchmark_false_alarms" || bad=1
exit ${bad:-0}
