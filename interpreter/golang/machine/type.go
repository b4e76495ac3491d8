package machine

import (
	"go/types"
	"reflect"
	"unsafe"
)

// Type is what the machine knows about a type of a cell.
//
// A value is held in two forms. In memory it has the type mem, so that compiled code can
// work on it: a struct of a cell is a struct that reflection makes. As an operand it is an
// any: basic types by their kind, pointers as unsafe.Pointer, functions as *closure or a
// compiled function, interfaces as their dynamic value, all else as the type reg.
type Type struct {
	of     types.Type
	mem    reflect.Type
	reg    reflect.Type // mem without a name, and what a knot holds
	class  class
	knot   bool // mem is any, because a type that contains itself cannot be made
	native bool // compiled code knows it: it needs no Box in an interface

	load  func(unsafe.Pointer) any
	store func(unsafe.Pointer, any)
	zero  any

	methods map[string]*method // found so far
}

type class int

const (
	basic class = iota
	pointer
	function
	iface
	composite // slice, array, map, channel, struct
)

var (
	anyType     = reflect.TypeFor[any]()
	errorType   = reflect.TypeFor[error]()
	pointerType = reflect.TypeFor[unsafe.Pointer]()
)

// typ describes a type. It is the same for identical types.
func (m *Machine) typ(t types.Type) *Type {
	m.typesLock.Lock()
	defer m.typesLock.Unlock()
	d := m.describe(t)
	for len(m.knots) > 0 { // what they hold may refer to what was being described
		k := m.knots[0]
		m.knots = m.knots[1:]
		k.reg = m.made(k.of.Underlying())
		k.access()
	}
	return d
}

func (m *Machine) describe(t types.Type) *Type {
	t = types.Unalias(t)
	if known := m.types.At(t); known != nil {
		return known.(*Type)
	}
	d := &Type{of: t}
	m.types.Set(t, d)
	switch u := t.Underlying().(type) {
	case *types.Basic:
		d.class, d.mem = basic, basicTypes[u.Kind()]
		if d.mem == nil {
			panic(refusal("a value of type " + typeName(t)))
		}
		d.reg = d.mem
		if u.Kind() == types.UnsafePointer {
			d.class = pointer
		}
	case *types.Pointer:
		d.class, d.mem = pointer, pointerType
		if m.isNative(u.Elem(), false) { // else it may contain itself, and nobody else knows it
			d.mem = reflect.PointerTo(m.describe(u.Elem()).mem)
		}
		d.reg = pointerType
	case *types.Signature:
		d.class, d.mem, d.reg = function, anyType, anyType
	case *types.Interface:
		d.class, d.mem, d.reg = iface, anyType, anyType
		if t == types.Universe.Lookup("error").Type() {
			d.mem = errorType
		}
	default:
		d.class = composite
		if d.knot = m.recursive(t); d.knot {
			d.mem = anyType
			m.knots = append(m.knots, d)
			return d
		}
		d.reg = m.made(u)
		d.mem = d.reg
	}
	if n, ok := t.(*types.Named); ok {
		if r := m.lib.Reflect(n); r != nil {
			d.mem = r
			if d.class == composite && r.Kind() == reflect.Struct {
				d.reg = r
			}
		}
	}
	d.native = m.isNative(t, true)
	d.access()
	return d
}

// made makes the type of a composite.
func (m *Machine) made(u types.Type) reflect.Type {
	switch u := u.(type) {
	case *types.Slice:
		return reflect.SliceOf(m.describe(u.Elem()).mem)
	case *types.Array:
		if u.Len() > 1<<28 {
			panic(refusal("an array of more than 2^28 elements"))
		}
		return reflect.ArrayOf(int(u.Len()), m.describe(u.Elem()).mem)
	case *types.Map:
		return reflect.MapOf(m.describe(u.Key()).mem, m.describe(u.Elem()).mem)
	case *types.Chan:
		return reflect.ChanOf(map[types.ChanDir]reflect.ChanDir{types.SendRecv: reflect.BothDir, types.SendOnly: reflect.SendDir, types.RecvOnly: reflect.RecvDir}[u.Dir()], m.describe(u.Elem()).mem)
	case *types.Struct:
		fields := make([]reflect.StructField, u.NumFields())
		for i := range fields {
			fields[i] = reflect.StructField{Name: fieldName(i), Type: m.describe(u.Field(i).Type()).mem}
		}
		return reflect.StructOf(fields)
	}
	panic(refusal("a value of type " + typeName(u)))
}

