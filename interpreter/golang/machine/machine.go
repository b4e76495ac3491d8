// Package machine runs Go that was type-checked and brought into SSA form
// (golang.org/x/tools/go/ssa): each function becomes a list of closures when it is first
// called. Functions of the standard library are called as they were compiled.
//
// It runs inside the sandbox and is no part of it: memory is reached through package
// unsafe, as the types allow.
package machine

import (
	"fmt"
	"go/token"
	"go/types"
	"os"
	"reflect"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/qwen-agent/qwen-agent/interpreter/golang/library"
)

// Machine holds the functions, types and variables of a session.
type Machine struct {
	lib  *library.Library
	prog *ssa.Program

	typesLock sync.Mutex
	types     typeutil.Map
	knots     []*Type // whose reg is still to be made

	codeLock sync.Mutex
	code     map[*ssa.Function]*code
	globals  map[*ssa.Global]unsafe.Pointer
	wrappers sync.Map // reflect.Type of a struct of the library that holds a Box
	wrapped  atomic.Bool

	hosts map[string]func([]any) any // functions of packages that are ours, by path and name

	run   atomic.Pointer[run] // the cell that runs
	limit int64               // of memory, in bytes
}

// run is a cell that runs.
type run struct {
	stopped atomic.Bool
	stop    chan struct{}
	failed  chan *Panic // a goroutine that panicked
	over    atomic.Bool // nobody waits for failed
	memory  atomic.Bool // it is stopped because it used too much
}

// fail tells of a goroutine that panicked. After the end of its cell that can only be printed.
func (r *run) fail(p *Panic) {
	if r.over.Load() {
		if !p.Exit {
			fmt.Fprintf(os.Stderr, "panic: %s (in a goroutine that an earlier cell had started)\n", p.Text())
		}
		return
	}
	select {
	case r.failed <- p:
	default:
	}
}

// New returns a machine for packages of a library, whose positions are in files.
func New(lib *library.Library, files *token.FileSet) *Machine {
	m := &Machine{
		lib: lib, prog: ssa.NewProgram(files, ssa.InstantiateGenerics|ssa.BareInits),
		code: map[*ssa.Function]*code{}, globals: map[*ssa.Global]unsafe.Pointer{}, hosts: map[string]func([]any) any{},
	}
	theMachine.Store(m)
	m.types.SetHasher(typeutil.MakeHasher())
	return m
}

// Program is where packages are made for the machine.
func (m *Machine) Program() *ssa.Program { return m.prog }

// Host gives a function of a package that has no code one in Go. Its arguments and its
// result are operands.
func (m *Machine) Host(name string, f func([]any) any) { m.hosts[name] = f }

// refusal is the panic of something that the machine cannot do, found before it runs.
type refusal string

// Refused is the error of code that cannot be run.
type Refused struct {
	Message string
	Pos     token.Pos
}

func (e *Refused) Error() string { return e.Message }

// Prepare makes what a function needs, and all that it can be seen to call. The error is
// a *Refused.
func (m *Machine) Prepare(functions ...*ssa.Function) (err error) {
	at := token.NoPos
	defer func() {
		switch r := recover().(type) {
		case nil:
		case refusal:
			err = &Refused{string(r), at}
		default:
			panic(r)
		}
	}()
	seen := map[*ssa.Function]bool{}
	var prepare func(f *ssa.Function)
	prepare = func(f *ssa.Function) {
		if seen[f] || f.Blocks == nil {
			return
		}
		seen[f] = true
		c := m.codeOf(f)
		c.compile(&at)
		for _, b := range f.Blocks {
			for _, i := range b.Instrs {
				for _, o := range i.Operands(nil) {
					if g, ok := (*o).(*ssa.Function); ok {
						prepare(g)
					}
				}
			}
		}
	}
	for _, f := range functions {
		prepare(f)
	}
	return nil
}

// Call runs functions without parameters, one after the other, as a cell. Stop ends it.
func (m *Machine) Call(functions ...*ssa.Function) *Panic {
	r := &run{stop: make(chan struct{}), failed: make(chan *Panic, 1)}
	m.run.Store(r)
	defer r.over.Store(true)
	done := make(chan *Panic, 1)
	go func() {
		g := &goroutine{m: m, run: r}
		for _, f := range functions {
			if p := g.protect(func() { m.codeOf(f).call(g, nil, nil, nil) }); p != nil {
				done <- p
				return
			}
		}
		done <- nil
	}()
	var p *Panic
	stopped := false
	select {
	case p = <-done:
		return p
	case p = <-r.failed:
		r.end()
	case <-r.stop:
		p, stopped = &Panic{Stopped: true, Memory: r.memory.Load()}, true
	}
	select {
	case last := <-done:
		if stopped {
			return last // which says where
		}
	case <-time.After(abandon):
	}
	return p
}

// abandon is after how long a cell that was ended is left behind. Its goroutine waits in
// compiled code then, say in the Wait of a sync.WaitGroup for goroutines that have ended;
// nothing interpreted runs in it again.
const abandon = 300 * time.Millisecond

// Stop ends the cell that runs, as far as it is interpreted code that does so.
func (m *Machine) Stop() {
	if r := m.run.Load(); r != nil {
		r.end()
	}
}

func (r *run) end() {
	if !r.stopped.Swap(true) {
		close(r.stop)
	}
}

// goroutine is one of the cell's.
type goroutine struct {
	m      *Machine
	run    *run
	top    *frame // that runs now
	depth  int
	frames []*frame // to be used again, by depth
	spent  int      // bytes that were made since the last look at the memory
}

// global is where a package variable lies.
func (m *Machine) global(g *ssa.Global) unsafe.Pointer {
	if p, ok := m.globals[g]; ok {
		return p
	}
	t := m.typ(g.Type().(*types.Pointer).Elem())
	var p unsafe.Pointer
	if m.lib.Has(g.Pkg.Pkg) {
		v := library.Symbol(g.Pkg.Pkg.Path(), g.Name())
		if !v.IsValid() || !v.CanAddr() {
			panic(refusal(fmt.Sprintf("the variable %s.%s", g.Pkg.Pkg.Name(), g.Name())))
		}
		if v.Type() != t.mem {
			panic(refusal(fmt.Sprintf("the variable %s.%s, whose type is a function,", g.Pkg.Pkg.Name(), g.Name())))
		}
		p = v.Addr().UnsafePointer()
	} else {
		p = reflect.New(t.mem).UnsafePointer()
	}
	m.globals[g] = p
	return p
}
