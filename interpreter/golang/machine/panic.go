package machine

import (
	"fmt"
	"go/token"
	"go/types"
	"runtime"
	"strings"
)

// Panic is how a cell ends that does not end well.
type Panic struct {
	Value   any // of panic, as an operand
	Exit    bool
	Code    int  // of os.Exit
	Stopped bool // by Stop
	Memory  bool // because the memory was used up
	Fatal   bool // an error of the runtime that cannot be recovered from
	Frames  []Frame
}

// Frame is a call in the trace of a panic.
type Frame struct {
	Function string
	Pos      token.Pos
}

// Error makes a panic that compiled code catches legible.
func (p *Panic) Error() string { return p.Text() }

// Text is the panic's value as Go's runtime prints it.
func (p *Panic) Text() string {
	switch v := open(p.Value).(type) {
	case runtime.Error:
		return v.Error()
	case error:
		return v.Error()
	case string:
		return v
	case Box:
		for _, name := range []string{"Error", "String"} {
			if v.hasAs(name, "func() string") {
				return v.textOfPanic(name)
			}
		}
		if v.T.class == basic {
			return fmt.Sprintf("%s(%#v)", runtimeName(v.T.of), v.V)
		}
		return fmt.Sprintf("%+v", v)
	case fmt.Stringer:
		return v.String()
	default:
		switch v.(type) {
		case bool, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64, complex64, complex128:
			return fmt.Sprint(v)
		}
		return fmt.Sprintf("(%T) %v", v, v)
	}
}

// textOfPanic is what a method says of the value of a panic. One that panics itself is not asked about
// its own panic: it would be asked for ever.
func (b Box) textOfPanic(name string) string {
	text, failed := b.text(name)
	if failed == nil {
		return text
	}
	switch v := open(failed.Value).(type) {
	case string:
		return "panic while printing panic value: " + v
	case Box:
		return "panic while printing panic value: type " + runtimeName(v.T.of)
	default:
		return fmt.Sprintf("panic while printing panic value: type %T", v)
	}
}

// runtimeError is an error of the runtime, as Go's own are.
type runtimeError string

func (e runtimeError) Error() string { return "runtime error: " + string(e) }
func (runtimeError) RuntimeError()   {}

// plainError is one that Go prints without "runtime error".
type plainError string

func (e plainError) Error() string { return string(e) }
func (plainError) RuntimeError()   {}

// typeError is that of a failed type assertion.
type typeError string

func (e typeError) Error() string { return "interface conversion: " + string(e) }
func (typeError) RuntimeError()   {}

const nilPointer = runtimeError("invalid memory address or nil pointer dereference")

// stop is the panic that ends a cell from outside; exit that of os.Exit.
type stop struct{}
type exit int

// fatal is a panic that no recover sees.
type fatal string

// asPanic makes a Panic of what recover returned. Frames are those of the goroutine.
func (g *goroutine) asPanic(r any) *Panic {
	var p *Panic
	switch r := r.(type) {
	case *Panic:
		return r
	case stop:
		p = &Panic{Stopped: true, Memory: g.run.memory.Load()}
	case exit:
		p = &Panic{Exit: true, Code: int(r)}
	case fatal:
		p = &Panic{Value: string(r), Fatal: true}
	case refusal:
		p = &Panic{Value: string(r) + " cannot be had in an interpreted cell; use --compiled", Fatal: true}
	case *runtime.PanicNilError:
		p = &Panic{Value: r}
	case target:
		p = &Panic{Value: r.v}
		if text, ok := r.v.(string); ok && rangePanics[text] != "" {
			p.Value = runtimeError(rangePanics[text])
		}
	default:
		p = &Panic{Value: r}
	}
	if err, ok := p.Value.(runtime.Error); ok && strings.Contains(err.Error(), "nil pointer dereference") {
		p.Value = nilPointer
	}
	p.Frames = g.trace()
	return p
}

// rangePanics are Go's texts for what the SSA form says of a misused loop over a function.
var rangePanics = map[string]string{
	"yield function called after range loop exit": "range function continued iteration after function for loop body returned false",
	"iterator call did not preserve panic":        "range function recovered a loop body panic and did not resume panicking",
}

// target is the panic of a cell's own panic statement.
type target struct{ v any }

// maxFrames bounds the frames of a trace.
const maxFrames = 50

func (g *goroutine) trace() (frames []Frame) {
	for f := g.top; f != nil && len(frames) < maxFrames; f = f.caller {
		frames = append(frames, Frame{f.code.name(), f.pos()})
	}
	return frames
}

// name is a function as a trace shows it.
func (c *code) name() string {
	if c.fn.Pkg != nil {
		return c.fn.RelString(nil)
	}
	return types.TypeString(c.fn.Signature, nil)
}

// protect runs f and returns how it panicked.
func (g *goroutine) protect(f func()) (p *Panic) {
	defer func() {
		if r := recover(); r != nil {
			p = g.asPanic(r)
		}
	}()
	f()
	return nil
}
