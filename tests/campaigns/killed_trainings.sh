#!/bin/sh
# Kills tidemark-train at random moments, again and again, lets it go on from its checkpoint, and holds what it ends with
# against a training that was never killed: losses, accuracies and weights, bit for bit. One thread.
#
#     tests/campaigns/killed_trainings.sh [KILLS [OPTION...]]      20 kills; options of the trainer
#
# Takes as long as the training and KILLS starts of LibTorch.
set -eu
kills=${1:-20}
[ $# -gt 0 ] && shift
here=$(cd "$(dirname "$0")/../.." && pwd)
trainer=${TIDEMARK_TRAIN:-$here/build/release/libexec/tidemark/tidemark-train}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

train() { # FOLDER OPTION...: becomes the trainer
    own=$1
    shift
    cd "$own"
    exec env -u TIDEMARK_REQUEST -u TIDEMARK_RUN_DIR TIDEMARK_EVENTS="$own/events.jsonl" "$trainer" \
        --model baseline --hidden 16 --batch-size 16 --train-samples 3200 --test-samples 64 --epochs 8 --threads 1 \
        --save last "$@" >"$own/log" 2>&1
}

figures() {
    sed -n 's/.*"epoch":\([0-9]*\).*"name":"\(loss\|test_loss\|accuracy\)".*"value":\([^,}]*\).*/\1 \2 \3/p' "$1" | sort
}

mkdir "$folder/whole" "$folder/killed"
(train "$folder/whole" "$@")
made=0
while :; do
    rm -f "$folder/killed/events.jsonl"
    resume=
    [ -e "$folder/killed/checkpoint.pt" ] && resume="--resume $folder/killed"
    # shellcheck disable=SC2086 # two words, or none
    train "$folder/killed" --checkpoint-every "100 ms" $resume "$@" &
    process=$!
    if [ "$made" -lt "$kills" ]; then
        sleep "$(awk -v seed="$made$$" 'BEGIN { srand(seed); printf "%.3f", 1 + 4 * rand() }')"
        if kill -KILL "$process" 2>/dev/null; then
            wait "$process" 2>/dev/null || true
            made=$((made + 1))
            continue
        fi
    fi
    wait "$process" || { cat "$folder/killed/log"; exit 1; }
    break
done
figures "$folder/whole/events.jsonl" >"$folder/expected"
figures "$folder/killed/events.jsonl" >"$folder/found"
[ "$(wc -l <"$folder/expected")" -eq 24 ] || { echo "no figures of 8 epochs in $folder/whole/events.jsonl"; exit 1; }
if ! cmp -s "$folder/expected" "$folder/found" || ! cmp -s "$folder/whole/model.pt" "$folder/killed/model.pt"; then
    echo "after $made kills the training ended with other bits:"
    diff "$folder/expected" "$folder/found" || true
    exit 1
fi
echo "$made kills: the same losses, accuracies and weights"
