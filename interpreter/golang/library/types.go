package library

import (
	"go/token"
	"go/types"
	"reflect"
	"strings"
)

var basics = map[reflect.Kind]types.BasicKind{
	reflect.Bool: types.Bool, reflect.Int: types.Int, reflect.Int8: types.Int8, reflect.Int16: types.Int16, reflect.Int32: types.Int32,
	reflect.Int64: types.Int64, reflect.Uint: types.Uint, reflect.Uint8: types.Uint8, reflect.Uint16: types.Uint16, reflect.Uint32: types.Uint32,
	reflect.Uint64: types.Uint64, reflect.Uintptr: types.Uintptr, reflect.Float32: types.Float32, reflect.Float64: types.Float64,
	reflect.Complex64: types.Complex64, reflect.Complex128: types.Complex128, reflect.String: types.String, reflect.UnsafePointer: types.UnsafePointer,
}

var errorType = reflect.TypeFor[error]()

// Type describes a compiled type.
func (l *Library) Type(t reflect.Type) types.Type {
	l.lock.Lock()
	defer l.lock.Unlock()
	got := l.describe(t)
	l.fill()
	return got
}

func (l *Library) describe(t reflect.Type) types.Type {
	if known := l.types[t]; known != nil {
		return known
	}
	if t == errorType {
		return types.Universe.Lookup("error").Type()
	}
	if t.PkgPath() != "" && !strings.Contains(t.Name(), "[") { // an instance of a generic type is what it is made of
		p := l.pkg(t.PkgPath())
		name := types.NewTypeName(token.NoPos, p, t.Name(), nil)
		to := types.NewNamed(name, nil, nil)
		p.Scope().Insert(name)
		l.types[t], l.reflects[name] = to, t
		l.queue = append(l.queue, &named{t, to})
		return to
	}
	made := l.underlying(t)
	l.types[t] = made
	return made
}

// fill describes what types that were named so far are made of. What it needs may name more.
func (l *Library) fill() {
	for len(l.queue) > 0 {
		n := l.queue[0]
		l.queue = l.queue[1:]
		n.to.SetUnderlying(l.underlying(n.from))
		if n.from.Kind() == reflect.Interface {
			continue
		}
		pointer := reflect.PointerTo(n.from)
		for i := range pointer.NumMethod() {
			m := pointer.Method(i)
			receiver := types.Type(n.to)
			if _, value := n.from.MethodByName(m.Name); !value {
				receiver = types.NewPointer(n.to)
			}
			if f := l.signature(m.Type, receiver); f != nil {
				n.to.AddMethod(types.NewFunc(token.NoPos, n.to.Obj().Pkg(), m.Name, f))
			}
		}
	}
}

// signature describes a function type. With a receiver, t's first parameter is that.
func (l *Library) signature(t reflect.Type, receiver types.Type) *types.Signature {
	var in, out []*types.Var
	var recv *types.Var
	for i := range t.NumIn() {
		if i == 0 && receiver != nil {
			recv = types.NewParam(token.NoPos, nil, "", receiver)
			continue
		}
		in = append(in, types.NewParam(token.NoPos, nil, "", l.describe(t.In(i))))
	}
	for i := range t.NumOut() {
		out = append(out, types.NewParam(token.NoPos, nil, "", l.describe(t.Out(i))))
	}
	return types.NewSignatureType(recv, nil, nil, types.NewTuple(in...), types.NewTuple(out...), t.IsVariadic())
}

// underlying describes what a type is made of.
func (l *Library) underlying(t reflect.Type) types.Type {
	switch t.Kind() {
	case reflect.Pointer:
		return types.NewPointer(l.describe(t.Elem()))
	case reflect.Slice:
		return types.NewSlice(l.describe(t.Elem()))
	case reflect.Array:
		return types.NewArray(l.describe(t.Elem()), int64(t.Len()))
	case reflect.Map:
		return types.NewMap(l.describe(t.Key()), l.describe(t.Elem()))
	case reflect.Chan:
		return types.NewChan(map[reflect.ChanDir]types.ChanDir{reflect.BothDir: types.SendRecv, reflect.SendDir: types.SendOnly, reflect.RecvDir: types.RecvOnly}[t.ChanDir()], l.describe(t.Elem()))
	case reflect.Func:
		return l.signature(t, nil)
	case reflect.Interface:
		return l.interfaceOf(t)
	case reflect.Struct:
		return l.structOf(t)
	}
	return types.Typ[basics[t.Kind()]]
}

func (l *Library) interfaceOf(t reflect.Type) types.Type {
	if t.NumMethod() == 0 && t.Name() == "" {
		return types.Universe.Lookup("any").Type().Underlying()
	}
	var methods []*types.Func
	for i := range t.NumMethod() {
		m := t.Method(i)
		var p *types.Package
		if m.PkgPath != "" {
			p = l.pkg(m.PkgPath)
		} else if t.PkgPath() != "" {
			p = l.pkg(t.PkgPath())
		}
		methods = append(methods, types.NewFunc(token.NoPos, p, m.Name, l.signature(m.Type, nil)))
	}
	return types.NewInterfaceType(methods, nil).Complete()
}

// structOf describes a struct. Fields that cells cannot reach only keep what comparing needs.
func (l *Library) structOf(t reflect.Type) types.Type {
	fields, tags := make([]*types.Var, t.NumField()), make([]string, t.NumField())
	for i := range fields {
		f := t.Field(i)
		var of types.Type
		p := l.pkg(t.PkgPath())
		if f.IsExported() {
			of = l.describe(f.Type)
		} else {
			p = l.pkg(f.PkgPath)
			if of = types.Typ[types.Int]; !f.Type.Comparable() {
				of = types.NewSlice(of)
			}
		}
		fields[i], tags[i] = types.NewField(token.NoPos, p, f.Name, of, f.Anonymous && f.IsExported()), string(f.Tag)
	}
	return types.NewStruct(fields, tags)
}
