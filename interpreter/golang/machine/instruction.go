package machine

import (
	"fmt"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

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
