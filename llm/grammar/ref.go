package grammar

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// reference is a schema that is referred to, at one depth of recursion.
type reference struct {
	pointer string
	level   int
}

// maxReferences bounds the schemas that are referred to, each level of recursion apart.
const maxReferences = 4096

// ref returns the values of the schema that a $ref names. One that holds itself is built
// once for every level, down to the last, where it has no values: what needs them cannot
// be written there, and what does not ends by itself.
func (c *compiler) ref(to *value, at string) (expr, error) {
	target, pointer, err := c.target(to, at)
	if err != nil {
		return nil, err
	}
	e, err := c.shared(pointer, c.recursive(pointer), func() (expr, error) {
		return c.compile(target, pointer, []string{pointer})
	})
	if err == errReferences {
		err = fmt.Errorf("%w, %s", err, place(at))
	}
	return e, err
}

var errReferences = fmt.Errorf("more than %d references, with their levels", maxReferences)

// shared returns a call of the rule with the key, which build makes for each level.
func (c *compiler) shared(key string, recursive bool, build func() (expr, error)) (expr, error) {
	if len(c.refs) > maxReferences {
		return nil, errReferences
	}
	level := c.level
	if recursive {
		level++
	}
	if level > c.limits.Recursion {
		return c.nothing("recursive without end, or deeper than %d", c.limits.Recursion), nil
	}
	at := reference{key, level}
	if r, ok := c.refs[at]; ok {
		return call{r}, nil
	}
	r := &rule{name: key}
	c.refs[at] = r
	outer := c.level
	c.level = level
	body, err := build()
	c.level = outer
	r.body = body
	return call{r}, err
}

// pointerOf returns the JSON pointer of a reference into the same schema, as "#/$defs/a" and "#/%24defs/a".
func pointerOf(ref string) (string, bool) {
	pointer, ok := strings.CutPrefix(ref, "#")
	if plain, err := url.PathUnescape(pointer); err == nil {
		pointer = plain
	}
	return pointer, ok
}

// resolve returns the schema at a JSON pointer, or nil.
func (c *compiler) resolve(pointer string) *value {
	v := c.root
	if pointer == "" {
		return v
	}
	if pointer[0] != '/' {
		return nil
	}
	for name := range strings.SplitSeq(pointer[1:], "/") {
		name = pointerNames.Replace(name)
		switch v.kind {
		case isObject:
			next, ok := v.get(name)
			if !ok {
				return nil
			}
			v = next
		case isArray:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(v.items) {
				return nil
			}
			v = &v.items[i]
		default:
			return nil
		}
	}
	return v
}

// recursive says whether the schema at the pointer refers to itself, over others maybe.
func (c *compiler) recursive(pointer string) bool {
	if _, ok := c.cycles[pointer]; !ok {
		(&circles{c: c, index: map[string]int{}}).visit(pointer)
	}
	return c.cycles[pointer]
}

// circles finds the schemas that refer to one another in a circle: the strongly connected
// components of the references, after Tarjan, Depth-first search and linear graph
// algorithms (1972).
type circles struct {
	c     *compiler
	index map[string]int // when a pointer was first seen, from 1
	open  []string       // those whose component is not known yet
}

// visit returns the least index that pointer leads back to.
func (t *circles) visit(pointer string) int {
	here := len(t.index) + 1
	t.index[pointer] = here
	first := len(t.open)
	t.open = append(t.open, pointer)
	low, itself := here, false
	for _, to := range t.c.refersTo(pointer) {
		if _, known := t.c.cycles[to]; known {
			continue // in another component
		}
		at, seen := t.index[to]
		if !seen {
			at = t.visit(to)
		}
		low = min(low, at)
		itself = itself || to == pointer
	}
	if low == here {
		for _, p := range t.open[first:] {
			t.c.cycles[p] = itself || len(t.open)-first > 1
		}
		t.open = t.open[:first]
	}
	return low
}

// refersTo returns the pointers that the schema at a pointer refers to.
func (c *compiler) refersTo(pointer string) []string {
	if list, ok := c.edges[pointer]; ok {
		return list
	}
	var list []string
	var walk func(v *value, named bool)
	walk = func(v *value, named bool) { // named: the names of members are those of properties
		for i := range v.items {
			walk(&v.items[i], false)
		}
		for i := range v.members {
			m := &v.members[i]
			if to, ok := pointerOf(m.value.text); ok && m.name == "$ref" && !named {
				list = append(list, to)
			}
			if named || m.name != "$defs" && m.name != "definitions" { // these are used by name only
				walk(&m.value, !named && (m.name == "properties" || m.name == "patternProperties"))
			}
		}
	}
	if v := c.resolve(pointer); v != nil {
		walk(v, false)
	}
	c.edges[pointer] = list
	return list
}
