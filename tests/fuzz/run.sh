#!/usr/bin/env bash
# Fuzzes what comes from outside with clang's libFuzzer, under AddressSanitizer and UndefinedBehaviorSanitizer.
#   tests/fuzz/run.sh MINUTES [HARNESS...]   all harnesses (or these), each on a CPU of its own, for so long in all
#   tests/fuzz/run.sh --keep                 takes those of the inputs found so far that reach new code into tests/fuzz/corpus
# Prints for each harness how many inputs it was called with, how much of the code they reach, and what was found. Exits
# with 1 where one of them crashed, hung or took too much memory: the input lies in build/fuzz/found.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly build=build/fuzz corpus=tests/fuzz/corpus
readonly all=(sweep_file events run_directory captures expressions declared_tables database phase_socket)
readonly largest_input=1048576 largest_kept=4096 # bytes
readonly patience=60                             # seconds for one input, on a loaded machine
readonly most_memory=2048                        # MiB

usage() { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ $# -ge 1 ] || usage

for tool in clang++ cmake ninja; do
    command -v $tool >/dev/null || { echo "needs $tool: apt-get install clang cmake ninja-build" >&2; exit 3; }
done
cmake --preset fuzz >/dev/null
cmake --build $build --target tidemark_fuzzers -j "$(nproc)" >/dev/null
mkdir -p $build/found

seeds_of() {
    echo $corpus/"$1"
    [ "$1" != sweep_file ] || echo tests/configs/good tests/configs/bad configs
}

fuzz() { # harness, seconds
    mkdir -p $build/corpus/"$1"
    local dictionary=()
    [ ! -f tests/fuzz/"$1".dict ] || dictionary=(-dict=tests/fuzz/"$1".dict)
    # shellcheck disable=SC2046
    $build/tests/fuzz/fuzz_"$1" -max_total_time="$2" -max_len=$largest_input -timeout=$patience \
        -rss_limit_mb=$most_memory "${dictionary[@]}" -artifact_prefix=$build/found/"$1"- -print_final_stats=1 -reload=0 \
        $build/corpus/"$1" $(seeds_of "$1") >$build/found/"$1".log 2>&1 && echo 0 >$build/found/"$1".status ||
        echo 1 >$build/found/"$1".status
}

summary() { # harness
    local log=$build/found/$1.log reached inputs
    reached=$(grep -oE 'cov: [0-9]+' "$log" | tail -1 || true)
    inputs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    printf '%-16s %12s inputs, edges reached %7s, ' "$1" "${inputs:-?}" "${reached#cov: }"
    if [ "$(cat $build/found/"$1".status)" = 0 ]; then
        echo "nothing found"
    else
        echo "FOUND: $(grep -m1 -E 'ERROR|SUMMARY|runtime error|does not hold' "$log" || tail -1 "$log")"
        return 1
    fi
}

if [ "$1" = --keep ]; then
    for harness in "${all[@]}"; do
        [ -d $build/corpus/$harness ] || continue
        $build/tests/fuzz/fuzz_$harness -merge=1 -max_len=$largest_kept $corpus/$harness $build/corpus/$harness 2>&1 |
            grep -E 'MERGE-OUTER: .* new files with' || true
    done
    exit
fi

[[ $1 =~ ^[0-9]+$ ]] || usage
minutes=$1
shift
harnesses=("$@")
[ $# -gt 0 ] || harnesses=("${all[@]}")
seconds=$((minutes * 60 * $(nproc) / ${#harnesses[@]}))

export -f fuzz seeds_of
export build corpus largest_input patience most_memory
printf '%s\n' "${harnesses[@]}" | xargs -P "$(nproc)" -I{} bash -c "fuzz {} $seconds"

found=0
for harness in "${harnesses[@]}"; do summary "$harness" || found=1; done
exit $found
