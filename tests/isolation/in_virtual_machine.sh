#!/bin/sh
# Runs the tests of isolation and of the warden on a machine that has cgroups of version 2 alone: a virtual one, started by QEMU
# with a Debian kernel and a root file system that is made of this machine's programs. Takes a minute or two where /dev/kvm can be used.
#   tests/isolation/in_virtual_machine.sh [KERNEL [GTEST_FILTER]]
#       KERNEL: a kernel image (vmlinuz); without it, that of Debian's package linux-image-cloud-amd64 is downloaded
# Environment: TIDEMARK_BUILD_DIR (default: build/release), where `./tidemark test` has built the tests;
# TIDEMARK_QEMU_ACCEL=tcg, where KVM is there and does not work, as in a virtual machine without nesting (ten times slower).
# Needs the packages qemu-system-x86, e2fsprogs and busybox-static.
#
# On a machine that has cgroups of version 2 itself, this is enough (as root, or with --user as an ordinary user):
#   systemd-run --scope -p Delegate=yes ./tidemark test -R 'isolation|warden'
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
build=${TIDEMARK_BUILD_DIR:-$project/build/release}
case $build in /*) ;; *) build=$PWD/$build ;; esac
for program in qemu-system-x86_64 mke2fs busybox; do
    command -v "$program" >/dev/null || { echo "$program is missing: apt-get install qemu-system-x86 e2fsprogs busybox-static" >&2; exit 3; }
done
[ -x "$build/tests/test_isolation" ] || { echo "$build/tests/test_isolation is missing: ./tidemark test builds it" >&2; exit 3; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

kernel=${1:-}
filter=${2:-*}
if [ -z "$kernel" ]; then
    cd "$folder"
    package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
    apt-get download "$package" >/dev/null 2>&1
    dpkg-deb -x ./*.deb kernel
    kernel=$(echo kernel/boot/vmlinuz-*)
    kernel=$folder/$kernel
fi

# The root: busybox, the programs that the tests start, and all that is built, each with its libraries, where it is here.
root=$folder/root
mkdir -p "$root/proc" "$root/sys" "$root/dev" "$root/tmp" "$root/bin" "$root/sbin" "$root/etc"
cp "$(command -v busybox)" "$root/bin/busybox"
for applet in $(busybox --list | grep -vx busybox); do ln -sf busybox "$root/bin/$applet"; done
copy() {
    file=$(readlink -f "$1")
    mkdir -p "$root$(dirname "$1")" "$root$(dirname "$file")"
    rm -f "$root$1"
    cp "$file" "$root$file"
    [ "$file" = "$1" ] || ln -sf "$file" "$root$1"
    ldd "$file" 2>/dev/null | sed -n 's/.* => \(\/[^ ]*\).*/\1/p; s/^\t\(\/[^ ]*\).*/\1/p' | while read -r library; do
        [ -e "$root$library" ] && continue
        mkdir -p "$root$(dirname "$library")"
        cp -L "$library" "$root$library"
    done
}
for program in unshare setpriv setsid; do copy "$(command -v "$program")"; done
for shell in /bin/dash; do copy "$shell"; ln -sf dash "$root/bin/sh"; done
copy "$build/tests/test_isolation"
copy "$build/tests/test_warden"
for program in known-program random-program tiny-program heap-program sdk-program; do copy "$build/tests/programs/$program"; done
copy "$build/bin/tidemark"
for part in tidemark-warden libtidemark-heap-offset.so; do copy "$build/libexec/tidemark/$part"; done
echo 'root:x:0:0::/:/bin/sh' >"$root/etc/passwd"

cat >"$root/init" <<END
#!/bin/sh
export PATH=/usr/bin:/bin:/sbin HOME=/tmp LD_LIBRARY_PATH=
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev 2>/dev/null
exec </dev/console >/dev/console 2>&1
mkdir -p /dev/shm && mount -t tmpfs tmpfs /dev/shm
mount -t cgroup2 cgroup2 /sys/fs/cgroup
chmod 1777 /tmp
# as a delegated scope of systemd is: a cgroup of our own, whose parent may be given controllers
mkdir -p /sys/fs/cgroup/suite/shell
echo +memory +pids >/sys/fs/cgroup/cgroup.subtree_control
echo 1 >/sys/fs/cgroup/suite/shell/cgroup.procs
echo "Linux \$(uname -r), cgroup v2: \$(cat /sys/fs/cgroup/cgroup.controllers)"
result=0
for tests in test_warden test_isolation; do
    cd /tmp && "$build/tests/\$tests" --gtest_brief=1 --gtest_filter='$filter' || result=1
done
echo "suite ended with \$result"
sync
echo o >/proc/sysrq-trigger
sleep 60
END
chmod +x "$root/init"
mke2fs -q -t ext4 -d "$root" "$folder/disk.img" 6G >/dev/null
accelerator=tcg
[ -w /dev/kvm ] && accelerator=kvm
accelerator=${TIDEMARK_QEMU_ACCEL:-$accelerator}
cpu=max
[ "$accelerator" = kvm ] && cpu=host
qemu-system-x86_64 -accel "$accelerator" -cpu "$cpu" -smp 2 -m 6G -nographic -no-reboot -nodefaults -serial stdio \
    -kernel "$kernel" -append "console=ttyS0 quiet root=/dev/nvme0n1 rw init=/init panic=-1" \
    -drive "file=$folder/disk.img,format=raw,if=none,id=disk" -device nvme,drive=disk,serial=tidemark </dev/null |
    stdbuf -oL tr -d '\r' | tee "$folder/said"
grep -q '^suite ended with 0$' "$folder/said"
