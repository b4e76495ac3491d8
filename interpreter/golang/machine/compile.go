package machine

import (
	"go/constant"
	"go/token"
	"reflect"
	"sync"
	"sync/atomic"

	"golang.org/x/tools/go/ssa"
)

// code is a function as closures.
type code struct {
	m         *Machine
	fn        *ssa.Function
	ready     atomic.Bool
	constants []any
	params    int // parameters; captured variables follow them
	size      int // of a frame, in operands
	blocks    []*block
	recover   *block
	defers    bool
	zero      any // result of a function that was recovered without named results

	slots map[ssa.Value]int
}

// block is a basic block.
type block struct {
	do        []func(*frame)
	positions []token.Pos // of do, and one more
	next      func(*frame) int
	edges     []edge
}

// edge leads to a block, and sets what its phis stand for.
type edge struct {
	to    *block
	moves []move
}

type move struct{ to, from int }

func (m *Machine) codeOf(f *ssa.Function) *code {
	m.codeLock.Lock()
	defer m.codeLock.Unlock()
	c := m.code[f]
	if c == nil {
		c = &code{m: m, fn: f}
		m.code[f] = c
	}
	return c
}

var compileLock sync.Mutex

// compile makes the closures. at is set to where it is, for the error of a refusal, which
// is its panic.
func (c *code) compile(at *token.Pos) {
	compileLock.Lock()
	defer compileLock.Unlock()
	if c.ready.Load() {
		return
	}
	f := c.fn
	*at = f.Pos()
	if f.Blocks == nil {
		panic(refusal("the function " + f.String()))
	}
	c.constants, c.slots = nil, map[ssa.Value]int{}
	for _, b := range f.Blocks {
		for _, i := range b.Instrs {
			for _, o := range i.Operands(nil) {
				if *o == nil {
					continue
				}
				if _, known := c.slots[*o]; known {
					continue
				}
				if v, ok := c.constant(*o, at); ok {
					c.slots[*o] = len(c.constants)
					c.constants = append(c.constants, v)
				}
			}
		}
	}
	c.params = len(f.Params)
	c.size = len(c.constants)
	slot := func(v ssa.Value) {
		c.slots[v] = c.size
		c.size++
	}
	for _, p := range f.Params {
		slot(p)
	}
	for _, v := range f.FreeVars {
		slot(v)
	}
	for _, b := range f.Blocks {
		for _, i := range b.Instrs {
			if v, ok := i.(ssa.Value); ok {
				slot(v)
			}
			if _, ok := i.(*ssa.RunDefers); ok {
				c.defers = true
			}
			if d, ok := i.(*ssa.Defer); ok && d.DeferStack == nil {
				c.defers = true
			}
			if v, ok := i.(*ssa.Call); ok {
				if b, ok := v.Call.Value.(*ssa.Builtin); ok && b.Name() == "ssa:deferstack" {
					c.defers = true
				}
			}
		}
	}
	c.defers = c.defers || f.Recover != nil
	c.blocks = make([]*block, len(f.Blocks))
	for i := range c.blocks {
		c.blocks[i] = &block{}
	}
	for i, b := range f.Blocks {
		c.block(c.blocks[i], b, at)
	}
	if f.Recover != nil {
		c.recover = c.blocks[f.Recover.Index]
	}
	if n := f.Signature.Results().Len(); n == 1 {
		c.zero = c.m.typ(f.Signature.Results().At(0).Type()).zero
	} else if n > 1 {
		zeros := make([]any, n)
		for i := range zeros {
			zeros[i] = c.m.typ(f.Signature.Results().At(i).Type()).zero
		}
		c.zero = zeros
	}
	c.ready.Store(true)
}

// constant is an operand that is the same in every call.
func (c *code) constant(v ssa.Value, at *token.Pos) (any, bool) {
	switch v := v.(type) {
	case *ssa.Const:
		return c.m.constant(v), true
	case *ssa.Global:
		return c.m.global(v), true
	case *ssa.Function:
		return c.m.functionValue(v), true
	case *ssa.Builtin:
		return nil, false
	}
	return nil, false
}

// constant is a constant as an operand.
func (m *Machine) constant(c *ssa.Const) any {
	t := m.typ(c.Type())
	if c.Value == nil {
		return t.zero
	}
	if t.class == iface {
		panic(refusal("a constant of type " + typeName(c.Type())))
	}
	r := reflect.New(t.reg).Elem()
	switch t.reg.Kind() {
	case reflect.Bool:
		r.SetBool(constant.BoolVal(c.Value))
	case reflect.String:
		if c.Value.Kind() == constant.String {
			r.SetString(constant.StringVal(c.Value))
		} else {
			r.SetString(string(rune(c.Int64())))
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		r.SetInt(c.Int64())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		r.SetUint(c.Uint64())
	case reflect.Float32, reflect.Float64:
		r.SetFloat(c.Float64())
	case reflect.Complex64, reflect.Complex128:
		r.SetComplex(c.Complex128())
	default:
		panic(refusal("a constant of type " + typeName(c.Type())))
	}
	return r.Interface()
}

// functionValue is a function as an operand.
func (m *Machine) functionValue(f *ssa.Function) any {
	if f.Blocks != nil {
		return &closure{code: m.codeOf(f)}
	}
	v, ok := m.compiled(f)
	if !ok {
		if m.hosts[f.String()] != nil {
			return nil // it is only ever called
		}
		panic(refusal("the function " + f.String()))
	}
	return v.Interface()
}
