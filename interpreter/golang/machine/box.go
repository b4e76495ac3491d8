package machine

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"
)

// Box is a value in an interface whose type compiled code does not know.
type Box struct {
	T *Type
	V any // an operand
}

// errBox is a Box that implements error.
type errBox struct{ Box }

func (e errBox) Error() string { return e.call("Error")[0].(string) }

// Unwrap lets package errors look through an error of a cell.
func (e errBox) Unwrap() error {
	if !e.hasAs("Unwrap", "func() error") {
		return nil
	}
	err, _ := e.call("Unwrap")[0].(error)
	return err
}

// Is lets package errors compare errors of a cell.
func (e errBox) Is(other error) bool {
	return e.hasAs("Is", "func(error) bool") && e.call("Is", any(other))[0].(bool)
}

// joined is an errBox whose Unwrap returns several errors.
type joined struct{ Box }

func (e joined) Error() string { return e.call("Error")[0].(string) }

func (e joined) Unwrap() []error {
	errs, _ := e.call("Unwrap")[0].([]error)
	return errs
}

// open is what is in a value that was made to implement an interface of compiled code.
func open(v any) any {
	switch v := v.(type) {
	case errBox:
		return v.Box
	case joined:
		return v.Box
	case nil, Box, int, string, bool, float64:
		return v
	}
	if m := theMachine.Load(); m.wrapped.Load() {
		if _, ok := m.wrappers.Load(reflect.TypeOf(v)); ok {
			return reflect.ValueOf(v).FieldByName("IValue").Interface()
		}
	}
	return v
}

// method is a method of a type of a cell.
type method struct {
	code *code // nil if there is none
	of   *Type
}

// method finds the code of a method.
func (m *Machine) method(t *Type, p *types.Package, name string) *method {
	m.codeLock.Lock()
	found := t.methods[name]
	m.codeLock.Unlock()
	if found != nil {
		return found
	}
	found = &method{of: t}
	selection := types.NewMethodSet(t.of).Lookup(p, name)
	if selection != nil {
		found.code = m.codeOf(m.prog.MethodValue(selection))
	}
	m.codeLock.Lock()
	defer m.codeLock.Unlock()
	if t.methods == nil {
		t.methods = map[string]*method{}
	}
	t.methods[name] = found
	return found
}

// hasAs says whether the boxed type has an exported method of this signature.
func (b Box) hasAs(name, signature string) bool {
	o, _, _ := types.LookupFieldOrMethod(b.T.of, false, nil, name)
	f, is := o.(*types.Func)
	return is && signatureName(f.Signature()) == signature
}

// signatureName is the type of a function without the names of its parameters.
func signatureName(s *types.Signature) string {
	list := func(t *types.Tuple) string {
		var names []string
		for v := range t.Variables() {
			names = append(names, types.TypeString(v.Type(), nil))
		}
		return strings.Join(names, ", ")
	}
	out := list(s.Results())
	switch s.Results().Len() {
	case 0:
	case 1:
		out = " " + out
	default:
		out = " (" + out + ")"
	}
	return "func(" + list(s.Params()) + ")" + out
}

// call calls an exported method that the type has, from compiled code.
func (b Box) call(name string, args ...any) []any {
	m := theMachine.Load()
	found := m.method(b.T, nil, name)
	if found.code == nil {
		panic(fmt.Sprintf("machine: %s has no method %s", typeName(b.T.of), name))
	}
	g := &goroutine{m: m, run: m.run.Load()}
	var result any
	if p := g.protect(func() { result = found.code.call(g, append([]any{b.V}, args...), nil, nil) }); p != nil {
		panic(p)
	}
	if found.code.fn.Signature.Results().Len() == 1 {
		return []any{result}
	}
	several, _ := result.([]any)
	return several
}

// implement makes a Box implement an interface of compiled code.
func (m *Machine) implement(b Box, to *Type) any {
	switch {
	case to.mem == anyType || to.mem.NumMethod() == 0:
		if !b.hasAs("Error", "func() string") {
			return b
		}
		fallthrough // so that compiled code sees an error in an any too
	case to.mem == errorType:
		if b.hasAs("Unwrap", "func() []error") {
			return joined{b}
		}
		return errBox{b}
	}
	w := m.lib.Wrapper(to.mem)
	if w == nil {
		panic(target{runtimeError("a value of " + typeName(b.T.of) + " cannot be made a " + typeName(to.of) + " in an interpreted cell; use --compiled")})
	}
	s := reflect.New(w).Elem()
	for i := range w.NumField() {
		f := w.Field(i)
		if f.Name == "IValue" {
			s.Field(i).Set(reflect.ValueOf(b))
			continue
		}
		name := f.Name[1:]
		s.Field(i).Set(reflect.MakeFunc(f.Type, func(in []reflect.Value) []reflect.Value { return m.callback(b, name, in, f.Type) }))
	}
	m.wrappers.Store(w, true)
	m.wrapped.Store(true)
	return s.Interface()
}

// callback calls a method of a Box with reflected arguments.
func (m *Machine) callback(b Box, name string, in []reflect.Value, t reflect.Type) []reflect.Value {
	found := m.method(b.T, nil, name)
	if found.code == nil {
		panic(runtimeError(typeName(b.T.of) + " has no method " + name))
	}
	args := []any{b.V}
	sig := found.code.fn.Signature
	for i, v := range in {
		args = append(args, m.typ(sig.Params().At(i).Type()).operand(v))
	}
	return m.callIn(found.code, args, nil, t)
}

// callIn calls a function for compiled code, in a goroutine that may be another.
func (m *Machine) callIn(c *code, args, env []any, t reflect.Type) []reflect.Value {
	g := &goroutine{m: m, run: m.run.Load()}
	var result any
	if p := g.protect(func() { result = c.call(g, args, env, nil) }); p != nil {
		panic(p)
	}
	results := c.fn.Signature.Results()
	out := make([]reflect.Value, t.NumOut())
	for i := range out {
		v := result
		if len(out) > 1 {
			v = result.([]any)[i]
		}
		out[i] = conform(m.typ(results.At(i).Type()).value(v), t.Out(i))
	}
	return out
}

// conform makes a value one of a type that differs in name only, or nil of one.
func conform(v reflect.Value, t reflect.Type) reflect.Value {
	switch {
	case !v.IsValid():
		return reflect.Zero(t)
	case v.Type() == t || v.Type().AssignableTo(t):
		return v
	case v.Kind() == reflect.Interface && v.IsNil():
		return reflect.Zero(t)
	case v.Kind() == reflect.Interface:
		return conform(v.Elem(), t)
	}
	return v.Convert(t)
}
