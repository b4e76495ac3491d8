package interpreter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Run runs a cell and returns what came of it. The error is for what keeps the session
// from running cells: bad text, ErrBusy, ErrClosed, a child that cannot be started again,
// a workspace that is gone, and the end of ctx, which interrupts the cell.
func (s *Session) Run(ctx context.Context, code string) (Result, error) {
	if err := checkCell(code); err != nil {
		return Result{}, err
	}
	select {
	case _, open := <-s.turn:
		if !open {
			return Result{}, ErrClosed
		}
	default:
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.closed {
			return Result{}, ErrClosed
		}
		return Result{}, ErrBusy
	}
	defer func() { s.turn <- struct{}{} }()
	if err := ctx.Err(); err != nil {
		return Result{}, fmt.Errorf("interpreter: run a cell: %w", context.Cause(ctx))
	}
	select {
	case <-s.interrupts: // it was meant for a cell before this one
	default:
	}
	return s.run(ctx, code)
}

// run is Run by who has the turn.
func (s *Session) run(ctx context.Context, code string) (Result, error) {
	notice, err := s.ensure(ctx)
	if err != nil {
		return Result{}, err
	}
	s.mu.Lock()
	c := s.child
	if s.closed {
		s.mu.Unlock()
		return Result{}, ErrClosed
	}
	s.cell++
	r := Result{Cell: s.cell, Notice: notice, Sandbox: c.proc.Report}
	s.mu.Unlock()
	if err := s.files.copyIn(); err != nil {
		return Result{}, err
	}
	c.stdout.drain() // what came between the cells is shown with this one
	c.stderr.drain()

	c.begin()
	began := time.Now()
	run := &cellRun{session: s, child: c, result: &r, ctx: ctx, began: began}
	run.carryOut(code)
	r.Time = time.Since(began)
	usage := c.proc.Usage()
	r.CPU, r.Memory = max(0, usage.CPU-c.cpu), usage.Peak
	c.end()
	if r.Error == nil && !c.killed && c.proc.OutOfMemory() {
		c.killed = true
		r.Notice = join(r.Notice, "A process that a cell started was killed, because all of them used more than their limit of "+
			size(s.options.Limits.Memory)+" of memory.")
	}

	c.stdout.drain()
	c.stderr.drain()
	r.Stdout, r.StdoutCut = c.stdout.take()
	r.Stderr, r.StderrCut = c.stderr.take()
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return r, ErrClosed
	}
	notes, err := s.files.copyOut(&r)
	r.Notice = join(r.Notice, notes)
	if err != nil { // the cell has closed its folder to us; the next gets another
		c.kill("a cell made its files unreadable")
		r.Ended = true
		return r, fmt.Errorf("%w; the variables are gone", err)
	}
	if ctx.Err() != nil && r.Stopped == Interrupted {
		return r, fmt.Errorf("interpreter: run a cell: %w", context.Cause(ctx))
	}
	return r, nil
}

// ensure starts a new child if the last one is gone, and says so.
func (s *Session) ensure(ctx context.Context) (notice string, err error) {
	s.mu.Lock()
	c := s.child
	s.mu.Unlock()
	if c == nil {
		return "", ErrClosed
	}
	why, gone := c.gone()
	if !gone {
		return "", nil
	}
	c.close()
	if err := s.start(ctx); err != nil {
		return "", err
	}
	return "The interpreter was started again, because " + why + ". The variables, functions and imports of earlier cells are gone.", nil
}

// cellRun is a cell while it runs.
type cellRun struct {
	session *Session
	child   *child
	result  *Result
	ctx     context.Context
	began   time.Time

	stop Stop   // why it is being stopped; "" if it is not
	why  string // the same in words
}

