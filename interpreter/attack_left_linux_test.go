package interpreter_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/qwen-agent/qwen-agent/interpreter"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

// remains collects what a session has on the machine, so that it can be looked for after
// the session is closed.
type remains struct {
	processes map[int]string // with the time of their start, because numbers come again
	children  map[int]bool   // first processes: also group and session of what they start
	owner     int            // user whom nobody else is; negative if there is none
	folders   map[string]bool
}

func newRemains() *remains {
	return &remains{processes: map[int]string{}, children: map[int]bool{}, owner: -1, folders: map[string]bool{}}
}

// remember looks at the child that a session has now.
func (r *remains) remember(s *interpreter.Session) {
	p := interpreter.ProcessOf(s)
	if p == nil {
		return
	}
	r.children[p.PID()] = true
	if p.Owner > 0 && p.Owner != os.Getuid() {
		r.owner = p.Owner
	}
	if !p.Report.Holds(sandbox.MountNamespace) {
		r.folders[filepath.Dir(p.WorkDir)] = true
	}
	for _, group := range groupsOf(p.PID()) {
		r.folders[group] = true
	}
	namespace := pidNamespace(p.PID())
	for _, pid := range processes() {
		if namespace != "" && namespace != pidNamespace(os.Getpid()) && pidNamespace(pid) == namespace || r.ours(pid) {
			r.processes[pid] = startOf(pid)
		}
	}
}

// ours says whether a process belongs to the session by its user, group or session.
func (r *remains) ours(pid int) bool {
	fields := statOf(pid)
	if len(fields) < 22 || fields[2] == "Z" {
		return false
	}
	group, _ := strconv.Atoi(fields[4])
	session, _ := strconv.Atoi(fields[5])
	if r.children[pid] || r.children[group] || r.children[session] {
		return true
	}
	info, err := os.Stat(fmt.Sprintf("/proc/%d", pid))
	return err == nil && r.owner > 0 && int(info.Sys().(*syscall.Stat_t).Uid) == r.owner
}

// left lists what is still there. What the kernel has been told to end may take a moment.
func (r *remains) left() (left []string) {
	for range 100 {
		left = nil
		for pid, start := range r.processes {
			if fields := statOf(pid); start != "" && len(fields) > 2 && fields[2] != "Z" && startOf(pid) == start {
				left = append(left, fmt.Sprintf("left: process %d %s", pid, fields[1]))
			}
		}
		for _, pid := range processes() {
			if start, known := r.processes[pid]; !known && r.ours(pid) && startOf(pid) != start && !r.reused(pid) {
				left = append(left, fmt.Sprintf("left: process %d %s", pid, statOf(pid)[1]))
			}
		}
		for folder := range r.folders {
			if _, err := os.Lstat(folder); err == nil {
				left = append(left, "left: "+folder)
			}
		}
		if len(left) == 0 {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return left
}

// reused says whether the number of a child that has ended belongs to a younger process.
func (r *remains) reused(pid int) bool {
	start, known := r.processes[pid]
	return known && start != startOf(pid)
}

func processes() (pids []int) {
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// statOf is /proc/PID/stat, its second field the name whatever that holds.
func statOf(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	name, rest := strings.IndexByte(string(text), '('), strings.LastIndexByte(string(text), ')')
	if name < 0 || rest < name {
		return nil
	}
	return append([]string{strconv.Itoa(pid), string(text[name : rest+1])}, strings.Fields(string(text[rest+1:]))...)
}

func startOf(pid int) string {
	if fields := statOf(pid); len(fields) > 21 {
		return fields[21]
	}
	return ""
}

func pidNamespace(pid int) string {
	link, _ := os.Readlink(fmt.Sprintf("/proc/%d/ns/pid", pid))
	return link
}

// groupsOf lists the folders of a process's own control groups.
func groupsOf(pid int) (folders []string) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", pid))
	for line := range strings.Lines(string(text)) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) != 3 || !strings.Contains(fields[2], "/qwen-agent-") {
			continue
		}
		found, _ := filepath.Glob("/sys/fs/cgroup/*/" + filepath.Base(fields[2]))
		folders = append(folders, found...)
		for _, mount := range []string{"/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/" + fields[1]} {
			folders = append(folders, filepath.Join(mount, fields[2]))
		}
	}
	return folders
}

// mounts are those of this process, and with them of the machine as it sees it.
func mounts() string {
	text, _ := os.ReadFile("/proc/self/mountinfo")
	return string(text)
}
