package grammar

// array returns the arrays that fit s.
func (c *compiler) array(s *shape) (expr, error) {
	lo, hi, ok := s.items.within(c.limits.Items)
	if !ok {
		return c.nothing("minItems is %d and maxItems is %d, %s", lo, hi, place(s.at)), nil
	}
	own := 0 // items that have schemas of their own
	for _, e := range s.arrays {
		own = max(own, len(e.prefix))
	}
	item := func(i int) (expr, error) {
		var list []placed
		for _, e := range s.arrays {
			switch {
			case i < len(e.prefix):
				list = append(list, placed{&e.prefix[i], under(under(e.at, "prefixItems"), i)})
			case e.rest != nil:
				list = append(list, placed{e.rest, under(e.at, "items")})
			}
		}
		return c.together(list)
	}
	var prefix []expr
	for i := range own {
		e, err := item(i)
		if err != nil {
			return nil, err
		}
		prefix = append(prefix, e)
	}
	rest, err := item(own)
	if err != nil {
		return nil, err
	}
	return c.list(prefix, rest, lo, hi), nil
}

// list is an array of lo to hi items, of which the first ones have their own kinds.
func (c *compiler) list(prefix []expr, item expr, lo, hi int) expr {
	if len(prefix) == 0 {
		return c.listed("[", item, "]", lo, hi)
	}
	// From the last to the first: tail is what may come behind item n, its comma included.
	n := min(len(prefix), hi)
	tail := expr(seq{})
	if n == len(prefix) && hi > n {
		tail = repeat{&rule{"item", seq{lit(", "), item}}, max(lo-n, 0), hi - n}
	}
	for ; n > 0; n-- {
		comma := lit(", ")
		if n == 1 {
			comma = ""
		}
		tail = seq{comma, prefix[n-1], tail}
		if n > lo {
			tail = optional(tail)
		}
	}
	return seq{lit("["), tail, lit("]")}
}
