package agent

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

var schemaTypes = []string{"string", "integer", "number", "boolean", "object", "array", "null"}

// checkOutput reports why raw is not a JSON Schema that an answer can be held against. It
// has to need no other document: a task file names no file or address to read one from.
func checkOutput(raw json.RawMessage) error {
	var s jsonschema.Schema
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("%s", strings.Replace(err.Error(), "schemaWithoutMethods.", "", 1))
	}
	if err := checkTypes(&s); err != nil {
		return err
	}
	_, err := s.Resolve(nil)
	return err
}

// checkTypes finds types that do not exist, which Resolve lets pass and no answer could
// satisfy.
func checkTypes(s *jsonschema.Schema) error {
	if s == nil {
		return nil
	}
	for _, typ := range append(slices.Clone(s.Types), s.Type) {
		if typ != "" && !slices.Contains(schemaTypes, typ) {
			return fmt.Errorf("there is no type %s%s", quote(typ), didYouMean(typ, schemaTypes))
		}
	}
	below := []*jsonschema.Schema{s.Items, s.AdditionalItems, s.Contains, s.UnevaluatedItems, s.AdditionalProperties,
		s.PropertyNames, s.UnevaluatedProperties, s.Not, s.If, s.Then, s.Else, s.ContentSchema}
	for _, list := range [][]*jsonschema.Schema{s.PrefixItems, s.ItemsArray, s.AllOf, s.AnyOf, s.OneOf} {
		below = append(below, list...)
	}
	for _, named := range []map[string]*jsonschema.Schema{s.Properties, s.PatternProperties, s.Defs, s.Definitions, s.DependentSchemas, s.DependencySchemas} {
		for _, name := range sortedKeys(named) {
			below = append(below, named[name])
		}
	}
	for _, b := range below {
		if err := checkTypes(b); err != nil {
			return err
		}
	}
	return nil
}