func fieldName(i int) string {
	const digits = "0123456789"
	if i < 10 {
		return "F" + digits[i:i+1]
	}
	return fieldName(i/10) + digits[i%10:i%10+1]
}

// recursive says whether a slice, map, or channel type contains itself otherwise than
// behind a pointer, a function or an interface, whose memory does not depend on what they
// refer to.
func (m *Machine) recursive(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Slice, *types.Map, *types.Chan:
	default:
		return false
	}
	seen := map[types.Type]bool{}
	var reaches func(u types.Type) bool
	reaches = func(u types.Type) bool {
		u = types.Unalias(u)
		if n, named := u.(*types.Named); named {
			if m.lib.Reflect(n) != nil {
				return false
			}
			if types.Identical(u, t) {
				return true
			}
			if seen[u] {
				return false
			}
			seen[u] = true
			return reaches(n.Underlying())
		}
		if types.Identical(u, t) || types.Identical(u, t.Underlying()) {
			return true
		}
		return anyPart(u, reaches)
	}
	return anyPart(t.Underlying(), reaches)
}

// anyPart asks about the types that the memory of a type is made of; those of pointers do
// not count.
func anyPart(u types.Type, ask func(types.Type) bool) bool {
	switch u := u.(type) {
	case *types.Slice:
		return ask(u.Elem())
	case *types.Array:
		return ask(u.Elem())
	case *types.Chan:
		return ask(u.Elem())
	case *types.Map:
		return ask(u.Key()) || ask(u.Elem())
	case *types.Struct:
		for i := range u.NumFields() {
			if ask(u.Field(i).Type()) {
				return true
			}
		}
	}
	return false
}

// isNative says whether a type means the same to compiled code. A function is native only
// where it stands by itself.
func (m *Machine) isNative(t types.Type, top bool) bool {
	t = types.Unalias(t)
	if n, named := t.(*types.Named); named {
		return m.lib.Reflect(n) != nil || t == types.Universe.Lookup("error").Type()
	}
	inner := func(t types.Type) bool { return m.isNative(t, false) }
	switch u := t.(type) {
	case *types.Basic:
		return true
	case *types.Interface:
		return u.Empty()
	case *types.Pointer:
		return inner(u.Elem())
	case *types.Slice, *types.Array, *types.Chan, *types.Map:
		return !anyPart(t, func(t types.Type) bool { return !inner(t) })
	case *types.Signature:
		if !top {
			return false
		}
		for _, tuple := range []*types.Tuple{u.Params(), u.Results()} {
			for v := range tuple.Variables() {
				if !inner(v.Type()) {
					return false
				}
			}
		}
		return true
	}
	return false
}

// host is the compiled type of a native type.
func (m *Machine) host(t *Type) reflect.Type {
	sig, ok := t.of.Underlying().(*types.Signature)
	if !ok || t.mem != anyType {
		return t.mem
	}
	var in, out []reflect.Type
	for v := range sig.Params().Variables() {
		in = append(in, m.host(m.typ(v.Type())))
	}
	for v := range sig.Results().Variables() {
		out = append(out, m.host(m.typ(v.Type())))
	}
	return reflect.FuncOf(in, out, sig.Variadic())
}

var basicTypes = map[types.BasicKind]reflect.Type{
	types.Bool: reflect.TypeFor[bool](), types.Int: reflect.TypeFor[int](), types.Int8: reflect.TypeFor[int8](), types.Int16: reflect.TypeFor[int16](),
	types.Int32: reflect.TypeFor[int32](), types.Int64: reflect.TypeFor[int64](), types.Uint: reflect.TypeFor[uint](), types.Uint8: reflect.TypeFor[uint8](),
	types.Uint16: reflect.TypeFor[uint16](), types.Uint32: reflect.TypeFor[uint32](), types.Uint64: reflect.TypeFor[uint64](), types.Uintptr: reflect.TypeFor[uintptr](),
	types.Float32: reflect.TypeFor[float32](), types.Float64: reflect.TypeFor[float64](), types.Complex64: reflect.TypeFor[complex64](),
	types.Complex128: reflect.TypeFor[complex128](), types.String: reflect.TypeFor[string](), types.UnsafePointer: pointerType,
	types.UntypedBool: reflect.TypeFor[bool](), types.UntypedInt: reflect.TypeFor[int](), types.UntypedRune: reflect.TypeFor[rune](),
	types.UntypedFloat: reflect.TypeFor[float64](), types.UntypedComplex: reflect.TypeFor[complex128](), types.UntypedString: reflect.TypeFor[string](),
	types.UntypedNil: anyType,
}

// typeName is a type as Go's runtime calls it.
func typeName(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string { return p.Name() })
}
