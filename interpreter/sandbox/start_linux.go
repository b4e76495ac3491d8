//go:build linux && (amd64 || arm64)

package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Start starts the program. ctx bounds the start alone. The error wraps *MissingError if
// the level cannot be had.
func Start(ctx context.Context, config Config) (*Process, error) {
	if err := config.Program.check(); err != nil {
		return nil, err
	}
	config.Limits = config.Limits.WithDefaults()
	if err := config.Limits.check(); err != nil {
		return nil, err
	}
	program, err := config.Program.ofSelf()
	if err != nil {
		return nil, fmt.Errorf("sandbox: start: %w", err)
	}
	config.Program = program
	skip := map[Layer]string{}
	for _, l := range config.Without {
		skip[l] = "left out on request"
	}
	for {
		p, err := attempt(ctx, config, skip)
		var missing *MissingError
		if err == nil || !errors.As(err, &missing) || missing.Layer == "" || config.Level != Basic && !optional(missing.Layer) {
			return p, err
		}
		if _, known := skip[missing.Layer]; known {
			return nil, err
		}
		// An old kernel: what it lacks is left out, as long as enough is left.
		skip[missing.Layer] = missing.Reason
		if err := enough(skip); err != nil {
			return nil, err
		}
	}
}

// enough says whether level basic holds without some layers: files, network and the
// kernel must each be closed off by one layer at least.
func enough(skip map[Layer]string) error {
	for _, need := range []struct {
		why string
		any []Layer
	}{
		{"files", []Layer{MountNamespace, Landlock}},
		{"the network", []Layer{NetNamespace, Seccomp}},
		{"other processes", []Layer{PIDNamespace, Seccomp}},
		{"privileges", []Layer{NoNewPrivs}},
		{"memory", []Layer{Rlimits}},
	} {
		if !slices.ContainsFunc(need.any, func(l Layer) bool { _, missing := skip[l]; return !missing }) {
			first := need.any[0]
			return &MissingError{Level: Basic, Layer: first, Reason: fmt.Sprintf("nothing else closes off %s; %s", need.why, skip[first])}
		}
	}
	return nil
}

// launch is one attempt to start a program.
type launch struct {
	config Config
	skip   map[Layer]string // why each layer that is left out is
	states map[Layer]LayerState

	plan    plan
	flags   uintptr
	uids    []syscall.SysProcIDMap
	setup   int  // our end of the socket
	inGroup bool // the first stage was born in its cgroup
	process *Process
}

func attempt(ctx context.Context, config Config, skip map[Layer]string) (_ *Process, err error) {
	l := &launch{config: config, skip: skip, states: map[Layer]LayerState{}, setup: -1}
	if config.Level == Strict {
		for _, layer := range Layers {
			if why, left := skip[layer]; left && !optional(layer) {
				return nil, &MissingError{Strict, layer, why}
			}
		}
	}
	if config.Level == Basic {
		if err := enough(skip); err != nil {
			return nil, err
		}
	}
	if err := l.decide(); err != nil {
		return nil, err
	}
	if err := l.start(); err != nil {
		return nil, err
	}
	defer func() {
		unix.Close(l.setup)
		if err != nil {
			l.process.Close()
		}
	}()
	if err := l.converse(ctx); err != nil {
		return nil, err
	}
	l.process.Report = l.report()
	return l.process, nil
}

// takes says whether a layer is to be built.
func (l *launch) takes(layer Layer) bool {
	if l.config.Level == Off {
		return false
	}
	_, left := l.skip[layer]
	return !left
}

