package tools

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// maxArguments bounds what is read of a call: a written file fits, a runaway does not.
const maxArguments = 1 << 20

// arguments reads the arguments of calls of one tool.
type arguments struct {
	tool     string
	schema   *jsonschema.Schema // an object
	resolved *jsonschema.Resolved
}

// read decodes, repairs, completes and validates a call's arguments.
func (a *arguments) read(raw json.RawMessage) (map[string]any, error) {
	object, err := a.decode(raw)
	if err != nil {
		return nil, err
	}
	a.verbatim(object, raw)
	r := repair{tool: a.tool}
	object = r.object(a.schema, object, "")
	if len(r.problems) > 0 {
		return nil, a.fault(object, strings.Join(r.problems, "; "))
	}
	if err := a.resolved.ApplyDefaults(&object); err != nil {
		return nil, a.fault(object, err.Error())
	}
	if err := a.resolved.Validate(plainNumbers(object)); err != nil {
		return nil, a.fault(object, innermost(err))
	}
	return object, nil
}

// decode reads the text of the arguments, which ought to be an object. An object inside a
// string, and the bare value of a tool's only argument, are taken for what they mean.
func (a *arguments) decode(raw json.RawMessage) (map[string]any, error) {
	if len(raw) > maxArguments {
		return nil, fmt.Errorf("%s: the arguments have %d bytes, at most %d are read; send less at once", a.tool, len(raw), maxArguments)
	}
	if raw = bytes.TrimSpace(raw); len(raw) == 0 {
		return map[string]any{}, nil
	}
	value, err := decodeJSON(raw)
	if err != nil {
		return nil, a.fault(nil, fmt.Sprintf("the arguments are not valid JSON: %v", err))
	}
	if s, ok := value.(string); ok {
		if inner, err := decodeJSON([]byte(s)); err == nil {
			if object, ok := inner.(map[string]any); ok {
				return object, nil
			}
		}
	}
	switch v := value.(type) {
	case nil:
		return map[string]any{}, nil
	case map[string]any:
		return v, nil
	}
	if only := a.schema.PropertyOrder; len(only) == 1 {
		return map[string]any{only[0]: value}, nil
	}
	return nil, a.fault(nil, fmt.Sprintf("the arguments are %s, want an object", describe(value)))
}

// verbatim puts, for arguments that may be any value, the text of the value in its place:
// a map would lose the order in which an object was written.
func (a *arguments) verbatim(object map[string]any, raw json.RawMessage) {
	var texts map[string]json.RawMessage
	var inner string
	if json.Unmarshal(raw, &inner) == nil { // the object is inside a string
		raw = json.RawMessage(inner)
	}
	if json.Unmarshal(raw, &texts) != nil {
		return
	}
	for key, text := range texts {
		p := a.schema.Properties[key]
		if p == nil {
			p = a.schema.Properties[sameName(key, a.schema.PropertyOrder)]
		}
		if p != nil && p.Type == "" && len(p.Types) == 0 && len(p.Enum) == 0 && p.AnyOf == nil && object[key] != nil {
			object[key] = text
		}
	}
}

// fault is an error that ends with a call that would be right. given are the arguments as
// far as they could be read; what is right in them stays in the example.
func (a *arguments) fault(given map[string]any, what string) error {
	again := fmt.Sprintf("Call %s again like this: %s", a.tool, example(a.schema, given))
	return fmt.Errorf("%s: %s. %s", a.tool, what, again)
}

// decodeJSON reads one JSON value; numbers keep their digits.
func decodeJSON(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil, fmt.Errorf("they end too early")
		}
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("there is more after the first value")
	}
	return v, nil
}

// innermost cuts the path of schemas from an error of jsonschema, which says to a model
// only where it is in the schema.
func innermost(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, "validating "); i >= 0 {
		text = text[i+len("validating "):]
		text = strings.TrimPrefix(text, "/properties/")
		text = strings.ReplaceAll(text, "/properties/", ".")
	}
	return text
}

// example writes an object that fits a schema: the values of given where there are any,
// else those of the tag example, the default, or a sample of the type.
func example(s *jsonschema.Schema, given map[string]any) string {
	var b strings.Builder
	b.WriteByte('{')
	for _, name := range s.PropertyOrder {
		p, required := s.Properties[name], slices.Contains(s.Required, name)
		v, ok := given[name]
		if !required && !ok {
			continue
		}
		if !ok || !fits(p, v) {
			v = sample(p)
		}
		text, err := marshal(v)
		if err != nil || len(text) > 200 {
			text, _ = marshal(sample(p))
		}
		if b.Len() > 1 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q: %s", name, text)
	}
	b.WriteByte('}')
	return b.String()
}

// sample returns a value of a schema's type.
func sample(p *jsonschema.Schema) any {
	switch {
	case len(p.Examples) > 0:
		return p.Examples[0]
	case p.Default != nil:
		return p.Default
	case len(p.Enum) > 0:
		return p.Enum[0]
	}
	switch p.Type {
	case "string":
		return "..."
	case "integer":
		return 1
	case "number":
		return 1.5
	case "boolean":
		return true
	case "array":
		if p.Items != nil {
			return []any{sample(p.Items)}
		}
		return []any{}
	case "object":
		return json.RawMessage(example(p, nil))
	}
	return nil
}

// describe says what a JSON value is, as one says it to somebody who wrote it.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return fmt.Sprintf("%t", v)
	case json.Number:
		return "the number " + brief([]byte(v))
	case string:
		return "the text " + brief([]byte(fmt.Sprintf("%q", v)))
	case []any:
		return "a list"
	case map[string]any:
		if len(v) == 0 {
			return "an empty object"
		}
		keys := slices.Sorted(maps.Keys(v))
		return fmt.Sprintf("an object with %s", brief([]byte(strings.Join(keys, ", "))))
	}
	return fmt.Sprintf("a %T", v)
}

// brief cuts a text that is quoted in an error.
func brief(text []byte) string {
	const most = 120
	if len(text) > most {
		return strings.ToValidUTF8(string(text[:most]), "") + "…"
	}
	return strings.ToValidUTF8(string(text), "�")
}
