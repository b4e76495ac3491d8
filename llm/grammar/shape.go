package grammar

import (
	"fmt"
	"math/big"
	"slices"
)

// shape is what a value must be to fit one schema or several at once: the keywords of all
// of them together.
type shape struct {
	at      string   // where the first of them stands
	never   string   // why no value fits, or ""
	types   []string // nil is any
	speaks  []string // the types that some keyword speaks of, in the order of typeNames
	enum    []value  // of the first enum or const; the other keywords are not applied yet
	hasEnum bool
	choices []choice

	lo, hi     limit
	multiple   *big.Rat
	length     span
	patterns   []text
	formats    []text
	objects    []fields
	required   []string
	properties span
	arrays     []elements
	items      span

	all  []placed        // the schemas themselves
	seen map[string]bool // the places of those that are in already
}

// placed is a schema and the place where it stands.
type placed struct {
	v  *value
	at string
}

// text is the value of a keyword and its place.
type text struct{ s, at string }

// choice is the branches of an anyOf or oneOf, and the references that led to it.
type choice struct {
	branches []placed
	path     []string
}

// fields is what one schema says of the properties of objects.
type fields struct {
	named    []member
	patterns []member
	others   *value // additionalProperties, or nil
	lists    bool   // there is a list of properties, be it empty
	at       string
}

// elements is what one schema says of the items of arrays.
type elements struct {
	prefix []value
	rest   *value // items, or nil
	at     string
}

// span is the bounds of a count.
type span struct {
	lo, hi  int
	bounded bool // there is a hi
}

// typeNames are the types with keywords of their own, in the order in which one is taken
// where the schema names none.
var typeNames = []string{"object", "array", "string", "number"}

