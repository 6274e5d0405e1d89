#!/bin/sh
# What it costs a program that its reads are watched: a Python that imports 500 modules which lie below the sweep's folder, with
# `observe: true` and `observe: false` in turn, so that a busy machine slows both. It tells the median and the quartiles of the ratios
# of the pairs, by wall and by CPU time of the program; then the same of /bin/true, and how long 10,000 done runs take to be found done.
#   tests/benchmarks/observing_cost.sh [PAIRS]        the built tidemark: TIDEMARK_BUILD_DIR, or build/release
set -eu
pairs=${1:-40}
project=$(cd "$(dirname "$0")/../.." && pwd)
build=${TIDEMARK_BUILD_DIR:-$project/build/release}
tidemark=$build/bin/tidemark
[ -x "$tidemark" ] || { echo "$tidemark is missing: build it" >&2; exit 3; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

mkdir package && : >package/__init__.py
for module in $(seq 500); do
    # as large as modules are that a program imports: some functions and classes
    { echo "import os, sys"; for part in $(seq 20); do echo "def f$part(a, b=$module):
    \"\"\"Adds up.\"\"\"
    return a + b + $part
class C$part:
    def method(self): return f$part(self, $part)"; done; } >"package/m$module.py"
done
{ for module in $(seq 500); do echo "import package.m$module"; done; } >start.py
unset PYTHONDONTWRITEBYTECODE
for observe in true false; do
    printf 'sweep: start-%s\ncommand: [python3, start.py]\nobserve: %s\n' "$observe" "$observe" >"start-$observe.yaml"
    printf 'sweep: nothing-%s\ncommand: [/bin/true]\nobserve: %s\n' "$observe" "$observe" >"nothing-$observe.yaml"
done
python3 start.py  # compiles them

for pair in $(seq "$pairs"); do
    # whoever comes first has the colder caches
    if [ $((pair % 2)) = 0 ]; then order="true false"; else order="false true"; fi
    for program in start nothing; do
        for observe in $order; do
            "$tidemark" run "$program-$observe.yaml" --db "cost.db" --fresh --memory-method wait4 >/dev/null 2>&1
        done
    done
done
"$tidemark" query --db cost.db --format csv \
    "SELECT sweep, wall_s, user_s + system_s FROM attempts ORDER BY started_at, run_id" | tail -n +2 |
    awk -F '[,-]' '
    function sort(a, n,   i, j, t) {
        for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (a[j] < a[i]) { t = a[i]; a[i] = a[j]; a[j] = t }
    }
    function tell(what, program,   n, r, ratio) {
        for (r = 1; r <= count[program, "true"]; r++)
            ratio[++n] = taken[program, "true", r, what] / taken[program, "false", r, what]
        sort(ratio, n)
        median = (ratio[int((n + 1) / 2)] + ratio[int((n + 2) / 2)]) / 2
        printf "  %.4f (%.4f – %.4f)", median, ratio[int((n + 3) / 4)], ratio[int((3 * n + 3) / 4)]
    }
    { r = ++count[$1, $2]; taken[$1, $2, r, "wall"] = $3; taken[$1, $2, r, "cpu"] = $4 }
    END {
        print "watched / not watched, median of the pairs (quartiles): wall time, CPU time of the program"
        split("start nothing", programs, " ")
        for (p = 1; p <= 2; p++) { printf "%-8s", programs[p]; tell("wall", programs[p]); tell("cpu", programs[p]); print "" }
    }'

cat >many.yaml <<END
sweep: many
command: [/bin/cat, start.py]
matrix: {a: [$(seq -s, 100)], b: [$(seq -s, 100)]}
END
"$tidemark" run many.yaml --db many.db --jobs 4 --quiet --memory-method wait4 >/dev/null 2>&1
for round in 1 2 3; do
    begin=$(date +%s%N)
    "$tidemark" run many.yaml --db many.db --output table.txt 2>said.txt
    echo "10,000 done runs: $((($(date +%s%N) - begin) / 1000000)) ms: $(tail -1 said.txt)"
done
