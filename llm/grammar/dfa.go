package grammar

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
)

// What a regular expression may come to. A pattern that is meant to take a backtracking
// matcher for ever is a small automaton; one that needs a large automaton is refused.
const (
	maxNFA  = 1 << 15 // nodes
	maxDFA  = 1 << 12 // states
	maxSets = 512     // sets of characters of one, or classes of those side by side times 4
	maxWork = 1 << 24 // nodes and cells looked at, for all patterns of a schema
)

var errPatternLarge = errors.New("too large: its automaton has too many states")

// dfa is a deterministic automaton over characters. Every character is in one class, and
// from every state the accepted end can be reached.
type dfa struct {
	classes []runes // together all characters
	next    []int32 // (states, classes): -1 is nowhere
	accept  []bool  // state 0 is where it starts; no states: nothing matches
}

func (d *dfa) states() int { return len(d.accept) }

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

// trim leaves out the states that cannot be reached, or from which no end can be.
func (d *dfa) trim() {
	n, k := d.states(), len(d.classes)
	dist := d.distances()
	id := make([]int32, n)
	for s := range id {
		id[s] = -1
	}
	var order []int32
	if n > 0 && dist[0] >= 0 {
		id[0], order = 0, []int32{0}
	}
	for i := 0; i < len(order); i++ {
		for c := range k {
			if t := d.next[int(order[i])*k+c]; t >= 0 && dist[t] >= 0 && id[t] < 0 {
				id[t] = int32(len(order))
				order = append(order, t)
			}
		}
	}
	next, accept := make([]int32, 0, len(order)*k), make([]bool, 0, len(order))
	for _, s := range order {
		accept = append(accept, d.accept[s])
		for c := range k {
			t := d.next[int(s)*k+c]
			if t >= 0 {
				t = id[t]
			}
			next = append(next, t)
		}
	}
	d.next, d.accept = next, accept
}

// distances returns for each state how many characters it takes at least to an end, -1 if
// there is no way.
func (d *dfa) distances() []int {
	n, k := d.states(), len(d.classes)
	back := make([][]int32, n)
	dist := make([]int, n)
	var queue []int32
	for s := range n {
		last := int32(-1)
		for c := range k {
			if t := d.next[s*k+c]; t >= 0 && t != last {
				back[t] = append(back[t], int32(s))
				last = t
			}
		}
		dist[s] = -1
		if d.accept[s] {
			dist[s] = 0
			queue = append(queue, int32(s))
		}
	}
	for len(queue) > 0 {
		t := queue[0]
		queue = queue[1:]
		for _, s := range back[t] {
			if dist[s] < 0 {
				dist[s] = dist[t] + 1
				queue = append(queue, s)
			}
		}
	}
	return dist
}

// longest returns the most characters that a text can have, -1 if there is no most.
func (d *dfa) longest() int {
	n, k := d.states(), len(d.classes)
	most := make([]int, n)
	mark := make([]uint8, n)
	const onPath, done = 1, 2
	type visit struct {
		s       int32
		leaving bool
	}
	if n == 0 {
		return 0
	}
	stack := []visit{{0, false}}
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		row := d.next[int(v.s)*k : int(v.s)*k+k]
		if v.leaving {
			mark[v.s] = done
			for _, t := range row {
				if t >= 0 {
					most[v.s] = max(most[v.s], most[t]+1)
				}
			}
			continue
		}
		if mark[v.s] != 0 {
			continue
		}
		mark[v.s] = onPath
		stack = append(stack, visit{v.s, true})
		for _, t := range row {
			switch {
			case t < 0:
			case mark[t] == onPath:
				return -1
			case mark[t] == 0:
				stack = append(stack, visit{t, false})
			}
		}
	}
	return most[0]
}

// match says whether d accepts s.
func (d *dfa) match(s string) bool {
	if d.states() == 0 {
		return false
	}
	at, k := int32(0), len(d.classes)
	for _, r := range s {
		c := slices.IndexFunc(d.classes, func(x runes) bool { return x.has(r) })
		if c < 0 {
			return false
		}
		if at = d.next[int(at)*k+c]; at < 0 {
			return false
		}
	}
	return d.accept[at]
}

