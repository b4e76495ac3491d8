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
	if !c.ready.Load() {
		c.compile(new(token.Pos))
	}
	f := &frame{g: g, code: c, r: make([]any, c.size), caller: g.top, runs: runs}
	copy(f.r, c.constants)
	copy(f.r[len(c.constants):], args)
	copy(f.r[len(c.constants)+c.params:], env)
	g.top = f
	if g.depth++; g.depth > maxDepth {
		panic(fatal("stack overflow"))
	}
	if c.defers {
		f.guarded()
	} else {
		f.run(c.blocks[0])
	}
	g.depth--
	g.top = f.caller
	return f.result
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
	p := f.g.protect(func() { f.run(f.code.blocks[0]) })
	if p == nil {
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
