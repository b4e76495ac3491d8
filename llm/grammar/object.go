package grammar

import (
	"fmt"
	"maps"
	"slices"
)

// property is one member of an object.
type property struct {
	name     string
	value    expr
	required bool
}

// properties is an object of the named properties in their order; those that are not
// required may be left out. Up to most others follow, each of which is a name that is not
// one of theirs, ": " and its value; nil is none.
type properties struct {
	named []property
	other expr
	most  int
}

func (ps properties) emit(b *builder, next int32) int32 {
	end := lit("}").emit(b, next)
	// first: where to go on when no property is written yet; later: when one is.
	first, later := end, end
	if ps.other != nil {
		more := &rule{"property", seq{lit(", "), ps.other}}
		later = repeat{more, 0, ps.most}.emit(b, end)
		first = b.split(end, ps.other.emit(b, repeat{more, 0, ps.most - 1}.emit(b, end)))
	}
	for _, p := range slices.Backward(ps.named) {
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
	closed := hasOthers && others.kind == isBoolean && !others.truth
	named, hasNamed := v.get("properties")
	if hasNamed && named.kind != isObject {
		return nil, fmt.Errorf("properties %s is %s, want an object", place(at), article(named.kind))
	}
	rest := c.anything()
	if hasOthers {
		if rest, err = c.compile(others, under(at, "additionalProperties")); err != nil {
			return nil, err
		}
	}
	free := !hasNamed || len(named.members) == 0 && hasOthers // no property has a schema of its own
	if free && !closed && len(required) == 0 {
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
	taken := map[string]bool{}
	if hasNamed {
		for i := range named.members {
			m := &named.members[i]
			e, err := c.compile(&m.value, under(under(at, "properties"), m.name))
			if err != nil {
				return nil, err
			}
			out.named = append(out.named, property{m.name, e, required[m.name]})
			taken[m.name] = true
		}
	}
	if list, ok := v.get("required"); ok { // those that have no schema of their own
		for _, name := range list.items {
			if !taken[name.text] {
				out.named = append(out.named, property{name.text, rest, true})
				taken[name.text] = true
			}
		}
	}
	if hasOthers && !closed {
		out.other, out.most = seq{otherName(taken, c.limits.Name), lit(": "), rest}, c.limits.Items
	}
	return out, nil
}

// otherName is a name of up to most characters, none of them escaped, that is not one of
// those that are taken.
func otherName(taken map[string]bool, most int) expr {
	root := &nameNode{}
	for s := range taken {
		root.add(s, most)
	}
	return seq{lit(`"`), root.others(most), lit(`"`)}
}

// nameNode is a node of a trie of names.
type nameNode struct {
	whole bool // a name ends here
	next  map[rune]*nameNode
}

// add puts s into the trie, unless it needs an escape or is too long: then it is none of
// the names at hand anyway.
func (n *nameNode) add(s string, most int) {
	for _, r := range s {
		if most--; most < 0 || !unescaped.has(r) {
			return
		}
	}
	for _, r := range s {
		if n.next == nil {
			n.next = map[rune]*nameNode{}
		}
		if n.next[r] == nil {
			n.next[r] = &nameNode{}
		}
		n = n.next[r]
	}
	n.whole = true
}

// others is what may follow the characters of n, up to most more, so that the whole is no
// name of the trie.
func (n *nameNode) others(most int) expr {
	var out alt
	if !n.whole {
		out = append(out, seq{})
	}
	if most == 0 {
		return out
	}
	free := unescaped
	for _, r := range slices.Sorted(maps.Keys(n.next)) {
		out = append(out, seq{lit(string(r)), n.next[r].others(most - 1)})
		free = free.without(r)
	}
	return append(out, seq{free, repeat{plainChar, 0, most - 1}})
}

// names returns the required properties of v.
func names(v *value, at string) (map[string]bool, error) {
	out := map[string]bool{}
	list, ok := v.get("required")
	if !ok {
		return out, nil
	}
	if list.kind != isArray {
		return nil, fmt.Errorf("required %s is %s, want a list of names", place(at), article(list.kind))
	}
	for _, name := range list.items {
		if name.kind != isText {
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
