//go:build linux && (amd64 || arm64)

package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// probeName is Args[0] of this test binary when it is the program in the sandbox.
const probeName = "sandbox-test-probe"

func init() {
	if os.Args[0] == probeName {
		probe(os.Args[1], os.Args[2:])
		os.Exit(0)
	}
}

// probe tries something and says what came of it.
func probe(what string, args []string) {
	say := func(v any) { fmt.Println(v) }
	switch what {
	case "read":
		text, err := os.ReadFile(args[0])
		say(fmt.Sprint(string(text), err))
	case "write":
		say(os.WriteFile(args[0], []byte("x"), 0o644))
	case "list":
		entries, err := os.ReadDir(args[0])
		say(fmt.Sprint(len(entries), err))
	case "exec":
		_, err := os.StartProcess(args[0], []string{"x"}, &os.ProcAttr{})
		say(err)
	case "dial":
		_, err := net.DialTimeout("tcp", args[0], time.Second)
		say(err)
	case "socketpair":
		_, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		say(err)
	case "datagrams":
		_, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
		say(err)
	case "filter": // a program for the kernel, as an option of a socket
		pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		if err != nil {
			say(err)
			return
		}
		program := []unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K, K: 0xffff}}
		say(unix.SetsockoptSockFprog(pair[0], unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 1, Filter: &program[0]}))
	case "renice":
		pid, _ := strconv.Atoi(args[0])
		say(fmt.Sprint(unix.Setpriority(unix.PRIO_PROCESS, pid, 19), unix.SchedSetaffinity(pid, &unix.CPUSet{1})))
	case "renice all":
		say(unix.Setpriority(unix.PRIO_USER, 0, 19))
	case "traceme":
		runtime.LockOSThread()
		_, _, errno := unix.RawSyscall(unix.SYS_PTRACE, unix.PTRACE_TRACEME, 0, 0)
		fmt.Println(int(errno))
		syscall.Kill(os.Getpid(), syscall.SIGUSR1)
		time.Sleep(time.Minute)
	case "signal":
		pid, _ := strconv.Atoi(args[0])
		say(syscall.Kill(pid, 0))
	case "identity":
		var caps [2]unix.CapUserData
		header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		unix.Capget(&header, &caps[0])
		nnp, _ := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)
		name, _ := os.Hostname()
		say(fmt.Sprintf("uid=%d gid=%d pid=%d caps=%x nnp=%d host=%s", os.Getuid(), os.Getgid(), os.Getpid(),
			caps[0].Permitted|caps[0].Effective|caps[1].Permitted|caps[1].Effective, nnp, name))
	case "descriptors":
		var open []int
		for fd := range 256 {
			if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil {
				open = append(open, fd)
			}
		}
		say(open)
	case "environment":
		say(os.Environ())
	case "call":
		number, _ := strconv.Atoi(args[0])
		_, _, errno := unix.RawSyscall6(uintptr(number), 0, 0, 0, 0, 0, 0)
		say(int(errno))
	case "echo":
		io.Copy(os.NewFile(4, "out"), os.NewFile(3, "in"))
	case "crowd": // as many programs as it can start
		io.ReadFull(os.Stdin, make([]byte, 3))
		most, _ := strconv.Atoi(args[0])
		n, err := 0, error(nil)
		for ; n < most && err == nil; n++ {
			_, err = os.StartProcess("/bin/sleep", []string{"sleep", "60"}, &os.ProcAttr{})
		}
		say(fmt.Sprint(n-1, " ", err))
		time.Sleep(time.Minute)
	case "hogs": // programs that take memory, one after another
		io.ReadFull(os.Stdin, make([]byte, 3))
		n, _ := strconv.Atoi(args[0])
		for range n {
			read, write, _ := os.Pipe()
			os.StartProcess(selfExe(), []string{probeName, "hog", args[1]}, &os.ProcAttr{Files: []*os.File{nil, write}})
			write.Close()
			io.ReadFull(read, make([]byte, 5))
		}
		say("all have it")
		time.Sleep(time.Minute)
	case "hog":
		n, _ := strconv.Atoi(args[0])
		text := bytes.Repeat([]byte("x"), n)
		say("ready")
		time.Sleep(time.Minute)
		say(text[0])
	case "sleep":
		say("ready")
		time.Sleep(time.Minute)
	}
}

