#!/bin/sh
# What it costs a program that is nothing but births and deaths to be watched: 1000 forks of a process that ends at once, and 3000
# threads, each after the one before; alone, and as a run by each method. The rounds go through all of them in turn, so that a busy
# machine slows all. Of the program's own time and CPU time (that of the warden is not in it) it tells the median, and the median and
# the quartiles of the ratios to what it took alone in the same round.
#   tests/benchmarks/fork_cost.sh [ROUNDS]        the built tidemark with its tests: TIDEMARK_BUILD_DIR, or build/release
set -eu
rounds=${1:-15}
project=$(cd "$(dirname "$0")/../.." && pwd)
build=${TIDEMARK_BUILD_DIR:-$project/build/release}
program=$build/tests/programs/known-program
[ -x "$program" ] || { echo "$program is missing: build the tests" >&2; exit 3; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >births.yaml <<END
sweep: births
command: ["$program", "{verb}", "{n}"]
runs:
  forks: {verb: forks, n: 1000}
  threads: {verb: short-threads, n: 3000}
END

: >times
for round in $(seq "$rounds"); do
    echo "$round forks alone $("$program" forks 1000)" >>times
    echo "$round threads alone $("$program" short-threads 3000)" >>times
    for method in wait4 sampled cgroup exit-stop; do
        "$build/bin/tidemark" run births.yaml --db births.db --fresh --memory-method "$method" >/dev/null 2>&1 || continue
        "$build/bin/tidemark" query --db births.db "SELECT run, directory FROM runs WHERE latest = 1" --format csv | tail -n +2 |
            while IFS=, read -r run directory; do
                echo "$round $run $method $(cat "$directory/stdout.log")" >>times
            done
    done
done
awk '
    function sort(a, n,   i, j, t) {
        for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (a[j] < a[i]) { t = a[i]; a[i] = a[j]; a[j] = t }
    }
    function tell(what, program, method,   n, r, own, ratio) {
        for (r = 1; r <= rounds; r++) if ((r, program, method, what) in taken) {
            own[++n] = taken[r, program, method, what] * 1e3
            ratio[n] = taken[r, program, method, what] / taken[r, program, "alone", what]
        }
        sort(own, n); sort(ratio, n)
        printf "  %8.1f  %5.2f (%.2f – %.2f)", own[int((n + 1) / 2)], ratio[int((n + 1) / 2)], ratio[int((n + 3) / 4)], ratio[int((3 * n + 3) / 4)]
    }
    { taken[$1, $2, $3, "wall"] = $4; taken[$1, $2, $3, "cpu"] = $5; rounds = $1 }
    !(($2, $3) in seen) { seen[$2, $3] = 1; order[++kinds] = $2 " " $3 }
    END {
        print "program and method: ms, times alone (quartiles); the same of CPU time"
        for (k = 1; k <= kinds; k++) {
            split(order[k], part, " ")
            printf "%-8s %-10s", part[1], part[2]; tell("wall", part[1], part[2]); tell("cpu", part[1], part[2]); print ""
        }
    }' times | sort
