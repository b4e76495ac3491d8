package machine

import (
	"fmt"
	"os"
	"strconv"
)

// printBuiltin is print and println, which write to stderr in formats of their own.
func printBuiltin(args []any, line bool) {
	var out []byte
	for i, a := range args {
		if line && i > 0 {
			out = append(out, ' ')
		}
		switch v := a.(type) {
		case float64:
			out = strconv.AppendFloat(out, v, 'e', 6, 64)
		case float32:
			out = strconv.AppendFloat(out, float64(v), 'e', 6, 64)
		case nil:
			out = append(out, "nil"...)
		case string, bool, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, uintptr:
			out = fmt.Append(out, v)
		default:
			out = fmt.Appendf(out, "(%T)", v)
		}
	}
	if line {
		out = append(out, '\n')
	}
	os.Stderr.Write(out)
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
