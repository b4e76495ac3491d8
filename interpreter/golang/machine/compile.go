package machine

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

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

// block compiles a basic block.
func (c *code) block(to *block, b *ssa.BasicBlock, at *token.Pos) {
	last := b.Parent().Pos()
	for _, i := range b.Instrs {
		if i.Pos() != token.NoPos {
			last = i.Pos()
			*at = last
		}
		var do func(*frame)
		switch i := i.(type) {
		case *ssa.Phi, *ssa.DebugRef:
			continue
		case *ssa.Jump:
			to.next = func(*frame) int { return 0 }
		case *ssa.BinOp:
			if fused(i) {
				continue
			}
			do = c.instruction(i)
		case *ssa.If:
			if b, ok := i.Cond.(*ssa.BinOp); ok && fused(b) {
				to.next = branch(b.Op, c.slots[b.X], c.slots[b.Y])
				break
			}
			cond := c.slots[i.Cond]
			to.next = func(f *frame) int {
				if f.r[cond].(bool) {
					return 0
				}
				return 1
			}
		case *ssa.Return:
			to.next = c.returns(i)
		case *ssa.Panic:
			x := c.slots[i.X]
			do = func(f *frame) {
				if f.r[x] == nil {
					panic(nilPanic())
				}
				panic(target{f.r[x]})
			}
			to.next = func(*frame) int { return -1 }
		default:
			do = c.instruction(i)
		}
		if do != nil {
			to.do = append(to.do, do)
			to.positions = append(to.positions, last)
		}
	}
	to.positions = append(to.positions, last)
	for _, s := range b.Succs {
		e := edge{to: c.blocks[s.Index]}
		from := 0
		for k, p := range s.Preds {
			if p == b {
				from = k
			}
		}
		for _, i := range s.Instrs {
			phi, ok := i.(*ssa.Phi)
			if !ok {
				break
			}
			// A block that leads to another twice has the same value for both.
			e.moves = append(e.moves, move{c.slots[phi], c.slots[phi.Edges[from]]})
		}
		to.edges = append(to.edges, e)
	}
}

// fused says whether a comparison of two ints is made by the branch that it is for.
func fused(b *ssa.BinOp) bool {
	t, ok := b.X.Type().Underlying().(*types.Basic)
	if !ok || t.Kind() != types.Int || b.Referrers() == nil || len(*b.Referrers()) != 1 {
		return false
	}
	i, ok := (*b.Referrers())[0].(*ssa.If)
	return ok && i.Block() == b.Block() && branch(b.Op, 0, 0) != nil
}

// branch compares two ints.
func branch(op token.Token, x, y int) func(*frame) int {
	switch op {
	case token.LSS:
		return func(f *frame) int { return elseOne(f.r[x].(int) < f.r[y].(int)) }
	case token.LEQ:
		return func(f *frame) int { return elseOne(f.r[x].(int) <= f.r[y].(int)) }
	case token.GTR:
		return func(f *frame) int { return elseOne(f.r[x].(int) > f.r[y].(int)) }
	case token.GEQ:
		return func(f *frame) int { return elseOne(f.r[x].(int) >= f.r[y].(int)) }
	case token.EQL:
		return func(f *frame) int { return elseOne(f.r[x].(int) == f.r[y].(int)) }
	case token.NEQ:
		return func(f *frame) int { return elseOne(f.r[x].(int) != f.r[y].(int)) }
	}
	return nil
}

func elseOne(ok bool) int {
	if ok {
		return 0
	}
	return 1
}

// nilPanic is the panic of panic(nil).
func nilPanic() (r any) {
	defer func() { r = recover() }()
	panic(nil) //lint:ignore SA5011 its value is what is wanted
}

func (c *code) returns(i *ssa.Return) func(*frame) int {
	switch len(i.Results) {
	case 0:
		return func(*frame) int { return -1 }
	case 1:
		x := c.slots[i.Results[0]]
		return func(f *frame) int {
			f.result = f.r[x]
			return -1
		}
	}
	slots := c.list(i.Results)
	return func(f *frame) int {
		f.result = f.gather(slots)
		return -1
	}
}

func (c *code) list(values []ssa.Value) []int {
	slots := make([]int, len(values))
	for i, v := range values {
		slots[i] = c.slots[v]
	}
	return slots
}

func (f *frame) gather(slots []int) []any {
	values := make([]any, len(slots))
	for i, s := range slots {
		values[i] = f.r[s]
	}
	return values
}

