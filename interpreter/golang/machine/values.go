package machine

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

func (c *code) makeInterface(i *ssa.MakeInterface, to int) func(*frame) {
	x, t, into := c.slots[i.X], c.m.typ(i.X.Type()), c.m.typ(i.Type())
	if t.native {
		if t.class == function {
			host := c.m.host(t)
			return func(f *frame) { f.r[to] = c.m.hostFunction(f.r[x], t, host).Interface() }
		}
		if t.class == basic && t.mem == t.reg {
			return func(f *frame) { f.r[to] = f.r[x] }
		}
		return func(f *frame) { f.r[to] = t.value(f.r[x]).Interface() }
	}
	if (into.mem == anyType || into.mem.NumMethod() == 0) && !(Box{T: t}).hasAs("Error", "func() string") {
		return func(f *frame) { f.r[to] = Box{t, f.r[x]} }
	}
	return func(f *frame) { f.r[to] = c.m.implement(Box{t, f.r[x]}, into) }
}

// asInterface gives the value of an interface the form that another needs.
func (m *Machine) asInterface(v any, to *Type) any {
	v = open(v)
	if b, ok := v.(Box); ok {
		return m.implement(b, to)
	}
	return v
}

func (c *code) assert(i *ssa.TypeAssert, to int) func(*frame) {
	x, t, static := c.slots[i.X], c.m.typ(i.AssertedType), c.m.typ(i.X.Type())
	take := c.m.asserter(t)
	if i.CommaOk {
		return func(f *frame) {
			v, ok := take(f.r[x])
			if !ok {
				v = t.zero
			}
			f.r[to] = []any{v, ok}
		}
	}
	if types.Identical(i.X.Type(), i.AssertedType) { // how the SSA form has a method value i.M fail if i is nil
		return func(f *frame) {
			if f.r[x] == nil {
				panic(nilPointer)
			}
			f.r[to] = f.r[x]
		}
	}
	return func(f *frame) {
		v, ok := take(f.r[x])
		if !ok {
			panic(c.m.assertError(open(f.r[x]), static, t))
		}
		f.r[to] = v
	}
}

// asserter returns what takes a value of a type out of an interface.
func (m *Machine) asserter(t *Type) func(any) (any, bool) {
	switch {
	case t.class == iface:
		want := t.of.Underlying().(*types.Interface)
		return func(v any) (any, bool) {
			v = open(v)
			if v == nil {
				return nil, false
			}
			if want.Empty() {
				return v, true
			}
			if dynamic := m.dynamic(v); dynamic == nil || !types.Implements(dynamic, want) {
				return nil, false
			}
			if b, ok := v.(Box); ok {
				return m.implement(b, t), true
			}
			return v, true
		}
	case t.native:
		host := m.host(t)
		return func(v any) (any, bool) {
			if v == nil || reflect.TypeOf(v) != host {
				return nil, false
			}
			if t.class == basic && host == t.reg {
				return v, true
			}
			return t.operand(reflect.ValueOf(v)), true
		}
	}
	return func(v any) (any, bool) {
		b, ok := open(v).(Box)
		if !ok || b.T != t {
			return nil, false
		}
		return b.V, true
	}
}

// dynamic is the type of a value in an interface.
func (m *Machine) dynamic(v any) types.Type {
	if b, ok := v.(Box); ok {
		return b.T.of
	}
	m.typesLock.Lock()
	defer m.typesLock.Unlock()
	return m.lib.Type(reflect.TypeOf(v))
}

func (m *Machine) assertError(v any, static, t *Type) any {
	if v == nil {
		if t.class == iface {
			return typeError("interface is nil, not " + runtimeName(t.of))
		}
		return typeError(interfaceName(static) + " is nil, not " + runtimeName(t.of))
	}
	dynamic := m.dynamic(v)
	if t.class == iface {
		missing, _ := types.MissingMethod(dynamic, t.of.Underlying().(*types.Interface), true)
		name := ""
		if missing != nil {
			name = missing.Name()
		}
		return typeError(fmt.Sprintf("%s is not %s: missing method %s", runtimeName(dynamic), runtimeName(t.of), name))
	}
	scopes := ""
	if runtimeName(dynamic) == runtimeName(t.of) {
		scopes = " (types from different scopes)"
	}
	return typeError(fmt.Sprintf("%s is %s, not %s%s", interfaceName(static), runtimeName(dynamic), runtimeName(t.of), scopes))
}

func interfaceName(t *Type) string {
	if i, ok := types.Unalias(t.of).(*types.Interface); ok && i.Empty() {
		return "interface {}"
	}
	return typeName(t.of)
}

