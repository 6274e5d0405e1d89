#!/bin/sh
# Holds the house to what ARCHITECTURE.md says of it: data flows one way, so no room includes one that stands behind it in
# the order of runner/CMakeLists.txt; plugins know base and protocol alone; Chinese stands where it is said to.
#   tests/architecture/rooms.sh          says what breaks the rules, and fails if anything does
#   tests/architecture/rooms.sh --count  prints how often each room includes each other one
set -eu
export LC_ALL=C.UTF-8
cd "$(dirname "$0")/../.."
rooms=$(sed -n 's/^foreach(room \(.*\))$/\1/p' runner/CMakeLists.txt)
[ -n "$rooms" ] || { echo "runner/CMakeLists.txt names no rooms" >&2; exit 1; }

# file:including room:included room, one line for each include of a room
includes() {
    grep -rHn --include='*.cpp' --include='*.hpp' '^#include "[a-z_]*/' runner |
        sed -nE 's#^(runner/([a-z_]+)/[^:]*:[0-9]+):\#include "([a-z_]+)/.*#\1 \2 \3#p'
}

if [ "${1:-}" = --count ]; then
    includes | awk '$2 != $3 { print $2, $3 }' | sort | uniq -c
    exit 0
fi

broken=0
say() { echo "$1" >&2; broken=1; }

place() {
    at=0
    for room in $rooms; do
        at=$((at + 1))
        [ "$room" = "$1" ] && { echo $at; return; }
    done
    echo 0
}
for room in $rooms; do eval "place_$room=$(place "$room")"; done

upwards=$(includes | while read -r where from to; do
    eval "own=\${place_$from:-0} other=\${place_$to:-0}"
    [ "$own" -gt 0 ] || echo "$where: $from is no room of runner/CMakeLists.txt"
    [ "$other" -gt 0 ] || echo "$where: includes $to, which is no room"
    [ "$other" -le "$own" ] || echo "$where: $from includes $to, which stands behind it"
done)
[ -z "$upwards" ] || say "$upwards"

# within a room, too, what reads a file does not know what is made of it
backwards=$(grep -rn '^#include "sweep/expansion/' runner/sweep/file || true)
[ -z "$backwards" ] || say "$backwards: file/ stands before expansion/"

# a static program that the runner's memory must not show through: the standard library, Linux, and what crosses its border
foreign=$(grep -rn '^#include "' runner/warden | grep -v '"warden/\|"protocol/measurement.hpp"\|"protocol/figures.hpp"\|"protocol/warden_signals.hpp"\|"protocol/phase_announcement.hpp"\|"base/text_encoding.hpp"' || true)
[ -z "$foreign" ] || say "$foreign: the warden knows std and Linux only"

plugins=$(grep -rnE '^#include "(terminal|capture|sql|analysis|sweep|warden|run|store|results|report|tables|data|cli)/' plugins || true)
[ -z "$plugins" ] || say "$plugins: plugins know base and protocol alone"

# the words and sentences of reports, headings of figures, and examples of translations
chinese=$(grep -rlP --include='*.cpp' --include='*.hpp' '[\x{4e00}-\x{9fff}]' runner |
    grep -vx 'runner/report/language.cpp\|runner/tables/texts.cpp\|runner/protocol/figures.hpp\|runner/protocol/result_columns.hpp\|runner/sweep/file/grammar.cpp\|runner/sweep/file/key_examples.cpp' || true)
[ -z "$chinese" ] || say "$chinese: Chinese stands in report/language.cpp, tables/texts.cpp and protocol/figures.hpp"

prose=$(grep -rlE --include='*.cpp' --include='*.hpp' '"no such (column|table)' runner | grep -vx 'runner/sql/connection.cpp' || true)
[ -z "$prose" ] || say "$prose: what SQLite says is read in sql/connection.cpp"

exit $broken
