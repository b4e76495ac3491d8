package golang

import (
	"fmt"
	"strings"

	"github.com/qwen-agent/qwen-agent/interpreter/golang/machine"
	"github.com/qwen-agent/qwen-agent/interpreter/wire"
)

// failure makes an error of a panic.
func (a *attempt) failure(p *machine.Panic) *wire.Error {
	switch {
	case p.Stopped && p.Memory:
		return &wire.Error{Type: "MemoryLimit", Message: "the cell used more memory than its limit and was stopped; the variables are kept", Line: a.line(p), Trace: a.trace(p)}
	case p.Stopped:
		return &wire.Error{Type: "Interrupted", Message: "the cell was interrupted", Line: a.line(p), Trace: a.trace(p)}
	case p.Exit && p.Code == 0:
		return nil
	case p.Exit:
		return &wire.Error{Type: "ExitError", Message: fmt.Sprintf("the program ended with exit status %d", p.Code)}
	}
	kind, text := "panic", p.Text()
	if p.Fatal {
		kind = "fatal error"
	}
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + "…"
	}
	return &wire.Error{Type: kind, Message: text, Line: a.line(p), Trace: kind + ": " + text + a.trace(p)}
}

// maxMessage is how much of what a panic says is passed on, in bytes.
const maxMessage = 10_000

// line is where in this cell the panic happened, or what was called that panicked.
func (a *attempt) line(p *machine.Panic) int {
	for _, f := range p.Frames {
		if at := a.files.Position(f.Pos); at.Filename == a.name {
			return at.Line
		}
	}
	return 0
}

// maxShown is how many frames of a trace are shown.
const maxShown = 20

func (a *attempt) trace(p *machine.Panic) string {
	var lines []string
	again := 0
	for _, f := range p.Frames {
		at := a.files.Position(f.Pos)
		if at.Filename == "" {
			continue
		}
		name := f.Function
		if name == "main."+bodyName {
			name = "the cell's statements"
		} else if strings.HasPrefix(name, "main."+bodyName+"$") {
			name = "the cell's statements, func" + strings.TrimPrefix(name, "main."+bodyName+"$") + "(...)"
		} else {
			name = strings.ReplaceAll(name, "$", ".func") + "(...)"
		}
		line := fmt.Sprintf("%s\n\t%s:%d", name, at.Filename, at.Line)
		if len(lines) > 0 && lines[len(lines)-1] == line {
			again++
			continue
		}
		if again > 0 {
			lines = append(lines, fmt.Sprintf("… %d more of these …", again))
			again = 0
		}
		if len(lines) == maxShown {
			break
		}
		lines = append(lines, line)
	}
	if again > 0 {
		lines = append(lines, fmt.Sprintf("… %d or more of these …", again))
	}
	if len(lines) == 0 {
		return ""
	}
	return "\n\ngoroutine 1 [running]:\n" + strings.Join(lines, "\n")
}
