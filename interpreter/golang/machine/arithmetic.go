package machine

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

type integer interface {
	int | int8 | int16 | int32 | int64 | uint | uint8 | uint16 | uint32 | uint64 | uintptr
}

type float interface{ float32 | float64 }

type complexNumber interface{ complex64 | complex128 }

func (c *code) unary(i *ssa.UnOp, to int) func(*frame) {
	x := c.slots[i.X]
	t := c.m.typ(i.X.Type())
	switch i.Op {
	case token.MUL:
		load := c.m.typ(i.Type()).load
		if c.m.typ(i.Type()).reg == reflect.TypeFor[int]() {
			return func(f *frame) { f.r[to] = *(*int)(f.pointer(x)) }
		}
		return func(f *frame) { f.r[to] = load(f.pointer(x)) }
	case token.NOT:
		return func(f *frame) { f.r[to] = !f.r[x].(bool) }
	case token.ARROW:
		return c.receive(i, to)
	case token.SUB, token.XOR:
		switch t.reg.Kind() {
		case reflect.Int:
			return negate[int](i.Op, x, to)
		case reflect.Int8:
			return negate[int8](i.Op, x, to)
		case reflect.Int16:
			return negate[int16](i.Op, x, to)
		case reflect.Int32:
			return negate[int32](i.Op, x, to)
		case reflect.Int64:
			return negate[int64](i.Op, x, to)
		case reflect.Uint:
			return negate[uint](i.Op, x, to)
		case reflect.Uint8:
			return negate[uint8](i.Op, x, to)
		case reflect.Uint16:
			return negate[uint16](i.Op, x, to)
		case reflect.Uint32:
			return negate[uint32](i.Op, x, to)
		case reflect.Uint64:
			return negate[uint64](i.Op, x, to)
		case reflect.Uintptr:
			return negate[uintptr](i.Op, x, to)
		case reflect.Float32:
			return func(f *frame) { f.r[to] = -f.r[x].(float32) }
		case reflect.Float64:
			return func(f *frame) { f.r[to] = -f.r[x].(float64) }
		case reflect.Complex64:
			return func(f *frame) { f.r[to] = -f.r[x].(complex64) }
		case reflect.Complex128:
			return func(f *frame) { f.r[to] = -f.r[x].(complex128) }
		}
	}
	panic(refusal(fmt.Sprintf("the operator %v of %s", i.Op, typeName(i.X.Type()))))
}

func negate[T integer](op token.Token, x, to int) func(*frame) {
	if op == token.XOR {
		return func(f *frame) { f.r[to] = ^f.r[x].(T) }
	}
	return func(f *frame) { f.r[to] = -f.r[x].(T) }
}

func (c *code) binary(i *ssa.BinOp, to int) func(*frame) {
	x, y := c.slots[i.X], c.slots[i.Y]
	t := c.m.typ(i.X.Type())
	if i.Op == token.EQL || i.Op == token.NEQ {
		return c.equality(i, to)
	}
	var do func(*frame)
	switch t.reg.Kind() {
	case reflect.Int:
		do = integers[int](i, x, y, to)
	case reflect.Int8:
		do = integers[int8](i, x, y, to)
	case reflect.Int16:
		do = integers[int16](i, x, y, to)
	case reflect.Int32:
		do = integers[int32](i, x, y, to)
	case reflect.Int64:
		do = integers[int64](i, x, y, to)
	case reflect.Uint:
		do = integers[uint](i, x, y, to)
	case reflect.Uint8:
		do = integers[uint8](i, x, y, to)
	case reflect.Uint16:
		do = integers[uint16](i, x, y, to)
	case reflect.Uint32:
		do = integers[uint32](i, x, y, to)
	case reflect.Uint64:
		do = integers[uint64](i, x, y, to)
	case reflect.Uintptr:
		do = integers[uintptr](i, x, y, to)
	case reflect.Float32:
		do = floats[float32](i.Op, x, y, to)
	case reflect.Float64:
		do = floats[float64](i.Op, x, y, to)
	case reflect.Complex64:
		do = complexes[complex64](i.Op, x, y, to)
	case reflect.Complex128:
		do = complexes[complex128](i.Op, x, y, to)
	case reflect.String:
		do = texts(i.Op, x, y, to)
	}
	if do == nil {
		panic(refusal(fmt.Sprintf("the operator %v of %s", i.Op, typeName(i.X.Type()))))
	}
	return do
}

