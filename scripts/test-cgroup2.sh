#!/bin/sh
# Tests control groups of version 2 on a kernel of their own, for machines whose controllers
# belong to version 1: boots User-Mode Linux (Debian and Ubuntu: package user-mode-linux),
# which needs no rights, and runs the tests of interpreter/sandbox there, as root and as an
# ordinary user to whom the controllers are handed on. Its kernel has no Landlock.
#
#     scripts/test-cgroup2.sh [path of linux.uml] [tests, as for go test -run]
set -e
cd "$(dirname "$0")/.."
kernel=${1:-linux.uml}
tests=${2:-Cgroup}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
CGO_ENABLED=0 go test -c -o "$work/test" ./interpreter/sandbox
cat > "$work/init" <<END
#!/bin/sh
export PATH=/usr/bin:/bin:/usr/sbin:/sbin TMPDIR=/mnt/tmp HOME=/mnt/tmp
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t cgroup2 none /sys/fs/cgroup
mount -t tmpfs tmp /mnt
mkdir -m 1777 /mnt/tmp
cd "$PWD/interpreter/sandbox"
echo "+memory +pids" > /sys/fs/cgroup/cgroup.subtree_control
echo "== root, \$(uname -r)"
"$work/test" -test.v -test.run '$tests'
mkdir -p /sys/fs/cgroup/user/run
echo "+memory +pids" > /sys/fs/cgroup/user/cgroup.subtree_control
chown -R 1000:1000 /sys/fs/cgroup/user
echo \$\$ > /sys/fs/cgroup/user/run/cgroup.procs
echo "== user 1000"
setpriv --reuid 1000 --regid 1000 --clear-groups "$work/test" -test.v -test.run '$tests'
echo o > /proc/sysrq-trigger
sleep 10
END
chmod 755 "$work/init"
timeout 600 "$kernel" mem=2G rootfstype=hostfs ro init="$work/init" con=null con0=fd:0,fd:1 quiet < /dev/null > "$work/log" 2>&1 || true
grep -E '^(== |PASS|FAIL|ok)|^ *(---|[a-z_]+_test.go)' "$work/log"
[ "$(grep -c '^PASS' "$work/log")" = 2 ]