// decide makes the plan and the flags of clone.
func (l *launch) decide() error {
	for layer, flag := range map[Layer]uintptr{
		UserNamespace: unix.CLONE_NEWUSER, MountNamespace: unix.CLONE_NEWNS, PIDNamespace: unix.CLONE_NEWPID,
		NetNamespace: unix.CLONE_NEWNET, IPCNamespace: unix.CLONE_NEWIPC, UTSNamespace: unix.CLONE_NEWUTS,
	} {
		if l.takes(layer) {
			l.flags |= flag
		}
	}
	p := &l.plan
	*p = plan{
		Program: l.config.Program, Limits: l.config.Limits, UID: -1, Work: workDir(l.config.Program), Temp: TempDir,
		Root: l.takes(MountNamespace), PID: l.takes(PIDNamespace), UTS: l.takes(UTSNamespace),
		Rlimits: l.takes(Rlimits), NoNewPrivs: l.takes(NoNewPrivs), Landlock: l.takes(Landlock), Seccomp: l.takes(Seccomp),
	}
	return l.identity()
}

// workDir is where a private root has the workspace: WorkDir, unless what the program must
// see lies there on the machine.
func workDir(p Program) string {
	dir := WorkDir
	for clash(p, dir) {
		dir += "space"
	}
	return dir
}

func clash(p Program, dir string) bool {
	return slices.ContainsFunc(slices.Concat([]string{p.Path}, p.Read, p.Exec), func(path string) bool {
		return path == dir || strings.HasPrefix(path, dir+"/")
	})
}

// identity chooses who the program is. Started by root, it becomes a user that nobody
// else is: in its own user namespace user 1000, outside a number from far above.
func (l *launch) identity() error {
	root, own := os.Geteuid() == 0, l.takes(UserNamespace)
	stranger := 0
	if root && l.takes(User) {
		var err error
		if stranger, err = unusedUser(); err != nil {
			return &MissingError{l.config.Level, User, err.Error()}
		}
	}
	l.plan.Processes = l.config.Limits.Processes
	switch {
	case own && stranger != 0:
		l.uids = []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}, {ContainerID: innerUser, HostID: stranger, Size: 1}}
		l.plan.UID, l.plan.Groups = innerUser, true
	case own:
		l.uids = []syscall.SysProcIDMap{{ContainerID: innerUser, HostID: os.Geteuid(), Size: 1}}
	case stranger != 0:
		l.plan.UID, l.plan.Groups = stranger, true
	}
	if !own && stranger == 0 {
		// The limit counts all processes of the user, in every program of theirs.
		l.plan.Processes += userThreads(os.Getuid())
	}
	if !root && l.takes(User) {
		l.states[User] = LayerState{User, true, fmt.Sprintf("runs as the user who started it, %d", os.Getuid())}
	}
	return nil
}

// innerUser is the user in a user namespace of its own.
const innerUser = 1000

// start makes the descriptors and starts the first stage.
func (l *launch) start() (err error) {
	p := &Process{done: make(chan struct{}), WorkDir: l.plan.Work, Owner: l.owner(), limit: l.config.Limits.Memory}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("sandbox: start: %w", err)
	}
	l.setup = pair[0]
	var files [setupFD + 1]*os.File
	defer func() {
		for _, f := range files {
			if f != nil {
				f.Close()
			}
		}
		if err != nil {
			unix.Close(l.setup)
			for _, f := range []*os.File{p.In, p.Out, p.Stdout, p.Stderr} {
				if f != nil {
					f.Close()
				}
			}
			p.group.remove()
			if p.tidy != nil {
				p.tidy()
			}
		}
	}()
	files[setupFD] = os.NewFile(uintptr(pair[1]), "setup")
	if files[0], err = os.Open(os.DevNull); err != nil {
		return fmt.Errorf("sandbox: start: %w", err)
	}
	for _, c := range []struct {
		read, write **os.File
	}{{&p.Stdout, &files[1]}, {&p.Stderr, &files[2]}, {&files[inFD], &p.In}, {&p.Out, &files[outFD]}} {
		if *c.read, *c.write, err = os.Pipe(); err != nil {
			return fmt.Errorf("sandbox: start: %w", err)
		}
	}
	if !l.plan.Root {
		if err := l.workOnDisk(p); err != nil {
			return err
		}
	}
	p.group = l.group()
	if err := l.spawn(p, files[:]); err != nil {
		return err
	}
	l.process = p
	return nil
}

