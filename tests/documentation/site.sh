#!/bin/sh
# The site is made without a warning, links between its pages included. Exit code 77 where mkdocs is missing.
set -eu
site=$(mktemp -d)
trap 'rm -rf "$site"' EXIT
"$(dirname "$0")/../../docs/build_site" "$site"
[ -s "$site/index.html" ] && [ -s "$site/docs/sweep-file.html" ]
