#!/bin/bash
# How long Slurm takes for RUNS runs of /bin/true, as a plain array and as a sweep: tests/benchmarks/slurm_overhead.sh BUILD [RUNS]
# On a Slurm of its own with two nodes (tests/slurm/cluster.sh; root).
set -euo pipefail
build=$(readlink -f "$1")
runs=${2:-1000}
here=$(cd "$(dirname "$0")" && pwd)
home=$(mktemp -d)
export SLURM_CONF=$home/slurm.conf
trap '"$here/../slurm/cluster.sh" down "$home"; rm -rf "$home"' EXIT
"$here/../slurm/cluster.sh" up "$home" 2
cd "$home"

seconds() { # COMMAND...
    local begin
    begin=$(date +%s.%N)
    "$@" > "$home/said" 2>&1 || { cat "$home/said" >&2; exit 1; }
    echo "$(date +%s.%N) - $begin" | bc
}
plain_array() {
    sbatch --quiet --job-name=plain --output=/dev/null --array="0-$((runs - 1))" --wrap /bin/true
    until [ -z "$(squeue --noheader --name plain)" ]; do sleep 0.5; done
}
printf 'sweep: true\ncommand: [/bin/true, "{n}"]\nobserve: false\nmatrix: {n: {range: 1..%d}}\n' "$runs" > sweep.yaml
echo "$runs runs of /bin/true, 8 CPUs in two nodes that are one machine:"
printf '  plain array       %6.1f s\n' "$(seconds plain_array)"
printf '  sweep             %6.1f s\n' "$(seconds "$build/bin/tidemark" run sweep.yaml --on slurm --jobs 64 --db plain.db --quiet)"
printf 'slurm: {runs_per_job: 25}\n' >> sweep.yaml
printf '  25 runs in a job  %6.1f s\n' "$(seconds "$build/bin/tidemark" run sweep.yaml --on slurm --jobs 64 --db packed.db --quiet)"
printf '  on this machine   %6.1f s\n' "$(seconds "$build/bin/tidemark" run sweep.yaml --jobs 8 --db local.db --quiet)"
