package machine

import (
	"go/types"
	"reflect"
	"strconv"
	"strings"
	"unsafe"

	"github.com/qwen-agent/qwen-agent/interpreter/golang/show"
)

// Bounds of what is shown; those of package show.
const (
	maxShown = 10000
	maxItems = 200
	maxLevel = 8
)

// Show writes values as a cell shows them, as package show does. cut says whether
// something is left out.
func Show(values []any) (text string, cut bool) {
	s := &shower{m: theMachine.Load()}
	for i, v := range values {
		if i > 0 {
			s.write(", ")
		}
		s.inInterface(v, 0)
	}
	return s.text.String(), s.cut
}

type shower struct {
	m    *Machine
	text strings.Builder
	cut  bool
}

func (s *shower) write(text string) {
	room := maxShown - s.text.Len()
	if len(text) <= room {
		s.text.WriteString(text)
		return
	}
	if room > 0 {
		s.text.WriteString(strings.ToValidUTF8(text[:room], "") + "…")
	}
	s.cut = true
}

func (s *shower) full() bool { return s.text.Len() >= maxShown }

func (s *shower) native(v any) {
	text, cut := show.Text(v)
	s.write(text)
	s.cut = s.cut || cut
}

func (s *shower) inInterface(v any, depth int) {
	if v == nil {
		s.write("nil")
		return
	}
	b, native := inside(v)
	if !native {
		s.value(b.T, b.V, depth, true)
		return
	}
	if r := reflect.ValueOf(v); mayHold(r.Type()) && holdsBox(r, new(int)) {
		t := s.m.typ(s.m.dynamic(v))
		s.composite(t, t.operand(r), depth, true)
		return
	}
	s.native(v)
}

// holdsBox says whether a compiled slice, array or map has a value of a type of the cell
// among the first that are in it. looked counts those: values may hold themselves.
func holdsBox(r reflect.Value, looked *int) bool {
	if *looked++; *looked > maxShown {
		return false
	}
	switch r.Kind() {
	case reflect.Interface:
		if r.IsNil() {
			return false
		}
		_, native := inside(r.Interface())
		return !native || holdsBox(r.Elem(), looked)
	case reflect.Slice, reflect.Array:
		for i := range min(r.Len(), maxItems) {
			if holdsBox(r.Index(i), looked) {
				return true
			}
		}
	case reflect.Map:
		for _, k := range r.MapKeys() {
			if holdsBox(k, looked) || holdsBox(r.MapIndex(k), looked) {
				return true
			}
		}
	}
	return false
}

// name is a type as a cell writes it.
func (s *shower) name(t *Type) string {
	return types.TypeString(t.of, func(p *types.Package) string {
		if p.Path() == "main" {
			return ""
		}
		return p.Name()
	})
}

func (s *shower) value(t *Type, v any, depth int, typed bool) {
	if s.full() {
		s.cut = true
		return
	}
	if t.class == iface {
		s.inInterface(v, depth)
		return
	}
	if t.native {
		if t.class == function {
			s.write(s.name(t))
			return
		}
		r := t.value(v)
		if mayHold(r.Type()) && holdsBox(r, new(int)) {
			s.composite(t, v, depth, typed)
			return
		}
		s.native(r.Interface())
		return
	}
	b := Box{t, v}
	for _, method := range []string{"Error", "String"} {
		if b.hasAs(method, "func() string") && !(t.class == pointer && v.(unsafe.Pointer) == nil) {
			text, failed := b.text(method)
			if failed != nil {
				text = "(its method panics: " + failed.Text() + ")"
			}
			s.write(text)
			return
		}
	}
	s.composite(t, v, depth, typed)
}

// composite writes a value by what it is made of.
func (s *shower) composite(t *Type, v any, depth int, typed bool) {
	if depth > maxLevel {
		s.write("…")
		s.cut = true
		return
	}
	switch t.of.Underlying().(type) {
	case *types.Basic:
		s.native(v)
	case *types.Pointer:
		if v.(unsafe.Pointer) == nil {
			s.write("nil")
			return
		}
		s.write("&")
		p := s.m.pointee(t, v)
		s.value(p.t, p.v, depth+1, typed)
	case *types.Struct:
		if typed {
			s.write(s.name(t))
		}
		s.write("{")
		for i, f := range s.m.fields(t, v) {
			if i > 0 {
				s.write(", ")
			}
			s.write(f.name + ": ")
			s.value(f.t, f.v, depth+1, true)
		}
		s.write("}")
	case *types.Slice, *types.Array:
		if r := reflect.ValueOf(v); r.Kind() == reflect.Slice && r.IsNil() {
			s.write("nil")
			return
		}
		s.items(t, s.m.elements(t, v), 1, depth, typed)
	case *types.Map:
		if reflect.ValueOf(v).IsNil() {
			s.write("nil")
			return
		}
		s.items(t, s.m.entries(t, v), 2, depth, typed)
	case *types.Signature:
		s.write(s.name(t))
	default:
		s.write(s.name(t))
	}
}

// items writes elements, or keys and values by turns.
func (s *shower) items(t *Type, parts []part, each, depth int, typed bool) {
	if typed {
		s.write(s.name(t))
	}
	s.write("{")
	for i, p := range parts {
		if i/each >= maxItems {
			s.write(", … " + itoa(len(parts)/each-maxItems) + " more")
			s.cut = true
			break
		}
		if i > 0 {
			s.write(map[bool]string{true: ": ", false: ", "}[each == 2 && i%2 == 1])
		}
		s.value(p.t, p.v, depth+1, false)
	}
	s.write("}")
}

func itoa(n int) string { return strconv.Itoa(n) }
