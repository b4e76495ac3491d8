package interpreter

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
	"github.com/qwen-agent/qwen-agent/interpreter/wire"
)

// readyLimit is how long a kernel may take to say that it is ready.
const readyLimit = 30 * time.Second

// maxReply is the longest reply, in bytes.
const maxReply = 1 << 20

// child is a kernel that runs in its sandbox.
type child struct {
	proc           *sandbox.Process
	stdout, stderr *stream
	replies        chan answer
	asked          uint64 // ID of the last command
	killed         bool   // it was told that a process of it was killed for want of memory

	mu      sync.Mutex
	running bool
	cpu     time.Duration // that was used when the last cell began
	reason  string        // why we killed it; "" if we did not
}

// answer is a reply of the kernel, or what is wrong with it.
type answer struct {
	wire.Reply
	err error
}

// startChild starts a kernel and waits until it is ready.
func startChild(ctx context.Context, kernel Kernel, o Options, show func(stderr bool, text []byte)) (*child, error) {
	proc, err := sandbox.Start(ctx, sandbox.Config{Program: kernel.Program, Level: o.Level, Limits: o.Limits, Without: o.Without})
	if err != nil {
		return nil, fmt.Errorf("interpreter: start %s: %w", kernel.Version, err)
	}
	c := &child{proc: proc, replies: make(chan answer, 1)}
	c.stdout = newStream(proc.Stdout, func(p []byte) { show(false, p) })
	c.stderr = newStream(proc.Stderr, func(p []byte) { show(true, p) })
	go c.listen()
	if err := c.ready(ctx, kernel); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// listen passes on what the kernel says, and last that it says no more. A reply that nobody takes stops it, and with it
// the kernel when the pipe is full.
func (c *child) listen() {
	defer close(c.replies)
	for {
		var a answer
		a.err = wire.Read(c.proc.Out, maxReply, &a.Reply)
		c.replies <- a
		if a.err != nil {
			return
		}
	}
}

func (c *child) ready(ctx context.Context, kernel Kernel) error {
	err := error(nil)
	if kernel.Boot != nil {
		c.proc.In.SetWriteDeadline(time.Now().Add(readyLimit))
		err = wire.WriteRaw(c.proc.In, kernel.Boot)
		c.proc.In.SetWriteDeadline(time.Time{})
	}
	if err == nil {
		select {
		case a := <-c.replies:
			if err = a.err; err == nil && !a.Ready {
				err = errors.New("it sent something else than that it is ready")
			}
		case <-ctx.Done():
			err = context.Cause(ctx)
		case <-time.After(readyLimit):
			err = fmt.Errorf("it was not ready after %v", readyLimit)
		}
	}
	if err == nil {
		c.cpu = c.proc.CPU()
		return nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, os.ErrClosed) || brokenPipe(err) {
		select { // it ended; what it said on the way out is the better reason
		case <-c.proc.Done():
			c.stderr.drain()
			text, _ := c.stderr.take()
			err = fmt.Errorf("it ended with %s%s", exitText(c.proc.Exit()), said(text))
		case <-time.After(time.Second):
		}
	}
	return fmt.Errorf("interpreter: start %s: %w", kernel.Version, err)
}

// send gives the kernel a command. It fails if the kernel does not read it in time.
// Nobody can tell the ID beforehand: a cell could else leave an answer in the pipe that is
// taken for the next cell's.
func (c *child) send(cell int, code string, limit time.Duration) error {
	var id [8]byte
	rand.Read(id[:]) // never fails, as its documentation says
	c.asked = binary.NativeEndian.Uint64(id[:])
	c.proc.In.SetWriteDeadline(time.Now().Add(limit))
	defer c.proc.In.SetWriteDeadline(time.Time{})
	return wire.Write(c.proc.In, wire.Command{ID: c.asked, Cell: cell, Code: code})
}

// begin and end stand around a cell.
func (c *child) begin() {
	c.proc.ResetPeak()
	cpu := c.proc.CPU()
	c.mu.Lock()
	c.running, c.cpu = true, cpu
	c.mu.Unlock()
}

func (c *child) end() {
	c.mu.Lock()
	c.running = false
	c.mu.Unlock()
}

// kill ends the child for a reason that the next cell is told.
func (c *child) kill(reason string) {
	c.mu.Lock()
	if c.reason == "" {
		c.reason = reason
	}
	c.mu.Unlock()
	c.proc.Kill()
}

// gone says whether the child has ended, and why.
func (c *child) gone() (reason string, gone bool) {
	select {
	case <-c.proc.Done():
	default:
		return "", false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reason != "" {
		return c.reason, true
	}
	if c.outOfMemory() {
		return "it needed more memory than its limit", true
	}
	return "it ended with " + exitText(c.proc.Exit()), true
}

// outOfMemory says whether the child, which has ended, was killed for want of memory.
func (c *child) outOfMemory() bool {
	return c.proc.OutOfMemory() && killed(c.proc.Exit())
}

// watchIdle kills a child whose threads or processes go on computing after their cell.
func (c *child) watchIdle(limit time.Duration) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-c.proc.Done():
			return
		case <-ticker.C:
		}
		c.mu.Lock()
		idle, from := !c.running, c.cpu
		c.mu.Unlock()
		if idle && c.proc.CPU()-from > limit {
			c.kill(fmt.Sprintf("what a cell left running used more than %v of CPU time", limit))
			return
		}
	}
}

func (c *child) close() {
	c.proc.Close()
	for range c.replies { // listen may wait to be heard
	}
}
