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

// object returns the objects that fit s.
func (c *compiler) object(s *shape) (expr, error) {
	var out properties
	taken := map[string]bool{}
	required := map[string]bool{}
	for _, name := range s.required {
		required[name] = true
	}
	places := make([]map[string]int, len(s.objects)) // of the named properties
	for i, f := range s.objects {
		places[i] = map[string]int{}
		for k := range f.named {
			places[i][f.named[k].name] = k
		}
	}
	add := func(name string) error {
		if taken[name] {
			return nil
		}
		taken[name] = true
		list, err := c.property(s, places, name)
		if err != nil {
			return err
		}
		e, err := c.together(list)
		out.named = append(out.named, property{name, e, required[name]})
		return err
	}
	free := len(s.required) == 0 // whether any name may be written, as nothing names one
	for _, f := range s.objects {
		for i := range f.named {
			if err := add(f.named[i].name); err != nil {
				return nil, err
			}
		}
		free = free && !f.lists && len(f.patterns) == 0 && f.others == nil
	}
	for _, name := range s.required { // those that have no schema of their own
		if err := add(name); err != nil {
			return nil, err
		}
	}
	others, err := c.others(s, taken, free)
	if err != nil {
		return nil, err
	}
	lo, hi, ok := s.properties.within(len(out.named) + c.limits.Items)
	if !ok {
		return c.nothing("minProperties is %d and maxProperties is %d, %s", lo, hi, place(s.at)), nil
	}
	if len(out.named) == 0 && len(others) > 0 {
		if lo > 1 { // the same name could come twice
			return nil, fmt.Errorf("unsupported: minProperties %d with names that are not listed, %s", lo, place(s.at))
		}
		if !s.properties.bounded {
			hi = c.limits.Items
		}
		return c.listed("{", others, "}", lo, hi), nil
	}
	if len(others) > 0 {
		out.other, out.most = others, c.limits.Items
	}
	if lo > len(s.required) || s.properties.bounded && hi < len(out.named)+c.limits.Items && (len(others) > 0 || hi < len(out.named)) {
		if len(out.named)*min(hi, len(out.named)) > maxCounted {
			return nil, fmt.Errorf("unsupported: minProperties or maxProperties with %d properties, %s", len(out.named), place(s.at))
		}
		return counted{out, lo, hi}, nil
	}
	return out, nil
}

// property returns the schemas of the value of the property with the name. places has for each of s.objects
// where a name is in its list.
func (c *compiler) property(s *shape, places []map[string]int, name string) (list []placed, err error) {
	for o, f := range s.objects {
		i, found := places[o][name]
		if found {
			list = append(list, placed{&f.named[i].value, under(under(f.at, "properties"), name)})
		}
		for i := range f.patterns {
			d, err := c.namePattern(&f, i)
			if err != nil {
				return nil, err
			}
			if d.match(name) {
				list, found = append(list, f.patterned(i)), true
			}
		}
		if !found && f.others != nil {
			list = append(list, placed{f.others, under(f.at, "additionalProperties")})
		}
	}
	return list, nil
}

func (f *fields) patterned(i int) placed {
	return placed{&f.patterns[i].value, under(under(f.at, "patternProperties"), f.patterns[i].name)}
}

func (c *compiler) namePattern(f *fields, i int) (*dfa, error) {
	d, err := c.pattern(f.patterns[i].name)
	if err != nil {
		return nil, fmt.Errorf("the name %.80q %s: %w", f.patterns[i].name, place(under(f.at, "patternProperties")), err)
	}
	return d, nil
}

// others returns the properties that have none of the names taken, each a name, ": " and
// its value; none if there can be none.
func (c *compiler) others(s *shape, taken map[string]bool, free bool) (alt, error) {
	var ds []*dfa
	for _, f := range s.objects {
		for i := range f.patterns {
			d, err := c.namePattern(&f, i)
			if err != nil {
				return nil, err
			}
			ds = append(ds, d)
		}
	}
	// with returns a property for the names that match just those patterns.
	with := func(name expr, matching uint64) (expr, error) {
		var list []placed
		bit := 0
		for _, f := range s.objects {
			found := false
			for i := range f.patterns {
				if matching>>bit&1 == 1 {
					list, found = append(list, f.patterned(i)), true
				}
				bit++
			}
			if !found && f.others != nil {
				list = append(list, placed{f.others, under(f.at, "additionalProperties")})
			}
		}
		if slices.ContainsFunc(list, func(p placed) bool { return p.v.kind == isBoolean && !p.v.truth }) {
			return nil, nil
		}
		if matching == 0 && len(list) == 0 && !free {
			return nil, nil
		}
		e, err := c.together(list)
		return seq{name, lit(": "), e}, err
	}
	var out alt
	if len(ds) == 0 {
		name := jsonString(0, c.limits.Name)
		if len(taken) > 0 {
			name = otherName(taken, c.limits.Name)
		}
		e, err := with(name, 0)
		if e != nil {
			out = append(out, e)
		}
		return out, err
	}
	groups, err := nameGroups(ds, taken, &c.spent)
	if err != nil {
		return nil, fmt.Errorf("patternProperties %s: %w", place(s.at), err)
	}
	for _, g := range groups {
		e, err := with(seq{lit(`"`), word{g.d, max(c.limits.Name, g.d.distances()[0]), true}, lit(`"`)}, g.matching)
		if err != nil {
			return nil, err
		}
		if e != nil {
			out = append(out, e)
		}
	}
	return out, nil
}

