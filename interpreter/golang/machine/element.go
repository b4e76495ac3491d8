package machine

import (
	"fmt"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

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
