package machine

import (
	"fmt"
	"os"
	"reflect"
	"strconv"
)

// printBuiltin is print and println, which write to stderr in formats of their own.
func printBuiltin(args []any, line bool) {
	var out []byte
	for i, a := range args {
		if line && i > 0 {
			out = append(out, ' ')
		}
		out = appendPrinted(out, a)
	}
	if line {
		out = append(out, '\n')
	}
	os.Stderr.Write(out)
}

// appendPrinted adds an operand as Go's runtime prints it: what is no number, text or bool is an address.
func appendPrinted(out []byte, a any) []byte {
	switch v := a.(type) {
	case string, bool, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, uintptr:
		return fmt.Append(out, v)
	case float32:
		return strconv.AppendFloat(out, float64(v), 'g', -1, 32)
	case float64:
		return strconv.AppendFloat(out, v, 'g', -1, 64)
	case complex64:
		return fmt.Appendf(out, "%v", complex128(v))
	case complex128:
		return fmt.Appendf(out, "%v", v)
	case nil:
		return append(out, "(0x0,0x0)"...)
	}
	switch v := reflect.ValueOf(a); v.Kind() {
	case reflect.Slice:
		return fmt.Appendf(out, "[%d/%d]%#x", v.Len(), v.Cap(), v.Pointer())
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func:
		return fmt.Appendf(out, "%#x", v.Pointer())
	}
	return fmt.Appendf(out, "(%T)", a)
}

// extreme is the lesser or the greater of two operands of one type.
func extreme(x, y any, least bool) any {
	switch x := x.(type) {
	case int:
		return pick(x, y, least)
	case int8:
		return pick(x, y, least)
	case int16:
		return pick(x, y, least)
	case int32:
		return pick(x, y, least)
	case int64:
		return pick(x, y, least)
	case uint:
		return pick(x, y, least)
	case uint8:
		return pick(x, y, least)
	case uint16:
		return pick(x, y, least)
	case uint32:
		return pick(x, y, least)
	case uint64:
		return pick(x, y, least)
	case uintptr:
		return pick(x, y, least)
	case float32:
		return pick(x, y, least)
	case float64:
		return pick(x, y, least)
	case string:
		return pick(x, y, least)
	}
	panic(fmt.Sprintf("machine: min or max of %T", x))
}

func pick[T integer | float | string](x T, y any, least bool) any {
	if least {
		return min(x, y.(T))
	}
	return max(x, y.(T))
}

func complexBuiltin(name string, args []any) any {
	switch x := args[0].(type) {
	case complex64:
		if name == "real" {
			return real(x)
		}
		return imag(x)
	case complex128:
		if name == "real" {
			return real(x)
		}
		return imag(x)
	case float32:
		return complex(x, args[1].(float32))
	case float64:
		return complex(x, args[1].(float64))
	}
	panic(fmt.Sprintf("machine: %s of %T", name, args[0]))
}
