package grammar

import (
	"fmt"
	"math/big"
	"slices"
)

// without returns v without some members, and without its annotations.
func without(v *value, names ...string) value {
	out := value{kind: isObject}
	for _, m := range v.members {
		if !slices.Contains(names, m.name) && !slices.Contains(annotations, m.name) {
			out.members = append(out.members, m)
		}
	}
	return out
}

// enum returns the values of list (of enum) or list itself (of const) that also fit the
// rest of v.
func (c *compiler) enum(v *value, name string, list *value, at string) (expr, error) {
	values := []value{*list}
	if name == "enum" {
		if list.kind != isArray || len(list.items) == 0 {
			return nil, fmt.Errorf("enum %s is %s, want a list of one or more values", place(at), article(list.kind))
		}
		values = list.items
	}
	rest := without(v, name)
	if _, err := c.compile(&rest, at); err != nil { // also for its errors
		return nil, err
	}
	var out lits
	for i := range values {
		if rest.fits(&values[i]) {
			out = append(out, values[i].canonical())
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no value of %s %s fits the rest of the schema", name, place(at))
	}
	return out, nil
}

// anyOf returns the values that fit one of the branches of list and the rest of v.
func (c *compiler) anyOf(v *value, name string, list *value, at string) (expr, error) {
	if list.kind != isArray || len(list.items) == 0 {
		return nil, fmt.Errorf("%s %s is %s, want a list of one or more schemas", name, place(at), article(list.kind))
	}
	rest := without(v, name)
	var out alt
	for i := range list.items {
		here := under(under(at, name), i)
		branch, err := merge(&rest, &list.items[i], here)
		if err != nil {
			return nil, err
		}
		e, err := c.compile(&branch, here)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// merge returns a schema of the values that fit both v, which has no annotations, and
// branch.
func merge(v, branch *value, at string) (value, error) {
	if _, ok := branch.get("$ref"); ok && len(v.members) > 0 {
		return value{}, fmt.Errorf("unsupported: $ref %s, with keyword %q beside the list of branches", place(at), v.members[0].name)
	}
	if len(v.members) == 0 || branch.kind != isObject {
		if branch.kind == isBoolean && branch.truth {
			return *v, nil
		}
		return *branch, nil
	}
	out := without(branch)
	// What additionalProperties and items speak of depends on the keywords beside them.
	for _, pair := range [][2]string{
		{"additionalProperties", "properties"}, {"properties", "additionalProperties"},
		{"items", "prefixItems"}, {"prefixItems", "items"},
	} {
		_, one := v.get(pair[0])
		_, other := branch.get(pair[1])
		if one && other {
			return out, fmt.Errorf("unsupported: %q of a branch with %q beside the list of branches, %s", pair[1], pair[0], place(at))
		}
	}
	for _, m := range v.members {
		have, ok := out.get(m.name)
		switch {
		case !ok:
			out.members = append(out.members, m)
		case have.equal(&m.value):
		case m.name == "type":
			a, err := typesOf(v, at)
			if err != nil {
				return out, err
			}
			b, err := typesOf(branch, at)
			if err != nil {
				return out, err
			}
			both := value{kind: isArray}
			for _, t := range b {
				switch {
				case slices.Contains(a, t) || t == "integer" && slices.Contains(a, "number"):
					both.items = append(both.items, value{kind: isText, text: t})
				case t == "number" && slices.Contains(a, "integer"):
					both.items = append(both.items, value{kind: isText, text: "integer"})
				}
			}
			if len(both.items) == 0 {
				return value{kind: isBoolean}, nil // no value is of both
			}
			*have = both
		case m.name == "required" && have.kind == isArray && m.value.kind == isArray:
			*have = value{kind: isArray, items: slices.Concat(have.items, m.value.items)}
		default:
			return out, fmt.Errorf("unsupported: keyword %q %s stands beside the list of branches too", m.name, place(at))
		}
	}
	return out, nil
}

// fits says whether the value x is valid under schema v, all of whose keywords are known
// and right. It is for the values of an enum, which are few, in the place of a grammar
// that is the common part of two.
func (v *value) fits(x *value) bool {
	if v.kind == isBoolean {
		return v.truth
	}
	if _, ok := v.get("$ref"); ok {
		return false // as if nothing did
	}
	if list, ok := v.get("enum"); ok && !slices.ContainsFunc(list.items, func(y value) bool { return y.equal(x) }) {
		return false
	}
	if y, ok := v.get("const"); ok && !y.equal(x) {
		return false
	}
	for _, name := range []string{"anyOf", "oneOf"} {
		if list, ok := v.get(name); ok && !slices.ContainsFunc(list.items, func(y value) bool { return y.fits(x) }) {
			return false
		}
	}
	if types, _ := typesOf(v, ""); len(types) > 0 && !slices.ContainsFunc(types, x.isOf) {
		return false
	}
	switch x.kind {
	case isNumber:
		return v.fitsNumber(x)
	case isText:
		if f, ok := v.get("format"); ok && !hasFormat(f.text, x.text) {
			return false
		}
		return v.between("minLength", "maxLength", len([]rune(x.text)))
	case isArray:
		return v.fitsArray(x)
	case isObject:
		return v.fitsObject(x)
	}
	return true
}

// isOf says whether x is of the type with the name t.
func (x value) isOf(t string) bool {
	if t == "integer" && x.kind == isNumber {
		r, err := x.rational()
		return err == nil && r.IsInt()
	}
	return t == x.kind.String()
}

func (v *value) fitsNumber(x *value) bool {
	r, err := x.rational()
	if err != nil {
		return false
	}
	for name, ok := range map[string]func(sign int) bool{
		"minimum":          func(s int) bool { return s >= 0 },
		"maximum":          func(s int) bool { return s <= 0 },
		"exclusiveMinimum": func(s int) bool { return s > 0 },
		"exclusiveMaximum": func(s int) bool { return s < 0 },
	} {
		if bound, has := v.get(name); has {
			if b, err := bound.rational(); err != nil || !ok(r.Cmp(b)) {
				return false
			}
		}
	}
	return true
}

// between says whether n is in the bounds that the two keywords set.
func (v *value) between(least, most string, n int) bool {
	r := new(big.Rat).SetInt64(int64(n))
	if b, ok := v.get(least); ok {
		if x, err := b.rational(); err != nil || r.Cmp(x) < 0 {
			return false
		}
	}
	if b, ok := v.get(most); ok {
		if x, err := b.rational(); err != nil || r.Cmp(x) > 0 {
			return false
		}
	}
	return true
}

func (v *value) fitsArray(x *value) bool {
	if !v.between("minItems", "maxItems", len(x.items)) {
		return false
	}
	items, rest := v.get("items")
	prefix, _ := v.get("prefixItems")
	for i := range x.items {
		s := items
		if prefix != nil && i < len(prefix.items) {
			s = &prefix.items[i]
		} else if !rest {
			continue
		}
		if !s.fits(&x.items[i]) {
			return false
		}
	}
	return true
}

func (v *value) fitsObject(x *value) bool {
	if !v.between("minProperties", "maxProperties", len(x.members)) {
		return false
	}
	if list, ok := v.get("required"); ok {
		for _, name := range list.items {
			if _, ok := x.get(name.text); !ok {
				return false
			}
		}
	}
	named, _ := v.get("properties")
	others, has := v.get("additionalProperties")
	for i := range x.members {
		m := &x.members[i]
		s := others
		if named != nil {
			if p, ok := named.get(m.name); ok {
				s = p
			} else if !has {
				continue
			}
		} else if !has {
			continue
		}
		if !s.fits(&m.value) {
			return false
		}
	}
	return true
}
