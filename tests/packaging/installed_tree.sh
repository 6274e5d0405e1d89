#!/usr/bin/env bash
# `cmake --install`: what is not built is refused before anything is copied; the tree works where it is moved to.
#   tests/packaging/installed_tree.sh BUILD
set -euo pipefail
build=$(realpath "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "$*" >&2; exit 1; }

cmake --install "$build" --prefix "$scratch/first" >"$scratch/log" 2>&1 || fail "$(tail -n 5 "$scratch/log")"
mv "$scratch/first" "$scratch/moved"
cd "$scratch"
program=$scratch/moved/bin/tidemark
"$program" measure --quiet --db mine.db -- true >said || fail "the moved program does not measure"
grep -q '^true' said || grep -q 'peak' said || fail "it says nothing of a peak: $(cat said)"
for file in share/man/man1/tidemark.1 share/man/man5/tidemark-sweep.5 share/man/man5/tidemark-results.5 share/tidemark/sweep.schema.json \
    share/bash-completion/completions/tidemark share/doc/tidemark/copyright include/tidemark/tidemark_events.hpp; do
    [ -s "moved/$file" ] || fail "$file was not installed"
done

# one component alone
cmake --install "$build" --prefix "$scratch/runner" --component runner >/dev/null
[ -x runner/bin/tidemark ] || fail "the component runner has no program"
for other in include libexec/tidemark/tidemark-train; do
    [ ! -e "runner/$other" ] || fail "the component runner has $other"
done

# a build that lacks a part: the rules of installation, about a build folder that is elsewhere
mkdir empty
sed "s|$build|$scratch/empty|g" "$build/cmake_install.cmake" >empty/cmake_install.cmake
if cmake -DCMAKE_INSTALL_PREFIX="$scratch/none" -P empty/cmake_install.cmake >said 2>&1; then fail "an empty build was installed"; fi
tr -s ' \n' ' ' <said | grep -q "nothing was installed: bin/tidemark is not built yet; build it first: cmake --build $scratch/empty --target tidemark_product" ||
    fail "it is not told how to build it: $(cat said)"
[ ! -e none ] || fail "half a tree was left behind"
