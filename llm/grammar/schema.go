package grammar

import (
	"fmt"
	"slices"
	"strings"
)

// Schema returns the grammar of the JSON values that are valid under a JSON Schema, with
// the usual limits. See Limits.Schema.
func Schema(schema []byte) (*Grammar, error) { return Limits{}.Schema(schema) }

// Schema returns the grammar of the JSON values that are valid under a JSON Schema of
// draft 2020-12. Every text of the grammar is valid JSON, and valid under the schema, but
// for oneOf.
//
// The keywords are type (one or a list), enum, const, allOf, anyOf, oneOf, $ref to places in the
// same schema, $defs and definitions; properties, patternProperties, additionalProperties,
// required, minProperties and maxProperties; items, prefixItems, minItems, maxItems;
// minLength, maxLength, pattern, format (date, time, date-time, uuid, ipv4, email, uri);
// minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf. {} and true allow any
// value. oneOf is taken as anyOf: that no second branch fits as well is not checked. title,
// description, default, examples and the like are passed over. Any other keyword is an
// error that names it and its place, and so are a schema that no value fits and one that
// is too large. A keyword of another type than the schema's says nothing. A schema without
// type that has the keywords of one type is of that type.
//
// Values are written in one layout: ", " and ": " between, and properties in the order of
// the schema. Those that it does not name come last, and only if patternProperties or
// additionalProperties is there to allow them, or no property is named at all. Numbers with
// a minimum, maximum or multipleOf are written without an exponent, others with the format
// float or double of OpenAPI with a point, as 3.0, and strings with a pattern or format with no
// escapes but those that JSON needs. Where a schema leaves a
// length open, Limits bounds it.
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
		return nil, c.explain("grammar: schema", err)
	}
	return g, nil
}

