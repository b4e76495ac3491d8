package sandbox

import (
	"os"
	"sync"
	"time"
)

// Process is a program that runs inside the sandbox. Its descriptors are 0 (empty), 1
// and 2 (Stdout and Stderr), 3 (reads what is written to In) and 4 (its writes come out
// of Out).
type Process struct {
	In, Out        *os.File
	Stdout, Stderr *os.File

	// Work is the program's workspace. It can be read after the program has ended, until
	// Close. Everything in it may be a trap: a link, a pipe, a file that changes.
	Work    *os.Root
	WorkDir string // where the program sees it
	Owner   int    // user whose files there are the program's; negative if it is who runs us

	Report Report

	pid    int
	spent  spent   // CPU time, where no group counts it
	limit  int64   // of memory, in bytes
	group  *cgroup // nil without one
	done   chan struct{}
	state  *os.ProcessState // after done
	proc   *os.Process
	tidy   func() // removes what Start made on disk
	closed sync.Once
}

// Done is closed when the program has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// PID is the number of the program's first process, as it is seen from outside.
func (p *Process) PID() int { return p.pid }

// Exit says how the program ended. It is only known after Done.
func (p *Process) Exit() *os.ProcessState { return p.state }

// Interrupt asks the program to stop what it does: SIGINT.
func (p *Process) Interrupt() error { return p.proc.Signal(os.Interrupt) }

// Kill ends the program and everything that it started, and waits until they are gone.
func (p *Process) Kill() {
	p.killAll()
	<-p.done
}

// Close kills the program and gives back everything: descriptors, cgroup, folders.
func (p *Process) Close() error {
	p.closed.Do(func() {
		p.Kill()
		for _, f := range []*os.File{p.In, p.Out, p.Stdout, p.Stderr} {
			f.Close()
		}
		if p.Work != nil {
			p.Work.Close()
		}
		p.group.remove()
		if p.tidy != nil {
			p.tidy()
		}
	})
	return nil
}

// Usage is what the program and all that it started have used so far.
type Usage struct {
	CPU    time.Duration
	Memory int64 // bytes now
	Peak   int64 // bytes at most; since the last ResetPeak where the kernel can do that
}
