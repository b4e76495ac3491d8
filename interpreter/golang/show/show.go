// Package show writes values of a Go cell as text: as Go source would, bounded in length
// and depth, and by their own String or Error method where they have one.
//
// It is the same in both kernels of Go. The compiled one builds it into the cell's program,
// so it imports only the standard library, and little of that.
package show

import (
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of what is shown.
const (
	maxText  = 10000 // bytes
	maxItems = 200   // of a slice, an array or a map
	maxDepth = 8
)

// Text shows values, several with commas between them. cut says whether something is left
// out.
func Text(values ...any) (text string, cut bool) {
	p := &printer{}
	for i, v := range values {
		if i > 0 {
			p.write(", ")
		}
		if err, ok := v.(error); ok && !isNil(v) {
			p.method(err.Error)
			continue
		}
		p.value(reflect.ValueOf(v), 0, true)
	}
	return p.text.String(), p.cut
}

func isNil(v any) bool {
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

type printer struct {
	text strings.Builder
	cut  bool
}

// write appends s up to the bound, never half a character.
func (p *printer) write(s string) {
	room := maxText - p.text.Len()
	if p.full() || len(s) <= room {
		if !p.full() {
			p.text.WriteString(s)
		}
		return
	}
	for room > 0 && !utf8.RuneStart(s[room]) {
		room--
	}
	p.text.WriteString(s[:room])
	p.text.WriteString("…")
	p.cut = true
}

func (p *printer) full() bool { return p.text.Len() >= maxText }

// method writes what a String or Error method returns, whatever it does.
func (p *printer) method(f func() string) {
	defer func() {
		if r := recover(); r != nil {
			p.write(fmt.Sprintf("(its method panics: %v)", r))
		}
	}()
	p.write(f())
}

// value writes one value. typed says whether its type must be written, which it need not
// be inside of a container that gives it.
func (p *printer) value(v reflect.Value, depth int, typed bool) {
	if p.full() {
		p.cut = true
		return
	}
	if !v.IsValid() {
		p.write("nil")
		return
	}
	if v.CanInterface() && !(v.Kind() == reflect.Pointer && v.IsNil()) {
		switch s := v.Interface().(type) {
		case error:
			p.method(s.Error)
			return
		case fmt.Stringer:
			p.method(s.String)
			return
		}
	}
	if depth > maxDepth {
		p.write("…")
		p.cut = true
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		p.write(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		p.write(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		p.write(strconv.FormatUint(v.Uint(), 10))
	case reflect.Float32:
		p.write(strconv.FormatFloat(v.Float(), 'g', -1, 32))
	case reflect.Float64:
		p.write(strconv.FormatFloat(v.Float(), 'g', -1, 64))
	case reflect.Complex64, reflect.Complex128:
		p.write(fmt.Sprint(v.Complex()))
	case reflect.String:
		s := v.String()
		if len(s) > maxText {
			s, p.cut = strings.ToValidUTF8(s[:maxText], ""), true
		}
		p.write(strconv.Quote(s))
	case reflect.Interface:
		p.value(v.Elem(), depth, true)
	case reflect.Pointer:
		if v.IsNil() {
			p.write("nil")
			return
		}
		p.write("&")
		p.value(v.Elem(), depth+1, typed)
	case reflect.Slice, reflect.Array:
		p.list(v, depth, typed)
	case reflect.Map:
		p.table(v, depth, typed)
	case reflect.Struct:
		p.fields(v, depth, typed)
	default: // functions, channels, unsafe pointers
		if v.IsNil() {
			p.write("nil")
			return
		}
		p.write(typeName(v.Type()))
	}
}

// open writes a type, if that is wanted, and the bracket behind it.
func (p *printer) open(t reflect.Type, typed bool) {
	if typed {
		p.write(typeName(t))
	}
	p.write("{")
}

// typeName is a type as the cell calls it.
func typeName(t reflect.Type) string {
	return strings.NewReplacer("main.", "", "interface {}", "any").Replace(t.String())
}

func (p *printer) list(v reflect.Value, depth int, typed bool) {
	if v.Kind() == reflect.Slice && v.IsNil() {
		p.write("nil")
		return
	}
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 && v.Len() > 0 {
		if text := string(v.Bytes()[:min(v.Len(), maxText)]); printable(text) {
			p.write("[]byte(" + strconv.Quote(text) + ")")
			p.cut = p.cut || v.Len() > maxText
			return
		}
	}
	p.open(v.Type(), typed)
	for i := range min(v.Len(), maxItems) {
		if i > 0 {
			p.write(", ")
		}
		p.value(v.Index(i), depth+1, false)
		if p.full() {
			break
		}
	}
	p.close(v.Len())
}

// close ends a container of n items.
func (p *printer) close(n int) {
	if n > maxItems {
		p.write(fmt.Sprintf(", … %d more", n-maxItems))
		p.cut = true
	}
	p.write("}")
}

func printable(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !strconv.IsPrint(r) && r != '\n' && r != '\t' }) < 0
}

func (p *printer) table(v reflect.Value, depth int, typed bool) {
	if v.IsNil() {
		p.write("nil")
		return
	}
	p.open(v.Type(), typed)
	keys := v.MapKeys()
	sort.SliceStable(keys, func(i, j int) bool { return less(keys[i], keys[j]) })
	for i, key := range keys[:min(len(keys), maxItems)] {
		if i > 0 {
			p.write(", ")
		}
		p.value(key, depth+1, false)
		p.write(": ")
		p.value(v.MapIndex(key), depth+1, false)
		if p.full() {
			break
		}
	}
	p.close(len(keys))
}

// less orders keys of a map, as far as their kind has an order.
func less(a, b reflect.Value) bool {
	if a.Kind() == reflect.Interface {
		a, b = a.Elem(), b.Elem()
	}
	if a.Kind() != b.Kind() {
		return a.Kind() < b.Kind()
	}
	switch {
	case a.CanInt():
		return a.Int() < b.Int()
	case a.CanUint():
		return a.Uint() < b.Uint()
	case a.CanFloat():
		return a.Float() < b.Float()
	case a.Kind() == reflect.String:
		return a.String() < b.String()
	}
	return false
}

func (p *printer) fields(v reflect.Value, depth int, typed bool) {
	p.open(v.Type(), typed)
	for i := range v.NumField() {
		if i > 0 {
			p.write(", ")
		}
		p.write(v.Type().Field(i).Name + ": ")
		p.value(v.Field(i), depth+1, false)
		if p.full() {
			break
		}
	}
	p.write("}")
}
