#!/usr/bin/env bash
# Makes the Debian packages and the tarball of a build, and holds them to what docs/install.md says: lintian finds no error, the packages
# are installed in a clean Debian of the same version, used there and purged without a trace, the tarball runs wherever it is
# unpacked. Takes some minutes, root, and packages from Debian.
#   tests/packaging/packages.sh [BUILD]        default: build/release; needs lintian and mmdebstrap
#   TIDEMARK_TRAINER_PACKAGE=no                leaves tidemark-trainer out, whose LibTorch is 2 GB
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(realpath "${1:-build/release}")
for program in lintian mmdebstrap cpack; do
    command -v $program >/dev/null || { echo "needs $program: apt-get install lintian mmdebstrap cmake" >&2; exit 2; }
done
[ "$(id -u)" -eq 0 ] || { echo "needs root, for a chroot" >&2; exit 2; }
# shellcheck source=/dev/null
. /etc/os-release

scratch=$(mktemp -d)
chroot=$scratch/debian
trap 'umount "$chroot/proc" "$chroot/sys" 2>/dev/null || true; rm -rf --one-file-system "$scratch"' EXIT
step() { echo "== $*"; }

step "packages"
cmake --build "$build" --target tidemark_product >"$scratch/build.log" 2>&1 || { tail "$scratch/build.log" >&2; exit 1; }
rm -rf "$build/packages"
(cd "$build" && cpack -G DEB && cpack -G TGZ) >"$scratch/cpack.log" 2>&1 || { cat "$scratch/cpack.log" >&2; exit 1; }
ls -l "$build"/packages/*.deb "$build"/packages/*.tar.gz

step "lintian"
lintian --fail-on error --tag-display-limit 0 "$build"/packages/*.deb

step "a clean Debian $VERSION_CODENAME"
mmdebstrap --variant=minbase --quiet "$VERSION_CODENAME" "$chroot"
mount -t proc proc "$chroot/proc"
mount -t sysfs sys "$chroot/sys"
inside() { chroot "$chroot" env -i HOME=/root PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
files() { (cd "$chroot" && find usr etc opt -xdev ! -type d | sort); }
cp "$build"/packages/*.deb "$chroot/tmp/"
inside apt-get update -qq

used() {
    inside sh -euc '
        cd / && rm -rf used && mkdir used && cd used
        seq 100000 >numbers
        tidemark measure --quiet -- sort -R numbers
        printf "sweep: s\ncommand: [sort, -S, \"{size}\", numbers]\nmatrix: {size: [1M, 8M]}\n" >s.yaml
        tidemark run s.yaml --quiet
        tidemark query "SELECT count(*) AS runs FROM results WHERE status = '"'ok'"'" --format csv
        tidemark --version
        tidemark doctor >doctor.txt || { cat doctor.txt; exit 1; }'
}

step "tidemark alone, installed and used"
inside sh -c 'apt-get install -y -qq --no-install-recommends /tmp/tidemark_*.deb' >"$scratch/apt.log" 2>&1 || { cat "$scratch/apt.log"; exit 1; }
inside sh -c '! ls /usr/lib/*/libtorch* 2>/dev/null' || { echo "tidemark brought LibTorch" >&2; exit 1; }
used
inside sh -c 'test -s /usr/share/man/man5/tidemark-sweep.5.gz || ls /etc/dpkg/dpkg.cfg.d' >/dev/null

step "tidemark-dev"
inside sh -c 'apt-get install -y -qq --no-install-recommends /tmp/tidemark-dev_*.deb && test -s /usr/include/tidemark/tidemark_events.hpp' >/dev/null

if [ "${TIDEMARK_TRAINER_PACKAGE:-yes}" != no ] && ls "$chroot"/tmp/tidemark-trainer_*.deb >/dev/null 2>&1; then
    step "tidemark-trainer, installed and used, with the BLAS that it recommends"
    inside sh -c 'apt-get install -y -qq --no-install-recommends /tmp/tidemark-trainer_*.deb libopenblas0-pthread' >"$scratch/apt.log" 2>&1 || { cat "$scratch/apt.log"; exit 1; }
    inside sh -euc 'cd /used && printf "sweep: t\nworkload: train\nparameters: {dataset: synthetic, train_samples: 32, test_samples: 16, epochs: 1}\nmatrix: {model: [baseline, mlp]}\n" >t.yaml
        tidemark run t.yaml --quiet'
fi

step "purged without a trace"
inside sh -c 'apt-get purge -y -qq "tidemark*" && rm -rf /used' >/dev/null 2>&1
left=$(files | grep -i tidemark || true)
[ -z "$left" ] || { printf 'left behind:\n%s\n' "$left" >&2; exit 1; }

step "the tarball, unpacked somewhere else"
mkdir "$chroot/elsewhere"
tar -xzf "$build"/packages/tidemark-*.tar.gz -C "$chroot/elsewhere" --strip-components=1
libraries=$(inside sh -c 'ldd /elsewhere/bin/tidemark | grep -c "not found"' || true)
[ "$libraries" = 0 ] || { echo "the tarball needs $libraries libraries that are gone with the packages" >&2; exit 1; }
inside ln -s /elsewhere/bin/tidemark /usr/local/bin/tidemark
used
echo "== all of it holds"
