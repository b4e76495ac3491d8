package gguf

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Kind is the type of a metadata value, numbered as in the file.
type Kind uint32

// The kinds of metadata values.
const (
	Uint8 Kind = iota
	Int8
	Uint16
	Int16
	Uint32
	Int32
	Float32
	Bool
	String
	Array
	Uint64
	Int64
	Float64
)

var kinds = [...]struct {
	name string
	size int // in the file: of a scalar, or the least that a string or an array takes
}{
	Uint8: {"uint8", 1}, Int8: {"int8", 1}, Uint16: {"uint16", 2}, Int16: {"int16", 2},
	Uint32: {"uint32", 4}, Int32: {"int32", 4}, Float32: {"float32", 4}, Bool: {"bool", 1},
	String: {"string", 8}, Array: {"array", 12}, Uint64: {"uint64", 8}, Int64: {"int64", 8}, Float64: {"float64", 8},
}

// String returns the Go name of the kind, such as "uint32".
func (k Kind) String() string {
	if !k.valid() {
		return fmt.Sprintf("kind %d", uint32(k))
	}
	return kinds[k].name
}

func (k Kind) valid() bool   { return int(k) < len(kinds) }
func (k Kind) size() int     { return kinds[k].size }
func (k Kind) integer() bool { return k <= Int32 || k == Uint64 || k == Int64 }
func (k Kind) signed() bool  { return k == Int8 || k == Int16 || k == Int32 || k == Int64 }
func (k Kind) float() bool   { return k == Float32 || k == Float64 }

// Value is one metadata value. It stays good after the file is closed.
type Value struct {
	kind Kind
	// raw is the value as in the file, little-endian; an array's begins with the kind
	// and the number of its elements. It was checked when the Value was made.
	raw string
}

// Kind returns the value's type.
func (v Value) Kind() Kind { return v.kind }

// Elem returns the type of an array's elements, and the value's own type for any
// other value.
func (v Value) Elem() Kind {
	if v.kind != Array {
		return v.kind
	}
	return Kind(u32(v.raw))
}

// Len returns the number of an array's elements, and 1 for any other value.
func (v Value) Len() int {
	if v.kind != Array {
		return 1
	}
	return int(u64(v.raw[4:]))
}

// describe names the value's type for an error: "uint32", "array of string".
func (v Value) describe() string {
	if v.kind == Array {
		return "array of " + v.Elem().String()
	}
	return v.kind.String()
}

// Any returns the value as the Go type of its kind: uint8 … float64, bool, string,
// a slice of these, or []Value for an array of arrays.
func (v Value) Any() any {
	body := v.raw
	switch v.kind {
	case Uint8:
		return body[0]
	case Int8:
		return int8(body[0])
	case Uint16:
		return uint16(v.bits())
	case Int16:
		return int16(v.bits())
	case Uint32:
		return uint32(v.bits())
	case Int32:
		return int32(v.bits())
	case Uint64:
		return v.bits()
	case Int64:
		return int64(v.bits())
	case Float32:
		return math.Float32frombits(uint32(v.bits()))
	case Float64:
		return math.Float64frombits(v.bits())
	case Bool:
		return body[0] == 1
	case String:
		return body[8:]
	}
	switch v.Elem() {
	case Uint8:
		return elems[uint8](v)
	case Int8:
		return elems[int8](v)
	case Uint16:
		return elems[uint16](v)
	case Int16:
		return elems[int16](v)
	case Uint32:
		return elems[uint32](v)
	case Int32:
		return elems[int32](v)
	case Uint64:
		return elems[uint64](v)
	case Int64:
		return elems[int64](v)
	case Float32:
		return elems[float32](v)
	case Float64:
		return elems[float64](v)
	case Bool:
		return elems[bool](v)
	case String:
		return elems[string](v)
	}
	return elems[Value](v)
}

// elems returns the elements of the array v. T is their Go type, or Value.
func elems[T any](v Value) []T {
	out := make([]T, 0, v.Len())
	for e := range v.each {
		if x, ok := any(e).(T); ok { // T is Value
			out = append(out, x)
		} else {
			out = append(out, e.Any().(T))
		}
	}
	return out
}

// each yields the elements of an array.
func (v Value) each(yield func(Value) bool) {
	kind, rest := v.Elem(), v.raw[12:]
	for range v.Len() {
		n := extent(kind, rest)
		if !yield(Value{kind, rest[:n]}) {
			return
		}
		rest = rest[n:]
	}
}

