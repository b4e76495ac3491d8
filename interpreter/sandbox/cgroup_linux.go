//go:build linux && (amd64 || arm64)

package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// cgroup is a control group for one program: with version 2 one folder, with version 1
// one for each controller. Its methods take nil for "there is none".
type cgroup struct {
	version     int
	memory      string // folder of the memory controller
	pids        string // folder of the pids controller; with version 2 the same
	cpu         string // folder with the time used; "" if there is none
	meters      meters
	killedStart int64 // kills of the memory controller when it was made
}

var cgroupCount atomic.Int64

// cgroupPrefix is the start of the names of our groups; the number of our process follows.
const cgroupPrefix = "qwen-agent-"

// overhead is what a group may hold above the limit of a process, so that a process that
// asks for too much is refused and lives on, before the group's limit kills it.
const overhead = 32 << 20

// newCgroup makes a group without limits and without a process.
func newCgroup() (*cgroup, error) {
	places, err := cgroupPlaces()
	if err != nil {
		return nil, err
	}
	return makeCgroup(places)
}

// makeCgroup makes a group in the places that were chosen.
func makeCgroup(places places) (_ *cgroup, err error) {
	name := fmt.Sprintf("%s%d-%d", cgroupPrefix, os.Getpid(), cgroupCount.Add(1))
	g := &cgroup{version: places.version}
	defer func() {
		if err != nil {
			g.remove()
		}
	}()
	for _, f := range []struct {
		parent string
		folder *string
	}{{places.memory, &g.memory}, {places.pids, &g.pids}, {places.cpu, &g.cpu}} {
		if f.parent == "" {
			continue
		}
		sweepOnce(f.parent)
		path := filepath.Join(f.parent, name) // the same for all with version 2
		if err := os.Mkdir(path, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, cgroupError(err)
		}
		*f.folder = path
	}
	return g, nil
}

func cgroupError(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("not permitted to this user: %w", err)
	}
	return err
}

// limitMemory writes the limit of memory. Swap is closed where there is a way to say so.
func (g *cgroup) limitMemory(bytes int64) error {
	memory := strconv.FormatInt(bytes+overhead, 10)
	if g.version == 2 {
		g.write(g.memory, "memory.swap.max", "0")
		g.write(g.memory, "memory.oom.group", "1")
		return g.write(g.memory, "memory.max", memory)
	}
	err := g.write(g.memory, "memory.limit_in_bytes", memory)
	g.write(g.memory, "memory.memsw.limit_in_bytes", memory)
	return err
}

// limitProcesses writes the limit of processes and threads.
func (g *cgroup) limitProcesses(n int) error { return g.write(g.pids, "pids.max", strconv.Itoa(n)) }

func (g *cgroup) write(folder, file, value string) error {
	return os.WriteFile(filepath.Join(folder, file), []byte(value), 0)
}

func (g *cgroup) folders() []string {
	if g.version == 2 {
		return []string{g.memory}
	}
	var folders []string
	for _, f := range []string{g.memory, g.pids, g.cpu} {
		if f != "" {
			folders = append(folders, f)
		}
	}
	return folders
}

func (g *cgroup) describe() string { return fmt.Sprintf("version %d", g.version) }

// usage reads what the group has used.
func (g *cgroup) usage() (u Usage, ok bool) {
	if u.CPU, ok = g.time(); ok {
		u.Memory, _ = readNumber(g.meters.memory)
		u.Peak, _ = readNumber(g.meters.peak)
	}
	return u, ok
}

// time reads the CPU time that the group has used.
func (g *cgroup) time() (time.Duration, bool) {
	if g == nil {
		return 0, false
	}
	if g.version == 2 {
		usec, ok := readKey(g.meters.cpu, "usage_usec")
		return time.Duration(usec) * time.Microsecond, ok
	}
	nsec, ok := readNumber(g.meters.cpu)
	return time.Duration(nsec), ok
}

// meters are the files of a group that are read again and again, kept open: to open one
// takes longer than to read it. One that is not there is nil.
type meters struct{ cpu, memory, peak, kills *os.File }