// product runs several automata side by side. A state accepts if keep says so of the set of
// those that do, bit i for ds[i].
func product(ds []*dfa, spent *int, keep func(accepting uint64) bool) (*dfa, error) {
	if len(ds) > 63 {
		return nil, fmt.Errorf("%d automata side by side, want at most 63", len(ds))
	}
	var sets []runes
	var owner [][2]int
	for i, d := range ds {
		for c, set := range d.classes {
			sets, owner = append(sets, set), append(owner, [2]int{i, c})
		}
	}
	if len(sets) > 4*maxSets {
		return nil, errPatternLarge
	}
	out := &dfa{}
	var members [][]bool
	out.classes, members = partition(sets)
	of := make([][]int32, len(ds)) // the class of ds[i] that a class of out is in
	for i := range of {
		of[i] = make([]int32, len(out.classes))
	}
	for s, m := range members {
		for c, in := range m {
			if in {
				of[owner[s][0]][c] = int32(owner[s][1])
			}
		}
	}
	var list [][]int32
	index := map[string]int32{}
	intern := func(at []int32) int32 {
		key := make([]byte, 0, 4*len(at))
		for _, s := range at {
			key = append(key, byte(s), byte(s>>8), byte(s>>16), byte(s>>24))
		}
		s, ok := index[string(key)]
		if !ok {
			s = int32(len(list))
			index[string(key)] = s
			list = append(list, slices.Clone(at))
			var accepting uint64
			for i, x := range at {
				if x >= 0 && ds[i].accept[x] {
					accepting |= 1 << i
				}
			}
			out.accept = append(out.accept, keep(accepting))
		}
		return s
	}
	at := make([]int32, len(ds))
	for i, d := range ds {
		if d.states() == 0 {
			at[i] = -1
		}
	}
	intern(at)
	for s := 0; s < len(list); s++ {
		if *spent += len(out.classes) * len(ds); len(list) > maxDFA || *spent > maxWork {
			return nil, errPatternLarge
		}
		for c := range out.classes {
			for i, d := range ds {
				if at[i] = list[s][i]; at[i] >= 0 {
					at[i] = d.next[int(at[i])*len(d.classes)+int(of[i][c])]
				}
			}
			out.next = append(out.next, intern(at))
		}
	}
	out.trim()
	return out, nil
}

// intersect returns the texts that all of ds accept.
func intersect(spent *int, ds ...*dfa) (*dfa, error) {
	if len(ds) == 1 {
		return ds[0], nil
	}
	return product(ds, spent, func(accepting uint64) bool { return bits.OnesCount64(accepting) == len(ds) })
}

// atLeast returns the texts of d with n or more characters.
func (d *dfa) atLeast(n int, spent *int) (*dfa, error) {
	if n == 0 {
		return d, nil
	}
	if n*d.states() > maxDFA {
		return nil, errPatternLarge
	}
	k := len(d.classes)
	count := &dfa{classes: d.classes}
	for i := range n + 1 {
		count.accept = append(count.accept, i == n)
		for range k {
			count.next = append(count.next, int32(min(i+1, n)))
		}
	}
	return intersect(spent, d, count)
}

// word is the texts of d with up to most characters, which has one at least; inside a JSON
// string, or as they are.
type word struct {
	d    *dfa
	most int
	json bool
}

func (w word) emit(b *builder, next int32) int32 {
	if n := w.d.longest(); n >= 0 && n <= w.most {
		return w.graph(b, next, false)
	}
	least := int32(0)
	if !w.d.accept[0] {
		least = 1
	}
	need := 0
	for _, n := range w.d.distances() {
		need = max(need, n)
	}
	return b.add(node{op: opLoop, a: b.rule(&rule{"pattern", wordBody{w}}), b: next, min: least, max: int32(w.most), need: int32(need)})
}

// wordBody is a word in the body of a loop, which counts its characters.
type wordBody struct{ word }

func (w wordBody) emit(b *builder, _ int32) int32 { return w.graph(b, 0, true) }

// graph adds the states. In a loop the end leaves it and each character is a round; a
// state is only gone to if the rounds that are left are enough to come to an end from it.
func (w word) graph(b *builder, next int32, loop bool) int32 {
	d, k := w.d, len(w.d.classes)
	dist := d.distances()
	entry, hop := make([]int32, d.states()), make([]int32, d.states())
	if loop {
		next = b.add(node{op: opLeave})
	}
	for s := range entry {
		entry[s] = b.add(node{op: opSplit})
		hop[s] = entry[s]
		if loop {
			hop[s] = b.add(node{op: opAgain, a: entry[s]})
		}
	}
	start := int32(-1)
	for s := range entry {
		var targets []int32
		if d.accept[s] {
			targets = append(targets, next)
		}
		to := map[int32]runes{}
		var order []int32
		for c := range k {
			if t := d.next[s*k+c]; t >= 0 {
				if to[t] == nil {
					order = append(order, t)
				}
				to[t] = append(to[t], d.classes[c]...)
			}
		}
		for _, t := range order {
			set := to[t].sorted()
			var read []int32
			if !w.json {
				read = append(read, set.emit(b, hop[t]))
			} else {
				if direct := set.and(unescaped); len(direct) > 0 {
					id := direct.emit(b, hop[t])
					if loop && int(t) == s && direct.plain() && !b.over {
						b.nodes[id].plain, b.nodes[id].need = true, int32(dist[s])
					}
					read = append(read, id)
				}
				if escaped := set.escaped(); len(escaped) > 0 {
					read = append(read, escaped.emit(b, hop[t]))
				}
			}
			for _, id := range read {
				if loop {
					id = b.add(node{op: opRoom, a: id, need: int32(1 + dist[t])})
				}
				targets = append(targets, id)
			}
		}
		if b.over {
			return 0
		}
		n := &b.nodes[entry[s]]
		n.a = int32(len(b.targets))
		b.targets = append(b.targets, targets...)
		n.b = int32(len(b.targets))
		if loop && s == 0 && d.accept[s] { // the empty text goes past the loop, and not round it
			start = b.split(targets[1:]...)
		}
	}
	if start >= 0 {
		return start
	}
	return entry[0]
}
