package machine

import (
	"go/types"
	"reflect"
	"slices"
	"strings"
	"unsafe"
)

// part is a value inside of another.
type part struct {
	t    *Type
	v    any
	name string // of a field
	open bool   // it can be reached from other packages
}

// fields are those of a struct.
func (m *Machine) fields(t *Type, v any) []part {
	s := t.of.Underlying().(*types.Struct)
	parts := make([]part, s.NumFields())
	base := data(&v, direct(t.reg))
	for i := range parts {
		f := s.Field(i)
		ft := m.typ(f.Type())
		parts[i] = part{ft, ft.load(unsafe.Add(base, t.reg.Field(i).Offset)), f.Name(), f.Exported()}
	}
	return parts
}

// elements are those of a slice or an array.
func (m *Machine) elements(t *Type, v any) []part {
	r := reflect.ValueOf(v)
	et := m.typ(t.of.Underlying().(interface{ Elem() types.Type }).Elem())
	parts := make([]part, r.Len())
	for i := range parts {
		parts[i] = part{t: et, v: et.operand(r.Index(i)), open: true}
	}
	return parts
}

// entries are those of a map, keys and values by turns, in the order of the keys.
func (m *Machine) entries(t *Type, v any) []part {
	u := t.of.Underlying().(*types.Map)
	kt, vt := m.typ(u.Key()), m.typ(u.Elem())
	r := reflect.ValueOf(v)
	keys := r.MapKeys()
	slices.SortStableFunc(keys, compareValues)
	var parts []part
	for _, k := range keys {
		parts = append(parts, part{t: kt, v: kt.operand(k), open: true}, part{t: vt, v: vt.operand(r.MapIndex(k)), open: true})
	}
	return parts
}

// pointee is what a pointer that is not nil points to.
func (m *Machine) pointee(t *Type, v any) part {
	et := m.typ(t.of.Underlying().(*types.Pointer).Elem())
	return part{t: et, v: et.load(v.(unsafe.Pointer)), open: true}
}

// inside is what is in an interface that is not nil; native says that it is no Box.
func inside(v any) (b Box, native bool) {
	b, ok := open(v).(Box)
	return b, !ok
}

// compareValues orders keys as fmt does.
func compareValues(x, y reflect.Value) int {
	switch x.Kind() {
	case reflect.Bool:
		return btoi(x.Bool()) - btoi(y.Bool())
	case reflect.String:
		return strings.Compare(x.String(), y.String())
	case reflect.Float32, reflect.Float64:
		return order(x.Float(), y.Float())
	case reflect.Complex64, reflect.Complex128:
		if c := order(real(x.Complex()), real(y.Complex())); c != 0 {
			return c
		}
		return order(imag(x.Complex()), imag(y.Complex()))
	case reflect.Struct:
		for i := range x.NumField() {
			if c := compareValues(x.Field(i), y.Field(i)); c != 0 {
				return c
			}
		}
		return 0
	case reflect.Array:
		for i := range x.Len() {
			if c := compareValues(x.Index(i), y.Index(i)); c != 0 {
				return c
			}
		}
		return 0
	case reflect.Pointer, reflect.UnsafePointer, reflect.Chan:
		return order(uint64(x.Pointer()), uint64(y.Pointer()))
	case reflect.Interface:
		return compareInterfaces(x, y)
	}
	if x.CanInt() {
		return order(x.Int(), y.Int())
	}
	if x.CanUint() {
		return order(x.Uint(), y.Uint())
	}
	return 0
}

func compareInterfaces(x, y reflect.Value) int {
	if x.IsNil() || y.IsNil() {
		return btoi(!x.IsNil()) - btoi(!y.IsNil())
	}
	a, aNative := inside(x.Interface())
	b, bNative := inside(y.Interface())
	if aNative && bNative {
		if x.Elem().Type() != y.Elem().Type() {
			return strings.Compare(x.Elem().Type().String(), y.Elem().Type().String())
		}
		return compareValues(x.Elem(), y.Elem())
	}
	if aNative != bNative || a.T != b.T {
		return btoi(bNative) - btoi(aNative)
	}
	return compareValues(reflect.ValueOf(a.V), reflect.ValueOf(b.V))
}

func order[T integer | float](x, y T) int {
	switch {
	case x < y || x != x && y == y:
		return -1
	case x > y || y != y && x == x:
		return 1
	}
	return 0
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
