#!/bin/sh
# Time and peak memory of `report` of one sweep of 1,000 runs in a database of 1,000,000: at most 1 s and 200 MiB in each
# format. Measured by tidemark itself; the first of all reads the file from the disk and is not counted.
#   cmake --build BUILD --target benchmark_report && TIDEMARK_BUILD_DIR=BUILD tests/benchmarks/report.sh [RUNS]
set -eu
runs=${1:-1000000}
project=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "${TIDEMARK_BUILD_DIR:-$project/build/release}" && pwd)
tidemark=$build/bin/tidemark
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >thousand.yaml <<END
sweep: thousand
command: [/bin/true, "{batch_size}", "{seed}"]
matrix: {batch_size: [$(seq -s ', ' 10)], seed: [$(seq -s ', ' 20)]}
repeat: 5
END
"$build/tests/benchmarks/benchmark_report" million.db thousand.yaml "$runs"
"$tidemark" report thousand.yaml --db million.db >/dev/null

cat >report.yaml <<END
sweep: report
command: ["$tidemark", report, thousand.yaml, --db, million.db, --format, "{format}", --output, "thousand.{format}"]
matrix: {format: [text, markdown, html, csv, json]}
inputs: []
repeat: 5
END
"$tidemark" run report.yaml --quiet 2>/dev/null
ls -l thousand.* | awk '{print $5, $NF}'
"$tidemark" query "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM results WHERE wall_s > 1 OR peak_rss_bytes > 200 * 1048576)" --format csv |
    grep -qx 1 || { echo "more than 1 s or 200 MiB" >&2; exit 1; }
