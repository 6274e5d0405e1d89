#!/bin/bash
# The programs whose peaks are hard to bound, again and again on a busy machine: the tests of hard cases by each method, and a program
# that maps a large library in forked workers beside 0, 1 and 3 others of its kind (--jobs 1, 2, 4), whose truth is counted by page
# frames. All of it as root, and as an ordinary user; the tests also as root in a container. Prints how many trials there were, and how
# many told something else than the truth; ends with 1 where one did.
#   tests/campaigns/hard_cases.sh [TRIALS]       10 of each; as root, after `./tidemark test`; TIDEMARK_BUILD_DIR, or build/release
set -euo pipefail
trials=${1:-10}
project=$(cd "$(dirname "$0")/../.." && pwd)
build=$(realpath -m "${TIDEMARK_BUILD_DIR:-$project/build/release}")
program=$build/tests/programs/known-program
[[ -x $build/tests/test_isolation ]] || { echo "$build/tests/test_isolation is missing: ./tidemark test builds it" >&2; exit 3; }
[[ $(id -u) == 0 ]] || { echo "only root can count page frames, and become another user" >&2; exit 3; }
cmake --build "$build" --target benchmark_page_frames >/dev/null
ordinary=65534
methods=(auto cgroup exit-stop sampled wait4)
# as in a container: root, but nobody tells how much processes held when they ended
contained="setpriv --bounding-set -net_admin --inh-caps -net_admin"
declare -A as=([root]="" [contained]="$contained" [user]="setpriv --reuid $ordinary --regid $ordinary --clear-groups")

folder=$(mktemp -d)
chmod 755 "$folder"
busy=()
end() {
    for pid in "${busy[@]}"; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$folder"
}
trap end EXIT
# whatever ends it early is said
trap 'echo "hard_cases.sh: line $LINENO failed: $BASH_COMMAND" >&2' ERR
for signal in HUP INT TERM; do trap "echo 'hard_cases.sh: ended by SIG$signal' >&2; exit 3" "$signal"; done
for _ in $(seq "$(nproc)"); do
    (while :; do :; done) &
    busy+=($!)
done
wrong=0

echo "tests of hard cases, $trials times each beside a busy loop on each of $(nproc) CPUs:"
for who in root contained user; do
    said=$folder/tests-$who
    ended=0
    ${as[$who]} env TMPDIR=/tmp HOME=/tmp "$build/tests/test_isolation" --gtest_repeat="$trials" --gtest_color=no \
        --gtest_filter='*HardTrees*:*HardPhases*:*HardCase*:ATinyProgram*:HugePages*' >"$said" 2>&1 || ended=$?
    # a line with its time is of the test itself, one without is of the summary
    count() { grep -cE "^\[ *$1 *\].* ms\)\$" "$said" || true; }
    failed=$(count FAILED)
    skipped=$(count SKIPPED)
    echo "  $who: $(($(count OK) + failed)) trials, $failed violations; $skipped skipped, for the method or what they need is not here"
    sed -n 's/^\[  FAILED  \] \(.*\) (.* ms)$/    wrong: \1/p' "$said" | sort | uniq -c
    # a program of tests that ends by a signal has not made all of its trials
    [[ $ended -le 1 ]] || echo "    wrong: the tests ended with $ended after $(grep -c '^Repeating all tests' "$said") of $trials rounds"
    [[ $failed == 0 && $ended == 0 && $(count OK) != 0 ]] || { wrong=$((wrong + 1)); cp "$said" "${TMPDIR:-/tmp}/hard_cases.$who.log"; }
done

# A file as large as a library of that kind, that is in memory and that nobody else maps; and what differs from run to run by where
# a stack begins.
mebibytes=200
workers=2
own=50
differs=$((256 * 1024))
head -c "${mebibytes}M" /dev/urandom >"$folder/library"
chmod 644 "$folder/library"
words="with-library $folder/library $workers $own 300"
truths=$(for _ in 1 2 3; do "$build/tests/benchmarks/benchmark_page_frames" "$program" $words; done | sort -n)
least=$(head -n 1 <<<"$truths")
most=$(tail -n 1 <<<"$truths")
echo "a library of $mebibytes MiB in $workers forked workers, $trials times each beside others; $least to $most bytes by page frames:"
printf 'sweep: library\ncommand: ["%s", %s]\nrepeat: %d\n' "$program" "${words// /, }" "$trials" >"$folder/library.yaml"
for who in root user; do
    for method in "${methods[@]}"; do
        for jobs in 1 2 4; do
            place=$folder/$who-$method-$jobs
            mkdir "$place"
            [[ $who == root ]] || chown "$ordinary" "$place"
            in_place() { (cd "$place" && ${as[$who]} env HOME="$place" "$build/bin/tidemark" "$@"); }
            in_place run "$folder/library.yaml" --db results.db --jobs "$jobs" --memory-method "$method" >"$place/said" 2>&1 || true
            in_place query --db results.db --format csv "SELECT status, coalesce(peak_rss_low_bytes, 'none'),
                coalesce(peak_rss_high_bytes, 'none'), coalesce(peak_bounds_from, '') FROM results" 2>>"$place/said" | tail -n +2 >"$place/results" || true
            if [[ ! -s $place/results ]]; then
                printf '  %-4s %-9s --jobs %d: left out: %s\n' "$who" "$method" "$jobs" "$(grep -m 1 . "$place/said")"
                # what cannot be had by the rights of an ordinary user is no violation
                [[ $method == cgroup ]] || wrong=$((wrong + 1))
                continue
            fi
            verdict=$(awk -F, -v least="$least" -v most="$((most + differs))" '
                { ++trials; low_wrong = $2 != "none" && $2 > most; high_wrong = $3 != "none" && $3 < least }
                $1 != "ok" || low_wrong || high_wrong { ++wrong; print "    wrong: " $0 > "/dev/stderr" }
                $3 == "none" { ++none }
                END { printf "%d trials, %d violations, %d without an upper bound\n", trials, wrong, none; exit wrong > 0 }' \
                "$place/results" 2>"$place/wrong") || wrong=$((wrong + 1))
            printf '  %-4s %-9s --jobs %d: %s\n' "$who" "$method" "$jobs" "$verdict"
            cat "$place/wrong"
        done
    done
done
exit $((wrong > 0))
