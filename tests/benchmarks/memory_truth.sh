#!/bin/bash
# Programs of known memory, and what is said about it: the page frames that they have mapped, counted one by one while they wait
# (/proc/PID/pagemap, as root); by tidemark (best guess and its bounds, by a cgroup and without one), by
# `/usr/bin/time -v` (ru_maxrss), by a sum of resident sizes every 100 ms, and by hyperfine (--export-json, memory_usage_byte,
# since hyperfine 1.17). In MiB; `–`: the tool is not here, or does not tell.
#   tests/benchmarks/memory_truth.sh     after `./tidemark test`; TIDEMARK_BUILD_DIR, or build/release
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
build=$(realpath -m "${TIDEMARK_BUILD_DIR:-$project/build/release}")
program=$build/tests/programs/known-program
[[ -x $program ]] || { echo "$program is missing: ./tidemark test builds it" >&2; exit 3; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

names=(one four-at-once four-in-turn readers writers spike-5ms shared)
declare -A words=([one]="allocate 100 0" [four-at-once]="together 4 100" [four-in-turn]="in-turn 4 100" [readers]="readers 400 4"
    [writers]="writers 400 4" [spike-5ms]="spike 300 5" [shared]="shared 200 3")
cmake --build "$build" --target benchmark_page_frames >/dev/null
by_page_frames() { "$build/tests/benchmarks/benchmark_page_frames" "$program" $1 | awk '{printf "%.1f", $1 / 1048576}'; }

{
    printf 'sweep: truth\ncommand: ["%s", "{verb}", "{x}", "{y}"]\nruns:\n' "$program"
    for name in "${names[@]}"; do
        read -r verb x y <<<"${words[$name]}"
        printf '  %s: {verb: %s, x: %s, y: %s}\n' "$name" "$verb" "$x" "$y"
    done
} >truth.yaml
# by the best method of this machine, and as an ordinary user has it who has no cgroup
"$build/bin/tidemark" run truth.yaml --db best.db --quiet >/dev/null 2>&1
"$build/bin/tidemark" run truth.yaml --db stops.db --memory-method exit-stop --quiet >/dev/null 2>&1

by_tidemark() { # DATABASE RUN: best guess | low – high | method
    "$build/bin/tidemark" query --db "$1" --format csv "SELECT printf('%.1f', peak_rss_bytes / 1048576.0) || ' | ' ||
        printf('%.1f', peak_rss_low_bytes / 1048576.0) || ' – ' || coalesce(printf('%.1f', peak_rss_high_bytes / 1048576.0), '?')
        FROM results WHERE run = '$2'" | tail -n 1
}

by_time() {
    command -v /usr/bin/time >/dev/null || { echo –; return; }
    /usr/bin/time -f %M -o time.out "$program" $1 && awk '{printf "%.1f", $1 / 1024}' time.out
}

by_sampling() {
    setsid "$program" $1 &
    local pid=$! most=0 now
    while kill -0 "$pid" 2>/dev/null; do
        now=$(ps -o rss= --sid "$pid" | awk '{sum += $1} END {print sum + 0}')
        ((now > most)) && most=$now
        sleep 0.1
    done
    awk -v most="$most" 'BEGIN {printf "%.1f", most / 1024}'
}

by_hyperfine() {
    command -v hyperfine >/dev/null || { echo –; return; }
    hyperfine -N --warmup 0 --runs 1 --export-json hyperfine.json "$program $1" >/dev/null 2>&1
    grep -A 1 '"memory_usage_byte"' hyperfine.json | grep -oE '[0-9]{4,}' | head -n 1 | awk '{printf "%.1f", $1 / 1048576} END {if (!NR) printf "–"}'
}

method=$("$build/bin/tidemark" query --db best.db --format csv "SELECT memory_method FROM results WHERE run = 'readers'" | tail -n 1)
echo "| program | page frames | tidemark, $method | its bounds | tidemark, exit stops | its bounds | time -v | RSS sum, 100 ms | hyperfine |"
echo "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
for name in "${names[@]}"; do
    echo "| $name | $(by_page_frames "${words[$name]}") | $(by_tidemark best.db "$name") | $(by_tidemark stops.db "$name") | $(by_time "${words[$name]}") | $(by_sampling "${words[$name]}") | $(by_hyperfine "${words[$name]}") |"
done
