package grammar

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// annotations are the keywords that say nothing about which values are valid.
var annotations = []string{
	"$schema", "$id", "$comment", "$anchor", "title", "description", "default", "examples",
	"deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType",
	"$defs", "definitions", // what they have counts where it is referred to
}

// applicable has the keywords that speak of one type.
var applicable = map[string][]string{
	"object":  {"properties", "required", "additionalProperties", "minProperties", "maxProperties"},
	"array":   {"items", "prefixItems", "minItems", "maxItems"},
	"string":  {"minLength", "maxLength", "format"},
	"number":  {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
	"integer": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
	"boolean": nil,
	"null":    nil,
}

// general are the keywords that speak of any value.
var general = []string{"type", "enum", "const", "anyOf", "oneOf", "$ref"}

// Schema returns the grammar of the JSON values that are valid under a JSON Schema, with
// the usual limits. See Limits.Schema.
func Schema(schema []byte) (*Grammar, error) { return Limits{}.Schema(schema) }

// Schema returns the grammar of the JSON values that are valid under a JSON Schema.
//
// The keywords are type (one or a list), properties, required, additionalProperties,
// minProperties and maxProperties (of objects without named properties), items,
// prefixItems, minItems, maxItems, minLength, maxLength, format (date, time, date-time,
// uuid, ipv4, email), minimum, maximum, exclusiveMinimum, exclusiveMaximum, enum, const,
// $ref to places in the same schema, anyOf, and oneOf, which is taken as anyOf: that no
// second branch fits as well is not checked. {} and true allow any value. title,
// description, default, examples and the like are passed over.
// Any other keyword is an error that names it and its place, and so is a schema that no
// value fits. A keyword of another type than the schema's says nothing. A schema without type that has the keywords of one type is of that type.
//
// Values are written in one layout: ", " and ": " between, and properties in the order of
// the schema. Those that it does not name come last, and only if additionalProperties is
// there to allow them, or no property is named at all. Numbers with a minimum or maximum
// are written without an exponent.
func (l Limits) Schema(schema []byte) (*Grammar, error) {
	c, err := newCompiler(l)
	if err != nil {
		return nil, err
	}
	e, err := c.read(schema, "")
	if err != nil {
		return nil, fmt.Errorf("grammar: schema: %w", err)
	}
	g, err := newGrammar(e)
	if err != nil {
		return nil, fmt.Errorf("grammar: schema: %w", err)
	}
	return g, nil
}

// compiler turns schemas into expressions.
type compiler struct {
	limits Limits
	any    []*rule // any[d] is any value, d deep

	root   *value // the schema at hand, which references are into
	level  int    // how often a schema stands inside itself here
	refs   map[reference]*rule
	cycles map[string]bool     // by pointer: the schema refers to itself
	edges  map[string][]string // by pointer: what it refers to
}

func newCompiler(l Limits) (*compiler, error) {
	l, err := l.complete()
	if err != nil {
		return nil, err
	}
	c := &compiler{limits: l}
	for d := range l.Depth + 1 {
		value := alt{
			jsonString(0, l.String), numberOf(l.Digits), lit("true"), lit("false"), lit("null"),
		}
		if d > 0 {
			below := call{c.any[d-1]}
			value = append(value, c.list(nil, below, 0, l.Items), c.dictionary(below, 0, l.Items))
		}
		c.any = append(c.any, &rule{"any value", value})
	}
	return c, nil
}

// anything is any JSON value.
func (c *compiler) anything() expr { return call{c.any[len(c.any)-1]} }

// read compiles the schema in data.
func (c *compiler) read(data []byte, at string) (expr, error) {
	v, err := parseJSON(data)
	if err != nil {
		return nil, err
	}
	return c.compileRoot(&v, at)
}

// compileRoot compiles a schema that references are into.
func (c *compiler) compileRoot(v *value, at string) (expr, error) {
	c.root, c.level = v, 0
	c.refs, c.cycles, c.edges = map[reference]*rule{}, map[string]bool{}, map[string][]string{}
	return c.compile(v, at)
}

// place is a JSON pointer into a schema, as messages show it.
func place(at string) string {
	if at == "" {
		return "at the top"
	}
	return "at " + at
}

// under returns the place of a member or an item.
func under(at string, name any) string {
	return at + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(fmt.Sprint(name))
}

// compile returns the values that fit schema v, which stands at the place at.
func (c *compiler) compile(v *value, at string) (expr, error) {
	if v.kind == isBoolean {
		if v.truth {
			return c.anything(), nil
		}
		return alt{}, nil
	}
	if v.kind != isObject {
		return nil, fmt.Errorf("%s is %s, want a schema: an object or a boolean", place(at), article(v.kind))
	}
	for i := range v.members {
		if name := v.members[i].name; !known(name) {
			return nil, fmt.Errorf("unsupported keyword %q %s", name, place(at))
		}
	}
	if _, ok := v.get("$ref"); ok {
		return c.ref(v, at)
	}
	for _, name := range []string{"enum", "const"} {
		if list, ok := v.get(name); ok {
			return c.enum(v, name, list, at)
		}
	}
	for _, name := range []string{"anyOf", "oneOf"} {
		if list, ok := v.get(name); ok {
			return c.anyOf(v, name, list, at)
		}
	}
	types, err := typesOf(v, at)
	if err != nil {
		return nil, err
	}
	if len(types) == 0 {
		return c.anything(), nil
	}
	var out alt
	for _, t := range types {
		e, err := c.typed(v, t, at)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	if len(out) == 1 {
		return out[0], nil
	}
	return out, nil
}

// known says whether name is a keyword that is understood or may be passed over.
func known(name string) bool {
	if slices.Contains(general, name) || slices.Contains(annotations, name) {
		return true
	}
	for _, names := range applicable {
		if slices.Contains(names, name) {
			return true
		}
	}
	return false
}

// article is a kind with its article.
func article(k kind) string {
	switch k {
	case isNull:
		return "null"
	case isArray, isObject:
		return "an " + k.String()
	}
	return "a " + k.String()
}

// typesOf returns the types that v allows; none means that it says nothing at all.
func typesOf(v *value, at string) ([]string, error) {
	t, ok := v.get("type")
	if !ok {
		for _, name := range []string{"object", "array", "string", "number"} {
			for _, keyword := range applicable[name] {
				if _, ok := v.get(keyword); ok {
					return []string{name}, nil
				}
			}
		}
		return nil, nil
	}
	list := []value{*t}
	if t.kind == isArray {
		list = t.items
	}
	var out []string
	for _, name := range list {
		if name.kind != isText {
			return nil, fmt.Errorf("type %s has %s, want the name of a type or a list of them", place(at), article(name.kind))
		}
		if _, ok := applicable[name.text]; !ok {
			return nil, fmt.Errorf("unknown type %q %s, want object, array, string, number, integer, boolean or null", name.text, place(at))
		}
		if !slices.Contains(out, name.text) {
			out = append(out, name.text)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("type %s is an empty list", place(at))
	}
	if slices.Contains(out, "number") { // every integer is one
		out = slices.DeleteFunc(out, func(t string) bool { return t == "integer" })
	}
	return out, nil
}

// typed returns the values of type t that fit v.
func (c *compiler) typed(v *value, t, at string) (expr, error) {
	switch t {
	case "object":
		return c.object(v, at)
	case "array":
		return c.array(v, at)
	case "string":
		return c.str(v, at)
	case "integer":
		lo, hi, err := integerBounds(v, at)
		if err != nil {
			return nil, err
		}
		return integer(lo, hi, c.limits.Digits), nil
	case "number":
		lo, hi, err := rangeOf(v, at)
		if err != nil {
			return nil, err
		}
		if lo.at == nil && hi.at == nil {
			return numberOf(c.limits.Digits), nil
		}
		return numberBetween(lo, hi, c.limits.Digits), nil
	case "boolean":
		return alt{lit("true"), lit("false")}, nil
	}
	return lit("null"), nil
}

// str returns the strings that fit v.
func (c *compiler) str(v *value, at string) (expr, error) {
	lo, hi, err := bounds(v, "minLength", "maxLength", c.limits.String, at)
	if err != nil {
		return nil, err
	}
	format, ok := v.get("format")
	if !ok {
		return jsonString(lo, hi), nil
	}
	e, ok := formats[format.text]
	if !ok {
		return nil, fmt.Errorf("unsupported format %.40q %s, want one of %s", format.text, place(at), strings.Join(slices.Sorted(maps.Keys(formats)), ", "))
	}
	for _, name := range []string{"minLength", "maxLength"} {
		if _, ok := v.get(name); ok {
			return nil, fmt.Errorf("unsupported keyword %q beside format, %s", name, place(at))
		}
	}
	return seq{lit(`"`), e, lit(`"`)}, nil
}