func integers[T integer](i *ssa.BinOp, x, y, to int) func(*frame) {
	switch i.Op {
	case token.ADD:
		return func(f *frame) { f.r[to] = f.r[x].(T) + f.r[y].(T) }
	case token.SUB:
		return func(f *frame) { f.r[to] = f.r[x].(T) - f.r[y].(T) }
	case token.MUL:
		return func(f *frame) { f.r[to] = f.r[x].(T) * f.r[y].(T) }
	case token.QUO:
		return func(f *frame) { f.r[to] = f.r[x].(T) / f.r[y].(T) }
	case token.REM:
		return func(f *frame) { f.r[to] = f.r[x].(T) % f.r[y].(T) }
	case token.AND:
		return func(f *frame) { f.r[to] = f.r[x].(T) & f.r[y].(T) }
	case token.OR:
		return func(f *frame) { f.r[to] = f.r[x].(T) | f.r[y].(T) }
	case token.XOR:
		return func(f *frame) { f.r[to] = f.r[x].(T) ^ f.r[y].(T) }
	case token.AND_NOT:
		return func(f *frame) { f.r[to] = f.r[x].(T) &^ f.r[y].(T) }
	case token.SHL:
		signed := isSigned(i.Y.Type())
		return func(f *frame) { f.r[to] = f.r[x].(T) << shift(f.r[y], signed) }
	case token.SHR:
		signed := isSigned(i.Y.Type())
		return func(f *frame) { f.r[to] = f.r[x].(T) >> shift(f.r[y], signed) }
	case token.LSS:
		return func(f *frame) { f.r[to] = f.r[x].(T) < f.r[y].(T) }
	case token.LEQ:
		return func(f *frame) { f.r[to] = f.r[x].(T) <= f.r[y].(T) }
	case token.GTR:
		return func(f *frame) { f.r[to] = f.r[x].(T) > f.r[y].(T) }
	case token.GEQ:
		return func(f *frame) { f.r[to] = f.r[x].(T) >= f.r[y].(T) }
	}
	return nil
}

func isSigned(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsUnsigned == 0
}

// shift is the count of a shift.
func shift(v any, signed bool) uint64 {
	n := asInt(v)
	if n < 0 && signed {
		panic(runtimeError("negative shift amount"))
	}
	return uint64(n)
}

func floats[T float](op token.Token, x, y, to int) func(*frame) {
	switch op {
	case token.ADD:
		return func(f *frame) { f.r[to] = f.r[x].(T) + f.r[y].(T) }
	case token.SUB:
		return func(f *frame) { f.r[to] = f.r[x].(T) - f.r[y].(T) }
	case token.MUL:
		return func(f *frame) { f.r[to] = f.r[x].(T) * f.r[y].(T) }
	case token.QUO:
		return func(f *frame) { f.r[to] = f.r[x].(T) / f.r[y].(T) }
	case token.LSS:
		return func(f *frame) { f.r[to] = f.r[x].(T) < f.r[y].(T) }
	case token.LEQ:
		return func(f *frame) { f.r[to] = f.r[x].(T) <= f.r[y].(T) }
	case token.GTR:
		return func(f *frame) { f.r[to] = f.r[x].(T) > f.r[y].(T) }
	case token.GEQ:
		return func(f *frame) { f.r[to] = f.r[x].(T) >= f.r[y].(T) }
	}
	return nil
}

func complexes[T complexNumber](op token.Token, x, y, to int) func(*frame) {
	switch op {
	case token.ADD:
		return func(f *frame) { f.r[to] = f.r[x].(T) + f.r[y].(T) }
	case token.SUB:
		return func(f *frame) { f.r[to] = f.r[x].(T) - f.r[y].(T) }
	case token.MUL:
		return func(f *frame) { f.r[to] = f.r[x].(T) * f.r[y].(T) }
	case token.QUO:
		return func(f *frame) { f.r[to] = f.r[x].(T) / f.r[y].(T) }
	}
	return nil
}

