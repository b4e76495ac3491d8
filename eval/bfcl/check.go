package bfcl

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// Check says whether calls are the right ones, and if not, why. The rules are those of the
// leaderboard's AST checker: names and types must agree, each value must be one of the
// accepted ones, several calls may come in any order.
func (it *Item) Check(calls []llm.Call) (ok bool, why string) {
	if len(calls) != len(it.Want) {
		return false, fmt.Sprintf("%d calls, wanted %d", len(calls), len(it.Want))
	}
	left := slices.Clone(it.Want)
	for _, c := range calls {
		found := -1
		for i, w := range left {
			reason := it.call(c, w)
			if reason == "" {
				found = i
				break
			}
			why = reason
		}
		if found < 0 {
			return false, why
		}
		left = slices.Delete(left, found, found+1)
	}
	return true, ""
}

// call says why c is not the call w, or "".
func (it *Item) call(c llm.Call, w Want) string {
	if plain(c.Name) != w.Name {
		return fmt.Sprintf("function %s, wanted %s", c.Name, w.Name)
	}
	var args map[string]any
	if err := decode(c.Arguments, &args); err != nil {
		return fmt.Sprintf("arguments of %s: %v", c.Name, err)
	}
	f := it.types[w.Name]
	for _, r := range f.Required {
		if _, ok := args[r]; !ok {
			return fmt.Sprintf("%s lacks %s", c.Name, r)
		}
	}
	for name, v := range args {
		s, known := f.Properties[name]
		accepted, keyed := w.Values[name]
		if !known || !keyed {
			return fmt.Sprintf("%s has no parameter %s", c.Name, name)
		}
		if !typed(v, s) && !slices.ContainsFunc(accepted, func(a any) bool { return a != "" && kind(a) == kind(v) }) {
			return fmt.Sprintf("%s of %s is %s, wanted %s", name, c.Name, kind(v), s.Type)
		}
		if !slices.ContainsFunc(accepted, func(a any) bool { return same(v, a) }) {
			return fmt.Sprintf("%s of %s is %v, wanted one of %v", name, c.Name, v, accepted)
		}
	}
	for name, accepted := range w.Values {
		if _, ok := args[name]; !ok && !slices.Contains(accepted, any("")) {
			return fmt.Sprintf("%s lacks %s", c.Name, name)
		}
	}
	return ""
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

// typed says whether v has the type that s asks for; elements of arrays are looked at one
// level deep, as the leaderboard does.
func typed(v any, s schema) bool {
	want, got := s.Type, kind(v)
	switch want {
	case "any":
		want = "string"
	case "tuple":
		want = "array"
	}
	if got != want && !(want == "float" && got == "integer") {
		return false
	}
	if list, ok := v.([]any); ok && s.Items != nil {
		for _, e := range list {
			if !typed(e, schema{Type: s.Items.Type}) {
				return false
			}
		}
	}
	return true
}

// same says whether v is the accepted value a.
func same(v, a any) bool {
	switch v := v.(type) {
	case string:
		text, ok := a.(string)
		return ok && bare(v) == bare(text)
	case json.Number:
		n, ok := a.(json.Number)
		if !ok {
			return false
		}
		x, errX := v.Float64()
		y, errY := n.Float64()
		return errX == nil && errY == nil && x == y
	case []any:
		list, ok := a.([]any)
		return ok && len(list) == len(v) && all(v, func(i int) bool {
			if d, ok := v[i].(map[string]any); ok {
				return sameDict(d, list[i])
			}
			return same(v[i], list[i])
		})
	case map[string]any:
		return sameDict(v, a)
	}
	return reflect.DeepEqual(v, a)
}

// sameDict compares key by key: the accepted dict gives for each key the values that count.
func sameDict(v map[string]any, a any) bool {
	want, ok := a.(map[string]any)
	if !ok {
		return false
	}
	for key, x := range v {
		accepted, ok := want[key].([]any)
		if !ok || !slices.ContainsFunc(accepted, func(a any) bool { return same(x, a) }) {
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

func all[T any](list []T, ok func(int) bool) bool {
	for i := range list {
		if !ok(i) {
			return false
		}
	}
	return true
}

var dropped = strings.NewReplacer(" ", "", ",", "", ".", "", "/", "", "-", "", "_", "", "*", "", "^", "", "'", `"`)

// bare is the form in which strings are compared.
func bare(s string) string { return strings.ToLower(dropped.Replace(s)) }
