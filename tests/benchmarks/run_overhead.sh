#!/bin/sh
# What a run costs beside the program itself: a sweep of 300 runs of /bin/true, each isolated and stored, against
# `hyperfine -N` starting /bin/true as often. Prints the ratio of the total times; the rounds alternate, so that a busy
# machine slows both.
#   tests/benchmarks/run_overhead.sh [ROUNDS]        the built tidemark: TIDEMARK_BUILD_DIR, or build/release
set -eu
readonly runs=300
rounds=${1:-5}
project=$(cd "$(dirname "$0")/../.." && pwd)
tidemark=$(realpath "${TIDEMARK_BUILD_DIR:-$project/build/release}")/bin/tidemark
command -v hyperfine >/dev/null || { echo "hyperfine is missing: apt-get install hyperfine" >&2; exit 3; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

{
    printf 'sweep: overhead\ncommand: [/bin/true]\nmatrix: {n: ['
    seq -s ', ' "$runs" | tr -d '\n'
    printf ']}\n'
} >overhead.yaml

seconds() { # of a command
    start=$(date +%s.%N)
    "$@" >/dev/null 2>&1
    end=$(date +%s.%N)
    echo "$end $start" | awk '{printf "%.4f", $1 - $2}'
}

: >times
for round in $(seq "$rounds"); do
    # a new folder each time: where many files were just deleted, ext4 is slow to make new ones. With the sweep file, below
    # whose folder what runs read is watched: the results of earlier rounds are none of that
    mkdir "round$round"
    cp overhead.yaml "round$round"
    cd "round$round"
    own=$(seconds "$tidemark" run overhead.yaml)
    stored=$("$tidemark" query "SELECT count(*) FROM results WHERE status = 'ok' AND peak_rss_bytes IS NOT NULL" --format csv | tail -n 1)
    [ "$stored" = "$runs" ] || { echo "only $stored of $runs runs are stored" >&2; exit 1; }
    cd ..
    peer=$(seconds hyperfine -N --warmup 0 --runs "$runs" /bin/true)
    echo "$own $peer" >>times
done
awk -v runs="$runs" '
    { own[NR] = $1; peer[NR] = $2; ratio[NR] = $1 / $2
      printf "round %d: tidemark %.2f ms a run, hyperfine -N %.2f ms, ratio %.2f\n", NR, $1 / runs * 1e3, $2 / runs * 1e3, $1 / $2 }
    END { n = asort_numbers(ratio, NR); printf "ratio (median of %d rounds): %.2f\n", NR, n }
    function asort_numbers(a, count,   i, j, t) {
        for (i = 1; i <= count; i++) for (j = i + 1; j <= count; j++) if (a[j] < a[i]) { t = a[i]; a[i] = a[j]; a[j] = t }
        return count % 2 ? a[(count + 1) / 2] : (a[count / 2] + a[count / 2 + 1]) / 2
    }' times