// extent returns how many bytes of raw, which was checked, the value at its start takes.
func extent(kind Kind, raw string) int {
	switch kind {
	case String:
		return 8 + int(u64(raw))
	case Array:
		elem, n, at := Kind(u32(raw)), int(u64(raw[4:])), 12
		if elem != String && elem != Array {
			return at + n*elem.size()
		}
		for range n {
			at += extent(elem, raw[at:])
		}
		return at
	}
	return kind.size()
}

// bits returns the bytes of a scalar as a number, not sign-extended.
func (v Value) bits() uint64 {
	switch len(v.raw) {
	case 1:
		return uint64(v.raw[0])
	case 2:
		return uint64(v.raw[0]) | uint64(v.raw[1])<<8
	case 4:
		return uint64(u32(v.raw))
	}
	return u64(v.raw)
}

// int returns an integer value: its magnitude as uint64 if it is not negative, and
// whether it is negative, in which case the bits are those of the int64.
func (v Value) int() (bits uint64, negative bool) {
	bits = v.bits()
	if !v.kind.signed() {
		return bits, false
	}
	shift := 64 - 8*v.kind.size()
	n := int64(bits<<shift) >> shift
	return uint64(n), n < 0
}

func (v Value) float() float64 {
	if v.kind == Float32 {
		return float64(math.Float32frombits(u32(v.raw)))
	}
	return math.Float64frombits(u64(v.raw))
}

func u32(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func u64(s string) uint64 { return uint64(u32(s)) | uint64(u32(s[4:]))<<32 }

// ValueOf returns a value of the kind that v's Go type stands for: any integer type
// of a given size, float32, float64, bool, string, a slice of these, or a slice of
// Values of one kind, which becomes an array of them. It returns an error for any
// other type.
func ValueOf(v any) (Value, error) {
	switch v := v.(type) {
	case Value:
		return v, nil
	case uint8:
		return scalar(Uint8, v)
	case int8:
		return scalar(Int8, v)
	case uint16:
		return scalar(Uint16, v)
	case int16:
		return scalar(Int16, v)
	case uint32:
		return scalar(Uint32, v)
	case int32:
		return scalar(Int32, v)
	case uint64:
		return scalar(Uint64, v)
	case int64:
		return scalar(Int64, v)
	case float32:
		return scalar(Float32, v)
	case float64:
		return scalar(Float64, v)
	case bool:
		return scalar(Bool, v)
	case string:
		return Value{String, string(appendString(nil, v))}, nil
	case []uint8:
		return array(Uint8, len(v), v)
	case []int8:
		return array(Int8, len(v), v)
	case []uint16:
		return array(Uint16, len(v), v)
	case []int16:
		return array(Int16, len(v), v)
	case []uint32:
		return array(Uint32, len(v), v)
	case []int32:
		return array(Int32, len(v), v)
	case []uint64:
		return array(Uint64, len(v), v)
	case []int64:
		return array(Int64, len(v), v)
	case []float32:
		return array(Float32, len(v), v)
	case []float64:
		return array(Float64, len(v), v)
	case []bool:
		return array(Bool, len(v), v)
	case []string:
		raw := arrayHeader(String, len(v))
		for _, s := range v {
			raw = appendString(raw, s)
		}
		return Value{Array, string(raw)}, nil
	case []Value:
		if len(v) == 0 {
			return Value{}, fmt.Errorf("gguf: value: an empty []Value has no element kind, wanted at least one element")
		}
		raw := arrayHeader(v[0].kind, len(v))
		for i, e := range v {
			if e.kind != v[0].kind {
				return Value{}, fmt.Errorf("gguf: value: element %d is %v, wanted %v as element 0", i, e.kind, v[0].kind)
			}
			raw = append(raw, e.raw...)
		}
		return Value{Array, string(raw)}, nil
	}
	return Value{}, fmt.Errorf("gguf: value: type is %T, wanted a sized integer, a float, bool, string or a slice of these", v)
}

func scalar(k Kind, v any) (Value, error) {
	raw, err := binary.Append(nil, binary.LittleEndian, v)
	return Value{k, string(raw)}, err
}

func array(k Kind, n int, v any) (Value, error) {
	raw, err := binary.Append(arrayHeader(k, n), binary.LittleEndian, v)
	return Value{Array, string(raw)}, err
}

func arrayHeader(k Kind, n int) []byte {
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint32(nil, uint32(k)), uint64(n))
}

func appendString(b []byte, s string) []byte {
	return append(binary.LittleEndian.AppendUint64(b, uint64(len(s))), s...)
}
