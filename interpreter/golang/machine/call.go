package machine

import (
	"encoding/json"
	"fmt"
	"go/types"
	"reflect"
	"strings"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/qwen-agent/qwen-agent/interpreter/golang/library"
)

// theMachine is the machine of the process: methods of a Box, which compiled code calls,
// have no other way to it.
var theMachine atomic.Pointer[Machine]

// callee is a function that is ready to be called with operands.
type callee func(f *frame, args []any, runs *frame) any

func (c *code) callInstruction(call *ssa.CallCommon, to int) func(*frame) {
	if b, ok := call.Value.(*ssa.Builtin); ok && !call.IsInvoke() {
		return c.builtin(b, call, to)
	}
	args := c.list(call.Args)
	if fn := call.StaticCallee(); fn != nil && fn.Blocks != nil {
		if _, isClosure := call.Value.(*ssa.MakeClosure); !isClosure {
			target := c.m.codeOf(fn)
			return func(f *frame) { f.r[to] = target.callFrom(f, args, nil) }
		}
	}
	do := c.callee(call)
	if x, known := c.slots[call.Value]; known && !call.IsInvoke() {
		return func(f *frame) {
			if fn, ok := f.r[x].(*closure); ok {
				f.r[to] = fn.code.callFrom(f, args, fn.env)
				return
			}
			f.r[to] = do(f, f.gather(args), nil)
		}
	}
	return func(f *frame) { f.r[to] = do(f, f.gather(args), nil) }
}

// callee compiles what is called. What it depends on is read when do runs.
func (c *code) callee(call *ssa.CallCommon) callee {
	m := c.m
	if call.IsInvoke() {
		return c.invoke(call)
	}
	if fn, ok := call.Value.(*ssa.Function); ok {
		if host := m.hosts[fn.String()]; host != nil {
			return func(_ *frame, args []any, _ *frame) any { return host(args) }
		}
		if fn.Blocks != nil {
			target := m.codeOf(fn)
			return func(f *frame, args []any, runs *frame) any { return target.call(f.g, args, nil, runs) }
		}
		v, ok := m.compiled(fn)
		if !ok {
			panic(refusal("the function " + fn.String()))
		}
		do := m.hostCall(v, fn.Signature)
		return func(f *frame, args []any, _ *frame) any { return do(args) }
	}
	x := c.slots[call.Value]
	sig := call.Value.Type().Underlying().(*types.Signature)
	return func(f *frame, args []any, runs *frame) any { return m.callValue(f, f.r[x], args, runs, sig) }
}

// callValue calls a function that is a value.
func (m *Machine) callValue(f *frame, fn any, args []any, runs *frame, sig *types.Signature) any {
	switch fn := fn.(type) {
	case nil:
		panic(nilPointer)
	case *closure:
		return fn.code.call(f.g, args, fn.env, runs)
	default:
		v := reflect.ValueOf(fn)
		if v.IsNil() {
			panic(nilPointer)
		}
		return m.hostCall(v, sig)(args)
	}
}

// compiled is the compiled function that one without code stands for. That of a method
// takes its receiver first.
func (m *Machine) compiled(fn *ssa.Function) (reflect.Value, bool) {
	if recv := fn.Signature.Recv(); recv != nil {
		t := m.typ(recv.Type())
		host := t.mem
		if v, ok := library.ReplacedMethod(host, fn.Name()); ok {
			return v, true
		}
		method, ok := host.MethodByName(fn.Name())
		if !ok {
			return reflect.Value{}, false
		}
		return method.Func, true
	}
	if fn.Pkg == nil || !m.lib.Has(fn.Pkg.Pkg) {
		return reflect.Value{}, false
	}
	v := library.Symbol(fn.Pkg.Pkg.Path(), fn.Name())
	return v, v.IsValid() && v.Kind() == reflect.Func
}

