//go:build linux && (amd64 || arm64)

package sandbox

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// TestCgroupBirth shows that a program is born in its group, with its limits, and that no thread of ours stays there.
func TestCgroupBirth(t *testing.T) {
	p := start(t, Config{Limits: Limits{Memory: 100 << 20, Processes: 7}}, "sleep")
	if p.group == nil {
		t.Skipf("no cgroup: %+v", p.Report.Missing())
	}
	if pids := p.group.processes(); len(pids) != 1 || pids[0] != p.pid {
		t.Errorf("processes %v of the group, want %d", pids, p.pid)
	}
	memory, pids := "memory.max", "pids.max"
	if p.group.version == 1 {
		memory = "memory.limit_in_bytes"
	}
	for path, want := range map[string]string{
		filepath.Join(p.group.memory, memory): fmt.Sprint(100<<20 + overhead), filepath.Join(p.group.pids, pids): "7",
	} {
		if text, err := os.ReadFile(path); err != nil || strings.TrimSpace(string(text)) != want {
			t.Errorf("%s is %q, %v, want %s", path, text, err, want)
		}
	}
	if names := threadsInGroups(t); len(names) > 0 {
		t.Errorf("threads of ours are left in %v", names)
	}
}

// threadsInGroups lists the groups of programs that a thread of this process is in.
func threadsInGroups(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("/proc/self/task/*/cgroup")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d threads, %v", len(files), err)
	}
	for _, file := range files {
		text, _ := os.ReadFile(file) // the thread may have ended
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, "/"+cgroupPrefix) {
				names = append(names, strings.TrimSpace(line))
			}
		}
	}
	return names
}

// TestCgroupThreads starts many at once, while the runtime starts threads for other work.
func TestCgroupThreads(t *testing.T) {
	var all sync.WaitGroup
	n := 8
	if testing.Short() {
		n = 3
	}
	for range n {
		all.Go(func() {
			p, err := Start(context.Background(), Config{Program: Program{Args: []string{probeName, "sleep"}}})
			if err != nil {
				t.Log(err)
				return
			}
			p.Close()
		})
		all.Go(func() {
			runtime.LockOSThread() // the thread ends with the goroutine, and another is started
			syscall.Getpid()
		})
	}
	all.Wait()
	if names := threadsInGroups(t); len(names) > 0 {
		t.Errorf("threads of ours are left in %v", names)
	}
}

// TestCgroupClone has clone itself put a child into a group of version 2, where one can be made, whatever its controllers.
func TestCgroupClone(t *testing.T) {
	mounts, err := cgroupMounts()
	if err != nil || mounts[""] == "" {
		t.Skipf("no cgroup of version 2: %v", err)
	}
	own, err := ownCgroups()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(mounts[""], own[""], fmt.Sprintf("%s%d-test", cgroupPrefix, os.Getpid()))
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Skipf("no group can be made: %v", err)
	}
	g := &cgroup{version: 2, memory: folder, pids: folder, cpu: folder}
	defer g.remove()
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	l := &launch{}
	// The probe waits for a plan, which the pipe never brings.
	proc, err := l.clone(g, &os.ProcAttr{Files: []*os.File{nil, nil, nil, nil, nil, in}, Sys: &syscall.SysProcAttr{}})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	defer proc.Wait()
	defer proc.Kill()
	if !l.inGroup {
		t.Skip("this kernel's clone takes no group")
	}
	if pids := g.processes(); len(pids) != 1 || pids[0] != proc.Pid {
		t.Errorf("processes %v of the group, want %d", pids, proc.Pid)
	}
	g.openMeters()
	if _, ok := g.time(); !ok {
		t.Error("its time cannot be read")
	}
	g.kill()
	if state, err := proc.Wait(); err != nil || state.Success() {
		t.Errorf("killed by its group, it ended with %v, %v", state, err)
	}
}
