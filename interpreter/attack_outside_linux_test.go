package interpreter_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// canary is in everything that no cell may read: a file, the environment, the memory and
// the open files of this process and of a victim, the answers of listeners. A cell is told
// where, and not what.
var canary = fmt.Sprintf("canary-%016x", rand.Uint64())

// outside is what one attack aims at.
type outside struct {
	dir, work string
	key       string // of names that are shared by the whole machine
	number    uint32 // likewise
	addresses map[string]string
	victim    *exec.Cmd
	hits      [len(networks)]atomic.Int64
	closers   []func()
	served    sync.WaitGroup

	before   []string
	drift    time.Duration
	hostname string
}

var networks = [...]string{"tcp4", "tcp6", "udp4", "unix", "unixgram", "abstract"}

// leaked is an open file that every child could inherit, as if a library had forgotten to
// have it closed.
var leaked struct {
	file *os.File
	want string
}

// newOutside makes a folder with a secret, listeners, and a process to be a victim.
func newOutside(t *testing.T) *outside {
	t.Helper()
	dir, err := os.MkdirTemp("", "a")
	if err != nil {
		t.Fatal(err)
	}
	number := rand.Uint32()>>2 | 1<<20
	o := &outside{dir: dir, work: filepath.Join(dir, "work"), key: fmt.Sprintf("attack-%d", number), number: number, addresses: map[string]string{}}
	t.Cleanup(o.close)
	for _, folder := range []string{"target", "work"} {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"secret": canary + "\n", "target/file": "untouched\n", "work/mine.txt": "the user's own\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for path, mode := range map[string]os.FileMode{"": 0o755, "secret": 0o666, "target": 0o777, "target/file": 0o666} {
		if err := os.Chmod(filepath.Join(dir, path), mode); err != nil {
			t.Fatal(err)
		}
	}
	for i, network := range networks {
		o.listen(t, i, network)
	}
	secret, err := os.OpenFile(filepath.Join(dir, "secret"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer secret.Close()
	o.victim = exec.Command("sleep", "600")
	o.victim.ExtraFiles = []*os.File{secret}
	o.victim.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := o.victim.Start(); err != nil {
		t.Fatal(err)
	}
	for range 1000 { // until it has become sleep, and sleeps
		if stat := statOf(o.victim.Process.Pid); len(stat) > 2 && stat[1] == "(sleep)" && stat[2] == "S" {
			break
		}
		time.Sleep(time.Millisecond)
	}
	o.before, o.drift = o.look(), clockDrift()
	o.hostname, _ = os.Hostname()
	return o
}

// listen opens a listener that answers with the canary.
func (o *outside) listen(t *testing.T, i int, network string) {
	address, kind := "127.0.0.1:0", network
	switch network {
	case "tcp6":
		address = "[::1]:0"
	case "unix", "unixgram":
		address = filepath.Join(o.dir, "target", network)
	case "abstract":
		address, kind = "@"+o.key, "unix"
	}
	if kind == "udp4" || kind == "unixgram" {
		conn, err := net.ListenPacket(kind, address)
		if err != nil {
			t.Fatal(err)
		}
		o.addresses[network] = conn.LocalAddr().String()
		o.closers = append(o.closers, func() {
			conn.SetDeadline(time.Now().Add(2 * time.Millisecond)) // what has come is still read
		})
		o.served.Go(func() {
			defer conn.Close()
			for buffer := make([]byte, 1500); ; {
				_, from, err := conn.ReadFrom(buffer)
				if err != nil {
					return
				}
				o.hits[i].Add(1)
				if from != nil {
					conn.WriteTo([]byte(canary), from)
				}
			}
		})
		os.Chmod(address, 0o777)
		return
	}
	listener, err := net.Listen(kind, address)
	if err != nil {
		if network == "tcp6" {
			return // a machine without
		}
		t.Fatal(err)
	}
	os.Chmod(address, 0o777)
	o.addresses[network] = listener.Addr().String()
	o.closers = append(o.closers, func() {
		listener.(interface{ SetDeadline(time.Time) error }).SetDeadline(time.Now().Add(2 * time.Millisecond))
	})
	o.served.Go(func() {
		defer listener.Close()
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			o.hits[i].Add(1)
			conn.SetDeadline(time.Now().Add(time.Second))
			conn.Write([]byte(canary + "\n"))
			conn.Close()
		}
	})
}

func (o *outside) proc(file string) string {
	return fmt.Sprintf("/proc/%d/%s", o.victim.Process.Pid, file)
}

// look describes all that an attack could change.
func (o *outside) look() (state []string) {
	note := func(format string, arguments ...any) { state = append(state, fmt.Sprintf(format, arguments...)) }
	filepath.WalkDir(o.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			note("file: %v", err)
			return nil
		}
		if path == o.work {
			return fs.SkipDir
		}
		var stat unix.Stat_t
		if err := unix.Lstat(path, &stat); err != nil {
			note("file: %v", err)
			return nil
		}
		size := unix.NsecToTimespec(0).Sec // of a listing of attributes
		if n, err := unix.Llistxattr(path, nil); err == nil {
			size = int64(n)
		}
		note("file: %s mode %o, owner %d:%d, %d links, modified %d, attributes %d: %s", strings.TrimPrefix(path, o.dir), stat.Mode, stat.Uid, stat.Gid, stat.Nlink, stat.Mtim.Nano(), size, content(path, d))
		return nil
	})
	for _, dir := range []string{"/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", filepath.Dir(o.dir)} {
		names, _ := filepath.Glob(filepath.Join(dir, o.key+"*"))
		for _, name := range names {
			note("file: %s was made", name)
			os.RemoveAll(name)
		}
	}
	if text, err := leakedContent(); err != nil || text != leaked.want {
		note("file: the open file has %q, %v", text, err)
	}
	for _, file := range []string{"limits", "oom_score_adj", "cgroup", "timerslack_ns"} {
		text, err := os.ReadFile(o.proc(file))
		note("process: %s %q %v", file, text, err)
	}
	if fields := statOf(o.victim.Process.Pid); len(fields) > 41 {
		// State, group, session, priority, nice, real-time priority, policy.
		note("process: state %s group %s session %s priority %s nice %s real-time %s policy %s", fields[2], fields[4], fields[5], fields[17], fields[18], fields[39], fields[40])
	} else {
		note("process: the victim is gone")
	}
	status, _ := os.ReadFile(o.proc("status"))
	for line := range strings.Lines(string(status)) {
		for _, key := range []string{"TracerPid:", "ShdPnd:", "SigPnd:", "Cpus_allowed:", "Uid:", "Threads:"} {
			if strings.HasPrefix(line, key) {
				note("process: %s", strings.Join(strings.Fields(line), " "))
			}
		}
	}
	for _, file := range []string{"shm", "msg", "sem"} {
		text, _ := os.ReadFile("/proc/sysvipc/" + file)
		for line := range strings.Lines(string(text)) {
			if fields := strings.Fields(line); len(fields) > 1 && fields[0] == fmt.Sprint(o.number) {
				note("kernel: System V %s with our key", file)
			}
		}
	}
	if keys, _ := os.ReadFile("/proc/keys"); strings.Contains(string(keys), o.key) {
		note("kernel: a key of the keyring")
	}
	return state
}

