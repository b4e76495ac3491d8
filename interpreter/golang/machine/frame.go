package machine

import (
	"go/token"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// frame is a call of an interpreted function.
type frame struct {
	g      *goroutine
	code   *code
	r      []any // operands: constants, parameters, captured variables, results of instructions
	caller *frame
	at     *block
	pc     int

	result   any
	deferred []deferred

	panicking *Panic // while deferred calls run
	recovered bool
	runs      *frame // whose deferred call this is
}

// deferred is a call that waits for the end of a function.
type deferred func(runner *frame)

// closure is a function of a cell as a value.
type closure struct {
	code *code
	env  []any
}

// maxDepth is how deep calls may nest. A call takes about half a kilobyte of stack.
const maxDepth = 200_000

// call runs the function. runs is the frame whose deferred call it is, or nil.
func (c *code) call(g *goroutine, args, env []any, runs *frame) any {
	f := c.frame(g, env, runs)
	copy(f.r[len(c.constants):], args)
	return f.finish()
}

// callFrom is call with operands of another frame.
func (c *code) callFrom(from *frame, slots []int, env []any) any {
	f := c.frame(from.g, env, nil)
	params := f.r[len(c.constants):]
	for i, s := range slots {
		params[i] = from.r[s]
	}
	return f.finish()
}

// frame makes a frame without its arguments. Those of functions that defer nothing are used
// again by the goroutine.
func (c *code) frame(g *goroutine, env []any, runs *frame) *frame {
	if !c.ready.Load() {
		c.compile(new(token.Pos))
	}
	if g.depth++; g.depth > maxDepth {
		panic(fatal("stack overflow"))
	}
	var f *frame
	if !c.defers && g.depth <= len(g.frames) {
		f = g.frames[g.depth-1]
	}
	if f == nil {
		f = &frame{g: g}
		if !c.defers && g.depth == len(g.frames)+1 && g.depth < maxKept {
			g.frames = append(g.frames, f)
		}
	}
	if cap(f.r) < c.size {
		f.r = make([]any, c.size, max(c.size, 16))
	}
	f.r = f.r[:c.size]
	f.code, f.caller, f.at, f.pc, f.runs, f.result = c, g.top, nil, 0, runs, nil
	copy(f.r, c.constants)
	copy(f.r[len(c.constants)+c.params:], env)
	g.top = f
	return f
}

// maxKept is how many frames a goroutine keeps.
const maxKept = 1000

// finish runs a frame that has its arguments.
func (f *frame) finish() any {
	g, c := f.g, f.code
	if c.defers {
		f.guarded()
	} else {
		f.run(c.blocks[0])
	}
	g.depth--
	g.top = f.caller
	result := f.result
	clear(f.r)
	return result
}

// run runs instructions from a block until the function returns.
func (f *frame) run(b *block) {
	stopped := &f.g.run.stopped
	for {
		f.at = b
		for i, do := range b.do {
			f.pc = i
			do(f)
		}
		if stopped.Load() {
			panic(stop{})
		}
		if f.g.spent > muchInAll {
			f.g.checkMemory(0)
		}
		f.pc = len(b.do)
		n := b.next(f)
		if n < 0 {
			return
		}
		e := &b.edges[n]
		switch len(e.moves) {
		case 0:
		case 1:
			f.r[e.moves[0].to] = f.r[e.moves[0].from]
		default:
			var few [8]any
			held := few[:0]
			for _, mv := range e.moves {
				held = append(held, f.r[mv.from])
			}
			for i, mv := range e.moves {
				f.r[mv.to] = held[i]
			}
		}
		b = e.to
	}
}

// guarded runs a function that defers calls: they run whatever happens.
func (f *frame) guarded() {
	depth := f.g.depth
	late := false
	p := f.g.protect(func() {
		f.run(f.code.blocks[0])
		if late = len(f.deferred) > 0; late { // by loops over functions alone: then the SSA form leaves rundefers out
			f.endDeferred()
		}
	})
	if p == nil {
		if late && f.code.namedResults() { // which the deferred calls may have set
			f.run(f.code.recover)
		}
		return
	}
	f.g.top, f.g.depth = f, depth
	if p.Stopped || p.Exit || p.Fatal {
		panic(p)
	}
	f.panicking = p
	f.runDeferred()
	if !f.recovered {
		panic(f.panicking)
	}
	f.panicking, f.recovered = nil, false
	f.result = nil
	if f.code.recover == nil {
		f.result = f.code.zero
		return
	}
	f.run(f.code.recover)
}

// namedResults says whether the function's results are variables of its own.
func (c *code) namedResults() bool {
	results := c.fn.Signature.Results()
	return c.recover != nil && results.Len() > 0 && results.At(0).Name() != ""
}

// runDeferred runs what was deferred, the last first. A panic of one takes the place of
// the one before.
func (f *frame) runDeferred() {
	depth := f.g.depth
	for len(f.deferred) > 0 {
		d := f.deferred[len(f.deferred)-1]
		f.deferred = f.deferred[:len(f.deferred)-1]
		if p := f.g.protect(func() { d(f) }); p != nil {
			f.g.top, f.g.depth = f, depth
			if p.Stopped || p.Exit || p.Fatal {
				panic(p)
			}
			f.panicking, f.recovered = p, false
		}
	}
}

// endDeferred is what happens before a return.
func (f *frame) endDeferred() {
	f.runDeferred()
	if f.panicking != nil && !f.recovered {
		panic(f.panicking)
	}
}

// takePanic is recover, called by a function that f runs in.
func (f *frame) takePanic() any {
	d := f.runs
	if d == nil || d.panicking == nil || d.recovered {
		return nil
	}
	d.recovered = true
	return d.panicking.Value
}

// pos is where the frame is.
func (f *frame) pos() token.Pos {
	if f.at == nil {
		return f.code.fn.Pos()
	}
	return f.at.positions[min(f.pc, len(f.at.positions)-1)]
}

// deferStack is the operand by which a loop over a function defers into the function
// that the loop stands in.
func (f *frame) deferStack() any { return unsafe.Pointer(f) }

var _ ssa.Instruction = (*ssa.Defer)(nil)