// carryOut sends the cell and waits for its end, whatever that is.
func (c *cellRun) carryOut(code string) {
	limits, grace := c.session.options.Limits, c.session.options.Grace
	wall := time.NewTimer(limits.Wall)
	defer wall.Stop()
	select {
	case a := <-c.child.replies: // between the cells, when nobody had asked
		c.uncalledFor(a)
		return
	default:
	}
	if err := c.child.send(c.result.Cell, code, limits.Wall); err != nil && !brokenPipe(err) {
		c.kill(WallTime, "the interpreter did not read the cell")
		return
	}
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	var killer <-chan time.Time
	interrupt := func(stop Stop, why string) {
		if c.stop == "" {
			c.stop, c.why = stop, why
			c.child.proc.Interrupt()
			killer = time.After(grace)
		}
	}
	done := c.ctx.Done()
	for {
		select {
		case a := <-c.child.replies:
			c.heard(a)
			return
		case <-done:
			done = nil
			interrupt(Interrupted, "the cell was interrupted")
		case <-c.session.interrupts:
			interrupt(Interrupted, "the cell was interrupted")
		case <-wall.C:
			interrupt(WallTime, fmt.Sprintf("the cell ran longer than its limit of %v", limits.Wall))
		case <-ticker.C:
			usage := c.child.proc.Usage()
			if usage.CPU-c.child.cpu > limits.CPU {
				interrupt(CPUTime, fmt.Sprintf("the cell used more than its limit of %v of CPU time", limits.CPU))
			}
			if usage.Memory > limits.Memory+memorySlack {
				c.kill(Memory, fmt.Sprintf("the cell used more than its limit of %s of memory", size(limits.Memory)))
				return
			}
		case <-killer:
			c.kill(c.stop, c.why+", and did not stop when it was asked to")
			return
		}
	}
}

// memorySlack is how much above the limit of one process all of them may take together,
// as a cgroup would let them.
const memorySlack = 64 << 20

// heard takes the kernel's answer, or that there will be none.
func (c *cellRun) heard(a answer) {
	r := c.result
	switch {
	case a.err == nil && a.ID == c.child.asked && !a.Ready:
		r.Value, r.ValueCut, r.Error = a.Value, a.Cut, a.Error
		r.Pictures = a.Pictures
		if c.stop != "" && r.Error != nil { // else it had ended by itself
			r.Stopped = c.stop
			r.Error.Type, r.Error.Message = stopType(c.stop), c.why+"; the variables are kept"
		}
	default:
		c.uncalledFor(a)
	}
}

// uncalledFor takes what is no answer to a cell.
func (c *cellRun) uncalledFor(a answer) {
	switch {
	case a.err == nil:
		c.kill("", "the interpreter sent a reply that nobody asked for")
		c.result.Error.Type = "ProtocolError"
	case errors.Is(a.err, io.EOF):
		c.crashed()
	default:
		c.kill("", "the interpreter sent something that is no reply: "+a.err.Error())
		c.result.Error.Type = "ProtocolError"
	}
}

// crashed says how the child ended by itself. A pipe that was closed is not the end yet.
func (c *cellRun) crashed() {
	select {
	case <-c.child.proc.Done():
	case <-time.After(time.Second):
		c.kill("", "the cell closed the interpreter's pipe")
		c.result.Error.Type = "ProtocolError"
		return
	}
	why, _ := c.child.gone()
	if c.child.outOfMemory() {
		c.ended(Memory, fmt.Sprintf("the cell used more than its limit of %s of memory", size(c.session.options.Limits.Memory)))
		return
	}
	c.ended(c.stop, "the cell ended the interpreter: "+why)
	c.result.Error.Type = "Crash"
}

func (c *cellRun) kill(stop Stop, why string) {
	c.child.kill(why)
	c.ended(stop, why)
}

func (c *cellRun) ended(stop Stop, why string) {
	r := c.result
	r.Stopped, r.Ended = stop, true
	r.Error = &CellError{Type: stopType(stop), Message: why + "; the variables are gone"}
}

// stopType is how an error that is ours is called.
func stopType(s Stop) string {
	switch s {
	case Interrupted:
		return "Interrupted"
	case Memory:
		return "MemoryLimit"
	case WallTime, CPUTime:
		return "Timeout"
	}
	return "Crash"
}
