package interpreter

import (
	"context"
	"fmt"
	"sync"

	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

// Session runs cells one after another. Its methods may be called from any goroutine.
type Session struct {
	options Options
	kernel  Kernel
	files   *workspace

	turn       chan struct{} // holds one token; who has it runs a cell
	interrupts chan struct{}
	showing    sync.Mutex // held while Options.Output is called

	mu     sync.Mutex
	child  *child // nil before the first start and after Close
	closed bool
	cell   int
}

// Open finds the kernel of the language and starts it in the sandbox. ctx bounds that
// alone. The error wraps *sandbox.MissingError if the level cannot be had.
func Open(ctx context.Context, options Options) (*Session, error) {
	o, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	kernel, err := o.Language.Kernel(ctx)
	if err != nil {
		return nil, fmt.Errorf("interpreter: %s: %w", o.Language.Name(), err)
	}
	s := &Session{options: o, kernel: kernel, turn: make(chan struct{}, 1), interrupts: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	if s.files, err = openWorkspace(o.Workspace, o.Limits.Files, o.Protect); err != nil {
		return nil, err
	}
	if err := s.start(ctx); err != nil {
		s.files.close()
		return nil, err
	}
	return s, nil
}

// start starts a child. The workspace of one before it is lost with it, but for what was
// copied out.
func (s *Session) start(ctx context.Context) error {
	child, err := startChild(ctx, s.kernel, s.options, s.show)
	if err != nil {
		return err
	}
	s.files.enter(child.proc.Work, child.proc.Owner)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		child.close()
		return ErrClosed
	}
	s.child = child
	go child.watchIdle(s.options.Limits.CPU)
	return nil
}

// show passes on output as it comes. The two streams take turns.
func (s *Session) show(stderr bool, text []byte) {
	s.mu.Lock()
	output, cell := s.options.Output, s.cell
	s.mu.Unlock()
	if output != nil {
		s.showing.Lock()
		defer s.showing.Unlock()
		output(Output{Cell: cell, Stderr: stderr, Text: text})
	}
}

// Language is the session's language and its version.
func (s *Session) Language() (name, version string) {
	return s.options.Language.Name(), s.kernel.Version
}

// Sandbox says which layers hold around the child that runs now.
func (s *Session) Sandbox() sandbox.Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.child == nil {
		return sandbox.Report{}
	}
	return s.child.proc.Report
}

// Interrupt stops the cell that runs; variables stay. Without one it does nothing.
func (s *Session) Interrupt() {
	select {
	case s.interrupts <- struct{}{}:
	default:
	}
}

// ReadFile reads a file of the session's workspace, also one that was not copied out.
func (s *Session) ReadFile(name string) ([]byte, error) {
	s.mu.Lock()
	child := s.child
	s.mu.Unlock()
	if child == nil {
		return nil, ErrClosed
	}
	return readRegular(child.proc.Work, name, s.options.Limits.Files)
}

// Close ends the child and waits until nothing of it is left. A cell that runs returns
// ErrClosed.
func (s *Session) Close() error {
	s.mu.Lock()
	child := s.child
	first := !s.closed
	s.closed, s.child = true, nil
	s.mu.Unlock()
	if child != nil {
		child.close()
	}
	if first {
		<-s.turn // a cell that ran has let go of the files
		s.files.close()
		close(s.turn)
	}
	return nil
}
