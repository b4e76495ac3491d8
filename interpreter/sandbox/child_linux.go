//go:build linux && (amd64 || arm64)

package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// init turns the process into the first stage if it was started as such. Package
// initialisation runs on the main thread, before anything of the program, and this one early:
// of the packages that are ready Go takes the first by name, so every import that comes late
// in the alphabet (runtime/debug, say) has others go before. inittrace=1 in GODEBUG shows them.
func init() {
	if len(os.Args) == 1 && os.Args[0] == childName {
		runtime.LockOSThread()
		runtime.MemProfileRate = 0 // see become
		firstStage()
	}
}

// stage is the first stage at work.
type stage struct {
	plan
	layer Layer   // that it builds now
	built []built // layers that the parent does not know of yet
	work  int     // descriptor of the workspace for the parent; -1 if there is none
}

// stageEnv is the first stage's environment: it works on one thread, as a system call that
// wakes another takes longer than what it does, and collects no garbage (see become).
var stageEnv = []string{"GOMAXPROCS=1", "GOGC=off"}

// firstStage builds the sandbox from inside and becomes the program. It never returns.
func firstStage() {
	// A parent that has died cannot kill us any more; but then its end of the socket is
	// closed, and the plan never comes.
	unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0)
	s := &stage{work: -1}
	unix.CloseOnExec(setupFD)
	if err := s.receive(); err != nil {
		os.Exit(125)
	}
	err := s.build()
	s.send(progress{Layer: s.layer, Error: err.Error()})
	os.Exit(125)
}

// build goes through the layers in the order in which they must come: mounts need
// capabilities, Landlock needs the finished root, and the filter comes last because it
// refuses what the others do. It only returns if something cannot be had.
func (s *stage) build() error {
	unix.Umask(0)
	if err := closeOthers(); err != nil {
		return err
	}
	executable, err := s.files()
	if err != nil {
		return err
	}
	if err := s.privileges(); err != nil {
		return err
	}
	if err := s.restrict(executable); err != nil {
		return err
	}
	unix.Umask(0o077)
	return s.become(executable)
}

// files builds the private root, or goes to the workspace on the machine. It returns
// where the executable is now.
func (s *stage) files() (executable string, err error) {
	if s.UTS {
		s.layer = UTSNamespace
		if err := unix.Sethostname([]byte("sandbox")); err != nil {
			return "", fmt.Errorf("set the host name: %w", err)
		}
		s.holds(UTSNamespace, "")
	}
	executable = s.Program.Path
	if executable == "" {
		executable = selfExe()
	}
	if s.Root {
		s.layer = MountNamespace
		if executable, err = s.buildRoot(); err != nil {
			return "", err
		}
	}
	s.layer = ""
	if err := unix.Chdir(s.Work); err != nil {
		return "", fmt.Errorf("go to the workspace %s: %w", s.Work, err)
	}
	return executable, nil
}

// restrict puts the stage into a Landlock domain.
func (s *stage) restrict(executable string) error {
	if s.Landlock {
		s.layer = Landlock
		abi, err := landlockABI()
		if err != nil {
			return err
		}
		if err := restrictFiles(abi, s.grants(executable)); err != nil {
			return err
		}
		s.holds(Landlock, fmt.Sprintf("version %d", abi))
	}
	s.layer = ""
	return nil
}

// grants are the paths that the program may use.
func (s *stage) grants(executable string) []grant {
	temp := uint64(rightsWork)
	if s.Program.ExecTemp {
		temp |= unix.LANDLOCK_ACCESS_FS_EXECUTE
	}
	grants := []grant{{executable, rightsExec}, {s.Work, rightsWork}, {s.Temp, temp}}
	if s.Root {
		grants = append(grants, grant{"/dev/shm", rightsWork}, grant{"/etc", rightsRead})
	}
	for _, path := range s.Program.Exec {
		grants = append(grants, grant{path, rightsExec})
	}
	for _, path := range s.Program.Read {
		grants = append(grants, grant{path, rightsRead})
	}
	for _, path := range devices {
		grants = append(grants, grant{path, rightsWrite})
	}
	present := grants[:0]
	for _, g := range grants {
		if _, err := os.Stat(g.path); err == nil {
			present = append(present, g)
		}
	}
	return present
}

// become says that all is done, sets the filter and executes the program. Nothing that
// the filter refuses may stand after it.
func (s *stage) become(executable string) error {
	path, err := unix.BytePtrFromString(executable)
	if err != nil {
		return err
	}
	args, err := syscall.SlicePtrFromStrings(s.Program.Args)
	if err != nil {
		return err
	}
	env, err := syscall.SlicePtrFromStrings(append([]string{"HOME=" + s.Work, "TMPDIR=" + s.Temp}, s.Program.Env...))
	if err != nil {
		return err
	}
	program := filter(rules(os.Getpid(), s.PID))
	s.layer = Rlimits
	limits, err := s.rlimits()
	if err != nil {
		return err
	}
	s.layer = ""
	if err := s.send(progress{Wait: true}); err != nil {
		return err
	}
	if s.Rlimits {
		s.holds(Rlimits, "")
	}
	if s.Seccomp {
		s.holds(Seccomp, fmt.Sprintf("%d instructions", len(program)))
	}
	last := packet(progress{Built: s.built, Go: true}) // sent when that is so
	s.built = nil
	word := make([]byte, 1)
	if n, err := unix.Read(setupFD, word); err != nil || n != 1 || word[0] != goOn {
		os.Exit(125) // the parent is gone
	}
	// The limits come as late as they can, and from here on nothing takes memory: this stage,
	// which is Go, may have more already than the program is to have.
	if s.Rlimits {
		s.layer = Rlimits
		if err := setRlimits(limits); err != nil {
			return err
		}
	}
	if s.Seccomp {
		s.layer = Seccomp
		if err := installSeccomp(program); err != nil {
			return err
		}
	}
	s.layer = ""
	unix.Write(setupFD, last)
	return fmt.Errorf("execute %s: %w", executable, execute(path, args, env))
}

// holds notes a layer for the next answer.
func (s *stage) holds(layer Layer, detail string) { s.built = append(s.built, built{layer, detail}) }

// packet is p as it is sent.
func packet(p progress) []byte {
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // there is nothing in it that could fail
	}
	return text
}

// send writes one packet to the parent, with the layers that were built and the workspace's
// descriptor if it has not been sent.
func (s *stage) send(p progress) error {
	p.Built, s.built = s.built, nil
	var rights []byte
	if s.work >= 0 {
		rights = unix.UnixRights(s.work)
	}
	if err := unix.Sendmsg(setupFD, packet(p), rights, nil, unix.MSG_NOSIGNAL); err != nil {
		return err
	}
	if s.work >= 0 {
		unix.Close(s.work)
		s.work = -1
	}
	return nil
}

// receive reads the plan, one packet.
func (s *stage) receive() error {
	packet := make([]byte, maxPacket)
	n, err := unix.Read(setupFD, packet)
	if err != nil {
		return err
	}
	return json.Unmarshal(packet[:n], &s.plan)
}

// closeOthers has every descriptor closed by execve that the program is not given, also
// those that a library of the parent left open by mistake.
func closeOthers() error {
	err := unix.CloseRange(setupFD, ^uint(0)>>1, unix.CLOSE_RANGE_CLOEXEC)
	if err == nil {
		return nil
	}
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return fmt.Errorf("close descriptors: %w", err)
	}
	for _, e := range entries {
		var fd int
		if _, err := fmt.Sscan(e.Name(), &fd); err == nil && fd >= setupFD {
			unix.CloseOnExec(fd)
		}
	}
	return nil
}