// start starts the probe, or skips with the reason why this machine cannot.
func start(t *testing.T, config Config, args ...string) *Process {
	t.Helper()
	config.Program.Args = append([]string{probeName}, args...)
	p, err := Start(context.Background(), config)
	var missing *MissingError
	if errors.As(err, &missing) && (missing.Layer == UserNamespace || missing.Layer == Landlock) && len(config.Without) == 0 {
		t.Skipf("this kernel cannot: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// run is what a probe says.
func run(t *testing.T, config Config, args ...string) string {
	t.Helper()
	p := start(t, config, args...)
	out, err := io.ReadAll(p.Stdout)
	if err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 { // then it died, and may have said of what
		out, _ = io.ReadAll(p.Stderr)
	}
	<-p.Done()
	return strings.TrimSpace(string(out))
}

func TestStrictHolds(t *testing.T) {
	p := start(t, Config{}, "sleep")
	if p.Report.Level != Strict {
		t.Errorf("level %v, want strict", p.Report.Level)
	}
	for _, layer := range Layers {
		if !p.Report.Holds(layer) && !optional(layer) {
			t.Errorf("%s does not hold", layer)
		}
	}
	if len(p.Report.Layers) != len(Layers) {
		t.Errorf("the report has %d layers, want %d", len(p.Report.Layers), len(Layers))
	}
	if uid := ownerOf(t, p.pid); os.Getuid() == 0 && uid == 0 {
		t.Error("started by root, the program runs as root")
	}
}

func ownerOf(t *testing.T, pid int) uint32 {
	t.Helper()
	info, err := os.Stat(fmt.Sprintf("/proc/%d", pid))
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t).Uid
}

// secret makes a file that the user may read and the program may not.
func secret(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for up := dir; up != "/" && up != os.TempDir(); up = filepath.Dir(up) {
		os.Chmod(up, 0o755)
	}
	file := filepath.Join(dir, "secret")
	if err := os.WriteFile(file, []byte("canary"), 0o666); err != nil {
		t.Fatal(err)
	}
	os.Chmod(file, 0o666)
	return file
}

// TestWalls tries each wall with all layers, and with the one left out that should stop
// it: another must.
func TestWalls(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	file := secret(t)
	for _, test := range []struct {
		name  string
		probe []string
		layer Layer
		bad   string // what it must not say
	}{
		{"read", []string{"read", file}, MountNamespace, "canary"},
		{"read", []string{"read", file}, Landlock, "canary"},
		{"write", []string{"write", file}, MountNamespace, "<nil>"},
		{"write", []string{"write", file}, Landlock, "<nil>"},
		{"passwd", []string{"read", "/etc/passwd"}, MountNamespace, "root:"},
		{"passwd", []string{"read", "/etc/passwd"}, Landlock, "root:"},
		{"shell", []string{"exec", "/bin/sh"}, MountNamespace, "<nil>"},
		{"shell", []string{"exec", "/bin/sh"}, Landlock, "<nil>"},
		{"dial", []string{"dial", listener.Addr().String()}, NetNamespace, "<nil>"},
		{"dial", []string{"dial", listener.Addr().String()}, Seccomp, "<nil>"},
		{"signal", []string{"signal", strconv.Itoa(os.Getpid())}, PIDNamespace, "<nil>"},
		{"signal", []string{"signal", strconv.Itoa(os.Getpid())}, Seccomp, "<nil>"},
		{"signal", []string{"signal", strconv.Itoa(os.Getpid())}, UserNamespace, "<nil>"},
		{"renice", []string{"renice", strconv.Itoa(os.Getpid())}, PIDNamespace, "<nil>"},
		{"environment", []string{"read", fmt.Sprintf("/proc/%d/environ", os.Getpid())}, MountNamespace, "PATH="},
		{"environment", []string{"read", fmt.Sprintf("/proc/%d/environ", os.Getpid())}, Landlock, "PATH="},
	} {
		t.Run(test.name+" without "+string(test.layer), func(t *testing.T) {
			t.Parallel()
			if out := run(t, Config{}, test.probe...); strings.Contains(out, test.bad) || out == "" {
				t.Errorf("strict: got %q, want none of %q", out, test.bad)
			}
			config := Config{Level: Basic, Without: []Layer{test.layer}}
			if out := run(t, config, test.probe...); strings.Contains(out, test.bad) || out == "" {
				t.Errorf("without %s: got %q, want none of %q", test.layer, out, test.bad)
			}
		})
	}
}

// TestWallsHaveTeeth shows that what TestWalls tries would work if nothing held it back.
func TestWallsHaveTeeth(t *testing.T) {
	file := secret(t)
	if out := run(t, Config{Level: Off}, "read", file); !strings.Contains(out, "canary") {
		t.Errorf("read with the sandbox off: %q", out)
	}
	if out := run(t, Config{Level: Off}, "signal", strconv.Itoa(os.Getpid())); out != "<nil>" {
		t.Errorf("signal with the sandbox off: %q", out)
	}
}

func TestIdentity(t *testing.T) {
	if got, want := run(t, Config{}, "identity"), "uid=1000 gid=1000 pid=1 caps=0 nnp=1 host=sandbox"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNothingInherited(t *testing.T) {
	leak, err := os.Open("/etc/hostname") // a descriptor that some library forgot to close
	if err != nil {
		leak, err = os.Open("/")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer leak.Close()
	if _, err := unix.FcntlInt(leak.Fd(), unix.F_SETFD, 0); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TOKEN", "canary")
	// The Go program in the sandbox makes an event descriptor and epoll for itself.
	for _, level := range []Level{Strict, Off} {
		got := run(t, Config{Level: level}, "descriptors")
		if !strings.HasPrefix(got, "[0 1 2 3 4") || strings.Count(got, " ") > 6 {
			t.Errorf("%v: descriptors %s, want 0 to 4 and the runtime's two", level, got)
		}
		if got := run(t, Config{Level: level}, "environment"); strings.Contains(got, "canary") || strings.Contains(got, "PATH=") {
			t.Errorf("%v: environment %s", level, got)
		}
	}
}

// TestCalls tries system calls that are not on the list.
func TestCalls(t *testing.T) {
	for name, number := range map[string]uintptr{
		"ptrace": unix.SYS_PTRACE, "bpf": unix.SYS_BPF, "keyctl": unix.SYS_KEYCTL, "io_uring_setup": unix.SYS_IO_URING_SETUP,
		"unshare": unix.SYS_UNSHARE, "setns": unix.SYS_SETNS, "mount": unix.SYS_MOUNT, "setuid": unix.SYS_SETUID,
		"perf_event_open": unix.SYS_PERF_EVENT_OPEN, "userfaultfd": unix.SYS_USERFAULTFD, "process_vm_readv": unix.SYS_PROCESS_VM_READV,
		"chroot": unix.SYS_CHROOT, "memfd_create": unix.SYS_MEMFD_CREATE, "setrlimit": unix.SYS_SETRLIMIT, "socket": unix.SYS_SOCKET,
		"init_module": unix.SYS_INIT_MODULE, "clock_settime": unix.SYS_CLOCK_SETTIME, "reboot": unix.SYS_REBOOT,
		"landlock_create_ruleset": unix.SYS_LANDLOCK_CREATE_RULESET, "seccomp": unix.SYS_SECCOMP, "pidfd_open": unix.SYS_PIDFD_OPEN,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := run(t, Config{}, "call", fmt.Sprint(number)); got != fmt.Sprint(int(unix.EPERM)) {
				t.Errorf("errno %s, want EPERM", got)
			}
		})
	}
	if got := run(t, Config{}, "call", fmt.Sprint(unix.SYS_CLONE3)); got != fmt.Sprint(int(unix.ENOSYS)) {
		t.Errorf("clone3: errno %s, want ENOSYS", got)
	}
	if got := run(t, Config{}, "socketpair"); got != "<nil>" {
		t.Errorf("a pair of stream sockets, which event loops need: %s", got)
	}
	if got := run(t, Config{}, "filter"); got != unix.EPERM.Error() {
		t.Errorf("a filter on a socket: %s", got)
	}
	if got := run(t, Config{}, "datagrams"); got == "<nil>" {
		t.Error("a pair of datagram sockets was made: it could send to others")
	}
}

// TestLittleMemory starts programs with less memory than the first stage, which is Go, has
// mapped itself.
func TestLittleMemory(t *testing.T) {
	for range 20 {
		config := Config{Limits: Limits{Memory: 32 << 20}}
		config.Program = Program{Path: "/bin/true", Args: []string{"true"}, Read: append(LinkerPaths(), "/bin", "/usr/bin")}
		if loader := Loader("/bin/true"); loader != "" {
			config.Program.Exec = []string{loader}
		}
		p, err := Start(context.Background(), config)
		var missing *MissingError
		if errors.As(err, &missing) || errors.Is(err, os.ErrNotExist) {
			t.Skipf("this machine cannot: %v", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		<-p.Done()
		p.Close()
		if !p.Exit().Success() {
			t.Fatalf("it ended with %v", p.Exit())
		}
	}
}

// TestRenice shows that without a pid namespace a program cannot slow down all that its
// user runs.
func TestRenice(t *testing.T) {
	if got := run(t, Config{Level: Basic, Without: []Layer{PIDNamespace}}, "renice all"); got != unix.EPERM.Error() {
		t.Errorf("got %s, want EPERM", got)
	}
}

// TestTracee has a program make us its debugger, where no filter keeps it from that. It
// must not be taken for one that has ended when it stops.
func TestTracee(t *testing.T) {
	p := start(t, Config{Level: Off}, "traceme")
	io.ReadFull(p.Stdout, make([]byte, 2))
	select {
	case <-p.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("it goes on")
	}
	if w := p.Exit().Sys().(syscall.WaitStatus); !w.Signaled() {
		t.Errorf("it is taken to have ended with %v", p.Exit())
	}
	if err := syscall.Kill(p.pid, 0); err != syscall.ESRCH {
		t.Errorf("process %d is still there: %v", p.pid, err)
	}
}

// TestForeignCalls shows that calls of another architecture kill.
func TestForeignCalls(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("x32 is a thing of amd64")
	}
	p := start(t, Config{}, "call", fmt.Sprint(x32Bit|39)) // getpid
	<-p.Done()
	if w := p.Exit().Sys().(syscall.WaitStatus); !w.Signaled() || w.Signal() != syscall.SIGSYS {
		t.Errorf("ended with %v, want SIGSYS", p.Exit())
	}
}

func TestFailsClosed(t *testing.T) {
	for _, layer := range Layers {
		if optional(layer) {
			continue
		}
		_, err := Start(context.Background(), Config{Program: Program{Args: []string{probeName, "sleep"}}, Without: []Layer{layer}})
		var missing *MissingError
		if !errors.As(err, &missing) || missing.Layer != layer || missing.Level != Strict {
			t.Errorf("strict without %s: %v, want a MissingError that names it", layer, err)
		}
	}
	for _, without := range [][]Layer{
		{MountNamespace, Landlock}, {NetNamespace, Seccomp}, {PIDNamespace, Seccomp}, {NoNewPrivs}, {Rlimits},
	} {
		_, err := Start(context.Background(), Config{Level: Basic, Program: Program{Args: []string{probeName, "sleep"}}, Without: without})
		var missing *MissingError
		if !errors.As(err, &missing) || !slices.Contains(without, missing.Layer) {
			t.Errorf("basic without %v: %v, want a MissingError that names one", without, err)
		}
	}
}

func TestBasicReports(t *testing.T) {
	p := start(t, Config{Level: Basic, Without: []Layer{Landlock}}, "sleep")
	if p.Report.Level != Basic || p.Report.Holds(Landlock) || !p.Report.Holds(Seccomp) {
		t.Errorf("report %v", p.Report)
	}
	if got := p.Report.String(); !strings.Contains(got, "basic, without") || !strings.Contains(got, "landlock") {
		t.Errorf("report is %q", got)
	}
	p = start(t, Config{Level: Off}, "sleep")
	if p.Report.Level != Off || len(p.Report.Missing()) != len(Layers) {
		t.Errorf("report %v, want all layers missing", p.Report)
	}
}

func TestPipes(t *testing.T) {
	p := start(t, Config{}, "echo")
	if _, err := p.In.WriteString("hello"); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 5)
	if _, err := io.ReadFull(p.Out, answer); err != nil || string(answer) != "hello" {
		t.Errorf("got %q, %v", answer, err)
	}
}

func TestCloseLeavesNothing(t *testing.T) {
	before := len(openDescriptors(t))
	for _, config := range []Config{{}, {Level: Basic, Without: []Layer{MountNamespace}}, {Level: Off}} {
		p := start(t, config, "sleep")
		io.ReadFull(p.Stdout, make([]byte, 5))
		pid, dir, group := p.pid, p.WorkDir, p.group
		p.Close()
		if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
			t.Errorf("%v: process %d is still there: %v", config.Level, pid, err)
		}
		if _, err := os.Stat(dir); config.Level != Strict && err == nil {
			t.Errorf("%v: %s is still there", config.Level, dir)
		}
		if group != nil {
			if _, err := os.Stat(group.memory); err == nil {
				t.Errorf("%v: %s is still there", config.Level, group.memory)
			}
		}
	}
	if after := len(openDescriptors(t)); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

func openDescriptors(t *testing.T) []os.DirEntry {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func TestStartRefuses(t *testing.T) {
	for _, test := range []struct {
		name   string
		config Config
		want   string
	}{
		{"no arguments", Config{}, "no arguments"},
		{"relative path", Config{Program: Program{Path: "sh", Args: []string{"sh"}}}, `path "sh", wanted a clean absolute path`},
		{"unclean path", Config{Program: Program{Args: []string{"x"}, Read: []string{"/usr/../etc"}}}, "wanted a clean absolute path"},
		{"little memory", Config{Program: Program{Args: []string{"x"}}, Limits: Limits{Memory: 1}}, "limit of memory is 1, wanted at least"},
		{"no such file", Config{Program: Program{Path: "/no/such/file", Args: []string{"x"}}}, "no such file or directory"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Start(context.Background(), test.config)
			var missing *MissingError
			if errors.As(err, &missing) {
				t.Skipf("this kernel cannot: %v", err)
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Start(ctx, Config{Program: Program{Args: []string{probeName, "sleep"}}}); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that is over: %v", err)
	}
}