// content is a short form of what a file holds.
func content(path string, d fs.DirEntry) string {
	switch {
	case d.Type().IsRegular():
		text, err := os.ReadFile(path)
		return fmt.Sprintf("%d bytes %x %v", len(text), sha256.Sum256(text), err)
	case d.Type()&fs.ModeSymlink != 0:
		target, _ := os.Readlink(path)
		return "link to " + target
	}
	return d.Type().String()
}

func leakedContent() (string, error) {
	buffer := make([]byte, 4096)
	n, err := unix.Pread(int(leaked.file.Fd()), buffer, 0)
	return string(buffer[:max(0, n)]), err
}

// clockDrift is how far the machine's clock is from a monotonic one.
func clockDrift() time.Duration {
	var wall, steady unix.Timespec
	unix.ClockGettime(unix.CLOCK_REALTIME, &wall)
	unix.ClockGettime(unix.CLOCK_BOOTTIME, &steady)
	return time.Duration(wall.Nano() - steady.Nano())
}

// stop ends the listeners and says what has changed since newOutside.
func (o *outside) stop() (effects []string) {
	after := o.look()
	for _, closer := range o.closers {
		closer()
	}
	o.closers = nil
	o.served.Wait()
	for _, line := range after {
		if !slices.Contains(o.before, line) {
			effects = append(effects, line)
		}
	}
	for _, line := range o.before {
		if !slices.Contains(after, line) {
			effects = append(effects, line+", before")
		}
	}
	for i := range o.hits {
		if n := o.hits[i].Load(); n > 0 {
			effects = append(effects, fmt.Sprintf("answer: %d over %s", n, networks[i]))
		}
	}
	if name, _ := os.Hostname(); name != o.hostname {
		effects = append(effects, "kernel: the host name is "+name)
	}
	if moved := clockDrift() - o.drift; moved.Abs() > time.Second {
		effects = append(effects, fmt.Sprintf("kernel: the clock moved by %v", moved))
	}
	return append(effects, o.workspace()...)
}

