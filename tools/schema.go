package tools

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// inputSchema returns the schema of a struct of arguments. It differs from what jsonschema
// infers in three ways: no type is a union with null, since an optional argument is left
// out (small models fill whatever a union offers); a pointer is optional; and the tags enum
// and default count.
func inputSchema(t reflect.Type) (*jsonschema.Schema, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("the arguments are a %s, want a struct", t)
	}
	s, err := jsonschema.ForType(t, &jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[json.RawMessage](): {}, // any value, as it is written; see arguments.verbatim
	}})
	if err != nil {
		return nil, err
	}
	if err := adjust(s, t); err != nil {
		return nil, err
	}
	return s, nil
}

// adjust walks a schema beside the type that it was inferred from.
func adjust(s *jsonschema.Schema, t reflect.Type) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if i := slices.Index(s.Types, "null"); i >= 0 {
		types := slices.Delete(slices.Clone(s.Types), i, i+1)
		if s.Types = types; len(types) == 1 {
			s.Type, s.Types = types[0], nil
		}
	}
	switch {
	case s.Items != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array):
		return adjust(s.Items, t.Elem())
	case t.Kind() == reflect.Map && s.AdditionalProperties != nil:
		return adjust(s.AdditionalProperties, t.Elem())
	case t.Kind() != reflect.Struct || s.Type != "object":
		return nil
	}
	if s.Properties == nil {
		s.Properties = map[string]*jsonschema.Schema{}
	}
	for _, f := range reflect.VisibleFields(t) {
		p := s.Properties[jsonName(f)]
		if p == nil {
			continue
		}
		if err := adjust(p, f.Type); err != nil {
			return err
		}
		optional := f.Type.Kind() == reflect.Pointer
		if err := readTags(p, f); err != nil {
			return fmt.Errorf("field %s: %w", f.Name, err)
		}
		if optional || p.Default != nil {
			s.Required = slices.DeleteFunc(s.Required, func(name string) bool { return name == jsonName(f) })
		}
	}
	return nil
}

// shownType is where a schema keeps the type that a model is told of, where more is taken.
const shownType = "x-shown"

// readTags reads the tags enum, example, shown and default of a field.
func readTags(p *jsonschema.Schema, f reflect.StructField) error {
	if tag, ok := f.Tag.Lookup("enum"); ok {
		of := p
		if p.Type == "array" {
			of = p.Items
		}
		for word := range strings.SplitSeq(tag, ",") {
			v, err := tagValue(of.Type, strings.TrimSpace(word))
			if err != nil {
				return fmt.Errorf("enum: %w", err)
			}
			of.Enum = append(of.Enum, v)
		}
	}
	if tag, ok := f.Tag.Lookup("example"); ok {
		v, err := tagValue(p.Type, tag)
		if err != nil {
			return fmt.Errorf("example: %w", err)
		}
		p.Examples = []any{v}
	}
	if tag, ok := f.Tag.Lookup("shown"); ok {
		if p.Type != "" || len(p.Types) > 0 {
			return fmt.Errorf("shown: the field takes a %s and not any value", p.Type)
		}
		p.Extra = map[string]any{shownType: tag}
	}
	if tag, ok := f.Tag.Lookup("default"); ok {
		if options := f.Tag.Get("json"); strings.Contains(options, ",omitempty") || strings.Contains(options, ",omitzero") {
			return fmt.Errorf("default: the json tag %q would leave a zero out, and the default would take its place", options)
		}
		v, err := tagValue(p.Type, tag)
		if err != nil {
			return fmt.Errorf("default: %w", err)
		}
		if p.Default, err = marshal(v); err != nil {
			return fmt.Errorf("default: %w", err)
		}
	}
	return nil
}

// tagValue reads a value as it stands in a tag: a string is bare, all else is JSON.
func tagValue(kind, text string) (any, error) {
	if kind == "string" {
		return text, nil
	}
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return nil, fmt.Errorf("%q is not a JSON %s", text, kind)
	}
	return v, nil
}

// jsonName returns the name of a field in JSON, or "" if it has none there.
func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	switch {
	case f.Anonymous && name == "", !f.IsExported(), f.Tag.Get("json") == "-":
		return ""
	case name == "":
		return f.Name
	}
	return name
}

// promptSchema writes a schema for a prompt: properties in the order of the fields, and
// without additionalProperties, which models were not shown in training and would only read.
func promptSchema(s *jsonschema.Schema) json.RawMessage {
	text, err := marshal(strip(s.CloneSchemas()))
	if err != nil {
		panic(fmt.Sprintf("tools: write the schema: %v", err)) // it was made by us from a Go type
	}
	return unescapeHTML(text)
}

func strip(s *jsonschema.Schema) *jsonschema.Schema {
	if s == nil {
		return nil
	}
	if s.Properties != nil {
		s.AdditionalProperties = nil
	}
	s.Examples = nil // for errors
	if shown, ok := s.Extra[shownType].(string); ok {
		s.Type, s.Extra = shown, nil
	}
	for _, p := range s.Properties {
		strip(p)
	}
	strip(s.Items)
	strip(s.AdditionalProperties)
	return s
}

// unescapeHTML undoes the escapes of <, > and & that a Marshaler inside a value has
// written; the encoder's own setting does not reach it.
func unescapeHTML(text []byte) json.RawMessage {
	var b bytes.Buffer
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		if i+6 <= len(text) {
			if j := slices.Index([]string{`\u003c`, `\u003e`, `\u0026`}, string(text[i:i+6])); j >= 0 {
				b.WriteByte("<>&"[j])
				i += 5
				continue
			}
		}
		b.Write(text[i : i+2]) // an escape of two bytes: the second one starts none
		i++
	}
	return b.Bytes()
}