// instruction compiles one that is no end of a block.
func (c *code) instruction(i ssa.Instruction) func(*frame) {
	to := -1
	if v, ok := i.(ssa.Value); ok {
		to = c.slots[v]
	}
	m := c.m
	switch i := i.(type) {
	case *ssa.Alloc:
		t := m.typ(i.Type().Underlying().(*types.Pointer).Elem()).mem
		size := int(t.Size())
		return func(f *frame) {
			f.g.spend(size)
			f.r[to] = reflect.New(t).UnsafePointer()
		}
	case *ssa.Store:
		return c.store(i)
	case *ssa.UnOp:
		return c.unary(i, to)
	case *ssa.BinOp:
		return c.binary(i, to)
	case *ssa.Call:
		return c.callInstruction(&i.Call, to)
	case *ssa.Go:
		return c.goInstruction(i)
	case *ssa.Defer:
		return c.deferInstruction(i)
	case *ssa.RunDefers:
		return func(f *frame) { f.endDeferred() }
	case *ssa.MakeClosure:
		fn := m.codeOf(i.Fn.(*ssa.Function))
		env := c.list(i.Bindings)
		return func(f *frame) { f.r[to] = &closure{fn, f.gather(env)} }
	case *ssa.MakeInterface:
		return c.makeInterface(i, to)
	case *ssa.ChangeInterface:
		x, t := c.slots[i.X], m.typ(i.Type())
		return func(f *frame) { f.r[to] = m.asInterface(f.r[x], t) }
	case *ssa.TypeAssert:
		return c.assert(i, to)
	case *ssa.ChangeType:
		x, t := c.slots[i.X], m.typ(i.Type())
		if t.class == composite && m.typ(i.X.Type()).reg != t.reg {
			return func(f *frame) { f.r[to] = reflect.ValueOf(f.r[x]).Convert(t.reg).Interface() }
		}
		return func(f *frame) { f.r[to] = f.r[x] }
	case *ssa.Convert:
		return c.convert(i.X, i.Type(), to)
	case *ssa.MultiConvert:
		return c.convert(i.X, i.Type(), to)
	case *ssa.SliceToArrayPointer:
		x := c.slots[i.X]
		n := int(i.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Array).Len())
		return func(f *frame) {
			h := header(f.r[x])
			if h.len < n {
				panic(runtimeError(fmt.Sprintf("cannot convert slice with length %d to array or pointer to array with length %d", h.len, n)))
			}
			f.r[to] = h.data
		}
	case *ssa.Extract:
		x, n := c.slots[i.Tuple], i.Index
		return func(f *frame) { f.r[to] = f.r[x].([]any)[n] }
	case *ssa.FieldAddr:
		return c.fieldAddr(i, to)
	case *ssa.Field:
		return c.field(i, to)
	case *ssa.IndexAddr:
		return c.indexAddr(i, to)
	case *ssa.Index:
		return c.index(i, to)
	case *ssa.Slice:
		return c.slice(i, to)
	case *ssa.MakeSlice:
		return c.makeSlice(i, to)
	case *ssa.MakeMap:
		t := m.typ(i.Type()).reg
		return func(f *frame) { f.r[to] = reflect.MakeMap(t).Interface() }
	case *ssa.MakeChan:
		t, size := m.typ(i.Type()).reg, c.slots[i.Size]
		return func(f *frame) {
			n := asInt(f.r[size])
			if n < 0 || n > 1<<31 {
				panic(plainError("makechan: size out of range"))
			}
			both := reflect.ChanOf(reflect.BothDir, t.Elem())
			f.r[to] = reflect.MakeChan(both, n).Convert(t).Interface()
		}
	case *ssa.MapUpdate:
		return c.mapUpdate(i)
	case *ssa.Lookup:
		return c.lookup(i, to)
	case *ssa.Range:
		return c.rangeOver(i, to)
	case *ssa.Next:
		x := c.slots[i.Iter]
		return func(f *frame) { f.r[to] = f.r[x].(iterator)() }
	case *ssa.Send:
		return c.send(i)
	case *ssa.Select:
		return c.choose(i, to)
	}
	panic(refusal(fmt.Sprintf("an instruction %T", i)))
}

func (c *code) store(i *ssa.Store) func(*frame) {
	addr, val := c.slots[i.Addr], c.slots[i.Val]
	t := c.m.typ(i.Val.Type())
	if t.reg == reflect.TypeFor[int]() {
		return func(f *frame) { *(*int)(f.pointer(addr)) = f.r[val].(int) }
	}
	store := t.store
	return func(f *frame) { store(f.pointer(addr), f.r[val]) }
}