// explain adds to the error that nothing fits why that is so, if it is known.
func (c *compiler) explain(doing string, err error) error {
	if err == errNothing && c.why != "" {
		return fmt.Errorf("%s: %w: %s", doing, err, c.why)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// compiler turns schemas into expressions.
type compiler struct {
	limits Limits
	any    []*rule // any[d] is any value, d deep
	why    string  // what was first found to fit nothing

	root   *value // the schema at hand, which references are into
	level  int    // how often a schema stands inside itself here
	refs   map[reference]*rule
	open   map[string]int      // schemas together that are being compiled, by their places
	cycles map[string]bool     // by pointer: the schema refers to itself
	edges  map[string][]string // by pointer: what it refers to
	work   int                 // schemas read
	forks  int                 // branches put together with others
	dfas   map[string]*dfa     // of patterns
	spent  int                 // on them
	held   int                 // what the values of an enum were held against

	candidates *value // the first of the values of an enum that are held against the rest
}

func newCompiler(l Limits) (*compiler, error) {
	l, err := l.complete()
	if err != nil {
		return nil, err
	}
	c := &compiler{limits: l}
	for d := range l.Depth + 1 {
		value := alt{
			jsonString(0, l.String), numberOf(l.Digits, false), lit("true"), lit("false"), lit("null"),
		}
		if d > 0 {
			below := call{c.any[d-1]}
			value = append(value, c.list(nil, below, 0, l.Items), c.dictionary(jsonString(0, l.Name), below, 0, l.Items))
		}
		c.any = append(c.any, &rule{"any value", value})
	}
	return c, nil
}

// pattern returns the automaton of the strings that a pattern matches.
func (c *compiler) pattern(src string) (*dfa, error) {
	if d, ok := c.dfas[src]; ok {
		return d, nil
	}
	d, err := compilePattern(src, false, &c.spent)
	if err == nil {
		if c.dfas == nil {
			c.dfas = map[string]*dfa{}
		}
		c.dfas[src] = d
	}
	return d, err
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
	c.root, c.level, c.work, c.forks, c.held = v, 0, 0, 0, 0
	c.refs, c.cycles, c.edges = map[reference]*rule{}, map[string]bool{}, map[string][]string{}
	c.open = map[string]int{}
	return c.compile(v, at, []string{at})
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
	return at + "/" + pointerEscapes.Replace(fmt.Sprint(name))
}

// Of the segments of a JSON pointer (RFC 6901).
var (
	pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")
	pointerNames   = strings.NewReplacer("~1", "/", "~0", "~")
)

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

// nothing notes why no value fits.
func (c *compiler) nothing(format string, a ...any) expr {
	if c.why == "" {
		c.why = fmt.Sprintf(format, a...)
	}
	return alt{}
}

// compile returns the values that fit schema v, which stands at the place at. path is as
// for add.
func (c *compiler) compile(v *value, at string, path []string) (expr, error) {
	if v.kind == isBoolean && v.truth {
		return c.anything(), nil
	}
	if to, ok := v.get("$ref"); ok && v.alone("$ref") {
		return c.ref(to, at)
	}
	s := &shape{at: at}
	if err := c.add(s, v, at, path); err != nil {
		return nil, err
	}
	s.all = []placed{{v, at}}
	return c.values(s)
}

// together returns the values that fit all of list, each a part of another schema.
func (c *compiler) together(list []placed) (expr, error) {
	switch len(list) {
	case 0:
		return c.anything(), nil
	case 1:
		return c.compile(list[0].v, list[0].at, nil)
	}
	var key strings.Builder
	for _, p := range list {
		key.WriteString(p.at + "\n")
	}
	return c.shared(key.String(), c.open[key.String()] > 0, func() (expr, error) {
		c.open[key.String()]++
		defer func() { c.open[key.String()]-- }()
		s := &shape{at: list[0].at, all: list}
		for _, p := range list {
			if err := c.add(s, p.v, p.at, nil); err != nil {
				return nil, err
			}
		}
		return c.values(s)
	})
}

// alone says whether v has no keyword but name and annotations.
func (v *value) alone(name string) bool {
	return !slices.ContainsFunc(v.members, func(m member) bool { return m.name != name && !slices.Contains(annotations, m.name) })
}

// values returns the values that fit s.
func (c *compiler) values(s *shape) (expr, error) {
	switch {
	case s.never != "":
		return c.nothing("%s", s.never), nil
	case s.hasEnum:
		return c.enum(s)
	case len(s.choices) > 0:
		return c.branches(s)
	}
	types := s.types
	if types == nil {
		for _, t := range typeNames {
			if slices.Contains(s.speaks, t) {
				types = []string{t}
				break
			}
		}
	}
	if types == nil {
		return c.anything(), nil
	}
	var out alt
	for _, t := range types {
		e, err := c.typed(s, t)
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

// enum returns the values of an enum that fit the whole of s.
func (c *compiler) enum(s *shape) (expr, error) {
	if err := c.checkRest(s); err != nil {
		return nil, err
	}
	c.candidates = &s.enum[0]
	defer func() { c.candidates = nil }()
	var out lits
	for i := range s.enum {
		x := &s.enum[i]
		if !slices.ContainsFunc(s.all, func(p placed) bool { return !c.fits(p.v, x, 0) }) {
			out = append(out, x.canonical())
		}
	}
	if c.held > maxHeld {
		return nil, fmt.Errorf("%w, %s", errHeld, place(s.at))
	}
	if len(out) == 0 {
		return c.nothing("no value of enum or const %s fits the rest of the schema", place(s.at)), nil
	}
	return out, nil
}

// checkRest compiles what stands beside an enum, for its errors.
func (c *compiler) checkRest(s *shape) error {
	rest := *s
	rest.enum, rest.hasEnum = nil, false
	why := c.why
	_, err := c.values(&rest)
	c.why = why
	return err
}

// branches returns the values that fit a branch of the first choice of s and all the rest.
func (c *compiler) branches(s *shape) (expr, error) {
	first, rest := s.choices[0], s.choices[1:]
	alone := len(s.speaks) == 0 && s.types == nil && len(rest) == 0
	var out alt
	for _, b := range first.branches {
		if alone {
			e, err := c.compile(b.v, b.at, first.path)
			if err != nil {
				return nil, err
			}
			out = append(out, e)
			continue
		}
		if c.forks++; c.forks > maxBranches {
			return nil, fmt.Errorf("too large: more than %d branches together, %s", maxBranches, place(b.at))
		}
		with := *s
		with.choices = slices.Clone(rest)
		with.all = append(slices.Clip(s.all), b)
		with.seen = map[string]bool{}
		for at := range s.seen {
			with.seen[at] = true
		}
		if err := c.add(&with, b.v, b.at, first.path); err != nil {
			return nil, err
		}
		e, err := c.values(&with)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// typed returns the values of type t that fit s.
func (c *compiler) typed(s *shape, t string) (expr, error) {
	switch t {
	case "object":
		return c.object(s)
	case "array":
		return c.array(s)
	case "string":
		return c.str(s)
	case "integer":
		return c.integer(s)
	case "number":
		return c.number(s)
	case "boolean":
		return alt{lit("true"), lit("false")}, nil
	}
	return lit("null"), nil
}

// str returns the strings that fit s.
func (c *compiler) str(s *shape) (expr, error) {
	lo, hi, ok := s.length.within(c.limits.String)
	if !ok {
		return c.nothing("minLength is %d and maxLength is %d, %s", lo, hi, place(s.at)), nil
	}
	if len(s.patterns) == 0 && len(s.formats) == 0 {
		return jsonString(lo, hi), nil
	}
	var ds []*dfa
	for _, p := range s.patterns {
		d, err := c.pattern(p.s)
		if err != nil {
			return nil, fmt.Errorf("pattern %.80q %s: %w", p.s, place(p.at), err)
		}
		ds = append(ds, d)
	}
	for _, f := range s.formats {
		make, ok := formats[f.s]
		if !ok {
			return nil, fmt.Errorf("unsupported format %.40q %s, want one of %s", f.s, place(f.at), formatNames)
		}
		d, err := make()
		if err != nil {
			return nil, err
		}
		ds = append(ds, d)
	}
	d, err := intersect(&c.spent, ds...)
	if err == nil {
		d, err = d.atLeast(lo, &c.spent)
	}
	if err != nil {
		return nil, fmt.Errorf("pattern, format and length together, %s: %w", place(s.at), err)
	}
	if d.states() == 0 {
		return c.nothing("no string fits pattern, format and minLength %s", place(s.at)), nil
	}
	if least := d.distances()[0]; least > hi {
		if s.length.bounded {
			return c.nothing("what fits pattern and format has %d characters or more and maxLength is %d, %s", least, hi, place(s.at)), nil
		}
		hi = least
	}
	return seq{lit(`"`), word{d, hi, true}, lit(`"`)}, nil
}
