package grammar

import (
	"fmt"
	"math/big"
	"slices"
)

const (
	maxFits = 200     // schemas inside one another that a value is held against
	maxHeld = 1 << 25 // keywords, and values of a list, that the values of an enum are held against
)

// errHeld says that the values of an enum are held against too much.
var errHeld = fmt.Errorf("too large: the values of an enum are held against more than %d keywords and values", maxHeld)

// hold counts n things that a value is held against, and says whether that is not too much.
func (c *compiler) hold(n int) bool {
	c.held += n
	return c.held <= maxHeld
}

// fits says whether the value x is valid under schema v, all of whose keywords are known
// and right. It is for the values of an enum, which are few, in the place of a grammar
// that is the common part of two. What is nested too deep, or held against too much, fits nothing.
func (c *compiler) fits(v, x *value, depth int) bool {
	if depth++; depth > maxFits || !c.hold(1+len(v.members)) {
		return false
	}
	if v.kind == isBoolean {
		return v.truth
	}
	for i := range v.members {
		if !c.fitsKeyword(v.members[i].name, &v.members[i].value, x, depth) {
			return false
		}
	}
	switch x.kind {
	case isArray:
		return c.fitsItems(v, x, depth)
	case isObject:
		return c.fitsProperties(v, x, depth)
	}
	return true
}

func (c *compiler) fitsKeyword(name string, k, x *value, depth int) bool {
	fitting := func(list []value) (n int) {
		for i := range list {
			if c.fits(&list[i], x, depth) {
				n++
			}
		}
		return n
	}
	switch name {
	case "$ref":
		target, _, err := c.target(k, "")
		return err == nil && c.hold(32) && c.fits(target, x, depth) // a reference takes as long as that
	case "type":
		types, err := typesOf(k, "")
		return err == nil && slices.ContainsFunc(types, x.isOf)
	case "enum":
		if len(k.items) > 0 && &k.items[0] == c.candidates { // it is of them
			return true
		}
		return c.hold(len(k.items)) && slices.ContainsFunc(k.items, func(y value) bool { return y.equal(x) })
	case "const":
		return k.equal(x)
	case "allOf":
		return fitting(k.items) == len(k.items)
	case "anyOf":
		return fitting(k.items) > 0
	case "oneOf":
		return fitting(k.items) == 1
	}
	switch x.kind {
	case isNumber:
		return fitsNumber(name, k, x)
	case isText:
		return c.fitsText(name, k, x.text)
	case isArray:
		return fitsCount(name, "minItems", "maxItems", k, len(x.items))
	case isObject:
		if name == "required" {
			return c.hold(len(k.items)*len(x.members)) && !slices.ContainsFunc(k.items, func(y value) bool { _, ok := x.get(y.text); return !ok })
		}
		return fitsCount(name, "minProperties", "maxProperties", k, len(x.members))
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

func fitsNumber(name string, k, x *value) bool {
	var ok func(sign int) bool
	switch name {
	case "minimum":
		ok = func(s int) bool { return s >= 0 }
	case "maximum":
		ok = func(s int) bool { return s <= 0 }
	case "exclusiveMinimum":
		ok = func(s int) bool { return s > 0 }
	case "exclusiveMaximum":
		ok = func(s int) bool { return s < 0 }
	case "multipleOf":
	default:
		return true
	}
	r, err := x.rational()
	b, err2 := k.rational()
	if err != nil || err2 != nil {
		return false
	}
	if ok == nil {
		return b.Sign() > 0 && new(big.Rat).Quo(r, b).IsInt()
	}
	return ok(r.Cmp(b))
}

func (c *compiler) fitsText(name string, k *value, s string) bool {
	var d *dfa
	var err error
	switch name {
	case "pattern":
		d, err = c.pattern(k.text)
	case "format":
		make, ok := formats[k.text]
		if !ok {
			return false
		}
		d, err = make()
	default:
		return fitsCount(name, "minLength", "maxLength", k, len([]rune(s)))
	}
	return err == nil && d.match(s)
}

// fitsCount says whether n is within the bound that the keyword with the name is, if it is
// one of the two.
func fitsCount(name, least, most string, k *value, n int) bool {
	if name != least && name != most {
		return true
	}
	b, err := k.rational()
	if err != nil {
		return false
	}
	sign := new(big.Rat).SetInt64(int64(n)).Cmp(b)
	return name == least && sign >= 0 || name == most && sign <= 0
}

func (c *compiler) fitsItems(v, x *value, depth int) bool {
	items, rest := v.get("items")
	prefix, _ := v.get("prefixItems")
	for i := range x.items {
		s := items
		if prefix != nil && i < len(prefix.items) {
			s = &prefix.items[i]
		} else if !rest {
			continue
		}
		if !c.fits(s, &x.items[i], depth) {
			return false
		}
	}
	return true
}

func (c *compiler) fitsProperties(v, x *value, depth int) bool {
	named, _ := v.get("properties")
	patterns, _ := v.get("patternProperties")
	others, _ := v.get("additionalProperties")
	for i := range x.members {
		m := &x.members[i]
		found := false
		if named != nil && c.hold(len(named.members)) {
			if p, ok := named.get(m.name); ok {
				if found = true; !c.fits(p, &m.value, depth) {
					return false
				}
			}
		}
		if patterns != nil {
			for j := range patterns.members {
				p := &patterns.members[j]
				if d, err := c.pattern(p.name); err != nil {
					return false
				} else if d.match(m.name) {
					if found = true; !c.fits(&p.value, &m.value, depth) {
						return false
					}
				}
			}
		}
		if !found && others != nil && !c.fits(others, &m.value, depth) {
			return false
		}
	}
	return true
}
