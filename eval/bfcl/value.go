package bfcl

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// value says what is wrong with the value of a parameter, or "".
func value(v any, s schema, accepted []any) string {
	want, got := pythonType(s.Type), kind(v)
	if want == "float" && got == "integer" {
		got = "float"
	}
	// Where the accepted values have another type than the function says, a value of that type
	// is taken for the name of a variable, and has to be spelled the same.
	instead := firstKind(accepted)
	variable := instead != "" && instead != want
	if got != want {
		if got != instead {
			return fmt.Sprintf("%s, wanted %s", got, s.Type)
		}
		variable = true
	}
	list, isList := v.([]any)
	if got == want && isList && s.Items != nil && !items(list, pythonType(s.Items.Type), accepted) {
		return fmt.Sprintf("%v, wanted items of type %s", v, s.Items.Type)
	}
	same := func(a any) bool { return equal(v, a) }
	switch v := v.(type) {
	case string:
		if !variable {
			same = func(a any) bool { text, ok := a.(string); return ok && bare(v) == bare(text) }
		}
	case map[string]any:
		if !variable {
			same = func(a any) bool { return sameDict(v, a) }
		}
	case []any:
		if !variable {
			ofDicts := s.Items != nil && pythonType(s.Items.Type) == "dict"
			same = func(a any) bool { return sameList(v, a, ofDicts) }
		}
	}
	if !slices.ContainsFunc(accepted, same) {
		return fmt.Sprintf("%v, wanted one of %v", v, accepted)
	}
	return ""
}

// pythonType is the type that the checker takes a type of the data for.
func pythonType(t string) string {
	switch t {
	case "any":
		return "string"
	case "tuple":
		return "array"
	}
	return t
}

// kind is the Python type of a JSON value.
func kind(v any) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case bool:
		return "boolean"
	case string:
		return "string"
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return "float"
		}
		return "integer"
	case []any:
		return "array"
	}
	return "dict"
}

// firstKind is the type of the first accepted value, where "" is none.
func firstKind(accepted []any) string {
	for _, a := range accepted {
		if a != "" {
			return kind(a)
		}
	}
	return ""
}

// items says whether the items of a list have the type that they should, or that of the items of
// an accepted list. Lists in lists are not looked into.
func items(list []any, want string, accepted []any) bool {
	return slices.ContainsFunc(accepted, func(a any) bool {
		answer, ok := a.([]any)
		if !ok {
			return true
		}
		instead := firstKind(answer)
		return !slices.ContainsFunc(list, func(v any) bool { return kind(v) != want && kind(v) != instead })
	})
}

// sameList compares item by item; the empty list is also where "" is accepted.
func sameList(list []any, a any, ofDicts bool) bool {
	if a == "" {
		return len(list) == 0
	}
	answer, ok := a.([]any)
	return ok && slices.EqualFunc(list, answer, func(v, w any) bool {
		if ofDicts {
			d, ok := v.(map[string]any)
			return ok && sameDict(d, w)
		}
		return loose(v, w)
	})
}

// sameDict compares key by key: the accepted dict gives for each key the values that count.
func sameDict(v map[string]any, a any) bool {
	want, ok := a.(map[string]any)
	if !ok {
		return false
	}
	for key, x := range v {
		accepted, ok := want[key].([]any)
		if !ok || !slices.ContainsFunc(accepted, func(a any) bool { return loose(x, a) }) {
			return false
		}
	}
	for key, accepted := range want {
		list, _ := accepted.([]any)
		if _, ok := v[key]; !ok && !slices.Contains(list, any("")) {
			return false
		}
	}
	return true
}

// loose is equal but for strings, which are compared barely.
func loose(v, a any) bool {
	s, isString := v.(string)
	t, both := a.(string)
	if isString && both {
		return bare(s) == bare(t)
	}
	return equal(v, a)
}

// equal is Python's ==, in which true is 1 and 1 is 1.0.
func equal(v, a any) bool {
	switch v := v.(type) {
	case []any:
		list, ok := a.([]any)
		return ok && slices.EqualFunc(v, list, equal)
	case map[string]any:
		d, ok := a.(map[string]any)
		if !ok || len(d) != len(v) {
			return false
		}
		for key, x := range v {
			if y, ok := d[key]; !ok || !equal(x, y) {
				return false
			}
		}
		return true
	case json.Number, bool:
		x, ok := number64(v)
		y, both := number64(a)
		return ok && both && x == y
	}
	_, list := a.([]any)
	_, dict := a.(map[string]any)
	return !list && !dict && v == a
}

func number64(v any) (float64, bool) {
	switch v := v.(type) {
	case bool:
		return number(v), true
	case json.Number:
		x, err := v.Float64()
		return x, err == nil
	}
	return 0, false
}

var dropped = strings.NewReplacer(" ", "", ",", "", ".", "", "/", "", "-", "", "_", "", "*", "", "^", "", "'", `"`)

// bare is the form in which strings are compared.
func bare(s string) string { return strings.ToLower(dropped.Replace(s)) }
