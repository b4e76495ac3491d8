package machine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/types"
	"reflect"
	"strconv"
	"strings"
	"unsafe"

	"github.com/qwen-agent/qwen-agent/interpreter/golang/library"
)

func init() {
	library.Replace("encoding/json", "Unmarshal", func(data []byte, v any) error {
		if r, ok := reader(v); ok {
			v = r
		}
		return json.Unmarshal(data, v)
	})
}

// jsonReader lets encoding/json read into a variable of a cell.
type jsonReader struct {
	t *Type
	p unsafe.Pointer
}

// UnmarshalJSON reads into the variable.
func (r *jsonReader) UnmarshalJSON(data []byte) error {
	return theMachine.Load().unmarshal(r.t, r.p, data)
}

// reader makes a jsonReader of a pointer in a Box.
func reader(v any) (*jsonReader, bool) {
	b, ok := open(v).(Box)
	if !ok || b.T.class != pointer || b.V.(unsafe.Pointer) == nil {
		return nil, false
	}
	return &jsonReader{theMachine.Load().typ(b.T.of.Underlying().(*types.Pointer).Elem()), b.V.(unsafe.Pointer)}, true
}

// unmarshal reads JSON into memory of a type, as encoding/json does.
func (m *Machine) unmarshal(t *Type, p unsafe.Pointer, data []byte) error {
	data = bytes.TrimSpace(data)
	null := string(data) == "null"
	if t.native && t.class != function {
		return json.Unmarshal(data, reflect.NewAt(t.mem, p).Interface())
	}
	self := Box{m.typ(types.NewPointer(t.of)), p}
	for _, name := range []string{"UnmarshalJSON", "UnmarshalText"} {
		if !self.hasAs(name, "func([]byte) error") && !self.hasAs(name, "func([]uint8) error") {
			continue
		}
		if _, isPointer := t.of.Underlying().(*types.Pointer); isPointer {
			break
		}
		text := data
		if name == "UnmarshalText" {
			var s string
			if null {
				return nil
			}
			if err := json.Unmarshal(data, &s); err != nil {
				return err
			}
			text = []byte(s)
		}
		err, _ := self.call(name, append([]byte{}, text...))[0].(error)
		return err
	}
	switch u := t.of.Underlying().(type) {
	case *types.Basic:
		return json.Unmarshal(data, reflect.NewAt(t.reg, p).Interface())
	case *types.Pointer:
		if null {
			t.store(p, unsafe.Pointer(nil))
			return nil
		}
		to := *(*unsafe.Pointer)(p)
		elem := m.typ(u.Elem())
		if to == nil {
			to = reflect.New(elem.mem).UnsafePointer()
			t.store(p, to)
		}
		return m.unmarshal(elem, to, data)
	case *types.Struct:
		return m.unmarshalStruct(t, p, data)
	case *types.Slice:
		return m.unmarshalSlice(t, m.typ(u.Elem()), p, data)
	case *types.Array:
		var items []json.RawMessage
		if err := json.Unmarshal(data, &items); err != nil || null {
			return err
		}
		elem := m.typ(u.Elem())
		for i := range int(u.Len()) {
			at := unsafe.Add(p, uintptr(i)*elem.mem.Size())
			if i >= len(items) {
				elem.store(at, elem.zero)
			} else if err := m.unmarshal(elem, at, items[i]); err != nil {
				return err
			}
		}
		return nil
	case *types.Map:
		return m.unmarshalMap(t, u, p, data)
	}
	if null && (t.class == iface || t.class == function) {
		t.store(p, nil)
		return nil
	}
	return fmt.Errorf("json: cannot unmarshal %s into Go value of type %s", kindOf(data), typeName(t.of))
}

func kindOf(data []byte) string {
	switch {
	case len(data) == 0:
		return "nothing"
	case data[0] == '{':
		return "object"
	case data[0] == '[':
		return "array"
	case data[0] == '"':
		return "string"
	case data[0] == 't', data[0] == 'f':
		return "bool"
	}
	return "number"
}