// applicable has the keywords that speak of one type.
var applicable = map[string][]string{
	"object":  {"properties", "patternProperties", "additionalProperties", "required", "minProperties", "maxProperties"},
	"array":   {"items", "prefixItems", "minItems", "maxItems", "uniqueItems"},
	"string":  {"minLength", "maxLength", "pattern", "format"},
	"number":  {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
	"integer": nil, // those of number
	"boolean": nil,
	"null":    nil,
}

// general are the keywords that speak of any value.
var general = []string{"type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref"}

// annotations are the keywords that say nothing about which values are valid.
var annotations = []string{
	"$schema", "$id", "$comment", "$anchor", "title", "description", "default", "examples",
	"deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "contentSchema",
	"$defs", "definitions", // what they have counts where it is referred to
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

// What refers to itself under allOf, and lists of branches under allOf, can stand for very
// many schemas.
const (
	maxSchemas  = 1 << 18 // that are read, a schema once for each place where it is used
	maxBranches = 1 << 12 // of anyOf and oneOf that are put together with others
	maxTogether = 256     // schemas that hold for one value at once
)

// add makes s hold for schema v too. path has the references that led here without an
// array or object between: to come back to one of them would have no end.
func (c *compiler) add(s *shape, v *value, at string, path []string) error {
	if c.work++; c.work > maxSchemas || len(s.seen) > maxTogether {
		return fmt.Errorf("too large: more than %d schemas, or %d together, %s", maxSchemas, maxTogether, place(at))
	}
	if s.seen[at] {
		return nil
	}
	if s.seen == nil {
		s.seen = map[string]bool{}
	}
	s.seen[at] = true
	if v.kind == isBoolean {
		if !v.truth {
			s.never = "the schema " + place(at) + " is false"
		}
		return nil
	}
	if v.kind != isObject {
		return fmt.Errorf("%s is %s, want a schema: an object or a boolean", place(at), article(v.kind))
	}
	for i := range v.members {
		switch name := v.members[i].name; {
		case !known(name):
			return fmt.Errorf("unsupported keyword %q %s", name, place(at))
		case name == "$id" && at != "":
			return fmt.Errorf("unsupported keyword %q below the top, %s", name, place(at))
		}
	}
	for i := range v.members {
		m := &v.members[i]
		if err := c.keyword(s, m.name, &m.value, at, path); err != nil {
			return err
		}
	}
	return c.applicators(s, v, at)
}

// keyword takes in one keyword, but for those of applicators.
func (c *compiler) keyword(s *shape, name string, v *value, at string, path []string) error {
	for _, t := range typeNames {
		if slices.Contains(applicable[t], name) && !slices.Contains(s.speaks, t) {
			s.speaks = append(slices.Clip(s.speaks), t)
		}
	}
	switch name {
	case "type":
		types, err := typesOf(v, at)
		if err != nil {
			return err
		}
		if s.types != nil {
			if types = both(s.types, types); len(types) == 0 {
				s.never = "no type is left " + place(at)
			}
		}
		s.types = types
	case "enum":
		if v.kind != isArray || len(v.items) == 0 {
			return fmt.Errorf("enum %s is %s, want a list of one or more values", place(at), article(v.kind))
		}
		if !s.hasEnum || len(v.items) < len(s.enum) {
			s.enum, s.hasEnum = v.items, true
		}
	case "const":
		s.enum, s.hasEnum = []value{*v}, true
	case "anyOf", "oneOf":
		if v.kind != isArray || len(v.items) == 0 {
			return fmt.Errorf("%s %s is %s, want a list of one or more schemas", name, place(at), article(v.kind))
		}
		ch := choice{path: path}
		for i := range v.items {
			ch.branches = append(ch.branches, placed{&v.items[i], under(under(at, name), i)})
		}
		s.choices = append(slices.Clip(s.choices), ch)
	case "allOf":
		if v.kind != isArray || len(v.items) == 0 {
			return fmt.Errorf("allOf %s is %s, want a list of one or more schemas", place(at), article(v.kind))
		}
		for i := range v.items {
			if err := c.add(s, &v.items[i], under(under(at, name), i), path); err != nil {
				return err
			}
		}
	case "$ref":
		target, pointer, err := c.target(v, at)
		if err != nil {
			return err
		}
		if slices.Contains(path, pointer) {
			return fmt.Errorf("$ref %s is recursive without end: it leads back to itself before any value", place(at))
		}
		return c.add(s, target, pointer, append(slices.Clip(path), pointer))
	case "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum":
		return s.bound(name, v, at)
	case "multipleOf":
		return s.multipleOf(v, at)
	case "minLength":
		return s.length.atLeast(name, v, at)
	case "maxLength":
		return s.length.atMost(name, v, at)
	case "minItems":
		return s.items.atLeast(name, v, at)
	case "maxItems":
		return s.items.atMost(name, v, at)
	case "minProperties":
		return s.properties.atLeast(name, v, at)
	case "maxProperties":
		return s.properties.atMost(name, v, at)
	case "pattern", "format":
		if v.kind != isText {
			return fmt.Errorf("%s %s is %s, want a string", name, place(at), article(v.kind))
		}
		list := &s.patterns
		if name == "format" {
			list = &s.formats
		}
		*list = append(slices.Clip(*list), text{v.text, at})
	case "uniqueItems":
		if v.kind != isBoolean || v.truth {
			return fmt.Errorf("unsupported keyword %q %s", name, place(at))
		}
	case "required":
		return s.require(v, at)
	}
	return nil
}

// applicators takes in the keywords of objects and arrays that depend on one another.
func (c *compiler) applicators(s *shape, v *value, at string) error {
	f := fields{at: at}
	for name, list := range map[string]*[]member{"properties": &f.named, "patternProperties": &f.patterns} {
		if x, ok := v.get(name); ok {
			if x.kind != isObject {
				return fmt.Errorf("%s %s is %s, want an object", name, place(at), article(x.kind))
			}
			*list = x.members
		}
	}
	f.others, _ = v.get("additionalProperties")
	_, f.lists = v.get("properties")
	_, patterns := v.get("patternProperties")
	if f.lists || patterns || f.others != nil {
		s.objects = append(slices.Clip(s.objects), f)
	}
	e := elements{at: at}
	list, ok := v.get("prefixItems")
	if ok {
		if list.kind != isArray {
			return fmt.Errorf("prefixItems %s is %s, want a list of schemas", place(at), article(list.kind))
		}
		e.prefix = list.items
	}
	e.rest, _ = v.get("items")
	if ok || e.rest != nil {
		s.arrays = append(slices.Clip(s.arrays), e)
	}
	return nil
}

// require takes in the names of required properties.
func (s *shape) require(v *value, at string) error {
	if v.kind != isArray {
		return fmt.Errorf("required %s is %s, want a list of names", place(at), article(v.kind))
	}
	have := map[string]bool{}
	for _, name := range s.required {
		have[name] = true
	}
	s.required = slices.Clip(s.required)
	for _, name := range v.items {
		if name.kind != isText {
			return fmt.Errorf("required %s has %s, want names only", place(at), article(name.kind))
		}
		if !have[name.text] {
			have[name.text] = true
			s.required = append(s.required, name.text)
		}
	}
	return nil
}

func (s *span) atLeast(name string, v *value, at string) error {
	n, err := count(v, name, at)
	s.lo = max(s.lo, n)
	return err
}

func (s *span) atMost(name string, v *value, at string) error {
	n, err := count(v, name, at)
	if !s.bounded || n < s.hi {
		s.hi, s.bounded = n, true
	}
	return err
}

// within returns the bounds, with the most that is usual where there is none; ok is false
// if no count is within.
func (s span) within(usual int) (lo, hi int, ok bool) {
	if !s.bounded {
		return s.lo, max(usual, s.lo), true
	}
	return s.lo, s.hi, s.lo <= s.hi
}

// count reads a keyword whose value is a natural number.
func count(x *value, name, at string) (int, error) {
	if x.kind != isNumber {
		return 0, fmt.Errorf("%s %s is %s, want a number", name, place(at), article(x.kind))
	}
	r, err := x.rational()
	if err != nil || !r.IsInt() || r.Sign() < 0 || r.Cmp(new(big.Rat).SetInt64(maxLimit)) > 0 {
		return 0, fmt.Errorf("%s %s is %.40s, want an integer from 0 to %d", name, place(at), x.text, maxLimit)
	}
	return int(r.Num().Int64()), nil
}

// typesOf reads the types of a schema.
func typesOf(t *value, at string) ([]string, error) {
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

// both returns the types of values that are of one in a and of one in b.
func both(a, b []string) []string {
	out := []string{}
	for _, t := range b {
		switch {
		case slices.Contains(a, t) || t == "integer" && slices.Contains(a, "number"):
			out = append(out, t)
		case t == "number" && slices.Contains(a, "integer"):
			out = append(out, "integer")
		}
	}
	return out
}

// target returns the schema that a $ref names, and the JSON pointer to it.
func (c *compiler) target(to *value, at string) (*value, string, error) {
	if to.kind != isText {
		return nil, "", fmt.Errorf("$ref %s is %s, want a string", place(at), article(to.kind))
	}
	pointer, ok := pointerOf(to.text)
	v := c.resolve(pointer)
	if !ok || v == nil {
		return nil, "", fmt.Errorf("$ref %s is %.80q, want a place in the same schema, such as #/$defs/name", place(at), to.text)
	}
	return v, pointer, nil
}
