package grammar

import "slices"

// loop is a repetition of something that may be the empty text, which a repeat cannot have.
type loop struct {
	p        *gbnf
	body     expr
	min, max int
}

func (l loop) emit(b *builder, next int32) int32 {
	if l.p.nullable(l.body) {
		l.body, l.min = l.p.shorten(l.body), 0
	}
	return repeat{&rule{"repetition", l.body}, l.min, l.max}.emit(b, next)
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
	case loop:
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
	case seq: // the first of its parts that is not empty, and all behind it
		var out alt
		for i, x := range e {
			out = append(out, append(seq{p.shorten(x)}, e[i+1:]...))
			if !p.nullable(x) {
				break
			}
		}
		return out
	case alt:
		out := alt{}
		for _, x := range e {
			out = append(out, p.shorten(x))
		}
		return out
	case loop:
		return loop{p, p.shorten(e.body), 1, e.max}
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
