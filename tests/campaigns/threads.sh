#!/bin/bash
# What has threads, under ThreadSanitizer: the runner's watch of files, and with LibTorch the trainer's loader too. Each of their
# tests is made again and again; prints how many trials there were, and how many with a report; ends with 1 where there was one.
#   tests/campaigns/threads.sh [TRIALS]          10 of each; builds build/tsan, and build/tsan-trainer where LibTorch is installed
set -euo pipefail
trials=${1:-10}
cd "$(dirname "$0")/../.."
# what LibTorch's own libraries do among themselves is not seen whole, and no finding of ours
export TSAN_OPTIONS="exitcode=66 ignore_noninstrumented_modules=1"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
made=0
bad=0

try() { # PRESET TARGET FILTER
    cmake --preset "$1" >/dev/null
    cmake --build --preset "$1" --target "$2" >/dev/null
    for trial in $(seq "$trials"); do
        made=$((made + 1))
        "build/$1/tests/$2" --gtest_filter="$3" --gtest_shuffle --gtest_random_seed="$trial" >"$log" 2>&1 && continue
        bad=$((bad + 1))
        echo "$2, seed $trial:"
        cat "$log"
    done
}

try tsan test_run 'FileWatch*:ObservedStates*:WatchedInputs*'
if [[ -n $(ldconfig -p | grep libtorch_cpu || true) || -n ${CMAKE_PREFIX_PATH:-} ]]; then
    try tsan-trainer test_trainer '*Loader*'
else
    echo "LibTorch is not installed: the trainer's loader is left out"
fi
echo "$made trials, $bad with problems"
[[ $bad == 0 ]]
