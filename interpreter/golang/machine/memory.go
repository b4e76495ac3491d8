package machine

import (
	"reflect"
	"unsafe"
)

// access sets how a type is read from memory and written to it.
func (d *Type) access() {
	switch d.class {
	case basic:
		d.basicAccess()
		return
	case pointer:
		d.zero = unsafe.Pointer(nil)
		d.load = func(p unsafe.Pointer) any { return *(*unsafe.Pointer)(p) }
		d.store = func(p unsafe.Pointer, v any) { *(*unsafe.Pointer)(p) = v.(unsafe.Pointer) }
		return
	case function:
		d.anyAccess()
		return
	case iface:
		if d.mem == anyType || d.mem.NumMethod() == 0 {
			d.anyAccess()
			return
		}
		if d.mem == errorType {
			d.load = func(p unsafe.Pointer) any { return *(*error)(p) }
			d.store = func(p unsafe.Pointer, v any) {
				err, _ := v.(error)
				*(*error)(p) = err
			}
			return
		}
		d.load = func(p unsafe.Pointer) any { return reflect.NewAt(d.mem, p).Elem().Interface() }
		d.store = func(p unsafe.Pointer, v any) { reflect.NewAt(d.mem, p).Elem().Set(orZero(v, d.mem)) }
		return
	}
	d.zero = reflect.Zero(d.reg).Interface()
	if d.knot {
		d.load = func(p unsafe.Pointer) any {
			if v := *(*any)(p); v != nil {
				return v
			}
			return d.zero
		}
		d.store = func(p unsafe.Pointer, v any) { *(*any)(p) = v }
		return
	}
	switch d.reg {
	case reflect.TypeFor[[]int]():
		accessAs[[]int](d)
	case reflect.TypeFor[[]string]():
		accessAs[[]string](d)
	case reflect.TypeFor[[]byte]():
		accessAs[[]byte](d)
	case reflect.TypeFor[[]float64]():
		accessAs[[]float64](d)
	case reflect.TypeFor[[][]int]():
		accessAs[[][]int](d)
	case reflect.TypeFor[[]any]():
		accessAs[[]any](d)
	case reflect.TypeFor[map[string]int]():
		accessAs[map[string]int](d)
	default:
		d.load = func(p unsafe.Pointer) any { return reflect.NewAt(d.reg, p).Elem().Interface() }
		d.store = func(p unsafe.Pointer, v any) { reflect.NewAt(d.reg, p).Elem().Set(reflect.ValueOf(v)) }
	}
}

func (d *Type) anyAccess() {
	d.load = func(p unsafe.Pointer) any { return *(*any)(p) }
	d.store = func(p unsafe.Pointer, v any) { *(*any)(p) = v }
}

func accessAs[T any](d *Type) {
	d.load = func(p unsafe.Pointer) any { return *(*T)(p) }
	d.store = func(p unsafe.Pointer, v any) { *(*T)(p) = v.(T) }
}

// basicAccess reads a basic type by its kind, whatever its name.
func (d *Type) basicAccess() {
	switch d.mem.Kind() {
	case reflect.Bool:
		basicAs[bool](d)
	case reflect.Int:
		basicAs[int](d)
	case reflect.Int8:
		basicAs[int8](d)
	case reflect.Int16:
		basicAs[int16](d)
	case reflect.Int32:
		basicAs[int32](d)
	case reflect.Int64:
		basicAs[int64](d)
	case reflect.Uint:
		basicAs[uint](d)
	case reflect.Uint8:
		basicAs[uint8](d)
	case reflect.Uint16:
		basicAs[uint16](d)
	case reflect.Uint32:
		basicAs[uint32](d)
	case reflect.Uint64:
		basicAs[uint64](d)
	case reflect.Uintptr:
		basicAs[uintptr](d)
	case reflect.Float32:
		basicAs[float32](d)
	case reflect.Float64:
		basicAs[float64](d)
	case reflect.Complex64:
		basicAs[complex64](d)
	case reflect.Complex128:
		basicAs[complex128](d)
	case reflect.String:
		basicAs[string](d)
	default:
		d.anyAccess()
	}
}

func basicAs[T any](d *Type) {
	accessAs[T](d)
	var zero T
	d.zero, d.reg = zero, reflect.TypeFor[T]()
}

// orZero is a value as reflection sees it, or the zero value of a type for nil.
func orZero(v any, t reflect.Type) reflect.Value {
	if v == nil {
		return reflect.Zero(t)
	}
	return reflect.ValueOf(v)
}

// value makes a reflected value of an operand, of the type mem.
func (d *Type) value(v any) reflect.Value {
	switch d.class {
	case pointer:
		p := v.(unsafe.Pointer)
		if d.mem == pointerType {
			return reflect.ValueOf(p)
		}
		if d.mem.Kind() != reflect.Pointer {
			return reflect.ValueOf(p).Convert(d.mem)
		}
		if d.mem.Name() != "" {
			return reflect.NewAt(d.mem.Elem(), p).Convert(d.mem)
		}
		return reflect.NewAt(d.mem.Elem(), p)
	case function, iface:
		return orZero(v, d.mem)
	}
	r := reflect.ValueOf(v)
	if !d.knot && r.Type() != d.mem {
		return r.Convert(d.mem)
	}
	return r
}

// operand makes an operand of a reflected value, which has the type mem.
func (d *Type) operand(r reflect.Value) any {
	switch d.class {
	case pointer:
		if r.Kind() == reflect.UnsafePointer || r.Kind() == reflect.Pointer {
			return r.UnsafePointer()
		}
	case function, iface:
		if (r.Kind() == reflect.Interface || r.Kind() == reflect.Func) && r.IsNil() {
			return nil
		}
		return r.Interface()
	}
	if d.knot {
		if r.IsNil() {
			return d.zero
		}
		return r.Interface()
	}
	if r.Type() != d.reg {
		r = r.Convert(d.reg)
	}
	return r.Interface()
}

// sliceHeader is a slice as Go lays it out.
type sliceHeader struct {
	data unsafe.Pointer
	len  int
	cap  int
}

// header is that of a slice that is held in an any, which keeps a pointer to it.
func header(v any) *sliceHeader {
	return (*sliceHeader)((*[2]unsafe.Pointer)(unsafe.Pointer(&v))[1])
}

// data is where a value that is held in an any lies.
func data(v *any, direct bool) unsafe.Pointer {
	word := &(*[2]unsafe.Pointer)(unsafe.Pointer(v))[1]
	if direct {
		return unsafe.Pointer(word)
	}
	return *word
}

// direct says whether an any holds a value of the type in its own word, as it does with
// what is one pointer.
func direct(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return true
	case reflect.Struct:
		return t.NumField() == 1 && direct(t.Field(0).Type)
	case reflect.Array:
		return t.Len() == 1 && direct(t.Elem())
	}
	return false
}
