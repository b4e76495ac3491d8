//go:build linux && (amd64 || arm64)

package sandbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestCgroupBirth shows that a program is born in its group, with its limits, and that no thread of ours stays there.
func TestCgroupBirth(t *testing.T) {
	p := start(t, Config{Level: Basic, Limits: Limits{Memory: 100 << 20, Processes: 7}}, "sleep")
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
			p, err := Start(context.Background(), Config{Level: Basic, Program: Program{Args: []string{probeName, "sleep"}}})
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

// TestCgroupLimits holds programs that have no other wall by a group, of whatever version this machine has.
func TestCgroupLimits(t *testing.T) {
	places, err := cgroupPlaces()
	if err != nil {
		t.Skipf("no cgroup: %v", err)
	}
	in := func(t *testing.T, limit func(*cgroup) error, what ...string) (*cgroup, *exec.Cmd, string) {
		g, err := makeCgroup(places)
		if err != nil {
			t.Skipf("no group can be made: %v", err)
		}
		t.Cleanup(func() {
			g.kill()
			g.remove()
			for _, folder := range g.folders() {
				if _, err := os.Stat(folder); err == nil {
					t.Errorf("%s is left", folder)
				}
			}
		})
		cmd := exec.Command(selfExe())
		cmd.Args = append([]string{probeName}, what...)
		input, err1 := cmd.StdinPipe()
		output, err2 := cmd.StdoutPipe()
		if err := errors.Join(err1, err2, cmd.Start()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
		if err := errors.Join(g.add(cmd.Process.Pid), limit(g)); err != nil {
			t.Fatal(err)
		}
		g.openMeters()
		g.killedStart = g.kills()
		io.WriteString(input, "go\n")
		text, _ := bufio.NewReader(output).ReadString('\n')
		return g, cmd, strings.TrimSpace(text)
	}
	t.Run("processes", func(t *testing.T) {
		g, cmd, said := in(t, func(g *cgroup) error { return g.limitProcesses(30) }, "crowd", "100")
		var n int
		if fmt.Sscan(said, &n); n < 1 || n > 30 || !strings.Contains(said, syscall.EAGAIN.Error()) {
			t.Errorf("it started %q, want less than 30 processes", said)
		}
		if pids := g.processes(); len(pids) != n+1 {
			t.Errorf("%d processes of the group, want %d", len(pids), n+1)
		}
		g.kill()
		cmd.Wait()
		for range 200 {
			if len(g.processes()) == 0 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if pids := g.processes(); len(pids) > 0 {
			t.Errorf("processes %v are left of those that were killed", pids)
		}
	})
	t.Run("memory", func(t *testing.T) {
		g, cmd, said := in(t, func(g *cgroup) error { return g.limitMemory(128 << 20) }, "hogs", "8", fmt.Sprint(32<<20))
		for range 200 { // a thread of the kernel kills
			if g.outOfMemory() {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if !g.outOfMemory() {
			t.Errorf("256 MB fit into 128: it said %q, usage %v", said, fmt.Sprint(g.usage()))
		}
		if u, ok := g.usage(); !ok || u.CPU <= 0 || u.Peak > 161<<20 {
			t.Errorf("usage %+v, %v", u, ok)
		}
		if g.version == 2 { // all of it is killed together
			if err := cmd.Wait(); err == nil || cmd.ProcessState.Success() {
				t.Errorf("it ended with %v", cmd.ProcessState)
			}
		}
	})
}

// TestCgroupPlaces chooses places in folders that look like those of a systemd machine and of containers.
func TestCgroupPlaces(t *testing.T) {
	root := t.TempDir()
	for folder, controllers := range map[string]string{
		"": "", "user/app": "cpu memory pids\n", "user/app/run.scope": "", "user/session.scope": "", "user": "cpu\n", "box": "memory pids",
	} {
		dir := filepath.Join(root, folder)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "cgroup.subtree_control"), []byte(controllers), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	two := func(parent string) places {
		at := filepath.Join(root, parent)
		return places{2, at, at, at}
	}
	one := places{version: 1, memory: "/m/job", pids: "/p", cpu: "/c/job"}
	v1 := map[string]string{"memory": "/m", "pids": "/p", "cpuacct": "/c"}
	for _, test := range []struct {
		name, own string
		v1        bool
		want      places
	}{
		{"a scope of a user's session, beside it", "/user/app/run.scope", false, two("user/app")},
		{"a group that hands on, below it", "/box", false, two("box")},
		{"a login, whose parent hands on too little", "/user/session.scope", false, places{}},
		{"a container that sees its own group as the root", "/", false, places{}},
		{"a group outside of what is mounted", "/../../elsewhere", false, places{}},
		{"none handed on, and version 1 beside", "/user/session.scope", true, one},
		{"handed on, and version 1 beside", "/user/app/run.scope", true, two("user/app")},
	} {
		mounts, own := map[string]string{"": root}, map[string]string{"": test.own}
		if test.v1 {
			maps.Copy(mounts, v1)
			maps.Copy(own, map[string]string{"memory": "/job", "pids": "/", "cpuacct": "/job"})
		}
		got, err := choosePlaces(mounts, own)
		if got != test.want || (err == nil) != (test.want != places{}) {
			t.Errorf("%s: got %+v, %v, want %+v", test.name, got, err, test.want)
		}
	}
	if _, err := choosePlaces(map[string]string{}, map[string]string{}); err == nil {
		t.Error("places without any cgroup")
	}
}

// TestCgroupFiles reads and writes the files of a group of version 2, in a folder that stands for one.
func TestCgroupFiles(t *testing.T) {
	root := t.TempDir()
	g, err := makeCgroup(places{2, root, root, root})
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(g.memory, name))
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(text))
	}
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(g.memory, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("cpu.stat", "usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\n")
	put("memory.current", "1048576\n")
	put("memory.peak", "2097152\n")
	put("memory.events", "low 0\noom 3\noom_kill 2\noom_group_kill 0\n")
	put("cgroup.procs", fmt.Sprintf("7\n%d\n9\n", os.Getpid()))
	for _, name := range []string{"memory.max", "memory.swap.max", "memory.oom.group", "pids.max", "cgroup.kill"} {
		put(name, "max\n")
	}
	if err := errors.Join(g.limitMemory(64<<20), g.limitProcesses(12)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"memory.max": fmt.Sprint(64<<20 + overhead), "memory.swap.max": "0", "memory.oom.group": "1", "pids.max": "12"} {
		if got := read(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	g.openMeters()
	g.killedStart = g.kills()
	if u, ok := g.usage(); !ok || u != (Usage{CPU: 1500 * time.Millisecond, Memory: 1 << 20, Peak: 2 << 20}) {
		t.Errorf("usage %+v, %v", u, ok)
	}
	if g.killedStart != 2 || g.outOfMemory() {
		t.Errorf("%d kills at first, out of memory: %v", g.killedStart, g.outOfMemory())
	}
	put("memory.events", "oom_kill 3\n")
	if !g.outOfMemory() {
		t.Error("a kill was not seen")
	}
	if got := g.processes(); !slices.Equal(got, []int{7, 9}) {
		t.Errorf("processes %v, want those that are not this one", got)
	}
	g.resetPeak()
	if got := read("memory.peak"); !strings.HasPrefix(got, "0") {
		t.Errorf("the peak was not reset: %q", got)
	}
	g.kill()
	if got := read("cgroup.kill"); got != "1" {
		t.Errorf("cgroup.kill is %q", got)
	}
	entries, err := os.ReadDir(g.memory) // the kernel's files go with their folder; these do not
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		os.Remove(filepath.Join(g.memory, e.Name()))
	}
	g.remove()
	if _, err := os.Stat(g.memory); err == nil {
		t.Error("the group is still there")
	}
	if os.Getuid() != 0 {
		os.Chmod(root, 0o500)
		if _, err := makeCgroup(places{2, root, root, root}); err == nil || !strings.Contains(err.Error(), "not permitted to this user") {
			t.Errorf("in a folder of somebody else: %v", err)
		}
		os.Chmod(root, 0o700)
	}
}
