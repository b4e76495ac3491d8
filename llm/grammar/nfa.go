package grammar

import "slices"

// nfa is the nondeterministic automaton of a regular expression, after Thompson, Regular
// Expression Search Algorithm (1968).
type nfa struct {
	nodes []nfaNode
	sets  []runes
	over  bool
}

type nfaNode struct {
	kind  nfaKind
	set   int32 // of sets
	a, b  int32
	after bool // nfaMatch: any text may follow
}

type nfaKind uint8

const (
	nfaSet   nfaKind = iota // reads a character of the set and goes to a
	nfaSplit                // goes to a and b
	nfaBegin                // goes to a at the beginning of the text
	nfaEnd                  // goes to a at its end
	nfaMatch
	nfaFail
)

func (n *nfa) add(x nfaNode) int32 {
	if len(n.nodes) >= maxNFA {
		n.over = true
		return 0
	}
	n.nodes = append(n.nodes, x)
	return int32(len(n.nodes) - 1)
}

// put adds the nodes of e, which go on to next, and returns the first.
func (n *nfa) put(e rx, next int32) int32 {
	if n.over {
		return 0
	}
	switch e := e.(type) {
	case rxSet:
		if len(e.runes) == 0 {
			return n.add(nfaNode{kind: nfaFail})
		}
		set := slices.IndexFunc(n.sets, func(s runes) bool { return slices.Equal(s, e.runes) })
		if set < 0 {
			set = len(n.sets)
			n.over = n.over || set == maxSets
			n.sets = append(n.sets, e.runes)
		}
		return n.add(nfaNode{kind: nfaSet, set: int32(set), a: next})
	case rxSeq:
		for _, x := range slices.Backward(e) {
			next = n.put(x, next)
		}
		return next
	case rxAlt:
		first := n.add(nfaNode{kind: nfaFail})
		for _, x := range slices.Backward(e) {
			first = n.add(nfaNode{kind: nfaSplit, a: n.put(x, next), b: first})
		}
		return first
	case rxRepeat:
		if e.max == unbounded {
			loop := n.add(nfaNode{kind: nfaSplit, b: next})
			if body := n.put(e.body, loop); !n.over {
				n.nodes[loop].a = body
			}
			next = loop
		} else {
			for range e.max - e.min {
				if n.over {
					break
				}
				next = n.add(nfaNode{kind: nfaSplit, a: n.put(e.body, next), b: next})
			}
		}
		for range e.min {
			if n.over {
				break
			}
			next = n.put(e.body, next)
		}
		return next
	case rxBegin:
		return n.add(nfaNode{kind: nfaBegin, a: next})
	case rxEnd:
		return n.add(nfaNode{kind: nfaEnd, a: next})
	}
	panic("grammar: a part of a regular expression of no kind")
}

// compilePattern returns the automaton of the texts that a regular expression matches:
// all of the text if it is whole, else some part of it.
func compilePattern(src string, whole bool, spent *int) (*dfa, error) {
	e, err := parsePattern(src)
	if err != nil {
		return nil, err
	}
	return determine(e, whole, spent)
}

// determine makes the automaton by the subset construction. spent counts towards maxWork.
func determine(e rx, whole bool, spent *int) (*dfa, error) {
	var n nfa
	start := n.put(e, n.add(nfaNode{kind: nfaMatch, after: !whole}))
	if whole { // the alternatives of ^a|b$ are within it too
		start = n.put(rxBegin{}, start)
	}
	if n.over {
		return nil, errPatternLarge
	}
	d := &dfa{}
	var members [][]bool
	d.classes, members = partition(n.sets)
	k := len(d.classes)

	type subset struct{ nodes []int32 } // sorted; of the kinds set, end and match
	var list []subset
	index := map[string]int32{}
	mark := make([]int, len(n.nodes)) // the round in which a node was last seen
	round := 0
	var stack []int32
	// close returns what can be reached from the nodes of from, at the beginning of the text
	// or not, at its end or not.
	close := func(from []int32, begin, end bool) (out []int32, after bool) {
		round++
		stack = append(stack[:0], from...)
		for len(stack) > 0 {
			id := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if mark[id] == round {
				continue
			}
			mark[id] = round
			*spent++
			switch x := n.nodes[id]; x.kind {
			case nfaSplit:
				stack = append(stack, x.a, x.b)
			case nfaBegin:
				if begin {
					stack = append(stack, x.a)
				}
			case nfaEnd:
				if end {
					stack = append(stack, x.a)
				} else {
					out = append(out, id)
				}
			case nfaSet, nfaMatch:
				out = append(out, id)
				after = after || x.after
			}
		}
		slices.Sort(out)
		return out, after
	}
	var key []byte
	intern := func(nodes []int32, after, begin bool) int32 {
		if after { // whatever comes, it matches
			nodes = []int32{-1}
		}
		key = key[:0]
		for _, id := range nodes {
			key = append(key, byte(id), byte(id>>8), byte(id>>16), byte(id>>24))
		}
		if begin { // the first state alone is at the beginning
			key = append(key, 0)
		}
		s, ok := index[string(key)]
		if !ok {
			s = int32(len(list))
			index[string(key)] = s
			list = append(list, subset{nodes})
			accept := after
			if !after {
				ends, _ := close(nodes, begin, true)
				accept = slices.ContainsFunc(ends, func(id int32) bool { return n.nodes[id].kind == nfaMatch })
			}
			d.accept = append(d.accept, accept)
		}
		return s
	}
	first, after := close([]int32{start}, true, false)
	intern(first, after, true)
	var from []int32
	for s := int32(0); int(s) < len(list); s++ {
		if len(list) > maxDFA || *spent > maxWork {
			return nil, errPatternLarge
		}
		for c := range k {
			if len(list[s].nodes) == 1 && list[s].nodes[0] == -1 {
				d.next = append(d.next, s)
				continue
			}
			from = from[:0]
			for _, id := range list[s].nodes {
				*spent++
				if x := n.nodes[id]; x.kind == nfaSet && members[x.set][c] {
					from = append(from, x.a)
				}
			}
			if !whole {
				from = append(from, start) // a match may begin here
			}
			nodes, after := close(from, false, false)
			if len(nodes) == 0 {
				d.next = append(d.next, -1)
				continue
			}
			d.next = append(d.next, intern(nodes, after, false))
		}
	}
	d.trim()
	return d, nil
}

// partition returns the classes of characters that the sets do not tell apart, and for
// each set which of them it has.
func partition(sets []runes) (classes []runes, members [][]bool) {
	type edge struct {
		at  rune
		set int
	}
	var edges []edge
	for i, s := range sets {
		for _, x := range s {
			edges = append(edges, edge{x.lo, i}, edge{x.hi + 1, i})
		}
	}
	slices.SortFunc(edges, func(x, y edge) int { return int(x.at) - int(y.at) })
	in := make([]byte, len(sets)) // which sets have the character at hand
	index := map[string]int{}
	members = make([][]bool, len(sets))
	add := func(lo, hi rune) {
		for _, x := range anyRune.and(runes{{lo, hi}}) {
			c, ok := index[string(in)]
			if !ok {
				c = len(classes)
				index[string(in)] = c
				classes = append(classes, nil)
				for i := range members {
					members[i] = append(members[i], in[i] == 1)
				}
			}
			classes[c] = append(classes[c], x)
		}
	}
	from := rune(0)
	for _, e := range edges {
		if e.at > from {
			add(from, e.at-1)
			from = e.at
		}
		in[e.set] ^= 1
	}
	if from <= 0x10ffff {
		add(from, 0x10ffff)
	}
	return classes, members
}