// hostCall calls a compiled function with operands.
func (m *Machine) hostCall(v reflect.Value, sig *types.Signature) func([]any) any {
	ft := v.Type()
	var in []*Type
	if recv := sig.Recv(); recv != nil && ft.NumIn() == sig.Params().Len()+1 {
		in = append(in, m.typ(recv.Type()))
	}
	for p := range sig.Params().Variables() {
		in = append(in, m.typ(p.Type()))
	}
	var out []*Type
	for p := range sig.Results().Variables() {
		out = append(out, m.typ(p.Type()))
	}
	if ft.NumIn() != len(in) || ft.NumOut() != len(out) {
		panic(refusal(fmt.Sprintf("a function of type %v as %s", ft, typeName(sig))))
	}
	takes := make([]reflect.Type, len(in))
	for i := range takes {
		takes[i] = ft.In(i)
		if in[i].class == composite && in[i].reg != nil && !in[i].reg.ConvertibleTo(takes[i]) {
			panic(refusal(fmt.Sprintf("a value of type %s, which holds functions or types of the cell, as an argument of a compiled function", typeName(in[i].of))))
		}
	}
	for i := range out {
		if out[i].class == composite && !ft.Out(i).ConvertibleTo(out[i].reg) {
			panic(refusal(fmt.Sprintf("a value of type %s as a result of a compiled function", typeName(out[i].of))))
		}
	}
	decodes := ft.NumIn() == 2 && ft.In(0) == reflect.TypeFor[*json.Decoder]() && ft.In(1) == anyType
	return func(args []any) any {
		values := make([]reflect.Value, len(args))
		for i, a := range args {
			if decodes && i == 1 {
				if r, ok := reader(a); ok {
					a = r
				}
			}
			if in[i].class == function {
				values[i] = m.hostFunction(a, in[i], takes[i])
				continue
			}
			values[i] = conform(in[i].value(a), takes[i])
		}
		var results []reflect.Value
		if ft.IsVariadic() {
			results = v.CallSlice(values)
		} else {
			results = v.Call(values)
		}
		switch len(results) {
		case 0:
			return nil
		case 1:
			return out[0].operand(results[0])
		}
		several := make([]any, len(results))
		for i, r := range results {
			several[i] = out[i].operand(r)
		}
		return several
	}
}

// hostFunction makes a function of a cell one of compiled code.
func (m *Machine) hostFunction(v any, t *Type, host reflect.Type) reflect.Value {
	if v == nil {
		return reflect.Zero(host)
	}
	c, ok := v.(*closure)
	if !ok {
		return conform(reflect.ValueOf(v), host)
	}
	sig := t.of.Underlying().(*types.Signature)
	var in []*Type
	for p := range sig.Params().Variables() {
		in = append(in, m.typ(p.Type()))
	}
	return reflect.MakeFunc(host, func(values []reflect.Value) []reflect.Value {
		args := make([]any, len(values))
		for i, v := range values {
			args[i] = in[i].operand(v)
		}
		return m.callIn(c.code, args, c.env, host)
	})
}

// invoke compiles a call of a method of an interface.
func (c *code) invoke(call *ssa.CallCommon) callee {
	m, x := c.m, c.slots[call.Value]
	p, name := call.Method.Pkg(), call.Method.Name()
	sig := call.Method.Type().(*types.Signature)
	plain := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	var last atomic.Pointer[method]
	return func(f *frame, args []any, runs *frame) any {
		v := open(f.r[x])
		if v == nil {
			panic(nilPointer)
		}
		b, ok := v.(Box)
		if !ok {
			fn := reflect.ValueOf(v).MethodByName(name)
			if !fn.IsValid() {
				panic(refusal(fmt.Sprintf("the method %s of %T", name, v)))
			}
			return m.hostCall(fn, plain)(args)
		}
		found := last.Load()
		if found == nil || found.of != b.T {
			found = m.method(b.T, p, name)
			last.Store(found)
		}
		if found.code == nil {
			panic(refusal(fmt.Sprintf("the method %s of %s", name, typeName(b.T.of))))
		}
		return found.code.call(f.g, append([]any{b.V}, args...), nil, runs)
	}
}

