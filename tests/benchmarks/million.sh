#!/bin/sh
# What `list`, `query`, `compare` and `check` take in a database of 1,000,000 runs: time and peak memory, measured by tidemark
# itself, at most 1 s and 200 MiB each. And how many finished runs `import` takes over a second: at least 20,000.
#   cmake --build BUILD --target benchmark_million && TIDEMARK_BUILD_DIR=BUILD tests/benchmarks/million.sh [RUNS]
set -eu
runs=${1:-1000000}
project=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "${TIDEMARK_BUILD_DIR:-$project/build/release}" && pwd)
tidemark=$build/bin/tidemark
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >thousand.yaml <<END
sweep: thousand
command: [/bin/true, "{batch_size}", "{seed}"]
matrix: {batch_size: [$(seq -s ', ' 10)], seed: [$(seq -s ', ' 20)]}
repeat: 5
checks:
  - {name: fits, where: "true", metric: peak_rss, max: 1 GiB}
  - {name: learns, where: batch_size < 8, metric: accuracy, min: 50 %}
  - {name: no creep, where: "true", metric: peak_rss, max_increase: 3 %, against: main}
END
make=$build/tests/benchmarks/benchmark_million

"$make" part.db thousand.yaml 100000
start=$(date +%s.%N)
"$tidemark" import part.db --db copy.db
end=$(date +%s.%N)
count=$("$tidemark" query "SELECT count(*) FROM attempts" --db copy.db --format csv | tail -n 1)
echo "$start $end $count" | awk '{ printf "imported: %d runs, %.0f a second\n", $3, $3 / ($2 - $1); exit $3 / ($2 - $1) < 20000 }' || bad=1
rm part.db copy.db
"$make" million.db thousand.yaml "$runs"

cat >ask.sh <<'END'
#!/bin/sh
tidemark=$1
case $2 in
list) exec "$tidemark" list --db million.db ;;
list-runs) exec "$tidemark" list --db million.db --sweep thousand --sort peak_rss_bytes --limit 20 ;;
query) exec "$tidemark" query "SELECT batch_size, avg(peak_rss_bytes), avg(accuracy) FROM results WHERE sweep = 'thousand' GROUP BY batch_size" --db million.db ;;
compare) exec "$tidemark" compare main thousand --db million.db ;;
check) exec "$tidemark" check thousand.yaml --db million.db ;;
esac
END
chmod +x ask.sh
cat >ask.yaml <<END
sweep: ask
command: [./ask.sh, "$tidemark", "{question}"]
matrix: {question: [list, list-runs, query, compare, check]}
repeat: 3
limits: {wall: 2 min}
checks:
  - {name: at most a second, where: "true", metric: wall, max: 1 s}
  - {name: at most 200 MiB, where: "true", metric: peak_rss, max: 200 MiB}
END
# the first of three reads the file from the disk
for question in list list-runs query compare check; do ./ask.sh "$tidemark" $question >/dev/null; done
"$tidemark" run ask.yaml --quiet 2>run.log || { cat run.log >&2; exit 1; }
"$tidemark" check ask.yaml || bad=1
ls -lh million.db | awk '{print "database of '"$runs"' runs:", $5}'
exit ${bad:-0}