func texts(op token.Token, x, y, to int) func(*frame) {
	switch op {
	case token.ADD:
		return func(f *frame) {
			a, b := f.r[x].(string), f.r[y].(string)
			f.g.spend(len(a) + len(b))
			f.r[to] = a + b
		}
	case token.LSS:
		return func(f *frame) { f.r[to] = f.r[x].(string) < f.r[y].(string) }
	case token.LEQ:
		return func(f *frame) { f.r[to] = f.r[x].(string) <= f.r[y].(string) }
	case token.GTR:
		return func(f *frame) { f.r[to] = f.r[x].(string) > f.r[y].(string) }
	case token.GEQ:
		return func(f *frame) { f.r[to] = f.r[x].(string) >= f.r[y].(string) }
	}
	return nil
}

// equality compiles == and !=.
func (c *code) equality(i *ssa.BinOp, to int) func(*frame) {
	x, y, want := c.slots[i.X], c.slots[i.Y], i.Op == token.EQL
	t := c.m.typ(i.X.Type())
	switch i.X.Type().Underlying().(type) {
	case *types.Slice: // with nil
		return func(f *frame) {
			f.r[to] = (header(f.r[x]).data == nil && header(f.r[y]).data == nil) == want
		}
	case *types.Map:
		return func(f *frame) {
			f.r[to] = (reflect.ValueOf(f.r[x]).IsNil() && reflect.ValueOf(f.r[y]).IsNil()) == want
		}
	case *types.Signature:
		return func(f *frame) { f.r[to] = (f.r[x] == nil && f.r[y] == nil) == want }
	case *types.Chan:
		return func(f *frame) {
			f.r[to] = (reflect.ValueOf(f.r[x]).Pointer() == reflect.ValueOf(f.r[y]).Pointer()) == want
		}
	case *types.Interface:
		return func(f *frame) { f.r[to] = same(f.r[x], f.r[y]) == want }
	case *types.Pointer:
		return func(f *frame) { f.r[to] = (f.r[x].(unsafe.Pointer) == f.r[y].(unsafe.Pointer)) == want }
	}
	if t.reg == reflect.TypeFor[int]() {
		return func(f *frame) { f.r[to] = (f.r[x].(int) == f.r[y].(int)) == want }
	}
	if t.class == composite {
		name := typeName(t.of)
		return func(f *frame) {
			defer comparing(name)
			f.r[to] = (f.r[x] == f.r[y]) == want
		}
	}
	return func(f *frame) { f.r[to] = (f.r[x] == f.r[y]) == want }
}

// same compares the values of two interfaces.
func same(x, y any) bool {
	x, y = open(x), open(y)
	if b, ok := x.(Box); ok {
		if o, ok := y.(Box); ok && o.T == b.T {
			if b.T.class == function || !types.Comparable(b.T.of) {
				panic(runtimeError("comparing uncomparable type " + typeName(b.T.of)))
			}
			return b.V == o.V
		}
		return false
	}
	return x == y
}

func comparing(name string) {
	if r := recover(); r != nil {
		panic(runtimeError("comparing uncomparable type " + name))
	}
}

// convert compiles a conversion between basic types, and between texts and their bytes
// and characters.
func (c *code) convert(value ssa.Value, to types.Type, slot int) func(*frame) {
	x := c.slots[value]
	from, t := c.m.typ(value.Type()), c.m.typ(to)
	if from.class == pointer || t.class == pointer {
		panic(refusal(fmt.Sprintf("a conversion from %s to %s", typeName(from.of), typeName(t.of))))
	}
	if from.reg == t.reg {
		return func(f *frame) { f.r[slot] = f.r[x] }
	}
	if from.reg == reflect.TypeFor[int]() && t.reg == reflect.TypeFor[float64]() {
		return func(f *frame) { f.r[slot] = float64(f.r[x].(int)) }
	}
	if !from.reg.ConvertibleTo(t.reg) {
		panic(refusal(fmt.Sprintf("a conversion from %s to %s", typeName(from.of), typeName(t.of))))
	}
	return func(f *frame) { f.r[slot] = reflect.ValueOf(f.r[x]).Convert(t.reg).Interface() }
}
