package grammar

// factored returns alternatives with those made one that begin with the same rules, and go on by themselves
// behind these:
//
//	term "+" expr | term "-" expr | term    is    term ("+" expr | "-" expr | "")
//
// Rules are mostly written the first way, and a position in each of the alternatives, times those of the rules that
// they begin with, would be very many.
func factored(a alt) alt {
	groups := map[*rule][]seq{}
	var order []any // rules, and alternatives that begin with none
	for _, e := range a {
		s, ok := e.(seq)
		first := firstRule(s)
		if !ok || first == nil {
			order = append(order, e)
			continue
		}
		if groups[first] == nil {
			order = append(order, first)
		}
		groups[first] = append(groups[first], s)
	}
	out := alt{}
	for _, x := range order {
		r, ok := x.(*rule)
		if !ok {
			out = append(out, x.(expr))
			continue
		}
		list := groups[r]
		if len(list) == 1 {
			out = append(out, list[0])
			continue
		}
		n := 1 // rules that all of them begin with
		for sameRule(list, n) {
			n++
		}
		var rest alt
		for _, s := range list {
			rest = append(rest, s[n:])
		}
		out = append(out, append(list[0][:n:n], factored(rest)))
	}
	return out
}

// firstRule returns the rule that s begins with, or nil.
func firstRule(s seq) *rule {
	if len(s) > 0 {
		if c, ok := s[0].(call); ok {
			return c.rule
		}
	}
	return nil
}

// sameRule says whether part i of all sequences is the same rule.
func sameRule(list []seq, i int) bool {
	if len(list[0]) <= i {
		return false
	}
	first := firstRule(list[0][i:])
	for _, s := range list {
		if first == nil || len(s) <= i || firstRule(s[i:]) != first {
			return false
		}
	}
	return true
}
