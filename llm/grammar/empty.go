package grammar

import "slices"

// loop is a repetition of something that may be the empty text, which a repeat cannot have.
type loop struct {
	p        *gbnf
	body     expr
	min, max int
	round    *rule // body without the empty text, once it was needed
}

func (l *loop) emit(b *builder, next int32) int32 {
	if l.p.nullable(l.body) {
		return l.rounds(0).emit(b, next)
	}
	return l.rounds(l.min).emit(b, next)
}

// rounds is l without the empty text in its rounds, and with at least min of them. Both what may
// be empty and what may not go round the same rule, so that loops inside one another are built once.
func (l *loop) rounds(min int) expr {
	if l.round == nil {
		l.round = &rule{"repetition", l.p.shorten(l.body)}
	}
	return repeat{l.round, min, l.max}
}

// shortSeq is parts, one after the other and not all of them empty.
type shortSeq struct {
	p     *gbnf
	parts seq
}

// emit starts at each part up to the first that is not empty anyway: the ones before are empty then,
// this one is not, and those behind may be. What is behind is built once for all of them.
func (s shortSeq) emit(b *builder, next int32) int32 {
	last := slices.IndexFunc(s.parts, func(x expr) bool { return !s.p.nullable(x) })
	if last < 0 {
		last = len(s.parts) - 1
	}
	next = s.parts[last+1:].emit(b, next)
	var starts []int32
	for i := last; i >= 0 && !b.over; i-- {
		starts = append(starts, s.p.shorten(s.parts[i]).emit(b, next))
		if i > 0 {
			next = s.parts[i].emit(b, next)
		}
	}
	slices.Reverse(starts)
	return b.split(starts...)
}

// findEmpty finds the rules that have the empty text.
func (p *gbnf) findEmpty() {
	var found []*rule
	look := func(r *rule) {
		if !p.empty[r] && p.nullable(r.body) {
			p.empty[r] = true
			found = append(found, r)
		}
	}
	for _, r := range p.rules {
		look(r)
	}
	for len(found) > 0 {
		r := found[0]
		found = found[1:]
		for _, user := range p.users[r] {
			look(user)
		}
	}
}

// nullable says whether the empty text is one of e, as far as is known of the rules.
func (p *gbnf) nullable(e expr) bool {
	switch e := e.(type) {
	case lit:
		return e == ""
	case seq:
		return !slices.ContainsFunc(e, func(x expr) bool { return !p.nullable(x) })
	case alt:
		return slices.ContainsFunc(e, p.nullable)
	case *loop:
		return e.min == 0 || p.nullable(e.body)
	case call:
		return p.empty[e.rule]
	}
	return false
}

// shorten returns e without the empty text.
func (p *gbnf) shorten(e expr) expr {
	if !p.nullable(e) {
		return e
	}
	switch e := e.(type) {
	case seq:
		return shortSeq{p, e}
	case alt:
		out := alt{}
		for _, x := range e {
			out = append(out, p.shorten(x))
		}
		return out
	case *loop:
		return e.rounds(1)
	case call:
		if p.shortened[e.rule] == nil {
			r := &rule{name: e.rule.name}
			p.shortened[e.rule] = r
			r.body = p.shorten(e.rule.body)
		}
		return call{p.shortened[e.rule]}
	}
	return alt{}
}
