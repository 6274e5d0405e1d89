#!/bin/sh
# How well `tidemark plan` and `estimate` would have done on spaces that were measured in full once: after 15 % of the cells were
# measured, how far off the others are predicted (random splits); and how often 15 % of the runs find an answer within 2 % of the
# best that fits, for random ceilings. Beside it what a user has otherwise.
#   cmake --build BUILD --target benchmark_planning && TIDEMARK_BUILD_DIR=BUILD tests/benchmarks/planning.sh [SPLITS [CEILINGS]]
set -eu
splits=${1:-50}
ceilings=${2:-200}
project=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "${TIDEMARK_BUILD_DIR:-$project/build/release}" && pwd)
for table in "$project"/results/reference/planning_*.csv; do
    echo "== $(basename "$table" .csv)"
    "$build/tests/benchmarks/benchmark_planning" "$table" peak_rss_bytes "$splits" "$ceilings"
done