// prepared reads what a go or defer statement calls, and with what, now.
func (c *code) prepared(call *ssa.CallCommon) func(f *frame) func(in *frame, runs *frame) {
	args := c.list(call.Args)
	if b, ok := call.Value.(*ssa.Builtin); ok && !call.IsInvoke() {
		do := c.builtinOf(b, call)
		return func(f *frame) func(*frame, *frame) {
			values := f.gather(args)
			return func(in, _ *frame) { do(in, values) }
		}
	}
	do := c.callee(call)
	x, known := c.slots[call.Value]
	return func(f *frame) func(*frame, *frame) {
		values := f.gather(args)
		var fn any
		if known {
			fn = f.r[x]
			if call.IsInvoke() && fn == nil {
				panic(nilPointer)
			}
		}
		return func(in, runs *frame) {
			if !known {
				do(in, values, runs)
				return
			}
			// The callee reads the function from the frame: one with nothing else will do.
			r := make([]any, x+1)
			r[x] = fn
			do(&frame{g: in.g, code: c, r: r}, values, runs)
		}
	}
}

func (c *code) deferInstruction(i *ssa.Defer) func(*frame) {
	prepare := c.prepared(&i.Call)
	stack := -1
	if i.DeferStack != nil {
		stack = c.slots[i.DeferStack]
	}
	return func(f *frame) {
		call := prepare(f)
		owner := f
		if stack >= 0 {
			owner = (*frame)(f.r[stack].(unsafe.Pointer))
		}
		owner.deferred = append(owner.deferred, func(runner *frame) { call(runner, runner) })
	}
}

func (c *code) goInstruction(i *ssa.Go) func(*frame) {
	prepare := c.prepared(&i.Call)
	return func(f *frame) {
		call := prepare(f)
		g := &goroutine{m: f.g.m, run: f.g.run}
		go func() {
			p := g.protect(func() { call(&frame{g: g, code: c}, nil) })
			if p != nil && !p.Stopped {
				g.run.fail(p)
			}
		}()
	}
}

func (c *code) builtin(b *ssa.Builtin, call *ssa.CallCommon, to int) func(*frame) {
	switch b.Name() {
	case "recover":
		return func(f *frame) { f.r[to] = f.takePanic() }
	case "ssa:deferstack":
		return func(f *frame) { f.r[to] = f.deferStack() }
	case "ssa:wrapnilchk":
		x, recv, method := c.slots[call.Args[0]], c.slots[call.Args[1]], c.slots[call.Args[2]]
		return func(f *frame) {
			if f.r[x].(unsafe.Pointer) == nil {
				name := f.r[recv].(string)
				panic(plainError(fmt.Sprintf("value method %s.%s called using nil *%s pointer", name, f.r[method], name[strings.LastIndexByte(name, '.')+1:])))
			}
			f.r[to] = f.r[x]
		}
	case "len":
		x := c.slots[call.Args[0]]
		switch call.Args[0].Type().Underlying().(type) {
		case *types.Slice:
			return func(f *frame) { f.r[to] = header(f.r[x]).len }
		case *types.Basic:
			return func(f *frame) { f.r[to] = len(f.r[x].(string)) }
		}
	case "append":
		if do := c.appendOf(call, to); do != nil {
			return do
		}
	}
	do, args := c.builtinOf(b, call), c.list(call.Args)
	return func(f *frame) { f.r[to] = do(f, f.gather(args)) }
}

// appendOf compiles append for common types.
func (c *code) appendOf(call *ssa.CallCommon, to int) func(*frame) {
	x, y := c.slots[call.Args[0]], c.slots[call.Args[1]]
	switch c.m.typ(call.Args[0].Type()).reg {
	case reflect.TypeFor[[]int]():
		return appendAs[int](x, y, to)
	case reflect.TypeFor[[]string]():
		return appendAs[string](x, y, to)
	case reflect.TypeFor[[]float64]():
		return appendAs[float64](x, y, to)
	case reflect.TypeFor[[]rune]():
		return appendAs[rune](x, y, to)
	case reflect.TypeFor[[]any]():
		return appendAs[any](x, y, to)
	case reflect.TypeFor[[][]int]():
		return appendAs[[]int](x, y, to)
	}
	return nil
}

