//go:build linux && (amd64 || arm64)

package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// A child is born inside its group. To move a process there takes the kernel 5 to 15 ms, in
// which nothing on the machine can fork, because it waits until every processor has seen
// that. With version 2 clone itself takes a group. With version 1 the thread that clones
// enters the group first and leaves it after: for a thread that moves itself the kernel
// waits for nobody.

// enter has what the calling thread starts with these attributes be in the group, until
// leave is called. The thread must be locked to its goroutine. After an error that is
// errStrayed it is still in the group, and must end.
func (g *cgroup) enter(attr *syscall.SysProcAttr) (leave func() error, err error) {
	if g.version == 2 {
		folder, err := os.Open(g.memory)
		if err != nil {
			return nil, err
		}
		attr.UseCgroupFD, attr.CgroupFD = true, int(folder.Fd())
		return func() error { attr.UseCgroupFD = false; return folder.Close() }, nil
	}
	for _, folder := range g.folders() {
		if err := moveThread(folder); err != nil {
			if wrong := g.leave(); wrong != nil {
				return nil, wrong
			}
			return nil, err
		}
	}
	return g.leave, nil
}

// errStrayed says that a thread could not leave a group.
var errStrayed = errors.New("leave the group")

// leave moves the calling thread to where the rest of this process is.
func (g *cgroup) leave() error {
	for _, folder := range g.folders() {
		if err := moveThread(filepath.Dir(folder)); err != nil {
			return fmt.Errorf("%w: %w", errStrayed, err)
		}
	}
	return nil
}

// moveThread moves the calling thread to a group of version 1.
func moveThread(folder string) error {
	return os.WriteFile(filepath.Join(folder, "tasks"), []byte("0"), 0)
}

// add moves a process into the group, where it could not be born in it.
func (g *cgroup) add(pid int) error {
	for _, folder := range g.folders() {
		if err := os.WriteFile(filepath.Join(folder, "cgroup.procs"), []byte(strconv.Itoa(pid)), 0); err != nil {
			return err
		}
	}
	return nil
}

// group makes the control group, if it is to be had.
func (l *launch) group() *cgroup {
	if !l.takes(Cgroup) {
		return nil
	}
	g, err := newCgroup()
	if err != nil {
		l.states[Cgroup] = LayerState{Cgroup, false, err.Error()}
		return nil
	}
	return g
}

// clone starts the first stage, in the group if the kernel can do that. The calling
// goroutine is locked to its thread, which must end after an error.
func (l *launch) clone(g *cgroup, attr *os.ProcAttr) (*os.Process, error) {
	start := func() (*os.Process, error) { return os.StartProcess(selfExe(), []string{childName}, attr) }
	if g == nil {
		return start()
	}
	leave, err := g.enter(attr.Sys)
	if err == nil {
		var proc *os.Process
		proc, err = start()
		if wrong := leave(); wrong != nil {
			if err == nil {
				proc.Kill()
				proc.Wait()
			}
			err = wrong
		} else if err == nil {
			l.inGroup = true
			return proc, nil
		}
	}
	if errors.Is(err, errStrayed) {
		return nil, &MissingError{l.config.Level, Cgroup, err.Error()}
	}
	return start() // an old kernel, or a filter around us that knows no clone3
}

// bound gives the group its limit of memory, once the stage is in it: what the clone of a
// large process needs is not to count.
func (l *launch) bound() error {
	g := l.process.group
	if g == nil {
		return nil
	}
	err := error(nil)
	if !l.inGroup {
		err = g.add(l.process.pid)
	}
	if err == nil {
		err = g.limitMemory(l.config.Limits.Memory)
	}
	if err != nil {
		return &MissingError{l.config.Level, Cgroup, cgroupError(err).Error()}
	}
	g.openMeters()
	g.killedStart = g.kills()
	return nil
}

// close gives the group its limit of processes, when the stage, whose runtime has threads
// of its own, needs no more of them. The program starts only after that.
func (l *launch) close() error {
	g := l.process.group
	if g == nil {
		return nil
	}
	if err := g.limitProcesses(l.config.Limits.Processes); err != nil {
		return &MissingError{l.config.Level, Cgroup, cgroupError(err).Error()}
	}
	l.states[Cgroup] = LayerState{Cgroup, true, g.describe()}
	return nil
}
