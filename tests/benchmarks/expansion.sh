#!/bin/sh
# Time and peak memory of expanding a large matrix with an exclusion and a derived parameter: 100,000 cells, then 1,000,000.
# Measured by tidemark itself: each expansion (`run --dry-run`, its table written to a file) is a run of a sweep.
#   tests/benchmarks/expansion.sh        the built tidemark: TIDEMARK_BUILD_DIR, or build/release
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
tidemark=${TIDEMARK_BUILD_DIR:-$project/build/release}/bin/tidemark
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

matrix() { # $1: values of the third axis
    printf 'sweep: large\ncommand: [/bin/true]\nmatrix:\n  batch_size: [%s]\n  seed: [%s]\n  workers: [%s]\n' \
        "$(seq -s ', ' 100)" "$(seq -s ', ' 100)" "$(seq -s ', ' 0 $(($1 - 1)))"
    printf 'derive: {accumulation: batch_size * 2}\nexclude: ["workers = 0 and batch_size > 90"]\n'
}
matrix 10 >cells100000.yaml
matrix 100 >cells1000000.yaml

cat >expansion.yaml <<END
sweep: expansion
command: ["$tidemark", run, "cells{cells}.yaml", --dry-run, --yes, --output, "table{cells}.txt"]
matrix: {cells: [100000, 1000000]}
repeat: 3
END
"$tidemark" run expansion.yaml
