package machine

import (
	"bytes"
	"fmt"
	"go/types"
	"reflect"
	"strings"
	"unsafe"
)

// Format prints a Box as fmt prints a value of its type: with its methods where fmt calls
// them, names of fields and types as in the cell.
func (b Box) Format(s fmt.State, verb rune) {
	m := theMachine.Load()
	p := &formatter{m: m, out: s, verb: verb, format: fmt.FormatString(s, verb), plus: s.Flag('+') && verb == 'v', sharp: s.Flag('#') && verb == 'v'}
	if f, ok := b.formatMethod(); ok {
		g := &goroutine{m: m, run: m.run.Load()}
		if failed := g.protect(func() { f.call(g, []any{b.V, s, int32(verb)}, nil, nil) }); failed != nil {
			panic(failed)
		}
		return
	}
	p.value(part{t: b.T, v: b.V, open: true}, 0)
}

// formatMethod is the method Format of the type itself.
func (b Box) formatMethod() (*code, bool) {
	if !b.hasAs("Format", "func(fmt.State, rune)") && !b.hasAs("Format", "func(fmt.State, int32)") {
		return nil, false
	}
	found := theMachine.Load().method(b.T, nil, "Format")
	return found.code, found.code != nil
}

// formatter prints one value.
type formatter struct {
	m           *Machine
	out         fmt.State
	verb        rune
	format      string
	plus, sharp bool
}

func (p *formatter) write(s string) { p.out.Write([]byte(s)) }

// leaf lets fmt print something.
func (p *formatter) leaf(v any) { fmt.Fprintf(p.out, p.format, v) }

// hidden is what fmt prints without methods.
type hidden struct{ v any }

// native prints a value that fmt knows. What cannot be reached is printed without methods.
func (p *formatter) native(v any, open bool) {
	if open {
		p.leaf(v)
		return
	}
	text := fmt.Sprintf(p.format, hidden{v})
	if p.sharp {
		text = strings.TrimPrefix(text, "machine.hidden{v:interface {}(")
		text = strings.TrimSuffix(strings.TrimPrefix(text, "machine.hidden{v:"), "}")
	} else if text = strings.TrimSuffix(strings.TrimPrefix(text, "{"), "}"); p.plus {
		text = strings.TrimPrefix(text, "v:")
	}
	p.write(text)
}

// value prints a value of any type.
func (p *formatter) value(v part, depth int) {
	t := v.t
	if t.class == iface {
		p.inInterface(v, depth)
		return
	}
	if v.open && p.method(v) {
		return
	}
	switch u := t.of.Underlying().(type) {
	case *types.Basic:
		if !v.open || !t.native {
			p.leaf(v.v)
		} else {
			p.leaf(t.value(v.v).Interface())
		}
	case *types.Pointer:
		p.pointer(v, depth)
	case *types.Struct:
		if p.m.isNativeTop(t) {
			p.native(v.v, v.open)
			return
		}
		p.fields(v, depth)
	case *types.Slice, *types.Array:
		p.list(v, depth)
	case *types.Map:
		p.table(v, depth)
	case *types.Signature:
		p.function(v, u)
	default:
		p.leaf(v.v)
	}
}

func (m *Machine) isNativeTop(t *Type) bool { return t.native }

func (p *formatter) inInterface(v part, depth int) {
	if v.v == nil {
		if p.sharp {
			p.write(p.typeName(v.t) + "(nil)")
			return
		}
		p.write("<nil>")
		return
	}
	b, native := inside(v.v)
	if !native {
		if v.open {
			if f, ok := b.formatMethod(); ok {
				_ = f
				b.Format(p.out, p.verb)
				return
			}
		}
		p.value(part{t: b.T, v: b.V, open: v.open}, depth+1)
		return
	}
	r := reflect.ValueOf(v.v)
	if r.Kind() == reflect.Pointer && !hasTextMethod(v.v) && depth >= 0 {
		p.address(r.UnsafePointer(), r.Type().String())
		return
	}
	p.native(v.v, v.open)
}

func hasTextMethod(v any) bool {
	switch v.(type) {
	case error, fmt.Stringer, fmt.Formatter:
		return true
	}
	return false
}

// method prints by the type's own Error, String or GoString, as fmt would.
func (p *formatter) method(v part) (done bool) {
	b := Box{v.t, v.v}
	if v.t.native { // fmt knows it
		if v.t.class == basic && v.t.mem == v.t.reg || v.t.class == function {
			return false
		}
		host := v.t.value(v.v).Interface()
		if hasTextMethod(host) && !(p.sharp && !hasGoString(host)) {
			p.leaf(host)
			return true
		}
		return false
	}
	name := ""
	switch {
	case p.sharp:
		if b.hasAs("GoString", "func() string") {
			name = "GoString"
		}
	case strings.ContainsRune("vsxXq", p.verb):
		if b.hasAs("Error", "func() string") {
			name = "Error"
		} else if b.hasAs("String", "func() string") {
			name = "String"
		}
	}
	if name == "" {
		return false
	}
	text, failed := b.text(name)
	switch {
	case failed == nil && p.sharp:
		p.write(text)
	case failed == nil:
		p.leaf(text)
	case v.t.class == pointer && v.v.(unsafe.Pointer) == nil:
		p.write("<nil>")
	case failed.Stopped || failed.Exit || failed.Fatal:
		panic(failed)
	default:
		p.write(fmt.Sprintf("%%!%c(PANIC=%s method: %s)", p.verb, name, failed.Text()))
	}
	return true
}

