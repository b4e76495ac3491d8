package tools

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// repair brings arguments into the types of a schema where there is one way to read them,
// and writes down what it cannot. Small models send "3" for 3, "Celsius" for "celsius", a
// value for a list of one: an error about such things costs a step and teaches nothing.
type repair struct {
	tool     string
	problems []string
}

func (r *repair) fault(format string, args ...any) {
	const most = 5 // more is noise to a small model
	if len(r.problems) < most {
		r.problems = append(r.problems, fmt.Sprintf(format, args...))
	}
}

// object returns a repaired copy of an object. path names it, "" for the arguments.
func (r *repair) object(s *jsonschema.Schema, given map[string]any, path string) map[string]any {
	fixed := make(map[string]any, len(given))
	for _, key := range slices.Sorted(maps.Keys(given)) {
		value := given[key]
		name := key
		if s.Properties[key] == nil {
			if name = sameName(key, s.PropertyOrder); name == "" || has(given, name) || has(fixed, name) {
				r.unknown(s, path, key, value, fixed)
				continue
			}
		}
		if value == nil && !slices.Contains(s.Required, name) {
			continue // null stands for an optional argument that is left out
		}
		fixed[name] = r.value(s.Properties[name], value, join(path, name))
	}
	for _, name := range s.PropertyOrder {
		if slices.Contains(s.Required, name) && !has(fixed, name) {
			r.fault("%q is missing", join(path, name))
		}
	}
	return fixed
}

// unknown deals with a property that the schema does not name: an element of a map, or a
// fault.
func (r *repair) unknown(s *jsonschema.Schema, path, key string, value any, fixed map[string]any) {
	switch {
	case s.Properties == nil && s.AdditionalProperties != nil:
		fixed[key] = r.value(s.AdditionalProperties, value, join(path, key))
	case s.Properties == nil || value == nil:
	case len(s.PropertyOrder) == 0:
		r.fault("%s takes no arguments, and %q was given", r.tool, key)
	default:
		r.fault("%q is not an argument of %s%s, which takes %s", join(path, key), r.tool,
			didYouMean(key, s.PropertyOrder), strings.Join(s.PropertyOrder, ", "))
	}
}

// value returns a repaired value.
func (r *repair) value(s *jsonschema.Schema, v any, path string) any {
	switch s.Type {
	case "object":
		if o, ok := inner[map[string]any](v); ok {
			return r.object(s, o, path)
		}
	case "array":
		list, ok := inner[[]any](v)
		if !ok && v != nil && fits(s.Items, v) {
			list, ok = []any{v}, true
		}
		if ok {
			fixed := make([]any, len(list))
			for i, e := range list {
				fixed[i] = e
				if s.Items != nil {
					fixed[i] = r.value(s.Items, e, fmt.Sprintf("%s[%d]", path, i))
				}
			}
			return fixed
		}
	default:
		if fixed, ok := scalar(s, v); ok {
			r.bounds(s, fixed, path)
			return fixed
		}
	}
	if len(s.Enum) > 0 {
		r.fault("%q must be one of %s, not %s", path, listOf(s.Enum), describe(v))
	} else {
		r.fault("%q must be %s, not %s", path, kind(s), describe(v))
	}
	return v
}

// bounds checks the limits that a type such as uint8 has.
func (r *repair) bounds(s *jsonschema.Schema, v any, path string) {
	n, ok := v.(json.Number)
	if !ok {
		return
	}
	f, err := n.Float64()
	switch {
	case err != nil:
	case s.Minimum != nil && f < *s.Minimum:
		r.fault("%q must be at least %v, not %s", path, *s.Minimum, describe(v))
	case s.Maximum != nil && f > *s.Maximum:
		r.fault("%q must be at most %v, not %s", path, *s.Maximum, describe(v))
	}
}

// scalar reads a string, number, integer or boolean of one of the others.
func scalar(s *jsonschema.Schema, v any) (any, bool) {
	text, isText := v.(string)
	number, isNumber := v.(json.Number)
	_, isBool := v.(bool)
	switch s.Type {
	case "string":
		switch {
		case isNumber:
			v = string(number)
		case isBool:
			v = fmt.Sprint(v)
		case !isText:
			return nil, false
		}
	case "number", "integer":
		if isText {
			number, isNumber = readNumber(text)
		}
		if f, err := strconv.ParseFloat(string(number), 64); !isNumber || err != nil || math.IsInf(f, 0) {
			return nil, false
		} else if s.Type == "integer" {
			if f != math.Trunc(f) {
				return nil, false
			}
			if strings.ContainsAny(string(number), ".eE") { // 3.0 and 3e2 are integers in JSON Schema, not in Go
				number = json.Number(strconv.FormatFloat(f, 'f', -1, 64))
			}
		}
		v = number
	case "boolean":
		switch {
		case isText && strings.EqualFold(strings.TrimSpace(text), "true"):
			v = true
		case isText && strings.EqualFold(strings.TrimSpace(text), "false"):
			v = false
		case !isBool:
			return nil, false
		}
	}
	if len(s.Enum) == 0 {
		return v, true
	}
	for _, e := range s.Enum {
		if a, ok := e.(string); ok {
			if b, ok := v.(string); ok && strings.EqualFold(a, strings.TrimSpace(b)) {
				return a, true
			}
		} else if jsonschema.Equal(e, plainNumbers(v)) {
			return v, true
		}
	}
	return nil, false
}

// plainNumbers returns a value with float64 and int64 in place of json.Number, which
// jsonschema takes for a string.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i
		}
		f, _ := v.Float64() // in range, or scalar would have refused it; in a field of any type it does not matter
		return f
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = plainNumbers(e)
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(v))
		for k, e := range v {
			object[k] = plainNumbers(e)
		}
		return object
	}
	return v
}

// fits says whether a value could be repaired to fit a schema.
func fits(s *jsonschema.Schema, v any) bool {
	if s == nil {
		return true
	}
	var r repair
	r.value(s, v, "")
	return len(r.problems) == 0
}

// inner returns a list or an object, also one that was written as JSON into a string.
func inner[T any](v any) (T, bool) {
	if s, ok := v.(string); ok {
		if decoded, err := decodeJSON([]byte(s)); err == nil {
			v = decoded
		}
	}
	t, ok := v.(T)
	return t, ok
}

// readNumber reads a text that is a JSON number and nothing else.
func readNumber(text string) (json.Number, bool) {
	v, err := decodeJSON([]byte(strings.TrimSpace(text)))
	n, ok := v.(json.Number)
	return n, ok && err == nil
}

// sameName returns the name that differs from key only in case, "-", "_" and blanks.
func sameName(key string, names []string) string {
	fold := func(s string) string {
		return strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(s))
	}
	for _, name := range names {
		if fold(name) == fold(key) {
			return name
		}
	}
	return ""
}

func has(m map[string]any, key string) bool {
	_, ok := m[key]
	return ok
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func kind(s *jsonschema.Schema) string {
	switch s.Type {
	case "string":
		return "a text"
	case "integer":
		return "a whole number"
	case "number":
		return "a number"
	case "boolean":
		return "true or false"
	case "array":
		return "a list"
	case "object":
		return "an object"
	}
	return "of another type"
}

func listOf(values []any) string {
	texts := make([]string, len(values))
	for i, v := range values {
		text, _ := marshal(v)
		texts[i] = string(text)
	}
	return strings.Join(texts, ", ")
}