// workspace looks at what a session has left in the user's folder.
func (o *outside) workspace() (effects []string) {
	if text, err := os.ReadFile(filepath.Join(o.work, "mine.txt")); err != nil || !strings.HasPrefix(string(text), "the user's own") && !strings.HasPrefix(string(text), "changed") {
		effects = append(effects, fmt.Sprintf("file: the user's file has %.40q, %v", text, err))
	}
	filepath.WalkDir(o.work, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			effects = append(effects, fmt.Sprintf("file: %v", err))
			return nil
		}
		name := strings.TrimPrefix(path, o.work)
		info, err := d.Info()
		if err != nil {
			return nil
		}
		switch {
		case !d.IsDir() && !d.Type().IsRegular():
			effects = append(effects, fmt.Sprintf("file: %s in the workspace is no file: %v", name, d.Type()))
		case info.Mode()&(fs.ModeSetuid|fs.ModeSetgid) != 0 && !d.IsDir():
			effects = append(effects, fmt.Sprintf("file: %s in the workspace has mode %v", name, info.Mode()))
		case d.IsDir() && d.Name() == ".git":
			effects = append(effects, fmt.Sprintf("file: %s in the workspace", name))
		case d.Type().IsRegular():
			if text, err := os.ReadFile(path); err == nil && strings.Contains(string(text), canary) {
				effects = append(effects, fmt.Sprintf("leak: the canary is in %s", name))
			}
		}
		return nil
	})
	return effects
}

func (o *outside) close() {
	for _, closer := range o.closers {
		closer()
	}
	o.served.Wait()
	if o.victim != nil && o.victim.Process != nil {
		o.victim.Process.Kill()
		o.victim.Wait()
	}
	if err := os.RemoveAll(o.dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		panic(err)
	}
}

// names are what a cell is told of the outside. Without a sandbox the victim stands in for
// the parent.
func (o *outside) names(bare bool) map[string]any {
	parent := os.Getpid()
	if bare {
		parent = o.victim.Process.Pid
	}
	home, _ := os.UserHomeDir()
	number := func(network string) int {
		_, port, _ := net.SplitHostPort(o.addresses[network])
		n, _ := net.LookupPort("tcp", port)
		return n
	}
	return map[string]any{
		"SECRET": filepath.Join(o.dir, "secret"), "TARGET": filepath.Join(o.dir, "target"), "FILE": filepath.Join(o.dir, "target", "file"),
		"PARENT": parent, "VICTIM": o.victim.Process.Pid, "KEY": o.key, "NUMBER": o.number, "HOME": home, "HOST": o.hostname,
		"TCP4": number("tcp4"), "TCP6": number("tcp6"), "UDP4": number("udp4"),
		"UNIX": o.addresses["unix"], "UNIXGRAM": o.addresses["unixgram"],
	}
}