func (c *code) slice(i *ssa.Slice, to int) func(*frame) {
	x, low, high, most := c.slots[i.X], -1, -1, -1
	for _, b := range []struct {
		v    ssa.Value
		slot *int
	}{{i.Low, &low}, {i.High, &high}, {i.Max, &most}} {
		if b.v != nil {
			*b.slot = c.slots[b.v]
		}
	}
	bound := func(f *frame, slot, otherwise int) int {
		if slot < 0 {
			return otherwise
		}
		return asInt(f.r[slot])
	}
	switch u := i.X.Type().Underlying().(type) {
	case *types.Basic:
		return func(f *frame) {
			s := f.r[x].(string)
			f.r[to] = s[bound(f, low, 0):bound(f, high, len(s))]
		}
	case *types.Pointer:
		array := reflect.PointerTo(c.m.typ(u.Elem()).reg).Elem()
		result := c.m.typ(i.Type()).reg
		n := array.Len()
		made, _ := i.X.(*ssa.Alloc)
		making := made != nil && made.Comment == "makeslice" // make with a constant capacity
		return func(f *frame) {
			p := f.pointer(x)
			l, h, k := bound(f, low, 0), bound(f, high, n), bound(f, most, n)
			if making && (h < 0 || h > n) {
				if h < 0 || uint64(h) > maxMade/uint64(max(array.Elem().Size(), 1)) {
					panic(runtimeError("makeslice: len out of range"))
				}
				panic(runtimeError("makeslice: cap out of range"))
			}
			if h > n || k > n || l > h || l < 0 {
				defer sliceOfArray()
			}
			checkSlice(l, h, k, n, most >= 0, i.High != nil)
			s := reflect.NewAt(array, p).Elem().Slice3(l, h, k)
			if s.Type() != result {
				s = s.Convert(result)
			}
			f.r[to] = s.Interface()
		}
	}
	return func(f *frame) {
		s := reflect.ValueOf(f.r[x])
		l, h, k := bound(f, low, 0), bound(f, high, s.Len()), bound(f, most, s.Cap())
		checkSlice(l, h, k, s.Cap(), most >= 0, i.High != nil)
		f.r[to] = s.Slice3(l, h, k).Interface()
	}
}

// checkSlice panics as Go does.
func checkSlice(low, high, most, n int, three, hasHigh bool) {
	s := make([]struct{}, n)
	if three {
		_ = s[low:high:most]
		return
	}
	if !hasHigh && low > high && high <= n {
		_ = s[:high:high][low:]
	}
	_ = s[low:high]
}

// sliceOfArray gives the error of a slice the words of one of an array.
func sliceOfArray() {
	if err, ok := recover().(error); ok {
		panic(runtimeError(strings.TrimPrefix(strings.Replace(err.Error(), "with capacity", "with length", 1), "runtime error: ")))
	}
}

func (c *code) makeSlice(i *ssa.MakeSlice, to int) func(*frame) {
	n, most, t := c.slots[i.Len], c.slots[i.Cap], c.m.typ(i.Type()).reg
	size := max(t.Elem().Size(), 1)
	return func(f *frame) {
		l, k := asInt(f.r[n]), asInt(f.r[most])
		switch {
		case l < 0 || uint64(l) > maxMade/uint64(size):
			panic(runtimeError("makeslice: len out of range"))
		case k < l || uint64(k) > maxMade/uint64(size):
			panic(runtimeError("makeslice: cap out of range"))
		}
		f.g.spend(k * int(size))
		f.r[to] = reflect.MakeSlice(t, l, k).Interface()
	}
}

// maxMade is the most that can be made at once, in bytes.
const maxMade = 1 << 46

func (c *code) mapUpdate(i *ssa.MapUpdate) func(*frame) {
	mp, key, value := c.slots[i.Map], c.slots[i.Key], c.slots[i.Value]
	u := i.Map.Type().Underlying().(*types.Map)
	kt, vt := c.m.typ(u.Key()), c.m.typ(u.Elem())
	entry := int(kt.mem.Size() + vt.mem.Size() + 16)
	switch c.m.typ(i.Map.Type()).reg {
	case reflect.TypeFor[map[string]int]():
		return func(f *frame) {
			f.g.spent += entry
			f.r[mp].(map[string]int)[f.r[key].(string)] = f.r[value].(int)
		}
	case reflect.TypeFor[map[int]int]():
		return func(f *frame) {
			f.g.spent += entry
			f.r[mp].(map[int]int)[f.r[key].(int)] = f.r[value].(int)
		}
	}
	return func(f *frame) {
		f.g.spend(entry)
		m := reflect.ValueOf(f.r[mp])
		if m.IsNil() {
			panicNilMap()
		}
		m.SetMapIndex(kt.key(f.r[key]), vt.value(f.r[value]))
	}
}

// panicNilMap panics as Go does.
func panicNilMap() {
	var m map[int]int
	m[0] = 0 //lint:ignore SA5000 it panics, which is wanted
}

// key is a key of a map as reflection takes it. Keys that compare as interfaces are opened,
// so that one value has one form.
func (d *Type) key(v any) reflect.Value {
	if d.class == iface && d.mem == anyType {
		v = open(v)
	}
	return d.value(v)
}

