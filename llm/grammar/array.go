package grammar

import (
	"fmt"
	"math/big"
)

// array returns the arrays that fit v.
func (c *compiler) array(v *value, at string) (expr, error) {
	lo, hi, err := bounds(v, "minItems", "maxItems", c.limits.Items, at)
	if err != nil {
		return nil, err
	}
	item := c.anything()
	if items, ok := v.get("items"); ok {
		if item, err = c.compile(items, under(at, "items")); err != nil {
			return nil, err
		}
	}
	var prefix []expr
	if list, ok := v.get("prefixItems"); ok {
		if list.kind != isArray {
			return nil, fmt.Errorf("prefixItems %s is %s, want a list of schemas", place(at), article(list.kind))
		}
		for i := range list.items {
			e, err := c.compile(&list.items[i], under(under(at, "prefixItems"), i))
			if err != nil {
				return nil, err
			}
			prefix = append(prefix, e)
		}
	}
	return c.list(prefix, item, lo, hi), nil
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

// bounds reads the least and the most of a count; the most is usual where v does not say.
func bounds(v *value, least, greatest string, usual int, at string) (lo, hi int, err error) {
	if lo, _, err = count(v, least, at); err != nil {
		return
	}
	hi, ok, err := count(v, greatest, at)
	if err != nil {
		return
	}
	if !ok {
		hi = max(usual, lo)
	}
	if lo > hi {
		return 0, 0, fmt.Errorf("%s is %d and %s is %d, %s: no value fits", least, lo, greatest, hi, place(at))
	}
	return lo, hi, nil
}

// count reads a keyword whose value is a natural number.
func count(v *value, name, at string) (int, bool, error) {
	x, ok := v.get(name)
	if !ok {
		return 0, false, nil
	}
	if x.kind != isNumber {
		return 0, false, fmt.Errorf("%s %s is %s, want a number", name, place(at), article(x.kind))
	}
	r, err := x.rational()
	if err != nil || !r.IsInt() || r.Sign() < 0 || r.Cmp(new(big.Rat).SetInt64(maxLimit)) > 0 {
		return 0, false, fmt.Errorf("%s %s is %.40s, want an integer from 0 to %d", name, place(at), x.text, maxLimit)
	}
	return int(r.Num().Int64()), true, nil
}