// pointer is a pointer that must not be nil.
func (f *frame) pointer(slot int) unsafe.Pointer {
	p := f.r[slot].(unsafe.Pointer)
	if p == nil {
		panic(nilPointer)
	}
	return p
}

// layout is the struct that a pointer or a value is one of, and checks that a field is
// held in it as the machine holds such a type.
func (c *code) layout(t types.Type, n int) (reflect.StructField, *Type, reflect.Type) {
	s := c.m.typ(t)
	f := s.reg.Field(n)
	field := t.Underlying().(*types.Struct).Field(n)
	ft := c.m.typ(field.Type())
	if ft.mem != f.Type {
		panic(refusal(fmt.Sprintf("the field %s of %s", field.Name(), typeName(t))))
	}
	return f, ft, s.reg
}

func (c *code) fieldAddr(i *ssa.FieldAddr, to int) func(*frame) {
	x := c.slots[i.X]
	field, _, _ := c.layout(i.X.Type().Underlying().(*types.Pointer).Elem(), i.Field)
	offset := field.Offset
	return func(f *frame) { f.r[to] = unsafe.Add(f.pointer(x), offset) }
}

func (c *code) field(i *ssa.Field, to int) func(*frame) {
	x := c.slots[i.X]
	field, t, of := c.layout(i.X.Type(), i.Field)
	offset, load, inWord := field.Offset, t.load, direct(of)
	return func(f *frame) {
		v := f.r[x]
		f.r[to] = load(unsafe.Add(data(&v, inWord), offset))
	}
}

func (c *code) indexAddr(i *ssa.IndexAddr, to int) func(*frame) {
	x, index := c.slots[i.X], c.slots[i.Index]
	switch u := i.X.Type().Underlying().(type) {
	case *types.Pointer:
		array := u.Elem().Underlying().(*types.Array)
		n, size := int(array.Len()), c.m.typ(array.Elem()).mem.Size()
		return func(f *frame) {
			p, k := f.pointer(x), asIndex(f.r[index], n)
			if uint(k) >= uint(n) {
				outOfRange(k, n)
			}
			f.r[to] = unsafe.Add(p, uintptr(k)*size)
		}
	case *types.Slice:
		size := c.m.typ(u.Elem()).mem.Size()
		return func(f *frame) {
			h := header(f.r[x])
			k := asIndex(f.r[index], h.len)
			if uint(k) >= uint(h.len) {
				outOfRange(k, h.len)
			}
			f.r[to] = unsafe.Add(h.data, uintptr(k)*size)
		}
	}
	panic(refusal("an index of " + typeName(i.X.Type())))
}

// outOfRange panics as Go does.
func outOfRange(k, n int) { _ = make([]struct{}, n)[k] }

func (c *code) index(i *ssa.Index, to int) func(*frame) {
	x, index := c.slots[i.X], c.slots[i.Index]
	array, ok := i.X.Type().Underlying().(*types.Array)
	if !ok {
		return func(f *frame) { f.r[to] = f.r[x].(string)[asInt(f.r[index])] }
	}
	n, t := int(array.Len()), c.m.typ(array.Elem())
	size, load, inWord := t.mem.Size(), t.load, direct(c.m.typ(i.X.Type()).reg)
	return func(f *frame) {
		v, k := f.r[x], asIndex(f.r[index], n)
		if uint(k) >= uint(n) {
			outOfRange(k, n)
		}
		f.r[to] = load(unsafe.Add(data(&v, inWord), uintptr(k)*size))
	}
}

// asInt is an operand of an integer type as an int; what is too large is negative.
func asInt(v any) int {
	switch v := v.(type) {
	case int:
		return v
	case int8:
		return int(v)
	case int16:
		return int(v)
	case int32:
		return int(v)
	case int64:
		return int(v)
	case uint:
		return int(v)
	case uint8:
		return int(v)
	case uint16:
		return int(v)
	case uint32:
		return int(v)
	case uint64:
		return int(v)
	case uintptr:
		return int(v)
	}
	panic(fmt.Sprintf("machine: %T is no integer", v))
}

// asIndex is asInt for an index into something of length n.
func asIndex(v any, n int) int {
	k := asInt(v)
	if k < 0 {
		if u := reflect.ValueOf(v); u.CanUint() {
			panic(runtimeError(fmt.Sprintf("index out of range [%d] with length %d", u.Uint(), n)))
		}
	}
	return k
}