func (c *code) lookup(i *ssa.Lookup, to int) func(*frame) {
	x, key := c.slots[i.X], c.slots[i.Index]
	u := i.X.Type().Underlying().(*types.Map)
	kt, vt := c.m.typ(u.Key()), c.m.typ(u.Elem())
	if !i.CommaOk {
		switch c.m.typ(i.X.Type()).reg {
		case reflect.TypeFor[map[string]int]():
			return func(f *frame) { f.r[to] = f.r[x].(map[string]int)[f.r[key].(string)] }
		case reflect.TypeFor[map[int]int]():
			return func(f *frame) { f.r[to] = f.r[x].(map[int]int)[f.r[key].(int)] }
		}
	}
	return func(f *frame) {
		r := reflect.ValueOf(f.r[x]).MapIndex(kt.key(f.r[key]))
		v := vt.zero
		if r.IsValid() {
			v = vt.operand(r)
		}
		if i.CommaOk {
			f.r[to] = []any{v, r.IsValid()}
			return
		}
		f.r[to] = v
	}
}

// iterator gives the next element of a range: whether there is one, key, value.
type iterator func() any

func (c *code) rangeOver(i *ssa.Range, to int) func(*frame) {
	x := c.slots[i.X]
	u, ok := i.X.Type().Underlying().(*types.Map)
	if !ok {
		return func(f *frame) {
			s, at := f.r[x].(string), 0
			f.r[to] = iterator(func() any {
				if at >= len(s) {
					return []any{false, 0, rune(0)}
				}
				from := at
				r, n := utf8.DecodeRuneInString(s[at:])
				at += n
				return []any{true, from, r}
			})
		}
	}
	kt, vt := c.m.typ(u.Key()), c.m.typ(u.Elem())
	return func(f *frame) {
		r := reflect.ValueOf(f.r[x]).MapRange()
		f.r[to] = iterator(func() any {
			if !r.Next() {
				return []any{false, kt.zero, vt.zero}
			}
			return []any{true, kt.operand(r.Key()), vt.operand(r.Value())}
		})
	}
}

// channels

// wait waits for one of several, or panics if the cell is stopped.
func (f *frame) wait(cases []reflect.SelectCase) (int, reflect.Value, bool) {
	cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(f.g.run.stop)})
	n, v, ok := reflect.Select(cases)
	if n == len(cases)-1 {
		panic(stop{})
	}
	return n, v, ok
}

func (c *code) send(i *ssa.Send) func(*frame) {
	ch, x := c.slots[i.Chan], c.slots[i.X]
	t := c.m.typ(i.Chan.Type().Underlying().(*types.Chan).Elem())
	return func(f *frame) {
		f.wait([]reflect.SelectCase{{Dir: reflect.SelectSend, Chan: reflect.ValueOf(f.r[ch]), Send: t.value(f.r[x])}})
	}
}

func (c *code) receive(i *ssa.UnOp, to int) func(*frame) {
	ch := c.slots[i.X]
	t := c.m.typ(i.X.Type().Underlying().(*types.Chan).Elem())
	return func(f *frame) {
		_, v, ok := f.wait([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(f.r[ch])}})
		got := t.zero
		if ok {
			got = t.operand(v)
		}
		if i.CommaOk {
			f.r[to] = []any{got, ok}
			return
		}
		f.r[to] = got
	}
}

func (c *code) choose(i *ssa.Select, to int) func(*frame) {
	type way struct {
		send     bool
		ch, x    int
		elem     *Type
		received int // its place among the results
	}
	var ways []way
	received := 2
	var zeros []any
	for _, s := range i.States {
		w := way{send: s.Dir == types.SendOnly, ch: c.slots[s.Chan], elem: c.m.typ(s.Chan.Type().Underlying().(*types.Chan).Elem())}
		if w.send {
			w.x = c.slots[s.Send]
		} else {
			w.received = received
			zeros = append(zeros, w.elem.zero)
			received++
		}
		ways = append(ways, w)
	}
	return func(f *frame) {
		cases := make([]reflect.SelectCase, 0, len(ways)+1)
		for _, w := range ways {
			s := reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(f.r[w.ch])}
			if w.send {
				s.Dir, s.Send = reflect.SelectSend, w.elem.value(f.r[w.x])
			}
			cases = append(cases, s)
		}
		result := append([]any{-1, false}, zeros...)
		f.r[to] = result
		var n int
		var v reflect.Value
		var ok bool
		if i.Blocking {
			n, v, ok = f.wait(cases)
		} else {
			n, v, ok = reflect.Select(append(cases, reflect.SelectCase{Dir: reflect.SelectDefault}))
			if n == len(cases) {
				return
			}
		}
		result[0] = n
		if w := ways[n]; !w.send {
			result[1] = ok
			if ok {
				result[w.received] = w.elem.operand(v)
			}
		}
	}
}

var _ = unsafe.Pointer(nil)
