package machine

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unsafe"
)

// MarshalJSON writes what is in a Box as encoding/json writes a value of its type.
func (b Box) MarshalJSON() ([]byte, error) { return theMachine.Load().marshal(b.T, b.V) }

func (m *Machine) marshal(t *Type, v any) ([]byte, error) {
	if t.class == iface {
		if v == nil {
			return []byte("null"), nil
		}
		b, native := inside(v)
		if native {
			return json.Marshal(v)
		}
		return m.marshal(b.T, b.V)
	}
	if t.native {
		if t.class == function {
			return nil, fmt.Errorf("json: unsupported type: %s", typeName(t.of))
		}
		return json.Marshal(t.value(v).Interface())
	}
	b := Box{t, v}
	if t.class == pointer && v.(unsafe.Pointer) == nil {
		return []byte("null"), nil
	}
	for _, name := range []string{"MarshalJSON", "MarshalText"} {
		if !b.hasAs(name, "func() ([]byte, error)") && !b.hasAs(name, "func() ([]uint8, error)") {
			continue
		}
		got := b.call(name)
		text, _ := got[0].([]byte)
		if err, failed := got[1].(error); failed {
			return nil, fmt.Errorf("json: error calling %s for type %s: %w", name, typeName(t.of), err)
		}
		if name == "MarshalText" {
			return json.Marshal(string(text))
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, text); err != nil {
			return nil, fmt.Errorf("json: error calling %s for type %s: %w", name, typeName(t.of), err)
		}
		return compact.Bytes(), nil
	}
	var out bytes.Buffer
	switch u := t.of.Underlying().(type) {
	case *types.Basic:
		return json.Marshal(v)
	case *types.Pointer:
		p := m.pointee(t, v)
		return m.marshal(p.t, p.v)
	case *types.Struct:
		out.WriteByte('{')
		for _, f := range m.jsonFields(t) {
			value, ok := m.at(t, v, f.path)
			if !ok || f.omitEmpty && m.empty(f.t, value) || f.omitZero && reflect.DeepEqual(value, f.t.zero) {
				continue
			}
			text, err := m.marshal(f.t, value)
			if err != nil {
				return nil, err
			}
			if f.quoted {
				text, _ = json.Marshal(string(text))
			}
			name, _ := json.Marshal(f.name)
			if out.Len() > 1 {
				out.WriteByte(',')
			}
			out.Write(name)
			out.WriteByte(':')
			out.Write(text)
		}
		out.WriteByte('}')
		return out.Bytes(), nil
	case *types.Slice, *types.Array:
		r := reflect.ValueOf(v)
		if r.Kind() == reflect.Slice && r.IsNil() {
			return []byte("null"), nil
		}
		if r.Kind() == reflect.Slice && r.Type().Elem().Kind() == reflect.Uint8 {
			return json.Marshal(bytesOf(v))
		}
		out.WriteByte('[')
		for i, e := range m.elements(t, v) {
			if i > 0 {
				out.WriteByte(',')
			}
			text, err := m.marshal(e.t, e.v)
			if err != nil {
				return nil, err
			}
			out.Write(text)
		}
		out.WriteByte(']')
		return out.Bytes(), nil
	case *types.Map:
		return m.marshalMap(t, u, v)
	}
	return nil, fmt.Errorf("json: unsupported type: %s", typeName(t.of))
}

func (m *Machine) marshalMap(t *Type, u *types.Map, v any) ([]byte, error) {
	if reflect.ValueOf(v).IsNil() {
		return []byte("null"), nil
	}
	texts := map[string]json.RawMessage{}
	parts := m.entries(t, v)
	for i := 0; i < len(parts); i += 2 {
		key, err := m.jsonKey(parts[i])
		if err != nil {
			return nil, err
		}
		if texts[key], err = m.marshal(parts[i+1].t, parts[i+1].v); err != nil {
			return nil, err
		}
	}
	return json.Marshal(texts)
}

