package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Integers stay within what a JSON number keeps exactly.
const (
	maxInteger = 1<<53 - 1
	minInteger = -maxInteger
)

// InputError says what is wrong with the values given for a task's inputs.
type InputError struct{ Problems []string }

func (e *InputError) Error() string { return strings.Join(e.Problems, "\n") }

// ParseInputs reads values written as text, as they stand on a command line, by the
// types of the task's inputs. The error is an *InputError.
func (t *Task) ParseInputs(text map[string]string) (map[string]any, error) {
	values := make(map[string]any, len(text))
	var problems []string
	for _, name := range sortedKeys(text) {
		in, err := t.input(name)
		if err == nil {
			values[name], err = in.parse(text[name])
		}
		if err != nil {
			problems = append(problems, err.Error())
		}
	}
	if problems != nil {
		return nil, &InputError{problems}
	}
	return values, nil
}

// values checks the given values and adds those that were not given. Each is a string,
// int64, float64 or bool, by the type of its input.
func (t *Task) values(given map[string]any) (map[string]any, error) {
	values := make(map[string]any, len(t.Inputs))
	var problems []string
	for _, name := range sortedKeys(given) {
		in, err := t.input(name)
		if err == nil {
			values[name], err = in.convert(given[name])
		}
		if err != nil {
			problems = append(problems, err.Error())
		}
	}
	for _, in := range t.Inputs {
		switch _, ok := given[in.Name]; {
		case ok:
		case in.Required:
			problems = append(problems, fmt.Sprintf("input %s is missing: give it a value of type %s%s", in.Name, in.Type, in.about()))
		case in.Default != nil:
			values[in.Name] = in.Default
		default:
			values[in.Name] = in.zero()
		}
	}
	if problems != nil {
		return nil, &InputError{problems}
	}
	return values, nil
}

func (t *Task) input(name string) (*Input, error) {
	names := make([]string, len(t.Inputs))
	for i := range t.Inputs {
		if t.Inputs[i].Name == name {
			return &t.Inputs[i], nil
		}
		names[i] = t.Inputs[i].Name
	}
	return nil, fmt.Errorf("the task has no input %s%s", quote(name), didYouMean(name, names))
}

func (in *Input) about() string {
	if in.Description == "" {
		return ""
	}
	return " (" + in.Description + ")"
}

func (in *Input) zero() any {
	switch in.Type {
	case "integer":
		return int64(0)
	case "number":
		return float64(0)
	case "boolean":
		return false
	}
	return ""
}

// parse reads text as a value of the input's type.
func (in *Input) parse(text string) (any, error) {
	var v any = text
	err := errors.New("")
	switch in.Type {
	case "string":
		err = nil
	case "integer":
		if integerText.MatchString(text) {
			v, err = strconv.ParseInt(text, 10, 64)
		}
	case "number":
		if numberText.MatchString(text) {
			v, err = strconv.ParseFloat(text, 64)
		}
	case "boolean":
		if text == "true" || text == "false" {
			v, err = text == "true", nil
		}
	}
	if err != nil {
		return nil, fmt.Errorf("input %s is %s, wanted %s", in.Name, quote(text), in.wanted())
	}
	return in.convert(v)
}

// convert makes a Go value one of the input's type.
func (in *Input) convert(v any) (any, error) {
	out, ok := v, false
	switch in.Type {
	case "string":
		_, ok = v.(string)
	case "boolean":
		_, ok = v.(bool)
	case "integer":
		out, ok = toInteger(v)
	case "number":
		out, ok = toNumber(v)
	}
	if !ok {
		return nil, fmt.Errorf("input %s is %s, wanted %s", in.Name, quote(fmt.Sprint(v)), in.wanted())
	}
	if err := in.allowed(out); err != nil {
		return nil, fmt.Errorf("input %s: %w", in.Name, err)
	}
	return out, nil
}

func (in *Input) wanted() string {
	switch in.Type {
	case "integer":
		return fmt.Sprintf("an integer from %d to %d", minInteger, maxInteger)
	case "number":
		return "a number"
	case "boolean":
		return "true or false"
	}
	return "a string"
}

// allowed holds a value of the input's type against its enum.
func (in *Input) allowed(v any) error {
	if in.Enum == nil || slices.Contains(in.Enum, v) {
		return nil
	}
	words := make([]string, len(in.Enum))
	for i, e := range in.Enum {
		words[i] = fmt.Sprint(e)
	}
	return fmt.Errorf("%s is not allowed, wanted %s", quote(fmt.Sprint(v)), strings.Join(words, ", "))
}

func toInteger(v any) (any, bool) {
	var i int64
	switch v := v.(type) {
	case int:
		i = int64(v)
	case int64:
		i = v
	case float64: // as encoding/json reads one
		if v != math.Trunc(v) || math.Abs(v) > maxInteger {
			return nil, false
		}
		i = int64(v)
	case json.Number:
		n, err := v.Int64()
		if err != nil {
			return nil, false
		}
		i = n
	default:
		return nil, false
	}
	return i, i >= minInteger && i <= maxInteger
}

func toNumber(v any) (any, bool) {
	var f float64
	switch v := v.(type) {
	case int:
		f = float64(v)
	case int64:
		f = float64(v)
	case float64:
		f = v
	case json.Number:
		n, err := v.Float64()
		if err != nil {
			return nil, false
		}
		f = n
	default:
		return nil, false
	}
	return f, !math.IsInf(f, 0) && !math.IsNaN(f)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
