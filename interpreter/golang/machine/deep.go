package machine

import (
	"go/types"
	"reflect"
	"unsafe"

	"github.com/qwen-agent/qwen-agent/interpreter/golang/library"
)

func init() { library.Replace("reflect", "DeepEqual", DeepEqual) }

// DeepEqual is reflect.DeepEqual for values of interfaces, of any type.
func DeepEqual(x, y any) bool {
	d := deep{theMachine.Load(), map[visit]bool{}}
	return d.inside(x, y)
}

type deep struct {
	m    *Machine
	seen map[visit]bool // pointers that are being compared
}

type visit struct {
	t    *Type
	x, y unsafe.Pointer
}

func (d deep) inside(x, y any) bool {
	if x == nil || y == nil {
		return x == nil && y == nil
	}
	a, aNative := inside(x)
	b, bNative := inside(y)
	if aNative || bNative {
		if aNative != bNative {
			return false
		}
		if r := reflect.TypeOf(x); r == reflect.TypeOf(y) && mayHold(r) {
			return d.natives(reflect.ValueOf(x), reflect.ValueOf(y))
		}
		return reflect.DeepEqual(x, y)
	}
	return a.T == b.T && d.equal(a.T, a.V, b.V)
}

// mayHold says whether a compiled slice or map has interfaces in it, which may hold types
// of a cell.
func mayHold(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map:
		return t.Elem().Kind() == reflect.Interface || mayHold(t.Elem())
	}
	return false
}

func (d deep) natives(x, y reflect.Value) bool {
	switch x.Kind() {
	case reflect.Interface:
		if x.IsNil() || y.IsNil() {
			return x.IsNil() == y.IsNil()
		}
		return d.inside(x.Interface(), y.Interface())
	case reflect.Slice, reflect.Array:
		if x.Kind() == reflect.Slice && x.IsNil() != y.IsNil() || x.Len() != y.Len() {
			return false
		}
		for i := range x.Len() {
			if !d.natives(x.Index(i), y.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Map:
		if x.IsNil() != y.IsNil() || x.Len() != y.Len() {
			return false
		}
		for _, k := range x.MapKeys() {
			if v := y.MapIndex(k); !v.IsValid() || !d.natives(x.MapIndex(k), v) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(x.Interface(), y.Interface())
}

func (d deep) equal(t *Type, x, y any) bool {
	switch u := t.of.Underlying().(type) {
	case *types.Interface:
		return d.inside(x, y)
	case *types.Signature:
		return x == nil && y == nil
	case *types.Pointer:
		p, q := x.(unsafe.Pointer), y.(unsafe.Pointer)
		if p == q || p == nil || q == nil {
			return p == q
		}
		v := visit{t, p, q}
		if d.seen[v] {
			return true
		}
		d.seen[v] = true
		if t.native {
			return reflect.DeepEqual(t.value(x).Interface(), t.value(y).Interface())
		}
		a, b := d.m.pointee(t, x), d.m.pointee(t, y)
		return d.equal(a.t, a.v, b.v)
	case *types.Struct:
		if t.native {
			return reflect.DeepEqual(x, y)
		}
		return d.parts(d.m.fields(t, x), d.m.fields(t, y))
	case *types.Slice, *types.Array:
		a, b := reflect.ValueOf(x), reflect.ValueOf(y)
		if a.Kind() == reflect.Slice && a.IsNil() != b.IsNil() || a.Len() != b.Len() {
			return false
		}
		return d.parts(d.m.elements(t, x), d.m.elements(t, y))
	case *types.Map:
		a, b := reflect.ValueOf(x), reflect.ValueOf(y)
		if a.IsNil() != b.IsNil() || a.Len() != b.Len() {
			return false
		}
		vt := d.m.typ(u.Elem())
		for _, k := range a.MapKeys() {
			v := b.MapIndex(k)
			if !v.IsValid() || !d.equal(vt, vt.operand(a.MapIndex(k)), vt.operand(v)) {
				return false
			}
		}
		return true
	case *types.Chan:
		return reflect.ValueOf(x).Pointer() == reflect.ValueOf(y).Pointer()
	}
	return x == y
}

func (d deep) parts(x, y []part) bool {
	for i := range x {
		if !d.equal(x[i].t, x[i].v, y[i].v) {
			return false
		}
	}
	return true
}
