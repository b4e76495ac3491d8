package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"

	"github.com/qwen-agent/qwen-agent/interpreter"
)

// incomplete is what a language may have: whether more lines must follow before a cell
// can run.
type incomplete interface{ Incomplete(code string) bool }

const (
	ctrlC = 3
	ctrlD = 4
	ctrlU = 21
)

// keyboard reads a terminal in raw mode. While a cell runs Ctrl-C interrupts it and all
// else waits; at the prompt Ctrl-C clears what was typed.
type keyboard struct {
	in        io.Reader
	keys      chan []byte
	rest      []byte
	mu        sync.Mutex
	interrupt func() // while a cell runs, else nil
	cleared   func()
}

func newKeyboard(in io.Reader, cleared func()) *keyboard {
	k := &keyboard{in: in, keys: make(chan []byte, 64), cleared: cleared}
	go k.listen()
	return k
}

func (k *keyboard) listen() {
	defer close(k.keys)
	for {
		b := make([]byte, 1024)
		n, err := k.in.Read(b)
		if err != nil {
			return
		}
		b = b[:n]
		k.mu.Lock()
		interrupt := k.interrupt
		k.mu.Unlock()
		if at := bytes.IndexByte(b, ctrlC); at >= 0 {
			if interrupt != nil {
				interrupt()
				continue
			}
			k.cleared()
			b = append([]byte{ctrlU}, b[at+1:]...)
		}
		k.keys <- b
	}
}

func (k *keyboard) running(interrupt func()) {
	k.mu.Lock()
	k.interrupt = interrupt
	k.mu.Unlock()
}

func (k *keyboard) Read(p []byte) (int, error) {
	if len(k.rest) == 0 {
		b, open := <-k.keys
		if !open {
			return 0, io.EOF
		}
		k.rest = b
	}
	n := copy(p, k.rest)
	k.rest = k.rest[n:]
	return n, nil
}

// prompt asks for cells on the terminal until Ctrl-D. The arrow keys bring back what was
// typed before.
func prompt(ctx context.Context, o interpreter.Options, show bool) error {
	var screen *pictures
	if show { // before anybody else reads from the terminal
		screen = picturesOn(os.Stdout)
	}
	fd := int(os.Stdin.Fd())
	state, err := term.MakeRaw(fd)
	if err != nil {
		return fmt.Errorf("prepare the terminal: %w", err)
	}
	defer term.Restore(fd, state)
	p := &cellReader{language: o.Language}
	keys := newKeyboard(os.Stdin, p.clear)
	p.terminal = term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{keys, os.Stdout}, firstPrompt)
	if width, height, err := term.GetSize(fd); err == nil && width > 0 {
		p.terminal.SetSize(width, height)
	}
	view := &cellView{out: p.terminal, err: p.terminal, kept: o.Workspace != "", clean: printable}
	o.Output = view.stream
	session, err := interpreter.Open(ctx, o)
	if err != nil {
		return err
	}
	defer session.Close()
	if screen != nil {
		screen.w = p.terminal // which knows where the cursor is
		view.showOn(screen, session)
	}
	_, version := session.Language()
	fmt.Fprintf(p.terminal, "%s, sandbox %v. Ctrl-C stops a cell, Ctrl-D ends.\n", version, session.Sandbox())
	for {
		cell, err := p.ask()
		if err == io.EOF {
			fmt.Fprintln(p.terminal)
			return nil
		}
		if err != nil {
			return err
		}
		keys.running(session.Interrupt)
		result, err := session.Run(ctx, cell)
		keys.running(nil)
		if err != nil {
			return err
		}
		if err := view.show(result); err != nil {
			return err
		}
	}
}

const firstPrompt, nextPrompt = ">>> ", "... "

// cellReader reads cells of one or more lines.
type cellReader struct {
	terminal *term.Terminal
	language interpreter.Language

	mu      sync.Mutex
	dropped bool // Ctrl-C since the cell began
}

func (c *cellReader) clear() {
	c.mu.Lock()
	c.dropped = true
	c.mu.Unlock()
}

// ask returns the next cell that is not blank. An empty line ends a cell of several lines.
func (c *cellReader) ask() (string, error) {
	var lines []string
	for {
		c.terminal.SetPrompt(firstPrompt)
		if len(lines) > 0 {
			c.terminal.SetPrompt(nextPrompt)
		}
		line, err := c.terminal.ReadLine()
		if err != nil && !errors.Is(err, term.ErrPasteIndicator) {
			return "", err
		}
		c.mu.Lock()
		if c.dropped {
			lines, c.dropped = nil, false
		}
		c.mu.Unlock()
		if len(lines) == 0 && strings.TrimSpace(line) == "" {
			continue
		}
		lines = append(lines, line)
		cell := strings.Join(lines, "\n")
		if l, ok := c.language.(incomplete); ok && l.Incomplete(cell) {
			continue
		}
		return cell, nil
	}
}
