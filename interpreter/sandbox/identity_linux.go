//go:build linux && (amd64 || arm64)

package sandbox

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// unusedUser picks the number of a user whom no account and no other session is: above
// the ranges that accounts and containers are given (systemd's end at 1879048191), or,
// where this process itself lives in a small user namespace, near the namespace's end.
func unusedUser() (int, error) {
	const first, last = 1879048192, 2147483646
	top, err := largestUser()
	if err != nil {
		return 0, fmt.Errorf("find an unused user: %w", err)
	}
	switch {
	case top >= last:
		return first + rand.IntN(last-first), nil
	case top >= 60000:
		return top - 2000 + rand.IntN(1000), nil
	}
	return 0, fmt.Errorf("find an unused user: this process can become users up to %d only", top)
}

// largestUser is the largest number of a user that this process can become.
func largestUser() (int, error) {
	f, err := os.Open("/proc/self/uid_map")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	top := 0
	scanner := bufio.NewScanner(io.LimitReader(f, 64<<10))
	for scanner.Scan() {
		var inside, outside, size int
		if _, err := fmt.Sscan(scanner.Text(), &inside, &outside, &size); err == nil {
			top = max(top, inside+size-1)
		}
	}
	return top, scanner.Err()
}

// userThreads counts the threads of a user, which RLIMIT_NPROC counts without a user
// namespace.
func userThreads(uid int) (threads int) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	for _, e := range entries {
		if _, err := strconv.Atoi(e.Name()); err != nil {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue
		}
		if stat, ok := info.Sys().(*syscall.Stat_t); !ok || int(stat.Uid) != uid {
			continue
		}
		tasks, err := os.ReadDir("/proc/" + e.Name() + "/task")
		if err == nil {
			threads += len(tasks)
		}
	}
	return threads
}

// refusedNamespace finds out which namespace clone refuses, and why.
func refusedNamespace(flags uintptr) (Layer, string) {
	if flags&unix.CLONE_NEWUSER != 0 {
		if err := tryClone(unix.CLONE_NEWUSER); err != nil {
			return UserNamespace, fmt.Sprintf("clone: %v%s", err, userNamespaceHint())
		}
	}
	for _, n := range []struct {
		layer Layer
		flag  uintptr
	}{
		{MountNamespace, unix.CLONE_NEWNS}, {PIDNamespace, unix.CLONE_NEWPID}, {NetNamespace, unix.CLONE_NEWNET},
		{IPCNamespace, unix.CLONE_NEWIPC}, {UTSNamespace, unix.CLONE_NEWUTS},
	} {
		if flags&n.flag == 0 {
			continue
		}
		if err := tryClone(n.flag | flags&unix.CLONE_NEWUSER); err != nil {
			return n.layer, fmt.Sprintf("clone: %v", err)
		}
	}
	return "", ""
}

// tryClone starts a child with new namespaces that ends at once.
func tryClone(flags uintptr) error {
	attr := &os.ProcAttr{Env: []string{}, Sys: &syscall.SysProcAttr{Cloneflags: flags}}
	if flags&unix.CLONE_NEWUSER != 0 {
		attr.Sys.UidMappings = []syscall.SysProcIDMap{{ContainerID: innerUser, HostID: os.Geteuid(), Size: 1}}
		attr.Sys.GidMappings = []syscall.SysProcIDMap{{ContainerID: innerUser, HostID: os.Getegid(), Size: 1}}
	}
	proc, err := os.StartProcess(selfExe(), []string{childName}, attr) // without a plan it ends
	if err != nil {
		return err
	}
	_, err = proc.Wait()
	return err
}

// userNamespaceHint says what switches user namespaces off, if that can be seen.
func userNamespaceHint() string {
	for _, c := range []struct{ file, off, hint string }{
		{"/proc/sys/user/max_user_namespaces", "0", "user.max_user_namespaces is 0"},
		{"/proc/sys/kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone is 0"},
		{"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", "kernel.apparmor_restrict_unprivileged_userns is 1"},
	} {
		if text, err := os.ReadFile(c.file); err == nil && strings.TrimSpace(string(text)) == c.off {
			return "; " + c.hint
		}
	}
	if _, err := os.Stat("/.dockerenv"); err == nil {
		return "; a container runtime may refuse them (--security-opt seccomp=…)"
	}
	return ""
}