// owner is the number that the program's user has outside; -1 if it is ours.
func (l *launch) owner() int {
	for _, m := range l.uids {
		if m.ContainerID == l.plan.UID {
			return m.HostID
		}
	}
	return l.plan.UID
}

// spawn clones the first stage. The thread that does it stays, because the kernel kills
// the child when the thread that made it ends.
func (l *launch) spawn(p *Process, files []*os.File) error {
	attr := &os.ProcAttr{
		Files: files,
		Env:   stageEnv,
		Dir:   "/",
		Sys:   &syscall.SysProcAttr{Cloneflags: l.flags, Setsid: true},
	}
	if l.flags&unix.CLONE_NEWUSER != 0 {
		attr.Sys.UidMappings, attr.Sys.GidMappings = l.uids, groupsOf(l.uids)
		attr.Sys.GidMappingsEnableSetgroups = l.plan.Groups
		for c := uintptr(0); c <= unix.CAP_LAST_CAP; c++ { // those in its namespace, for the first stage
			if c == unix.CAP_SYS_ADMIN || c == unix.CAP_SETPCAP {
				attr.Sys.AmbientCaps = append(attr.Sys.AmbientCaps, c)
			}
		}
	}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		proc, err := l.clone(p.group, attr)
		if err != nil {
			started <- l.spawnError(err)
			return
		}
		p.proc, p.pid = proc, proc.Pid
		started <- nil
		untilEnd(proc)
		// Without a pid namespace what it started may live on. As long as it is not waited
		// for, its number is nobody else's.
		syscall.Kill(-proc.Pid, syscall.SIGKILL)
		p.state, _ = proc.Wait()
		close(p.done)
	}()
	return <-started
}

// untilEnd waits until a child has ended, and leaves it to be waited for. A child that has
// made us its debugger would have us believe that it has ended when it only stops; it is
// killed.
func untilEnd(proc *os.Process) {
	for {
		var info unix.Siginfo
		err := unix.Waitid(unix.P_PID, proc.Pid, &info, unix.WEXITED|unix.WNOWAIT, nil)
		const trapped, stopped = 4, 5 // CLD_TRAPPED, CLD_STOPPED
		switch {
		case err == unix.EINTR:
		case err == nil && (info.Code == trapped || info.Code == stopped):
			proc.Kill()
		default:
			return
		}
	}
}

// groupsOf maps groups as users are mapped; the group of an ordinary user need not have
// the user's number.
func groupsOf(users []syscall.SysProcIDMap) []syscall.SysProcIDMap {
	groups := slices.Clone(users)
	if len(groups) == 1 {
		groups[0].HostID = os.Getegid()
	}
	return groups
}

// selfExe is a path to the binary that runs now. The link works even if the folders on
// the way to it are closed to the child's user, or the file was replaced.
func selfExe() string { return "/proc/self/exe" }

// spawnError says which layer a clone that was refused lacks.
func (l *launch) spawnError(err error) error {
	var missing *MissingError
	if errors.As(err, &missing) {
		return err
	}
	if l.flags == 0 {
		return fmt.Errorf("sandbox: start: %w", err)
	}
	if layer, why := refusedNamespace(l.flags); layer != "" {
		return &MissingError{l.config.Level, layer, why}
	}
	return fmt.Errorf("sandbox: start: %w", err)
}

// report sums up what holds.
func (l *launch) report() Report {
	r := Report{Level: l.config.Level}
	for _, layer := range Layers {
		state, known := l.states[layer]
		switch {
		case known:
		case l.config.Level == Off:
			state = LayerState{layer, false, "switched off"}
		case !l.takes(layer):
			state = LayerState{layer, false, l.skip[layer]}
		default: // a namespace: clone made it
			state = LayerState{layer, true, ""}
		}
		r.Layers = append(r.Layers, state)
	}
	if r.Level == Basic && !slices.ContainsFunc(r.Layers, func(s LayerState) bool { return !s.Holds && !optional(s.Layer) }) {
		r.Level = Strict
	}
	return r
}