// nameGroup is the names that match some patterns and not the others.
type nameGroup struct {
	d        *dfa
	matching uint64
}

// maxNameGroups bounds the sets of patterns that names match.
const maxNameGroups = 256

// nameGroups sorts all names but those taken by which of ds they match.
func nameGroups(ds []*dfa, taken map[string]bool, spent *int) ([]nameGroup, error) {
	names := rxAlt{}
	for _, s := range slices.Sorted(maps.Keys(taken)) {
		var word rxSeq
		for _, r := range s {
			word = append(word, rxSet{runes{{r, r}}})
		}
		names = append(names, word)
	}
	known, err := determine(names, true, spent)
	if err != nil {
		return nil, err
	}
	all := append(slices.Clip(ds), known)
	var sets []uint64
	if _, err := product(all, spent, func(accepting uint64) bool {
		if !slices.Contains(sets, accepting) {
			sets = append(sets, accepting)
		}
		return false
	}); err != nil {
		return nil, err
	}
	if len(sets) > maxNameGroups {
		return nil, fmt.Errorf("names match in %d ways, want at most %d", len(sets), maxNameGroups)
	}
	var out []nameGroup
	for _, set := range sets {
		if set>>len(ds)&1 == 1 {
			continue
		}
		d, err := product(all, spent, func(accepting uint64) bool { return accepting == set })
		if err != nil {
			return nil, err
		}
		if d.states() > 0 {
			out = append(out, nameGroup{d, set})
		}
	}
	return out, nil
}

// maxCounted bounds the properties times the counts of them that are told apart.
const maxCounted = 1 << 14

// counted is properties of which there are lo to hi. Of those that are not named only the
// first counts towards lo, as the same name may come twice.
type counted struct {
	properties
	lo, hi int
}

func (ps counted) emit(b *builder, next int32) int32 {
	end := lit("}").emit(b, next)
	n := len(ps.named)
	var more *rule
	if ps.other != nil {
		more = &rule{"property", seq{lit(", "), ps.other}}
	}
	none := b.table(nil)
	// at[k] is where to go on after the last named property, with k of them written.
	at := make([]int32, n+1)
	for k := range at {
		at[k] = none
		room := min(ps.hi-k, ps.most)
		switch {
		case k > ps.hi:
		case more == nil || room <= 0:
			if k >= ps.lo {
				at[k] = end
			}
		case k >= ps.lo && k > 0:
			at[k] = repeat{more, 0, room}.emit(b, end)
		case k >= ps.lo: // none is written yet, and none has to be
			at[k] = b.split(end, ps.other.emit(b, repeat{more, 0, room - 1}.emit(b, end)))
		case k == ps.lo-1 && k > 0:
			at[k] = repeat{more, 1, room}.emit(b, end)
		case k == ps.lo-1:
			at[k] = ps.other.emit(b, repeat{more, 0, room - 1}.emit(b, end))
		}
	}
	for i := n - 1; i >= 0 && !b.over; i-- {
		p := ps.named[i]
		value := call{&rule{p.name, p.value}}
		before := make([]int32, n+1)
		for k := range before {
			before[k] = none
			if k > i {
				continue
			}
			name := lit(quote(p.name) + ": ")
			if k > 0 {
				name = ", " + name
			}
			this := name.emit(b, value.emit(b, at[k+1]))
			if before[k] = this; !p.required {
				before[k] = b.split(this, at[k])
			}
		}
		at = before
	}
	return lit("{").emit(b, at[0])
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
		free = free.minus(runes{{r, r}})
	}
	return append(out, seq{free, repeat{plainChar, 0, most - 1}})
}

// dictionary is an object of lo to hi properties with names of one kind.
func (c *compiler) dictionary(name, value expr, lo, hi int) expr {
	return c.listed("{", seq{name, lit(": "), value}, "}", lo, hi)
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