func hasGoString(v any) bool {
	_, ok := v.(fmt.GoStringer)
	return ok
}

// text calls a method that returns a text.
func (b Box) text(name string) (text string, failed *Panic) {
	m := theMachine.Load()
	g := &goroutine{m: m, run: m.run.Load()}
	failed = g.protect(func() {
		text = m.method(b.T, nil, name).code.call(g, []any{b.V}, nil, nil).(string)
	})
	return text, failed
}

func (p *formatter) typeName(t *Type) string { return runtimeName(t.of) }

func (p *formatter) pointer(v part, depth int) {
	at := v.v.(unsafe.Pointer)
	if at == nil {
		if p.sharp {
			p.write("(" + p.typeName(v.t) + ")(nil)")
		} else if p.verb == 'v' {
			p.leaf(nil)
		} else {
			p.leaf((*int)(nil))
		}
		return
	}
	if depth == 0 && p.verb != 'p' {
		switch v.t.of.Underlying().(*types.Pointer).Elem().Underlying().(type) {
		case *types.Struct, *types.Slice, *types.Array, *types.Map:
			p.write("&")
			inner := p.m.pointee(v.t, v.v)
			inner.open = v.open
			p.value(inner, depth+1)
			return
		}
	}
	p.address(at, p.typeName(v.t))
}

// address prints where something is.
func (p *formatter) address(at unsafe.Pointer, name string) {
	if p.sharp {
		p.write(fmt.Sprintf("(%s)(%#x)", name, uintptr(at)))
		return
	}
	if p.verb == 'v' {
		fmt.Fprintf(p.out, strings.TrimSuffix(p.format, "v")+"p", at)
		return
	}
	p.leaf(uintptr(at))
}

func (p *formatter) fields(v part, depth int) {
	if p.sharp {
		p.write(p.typeName(v.t))
	}
	p.write("{")
	for i, f := range p.m.fields(v.t, v.v) {
		if i > 0 {
			p.write(map[bool]string{true: ", ", false: " "}[p.sharp])
		}
		if p.plus || p.sharp {
			p.write(f.name + ":")
		}
		f.open = f.open && v.open
		p.value(f, depth+1)
	}
	p.write("}")
}

func (p *formatter) list(v part, depth int) {
	elem := v.t.of.Underlying().(interface{ Elem() types.Type }).Elem()
	if b, ok := elem.Underlying().(*types.Basic); ok && b.Kind() == types.Uint8 && strings.ContainsRune("sqxX", p.verb) {
		p.leaf(bytesOf(v.v))
		return
	}
	open, separator, end := "[", " ", "]"
	if p.sharp {
		open, separator, end = p.typeName(v.t)+"{", ", ", "}"
		if r := reflect.ValueOf(v.v); r.Kind() == reflect.Slice && r.IsNil() {
			p.write(p.typeName(v.t) + "(nil)")
			return
		}
	}
	p.write(open)
	for i, e := range p.m.elements(v.t, v.v) {
		if i > 0 {
			p.write(separator)
		}
		e.open = v.open
		p.value(e, depth+1)
	}
	p.write(end)
}

func bytesOf(v any) []byte {
	r := reflect.ValueOf(v)
	var b bytes.Buffer
	for i := range r.Len() {
		b.WriteByte(byte(r.Index(i).Uint()))
	}
	return b.Bytes()
}

func (p *formatter) table(v part, depth int) {
	begin, colon, separator, end := "map[", ":", " ", "]"
	if p.sharp {
		begin, colon, separator, end = p.typeName(v.t)+"{", ":", ", ", "}"
		if reflect.ValueOf(v.v).IsNil() {
			p.write(p.typeName(v.t) + "(nil)")
			return
		}
	}
	p.write(begin)
	for i, e := range p.m.entries(v.t, v.v) {
		if i%2 == 1 {
			p.write(colon)
		} else if i > 0 {
			p.write(separator)
		}
		e.open = v.open
		p.value(e, depth+1)
	}
	p.write(end)
}

func (p *formatter) function(v part, _ *types.Signature) {
	if v.v == nil {
		if p.sharp {
			p.write("(" + p.typeName(v.t) + ")(nil)")
			return
		}
		p.leaf(nil)
		return
	}
	at := unsafe.Pointer(nil)
	if c, ok := v.v.(*closure); ok {
		at = unsafe.Pointer(c)
	} else {
		at = reflect.ValueOf(v.v).UnsafePointer()
	}
	p.address(at, p.typeName(v.t))
}