func (g *cgroup) openMeters() {
	open := func(folder, name string) *os.File {
		if folder == "" {
			return nil
		}
		f, _ := os.OpenFile(filepath.Join(folder, name), os.O_RDWR, 0) // to write is to reset it
		if f == nil {
			f, _ = os.Open(filepath.Join(folder, name))
		}
		return f
	}
	if g.version == 2 {
		g.meters = meters{open(g.cpu, "cpu.stat"), open(g.memory, "memory.current"), open(g.memory, "memory.peak"), open(g.memory, "memory.events")}
		return
	}
	g.meters = meters{open(g.cpu, "cpuacct.usage"), open(g.memory, "memory.usage_in_bytes"),
		open(g.memory, "memory.max_usage_in_bytes"), open(g.memory, "memory.oom_control")}
}

// kills counts the processes that were killed for want of memory.
func (g *cgroup) kills() int64 {
	n, _ := readKey(g.meters.kills, "oom_kill")
	return n
}

// outOfMemory says whether the kernel killed a process of the group for want of memory.
func (g *cgroup) outOfMemory() bool { return g != nil && g.kills() > g.killedStart }

// resetPeak starts the count of the most memory again. Version 2 counts anew for the
// descriptor that was written to (since Linux 6.12).
func (g *cgroup) resetPeak() {
	if g.meters.peak != nil {
		g.meters.peak.WriteAt([]byte("0"), 0)
	}
}

// processes lists the processes of the group, but not this one: with version 1 a thread of ours is in it for a moment.
func (g *cgroup) processes() (pids []int) {
	if g == nil {
		return nil
	}
	text, _ := os.ReadFile(filepath.Join(g.pids, "cgroup.procs"))
	for _, field := range strings.Fields(string(text)) {
		if pid, err := strconv.Atoi(field); err == nil && pid != os.Getpid() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// kill kills everything in the group.
func (g *cgroup) kill() {
	if g == nil {
		return
	}
	if g.version == 2 && os.WriteFile(filepath.Join(g.pids, "cgroup.kill"), []byte("1"), 0) == nil {
		return
	}
	for _, pid := range g.processes() {
		syscall.Kill(pid, syscall.SIGKILL)
	}
}

// remove removes the group once the kernel has let go of its last process.
func (g *cgroup) remove() {
	if g == nil {
		return
	}
	for _, f := range []*os.File{g.meters.cpu, g.meters.memory, g.meters.peak, g.meters.kills} {
		if f != nil {
			f.Close()
		}
	}
	for _, folder := range g.folders() {
		for wait := time.Millisecond; ; wait *= 2 {
			err := os.Remove(folder)
			if err == nil || errors.Is(err, fs.ErrNotExist) || wait > 2*time.Second {
				break
			}
			g.kill()
			time.Sleep(wait)
		}
	}
}

var swept sync.Map // folders that sweep has seen

// sweepOnce sweeps a folder if that has not been done yet.
func sweepOnce(parent string) {
	if _, done := swept.LoadOrStore(parent, true); !done {
		sweep(parent)
	}
}

// sweep removes groups of processes of ours that have ended without doing so.
func sweep(parent string) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, e := range entries {
		rest, ours := strings.CutPrefix(e.Name(), cgroupPrefix)
		number, _, _ := strings.Cut(rest, "-")
		pid, err := strconv.Atoi(number)
		if ours && err == nil && syscall.Kill(pid, 0) == syscall.ESRCH {
			os.Remove(filepath.Join(parent, e.Name()))
		}
	}
}

// read returns the content of a meter, which is short.
func read(f *os.File, buffer []byte) []byte {
	if f == nil {
		return nil
	}
	n, _ := f.ReadAt(buffer, 0)
	return bytes.TrimSpace(buffer[:n])
}

func readNumber(f *os.File) (int64, bool) {
	n, err := strconv.ParseInt(string(read(f, make([]byte, 64))), 10, 64)
	return n, err == nil
}

// readKey reads the value of a line "key value".
func readKey(f *os.File, key string) (int64, bool) {
	for line := range bytes.Lines(read(f, make([]byte, 4096))) {
		if rest, ok := bytes.CutPrefix(line, []byte(key+" ")); ok {
			n, err := strconv.ParseInt(string(bytes.TrimSpace(rest)), 10, 64)
			return n, err == nil
		}
	}
	return 0, false
}
