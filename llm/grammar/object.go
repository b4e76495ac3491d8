package grammar

import (
	"fmt"
	"slices"
)

// property is one member of an object.
type property struct {
	name     string
	value    expr
	required bool
}

// properties is an object of these properties in this order; those that are not required
// may be left out.
type properties []property

func (ps properties) emit(b *builder, next int32) int32 {
	end := lit("}").emit(b, next)
	// first: where to go on when no property is written yet; later: when one is.
	first, later := end, end
	for _, p := range slices.Backward(ps) {
		this := lit(quote(p.name)+": ").emit(b, p.value.emit(b, later))
		another := lit(", ").emit(b, this)
		if p.required {
			first, later = this, another
		} else {
			first, later = b.split(this, first), b.split(another, later)
		}
	}
	return lit("{").emit(b, first)
}

// object returns the objects that fit v.
func (c *compiler) object(v *value, at string) (expr, error) {
	required, err := names(v, at)
	if err != nil {
		return nil, err
	}
	others, hasOthers := v.get("additionalProperties")
	closed := hasOthers && others.kind == boolean && !others.truth
	named, hasNamed := v.get("properties")
	if hasNamed && named.kind != object {
		return nil, fmt.Errorf("properties %s is %s, want an object", place(at), article(named.kind))
	}
	rest := c.anything()
	if hasOthers {
		if rest, err = c.compile(others, under(at, "additionalProperties")); err != nil {
			return nil, err
		}
	}
	if !hasNamed && len(required) == 0 && !closed || hasNamed && len(named.members) == 0 && hasOthers && !closed {
		lo, hi, err := bounds(v, "minProperties", "maxProperties", c.limits.Items, at)
		if err != nil {
			return nil, err
		}
		return c.dictionary(rest, lo, hi), nil
	}
	for _, name := range []string{"minProperties", "maxProperties"} {
		if _, ok := v.get(name); ok {
			return nil, fmt.Errorf("unsupported keyword %q beside properties, %s", name, place(at))
		}
	}
	var out properties
	if hasNamed {
		for i := range named.members {
			m := &named.members[i]
			e, err := c.compile(&m.value, under(under(at, "properties"), m.name))
			if err != nil {
				return nil, err
			}
			out = append(out, property{m.name, e, required[m.name]})
			delete(required, m.name)
		}
	}
	if hasOthers && others.kind == object && len(out) > 0 {
		return nil, fmt.Errorf("unsupported: a schema as additionalProperties beside properties, %s", place(at))
	}
	if list, ok := v.get("required"); ok { // those left, in their order
		for _, name := range list.items {
			if required[name.text] {
				out = append(out, property{name.text, rest, true})
				delete(required, name.text)
			}
		}
	}
	return out, nil
}

// names returns the required properties of v.
func names(v *value, at string) (map[string]bool, error) {
	out := map[string]bool{}
	list, ok := v.get("required")
	if !ok {
		return out, nil
	}
	if list.kind != array {
		return nil, fmt.Errorf("required %s is %s, want a list of names", place(at), article(list.kind))
	}
	for _, name := range list.items {
		if name.kind != text {
			return nil, fmt.Errorf("required %s has %s, want names only", place(at), article(name.kind))
		}
		out[name.text] = true
	}
	return out, nil
}

// dictionary is an object of lo to hi properties with any names.
func (c *compiler) dictionary(value expr, lo, hi int) expr {
	return c.listed("{", seq{jsonString(0, c.limits.Name), lit(": "), value}, "}", lo, hi)
}

// listed is lo to hi items with ", " between, in brackets.
func (c *compiler) listed(open string, item expr, shut string, lo, hi int) expr {
	var out alt
	if lo == 0 {
		out = append(out, lit(open+shut))
	}
	if hi > 0 {
		more := &rule{"item", seq{lit(", "), item}}
		out = append(out, seq{lit(open), item, repeat{more, max(lo-1, 0), hi - 1}, lit(shut)})
	}
	return out
}
