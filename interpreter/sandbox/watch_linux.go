//go:build linux && (amd64 || arm64)

package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Usage reads what the program and its children use, from its cgroup or else from /proc.
func (p *Process) Usage() Usage {
	if u, ok := p.group.usage(); ok {
		return u
	}
	var u Usage
	tree := p.tree()
	for _, pid := range tree {
		m := memoryOf(pid)
		u.Memory += m.own
		if pid == p.pid {
			u.Peak = m.peak
		}
	}
	if u.Memory > p.limit { // what a fork shares was counted for each; a share takes longer to find out
		u.Memory = 0
		for _, pid := range tree {
			u.Memory += shareOf(pid)
		}
	}
	u.Peak = max(u.Peak, u.Memory)
	u.CPU = p.spent.look(p.times)
	return u
}

// CPU is the CPU time of Usage alone, which takes less to find out.
func (p *Process) CPU() time.Duration {
	if used, ok := p.group.time(); ok {
		return used
	}
	return p.spent.look(p.times)
}

// times reads the times of all processes.
func (p *Process) times() map[int]times {
	all := map[int]times{}
	for _, pid := range p.tree() {
		if t, ok := cpuTimes(pid); ok {
			all[pid] = t
		}
	}
	return all
}

// OutOfMemory says whether the kernel has killed a process of the program for want of
// memory. Only a cgroup knows.
func (p *Process) OutOfMemory() bool { return p.group.outOfMemory() }

// ResetPeak starts the count of the most memory again, where the kernel can.
func (p *Process) ResetPeak() {
	if p.group != nil {
		p.group.resetPeak()
		return
	}
	os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.pid), []byte("5"), 0)
}

// tree lists the program's process and all below it. Without a pid namespace a child
// whose parent has ended is not found; then nothing may leave the process group.
func (p *Process) tree() []int {
	pids := []int{p.pid}
	for i := 0; i < len(pids) && len(pids) < 4096; i++ {
		tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pids[i]))
		if err != nil {
			continue
		}
		for _, t := range tasks {
			text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pids[i], t.Name()))
			for _, field := range strings.Fields(string(text)) {
				if pid, err := strconv.Atoi(field); err == nil {
					pids = append(pids, pid)
				}
			}
		}
	}
	return pids
}

// cpuTimes are the times of a process, if it is there.
func cpuTimes(pid int) (t times, ok bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return t, false
	}
	// The name, in brackets, may hold anything; what follows it does not.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 20 {
		return t, false
	}
	const ticksPerSecond = 100 // USER_HZ, fixed for programs
	ticks := func(i int) time.Duration {
		n, _ := strconv.ParseInt(string(fields[i]), 10, 64)
		return time.Duration(n) * time.Second / ticksPerSecond
	}
	// utime and stime, cutime and cstime, starttime
	return times{string(fields[19]), ticks(11) + ticks(12), ticks(13) + ticks(14)}, true
}

// memory is what a process has resident: its own, which no file backs, and the most of all.
type memory struct{ own, peak int64 }

// memoryOf reads the memory of a process at once: the kernel takes a while to write that
// file.
func memoryOf(pid int) memory {
	text := procText(pid, "status")
	anonymous, _ := procBytes(text, "RssAnon:")
	shared, _ := procBytes(text, "RssShmem:")
	peak, _ := procBytes(text, "VmHWM:")
	return memory{anonymous + shared, peak}
}

// shareOf is the own memory of a process with what is shared divided among those who share
// it.
func shareOf(pid int) int64 {
	text := procText(pid, "smaps_rollup")
	anonymous, ok := procBytes(text, "Pss_Anon:")
	if !ok {
		return memoryOf(pid).own
	}
	shared, _ := procBytes(text, "Pss_Shmem:")
	return anonymous + shared
}

// procText is a file of a process, or nothing if it is gone.
func procText(pid int, file string) []byte {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
	return text
}

// procBytes finds a line "key: number kB".
func procBytes(text []byte, key string) (int64, bool) {
	_, rest, found := bytes.Cut(text, []byte("\n"+key))
	if !found {
		return 0, false
	}
	fields := bytes.Fields(rest[:min(len(rest), 64)])
	if len(fields) == 0 {
		return 0, false
	}
	n, err := strconv.ParseInt(string(fields[0]), 10, 64)
	return n << 10, err == nil
}

// killAll kills the program and all that it started, without waiting. The first process
// of a pid namespace takes all others with it.
func (p *Process) killAll() {
	select {
	case <-p.done: // its number may be somebody else's by now
		p.group.kill()
		return
	default:
	}
	tree := p.tree()
	p.proc.Kill()
	p.group.kill()
	syscall.Kill(-p.pid, syscall.SIGKILL)
	if !p.Report.Holds(PIDNamespace) {
		for _, pid := range tree[1:] {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}