func appendAs[T any](x, y, to int) func(*frame) {
	size := int(reflect.TypeFor[T]().Size())
	return func(f *frame) {
		s, more := f.r[x].([]T), f.r[y].([]T)
		if len(s)+len(more) > cap(s) {
			f.g.spend((len(s) + len(more)) * size)
		}
		f.r[to] = append(s, more...)
	}
}

// builtinOf compiles a function of the language.
func (c *code) builtinOf(b *ssa.Builtin, call *ssa.CallCommon) func(f *frame, args []any) any {
	switch b.Name() {
	case "append":
		return func(f *frame, args []any) any {
			s := reflect.ValueOf(args[0])
			if n := s.Len() + reflect.ValueOf(args[1]).Len(); n > s.Cap() {
				f.g.spend(n * int(s.Type().Elem().Size()))
			}
			if text, ok := args[1].(string); ok {
				return reflect.AppendSlice(s, reflect.ValueOf([]byte(text)).Convert(s.Type())).Interface()
			}
			return reflect.AppendSlice(s, reflect.ValueOf(args[1])).Interface()
		}
	case "copy":
		return func(_ *frame, args []any) any {
			return reflect.Copy(reflect.ValueOf(args[0]), reflect.ValueOf(args[1]))
		}
	case "len", "cap":
		if p, ok := call.Args[0].Type().Underlying().(*types.Pointer); ok {
			n := int(p.Elem().Underlying().(*types.Array).Len())
			return func(*frame, []any) any { return n }
		}
		if b.Name() == "cap" {
			return func(_ *frame, args []any) any { return reflect.ValueOf(args[0]).Cap() }
		}
		return func(_ *frame, args []any) any { return reflect.ValueOf(args[0]).Len() }
	case "delete":
		key := c.m.typ(call.Args[0].Type().Underlying().(*types.Map).Key())
		return func(_ *frame, args []any) any {
			if m := reflect.ValueOf(args[0]); !m.IsNil() {
				m.SetMapIndex(key.key(args[1]), reflect.Value{})
			}
			return nil
		}
	case "clear":
		return func(_ *frame, args []any) any {
			reflect.ValueOf(args[0]).Clear()
			return nil
		}
	case "close":
		return func(_ *frame, args []any) any {
			reflect.ValueOf(args[0]).Close()
			return nil
		}
	case "print", "println":
		pointers := make([]bool, len(call.Args)) // nil among them is an address, in an interface two words
		for i, a := range call.Args {
			pointers[i] = !types.IsInterface(a.Type())
		}
		return func(_ *frame, args []any) any {
			for i, a := range args {
				if a == nil && pointers[i] {
					args[i] = unsafe.Pointer(nil)
				}
			}
			printBuiltin(args, b.Name() == "println")
			return nil
		}
	case "min", "max":
		least := b.Name() == "min"
		return func(_ *frame, args []any) any {
			best := args[0]
			for _, a := range args[1:] {
				best = extreme(best, a, least)
			}
			return best
		}
	case "panic": // deferred, or in a goroutine
		return func(_ *frame, args []any) any {
			if args[0] == nil {
				panic(nilPanic())
			}
			panic(target{args[0]})
		}
	case "real", "imag", "complex":
		return func(_ *frame, args []any) any { return complexBuiltin(b.Name(), args) }
	case "recover":
		return func(f *frame, _ []any) any {
			// Deferred itself, it stands in no function that could have been called by defer.
			return nil
		}
	}
	panic(refusal("the function " + strings.TrimPrefix(b.Name(), "ssa:")))
}