func (m *Machine) jsonKey(k part) (string, error) {
	r := reflect.ValueOf(k.v)
	b := Box{k.t, k.v}
	switch {
	case k.t.native && k.t.class != iface:
		if text, ok := k.t.value(k.v).Interface().(encoding.TextMarshaler); ok && r.Kind() != reflect.String {
			got, err := text.MarshalText()
			return string(got), err
		}
	case !k.t.native && b.hasAs("MarshalText", "func() ([]byte, error)") && r.Kind() != reflect.String:
		got := b.call("MarshalText")
		text, _ := got[0].([]byte)
		err, _ := got[1].(error)
		return string(text), err
	}
	switch {
	case r.Kind() == reflect.String:
		return r.String(), nil
	case r.CanInt():
		return strconv.FormatInt(r.Int(), 10), nil
	case r.CanUint():
		return strconv.FormatUint(r.Uint(), 10), nil
	}
	return "", fmt.Errorf("json: unsupported type: map with keys of type %s", typeName(k.t.of))
}

// jsonField is a field of a struct as encoding/json sees it.
type jsonField struct {
	name                        string
	path                        []int
	t                           *Type
	tagged                      bool
	omitEmpty, omitZero, quoted bool
}

// jsonFields lists the fields of a struct, those of embedded structs included. Of several with one
// name the shallowest counts, of those the tagged one, and if that leaves several, none.
func (m *Machine) jsonFields(t *Type) []jsonField {
	var all []jsonField
	var walk func(s *types.Struct, path []int, seen []types.Type)
	walk = func(s *types.Struct, path []int, seen []types.Type) {
		for i := range s.NumFields() {
			f := s.Field(i)
			tag := reflect.StructTag(s.Tag(i)).Get("json")
			inner := f.Type()
			if p, ok := inner.Underlying().(*types.Pointer); ok {
				inner = p.Elem()
			}
			embedded, isStruct := inner.Underlying().(*types.Struct)
			if tag == "-" || !f.Exported() && !(f.Embedded() && isStruct) {
				continue
			}
			name, options, _ := strings.Cut(tag, ",")
			here := append(slices.Clone(path), i)
			if f.Embedded() && isStruct && name == "" {
				if !slices.Contains(seen, inner) {
					walk(embedded, here, append(slices.Clone(seen), inner))
				}
				continue
			}
			list := strings.Split(options, ",")
			field := jsonField{name: name, path: here, t: m.typ(f.Type()), tagged: name != "", omitEmpty: slices.Contains(list, "omitempty"), omitZero: slices.Contains(list, "omitzero")}
			if name == "" {
				field.name = f.Name()
			}
			if b, ok := f.Type().Underlying().(*types.Basic); ok && slices.Contains(list, "string") {
				field.quoted = b.Info()&(types.IsNumeric|types.IsBoolean|types.IsString) != 0
			}
			all = append(all, field)
		}
	}
	walk(t.of.Underlying().(*types.Struct), nil, []types.Type{t.of})
	return slices.DeleteFunc(slices.Clone(all), func(f jsonField) bool {
		return slices.ContainsFunc(all, func(g jsonField) bool {
			if g.name != f.name || slices.Equal(f.path, g.path) || len(g.path) > len(f.path) {
				return false
			}
			return len(g.path) < len(f.path) || g.tagged || !f.tagged
		})
	})
}

// at is the value of a field; there is none behind a nil pointer.
func (m *Machine) at(t *Type, v any, path []int) (any, bool) {
	for i, n := range path {
		if t.class == pointer {
			if v.(unsafe.Pointer) == nil {
				return nil, false
			}
			p := m.pointee(t, v)
			t, v = p.t, p.v
		}
		f := m.fields(t, v)[n]
		if t, v = f.t, f.v; i == len(path)-1 {
			return v, true
		}
	}
	return v, true
}

func (m *Machine) empty(t *Type, v any) bool {
	switch t.class {
	case pointer:
		return v.(unsafe.Pointer) == nil
	case function, iface:
		return v == nil
	case basic:
		return v == t.zero
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Slice, reflect.Map, reflect.Array:
		return r.Len() == 0
	}
	return false
}
