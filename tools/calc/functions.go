package calc

import (
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
)

// functions are those that expressions may call, by name in lower case.
var functions map[string]func([]value) (value, error)

func init() { // in init, since the functions call each other through the table
	functions = map[string]func([]value) (value, error){
		"sum":   ofList(add),
		"mean":  ofList(mean),
		"min":   ofList(func(l []value) (value, error) { return extreme(l, -1) }),
		"max":   ofList(func(l []value) (value, error) { return extreme(l, +1) }),
		"len":   count,
		"round": round,
		"abs":   ofNumber(func(v value) (value, error) { v.num = new(big.Rat).Abs(v.num); return v, nil }),
		"sqrt":  ofNumber(squareRoot),
		"floor": ofNumber(func(v value) (value, error) { return value{num: new(big.Rat).SetInt(floor(v.num))}, nil }),
		"ceil":  ofNumber(ceil),
		"pow": func(a []value) (value, error) {
			if len(a) != 2 {
				return value{}, fmt.Errorf("it takes 2 numbers, as in pow(2, 10), not %d", len(a))
			}
			return power(a[0], a[1])
		},
		"median":  ofList(median),
		"product": ofList(product),
	}
	for alias, name := range aliases {
		functions[alias] = functions[name]
	}
	for _, name := range wrappers {
		functions[name] = func(a []value) (value, error) {
			if len(a) != 1 {
				return value{}, fmt.Errorf("it takes 1 expression, not %d", len(a))
			}
			return a[0], nil
		}
	}
}

var aliases = map[string]string{
	"total": "sum", "average": "mean", "avg": "mean", "minimum": "min", "maximum": "max", "count": "len", "length": "len",
	"prod": "product", "ceiling": "ceil", "power": "pow",
}

// wrappers are what models put around an expression; they change nothing.
var wrappers = []string{"calc", "eval", "print", "float", "str", "decimal"}

// functionNames lists them without aliases.
func functionNames() string {
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(functions)), func(name string) bool {
		return aliases[name] != "" || slices.Contains(wrappers, name)
	})
	return strings.Join(names, ", ")
}

// flat returns the numbers of arguments, those in lists too.
func flat(values []value) []value {
	var numbers []value
	for _, v := range values {
		if v.isList {
			numbers = append(numbers, flat(v.list)...)
		} else {
			numbers = append(numbers, v)
		}
	}
	return numbers
}

func ofList(f func([]value) (value, error)) func([]value) (value, error) {
	return func(a []value) (value, error) { return f(flat(a)) }
}

func ofNumber(f func(value) (value, error)) func([]value) (value, error) {
	return func(a []value) (value, error) {
		if a = flat(a); len(a) != 1 {
			return value{}, fmt.Errorf("it takes 1 number, not %d", len(a))
		}
		return f(a[0])
	}
}

var errEmpty = errors.New("the list is empty")

func fold(op string, first value, l []value) (value, error) {
	var err error
	for _, v := range l {
		if first, err = binary(op, first, v); err != nil {
			return value{}, err
		}
	}
	return first, nil
}

func add(l []value) (value, error) { return fold("+", value{num: new(big.Rat)}, l) }

func product(l []value) (value, error) { return fold("*", value{num: big.NewRat(1, 1)}, l) }

func mean(l []value) (value, error) {
	if len(l) == 0 {
		return value{}, errEmpty
	}
	total, err := add(l)
	if err != nil {
		return value{}, err
	}
	return binary("/", total, value{num: big.NewRat(int64(len(l)), 1)})
}

func extreme(l []value, sign int) (value, error) {
	if len(l) == 0 {
		return value{}, errEmpty
	}
	most := l[0]
	for _, v := range l[1:] {
		if v.num.Cmp(most.num) == sign {
			most = v
		}
	}
	return most, nil
}

func median(l []value) (value, error) {
	if len(l) == 0 {
		return value{}, errEmpty
	}
	l = slices.Clone(l)
	slices.SortFunc(l, func(a, b value) int { return a.num.Cmp(b.num) })
	if n := len(l); n%2 == 1 {
		return l[n/2], nil
	}
	return mean(l[len(l)/2-1 : len(l)/2+1])
}

func count(a []value) (value, error) { return value{num: big.NewRat(int64(len(flat(a))), 1)}, nil }

func ceil(v value) (value, error) {
	negative := floor(new(big.Rat).Neg(v.num))
	return value{num: new(big.Rat).SetInt(negative.Neg(negative))}, nil
}

// round rounds to n decimals, halves away from zero, as bills are rounded.
func round(a []value) (value, error) {
	if len(a) < 1 || len(a) > 2 || a[0].isList || a[len(a)-1].isList {
		return value{}, errors.New("it takes a number and how many decimals, as in round(3.14159, 2)")
	}
	n := new(big.Int)
	if len(a) == 2 {
		if n.Set(a[1].num.Num()); !a[1].num.IsInt() || !n.IsInt64() || n.Int64() > maxDigits || n.Int64() < -maxDigits {
			return value{}, fmt.Errorf("the number of decimals must be a whole number between %d and %d, not %s", -maxDigits, maxDigits, a[1].brief())
		}
	}
	scale, err := power(value{num: big.NewRat(10, 1)}, value{num: new(big.Rat).SetInt(n)})
	if err != nil {
		return value{}, err
	}
	r := new(big.Rat).Mul(a[0].num, scale.num)
	half := big.NewRat(1, 2)
	if r.Sign() < 0 {
		half.Neg(half)
	}
	r.Add(r, half)
	whole := new(big.Rat).SetInt(new(big.Int).Quo(r.Num(), r.Denom())) // towards zero
	return checked(value{num: whole.Quo(whole, scale.num)})
}
