package gguf

import (
	"fmt"
	"math"
)

// Keys returns the names of the metadata in the file's order.
func (f *File) Keys() []string {
	keys := make([]string, len(f.entries))
	for i, e := range f.entries {
		keys[i] = e.key
	}
	return keys
}

// Lookup returns the value of key, and whether there is one.
func (f *File) Lookup(key string) (Value, bool) {
	i, ok := f.keys[key]
	if !ok {
		return Value{}, false
	}
	return f.entries[i].value, true
}

// String returns the value of key, which must be a string. Like all lookups it
// returns an *Error: one that is ErrMissing if the file does not have the key, and
// otherwise one that names the type found and the one wanted. The bytes are the
// file's: nothing promises that they are UTF-8.
func (f *File) String(key string) (string, error) {
	v, err := f.want(key, "a string", func(v Value) bool { return v.kind == String })
	if err != nil {
		return "", err
	}
	return v.raw[8:], nil
}

// Bool returns the value of key, which must be a bool.
func (f *File) Bool(key string) (bool, error) {
	v, err := f.want(key, "a bool", func(v Value) bool { return v.kind == Bool })
	return err == nil && v.raw[0] == 1, err
}

// Uint returns the value of key, which must be an integer of any type that is not
// negative: writers do not agree on the types of counts.
func (f *File) Uint(key string) (uint64, error) {
	v, err := f.want(key, "an unsigned integer", scalarInteger)
	if err != nil {
		return 0, err
	}
	n, negative := v.int()
	if negative {
		return 0, f.outside(key, fmt.Sprint(int64(n)), "an unsigned integer")
	}
	return n, nil
}

// Int returns the value of key, which must be an integer of any type that fits an int64.
func (f *File) Int(key string) (int64, error) {
	v, err := f.want(key, "an integer", scalarInteger)
	if err != nil {
		return 0, err
	}
	n, negative := v.int()
	if !negative && n > math.MaxInt64 {
		return 0, f.outside(key, fmt.Sprint(n), "an integer of at most 63 bits")
	}
	return int64(n), nil
}

// Float returns the value of key, which must be a float32 or float64.
func (f *File) Float(key string) (float64, error) {
	v, err := f.want(key, "a float", func(v Value) bool { return v.kind.float() })
	if err != nil {
		return 0, err
	}
	return v.float(), nil
}

// Strings returns the value of key, which must be an array of strings. They share
// the memory of the file's metadata.
func (f *File) Strings(key string) ([]string, error) {
	v, err := f.want(key, "an array of strings", func(v Value) bool { return v.kind == Array && v.Elem() == String })
	if err != nil {
		return nil, err
	}
	out, rest := make([]string, v.Len()), v.raw[12:]
	for i := range out {
		end := 8 + int(u64(rest))
		out[i], rest = rest[8:end], rest[end:]
	}
	return out, nil
}

// Ints returns the value of key, which must be an array of integers that fit an int64.
func (f *File) Ints(key string) ([]int64, error) {
	return ints[int64](f, key, math.MinInt64, math.MaxInt64)
}

// Int32s returns the value of key, which must be an array of integers that fit an int32.
func (f *File) Int32s(key string) ([]int32, error) {
	return ints[int32](f, key, math.MinInt32, math.MaxInt32)
}

func ints[T int32 | int64](f *File, key string, low, high int64) ([]T, error) {
	v, err := f.want(key, "an array of integers", func(v Value) bool { return v.kind == Array && v.Elem().integer() })
	if err != nil {
		return nil, err
	}
	out := make([]T, 0, v.Len())
	for e := range v.each {
		n, negative := e.int()
		if x := int64(n); negative && x < low || !negative && n > uint64(high) {
			return nil, f.outside(fmt.Sprintf("%s[%d]", key, len(out)), fmt.Sprint(e.Any()), fmt.Sprintf("%d to %d", low, high))
		}
		out = append(out, T(n))
	}
	return out, nil
}

// Floats returns the value of key, which must be an array of float32 or float64.
func (f *File) Floats(key string) ([]float64, error) {
	v, err := f.want(key, "an array of floats", func(v Value) bool { return v.kind == Array && v.Elem().float() })
	if err != nil {
		return nil, err
	}
	out := make([]float64, 0, v.Len())
	for e := range v.each {
		out = append(out, e.float())
	}
	return out, nil
}

func scalarInteger(v Value) bool { return v.kind.integer() }

// want returns the value of key if it is there and ok says that its type is right.
func (f *File) want(key, wanted string, ok func(Value) bool) (Value, error) {
	v, found := f.Lookup(key)
	if !found {
		return Value{}, &Error{Thing: "key " + quote(key), Offset: -1, Found: "missing", Wanted: wanted, kind: ErrMissing}
	}
	if !ok(v) {
		return Value{}, &Error{Thing: "type of key " + quote(key), Offset: f.entries[f.keys[key]].offset, Found: v.describe(), Wanted: wanted}
	}
	return v, nil
}

// outside returns the error for a value that its type allows and its use does not.
func (f *File) outside(key, found, wanted string) error {
	return &Error{Thing: "key " + quote(key), Offset: -1, Found: found, Wanted: wanted}
}