func (m *Machine) unmarshalStruct(t *Type, p unsafe.Pointer, data []byte) error {
	if string(data) == "null" {
		return nil
	}
	if kindOf(data) != "object" {
		return fmt.Errorf("json: cannot unmarshal %s into Go value of type %s", kindOf(data), typeName(t.of))
	}
	fields := m.jsonFields(t)
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.Token()
	for decoder.More() { // in the order of the text: the last of two values counts
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return err
		}
		found := -1
		for i, f := range fields {
			if f.name == name {
				found = i
				break
			}
			if found < 0 && strings.EqualFold(f.name, name) {
				found = i
			}
		}
		if found < 0 {
			continue
		}
		f := fields[found]
		if f.quoted {
			var s string
			if json.Unmarshal(raw, &s) == nil {
				raw = json.RawMessage(s)
			}
		}
		at := m.fieldAt(t, p, f.path)
		if err := m.unmarshal(f.t, at, raw); err != nil {
			var wrong *json.UnmarshalTypeError
			if errors.As(err, &wrong) && wrong.Struct == "" {
				n, _ := t.of.(*types.Named)
				if n != nil {
					wrong.Struct = n.Obj().Name()
				}
				wrong.Field = fieldPath(t.of, f.path) + f.name
			}
			return err
		}
	}
	return nil
}

// readsText says whether a type is read by a method of its own.
func readsText(t types.Type) bool {
	o, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), false, nil, "UnmarshalText")
	return o != nil
}

// fieldPath names the embedded structs on the way to a field.
func fieldPath(t types.Type, path []int) (names string) {
	for _, n := range path[:len(path)-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		f := t.Underlying().(*types.Struct).Field(n)
		names += f.Name() + "."
		t = f.Type()
	}
	return names
}

// fieldAt is where a field lies; embedded pointers that are nil are made.
func (m *Machine) fieldAt(t *Type, p unsafe.Pointer, path []int) unsafe.Pointer {
	for _, n := range path {
		if t.class == pointer {
			elem := m.typ(t.of.Underlying().(*types.Pointer).Elem())
			to := *(*unsafe.Pointer)(p)
			if to == nil {
				to = reflect.New(elem.mem).UnsafePointer()
				*(*unsafe.Pointer)(p) = to
			}
			t, p = elem, to
		}
		p = unsafe.Add(p, t.reg.Field(n).Offset)
		t = m.typ(t.of.Underlying().(*types.Struct).Field(n).Type())
	}
	return p
}

func (m *Machine) unmarshalSlice(t, elem *Type, p unsafe.Pointer, data []byte) error {
	if string(data) == "null" {
		t.store(p, t.zero)
		return nil
	}
	if t.reg.Elem().Kind() == reflect.Uint8 && kindOf(data) == "string" {
		return json.Unmarshal(data, reflect.NewAt(t.reg, p).Interface())
	}
	var items []json.RawMessage
	if kindOf(data) != "array" {
		return fmt.Errorf("json: cannot unmarshal %s into Go value of type %s", kindOf(data), typeName(t.of))
	}
	if err := json.Unmarshal(data, &items); err != nil {
		return err
	}
	s := reflect.MakeSlice(t.reg, len(items), len(items))
	for i, item := range items {
		if err := m.unmarshal(elem, s.Index(i).Addr().UnsafePointer(), item); err != nil {
			return err
		}
	}
	t.store(p, s.Interface())
	return nil
}

func (m *Machine) unmarshalMap(t *Type, u *types.Map, p unsafe.Pointer, data []byte) error {
	if string(data) == "null" {
		t.store(p, t.zero)
		return nil
	}
	var items map[string]json.RawMessage
	if kindOf(data) != "object" {
		return fmt.Errorf("json: cannot unmarshal %s into Go value of type %s", kindOf(data), typeName(t.of))
	}
	if err := json.Unmarshal(data, &items); err != nil {
		return err
	}
	into := reflect.ValueOf(t.load(p))
	if into.IsNil() {
		into = reflect.MakeMap(t.reg)
	}
	kt, vt := m.typ(u.Key()), m.typ(u.Elem())
	for name, item := range items {
		key := reflect.New(kt.mem)
		text := []byte(strconv.Quote(name))
		if b, ok := u.Key().Underlying().(*types.Basic); ok && b.Info()&types.IsInteger != 0 && !readsText(u.Key()) {
			text = []byte(name)
		} else if quoted, err := json.Marshal(name); err == nil {
			text = quoted
		}
		if err := m.unmarshal(kt, key.UnsafePointer(), text); err != nil {
			return err
		}
		value := reflect.New(vt.mem)
		if err := m.unmarshal(vt, value.UnsafePointer(), item); err != nil {
			return err
		}
		into.SetMapIndex(key.Elem(), value.Elem())
	}
	t.store(p, into.Interface())
	return nil
}
