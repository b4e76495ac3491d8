package grammar

import "slices"

// maxPositions bounds the set of positions of one state. What a schema of any sense needs
// is below a hundred; where an ambiguous grammar has more, the rest is dropped: less is
// allowed than could be, never more.
const maxPositions = 1 << 12

// maxVisited bounds what is looked at to find them. A grammar that has more at its very beginning
// is refused.
const maxVisited = 1 << 17

// frame is one entry of a stack: the call or loop that a position stands in, the rounds
// of it that are done, and the frame below. Frames are interned: equal stacks have equal
// numbers.
type frame struct {
	node, count, below int32
}

// position is a table node, or opAccept, and the stack that it stands on.
type position struct {
	node, frame int32
}

// The two states that every automaton has.
const (
	dead  int32 = 0 // no position: nothing fits
	unset int32 = -1
)

// automaton is the part of a grammar's deterministic automaton that has been needed so
// far. A state is a set of positions, each of which reads a byte or is the end. It only
// grows; when it is full, its grammar starts another.
type automaton struct {
	p       *program
	classes int

	frames   []frame
	frameIDs map[frame]int32

	sets   []position // the positions of all states, one state after the other, each sorted
	from   []int32    // state s has sets[from[s]:from[s+1]]
	next   []int32    // (states, classes): where a byte of the class leads, or unset
	accept []bool     // the text may end here
	forced []int16    // the byte that must come, or -1: none, or -2: not yet known
	byHash map[uint64]int32
	same   []int32 // another state with the same hash, or unset

	rests  []int32 // by state: see rest; unset where it is not known
	aboves []int32 // by frame

	start int32
	masks maskCache

	work closure
}

// closure is the scratch space of one step.
type closure struct {
	todo []position
	seen []position
	big  map[position]struct{} // takes over from seen when that is long
	out  []position
}

func newAutomaton(p *program) *automaton {
	a := &automaton{
		p: p, classes: len(p.sample),
		frameIDs: map[frame]int32{}, byHash: map[uint64]int32{},
		frames: []frame{{unset, 0, unset}}, // the bottom
		from:   []int32{0},
	}
	a.intern(nil) // dead
	a.begin()
	a.close(p.start, 0)
	a.start = a.intern(a.work.out)
	return a
}

// size estimates the bytes that the automaton takes.
func (a *automaton) size() int {
	return 4*len(a.next) + 8*len(a.sets) + 40*len(a.from) + 54*len(a.frames) + a.masks.size()
}

// positions returns the set of s.
func (a *automaton) positions(s int32) []position { return a.sets[a.from[s]:a.from[s+1]] }

// step returns the state that byte c leads to.
func (a *automaton) step(s int32, c byte) int32 {
	class := a.p.class[c]
	if t := a.next[int(s)*a.classes+int(class)]; t != unset {
		return t
	}
	return a.find(s, class)
}

// find works out where a byte of class leads from s.
func (a *automaton) find(s int32, class uint8) int32 {
	c := a.p.sample[class]
	a.begin()
	for i := a.from[s]; i < a.from[s+1]; i++ {
		at := a.sets[i]
		if next, ok := a.p.read(at.node, c); ok {
			a.close(next, at.frame)
		}
	}
	t := a.intern(a.work.out)
	a.next[int(s)*a.classes+int(class)] = t
	return t
}

// read returns where the byte c leads from a table node.
func (p *program) read(id int32, c byte) (int32, bool) {
	n := &p.nodes[id]
	if n.op != opTable {
		return 0, false
	}
	edges := p.edges[n.a:n.b]
	if len(edges) > 8 {
		i, ok := slices.BinarySearchFunc(edges, c, func(e edge, c byte) int {
			switch {
			case e.hi < c:
				return -1
			case e.lo > c:
				return 1
			}
			return 0
		})
		if !ok {
			return 0, false
		}
		return edges[i].next, true
	}
	for i := range edges {
		if e := &edges[i]; e.lo <= c && c <= e.hi {
			return e.next, true
		}
	}
	return 0, false
}

func (a *automaton) begin() {
	w := &a.work
	w.todo, w.seen, w.out = w.todo[:0], w.seen[:0], w.out[:0]
	if len(w.big) > 0 {
		clear(w.big)
	}
}

// visit puts a position on the list of those to look at, unless it was there before.
func (a *automaton) visit(node, frame int32) {
	w, at := &a.work, position{node, frame}
	const short = 64
	if len(w.seen) >= maxVisited {
		return
	}
	if len(w.seen) < short {
		if slices.Contains(w.seen, at) {
			return
		}
	} else {
		if len(w.seen) == short {
			if w.big == nil {
				w.big = map[position]struct{}{}
			}
			for _, p := range w.seen {
				w.big[p] = struct{}{}
			}
		}
		if _, ok := w.big[at]; ok {
			return
		}
		w.big[at] = struct{}{}
	}
	w.seen = append(w.seen, at)
	w.todo = append(w.todo, at)
}

// close adds to the set at hand what can be reached from a node without reading a byte.
func (a *automaton) close(node, frame int32) {
	w, p := &a.work, a.p
	a.visit(node, frame)
	for len(w.todo) > 0 {
		at := w.todo[len(w.todo)-1]
		w.todo = w.todo[:len(w.todo)-1]
		switch n := &p.nodes[at.node]; n.op {
		case opTable, opAccept:
			if len(w.out) < maxPositions {
				w.out = append(w.out, at)
			}
		case opSplit:
			for _, t := range p.targets[n.a:n.b] {
				a.visit(t, at.frame)
			}
		case opCall:
			if p.nodes[n.b].op == opPop { // the last thing of a rule: come back to its caller at once
				a.visit(n.a, at.frame)
			} else {
				a.visit(n.a, a.push(at.node, 0, at.frame))
			}
		case opLoop:
			if n.min == 0 {
				a.visit(n.b, at.frame)
			}
			a.visit(n.a, a.push(at.node, 0, at.frame))
		case opPop:
			f := a.frames[at.frame]
			around := &p.nodes[f.node]
			if around.op == opCall {
				a.visit(around.b, f.below)
				break
			}
			count := around.count(f.count)
			if count >= around.min {
				a.visit(around.b, f.below)
			}
			if count < around.max {
				a.visit(around.a, a.push(f.node, count, f.below))
			}
		case opAgain:
			f := a.frames[at.frame]
			around := &p.nodes[f.node]
			a.visit(n.a, a.push(f.node, around.count(f.count), f.below))
		case opRoom:
			f := a.frames[at.frame]
			if around := &p.nodes[f.node]; f.count <= around.max-max(n.need, 1) {
				a.visit(n.a, at.frame)
			}
		case opLeave:
			f := a.frames[at.frame]
			if around := &p.nodes[f.node]; f.count >= around.min {
				a.visit(around.b, f.below)
			}
		}
	}
}

// count returns the rounds of a loop after one more. A loop without a limit stops
// counting where the number no longer matters.
func (n *node) count(c int32) int32 {
	if n.max == unbounded && c >= n.min {
		return n.min
	}
	return c + 1
}

// push returns the number of the frame.
func (a *automaton) push(node, count, below int32) int32 {
	f := frame{node, count, below}
	id, ok := a.frameIDs[f]
	if !ok {
		id = int32(len(a.frames))
		a.frames = append(a.frames, f)
		a.frameIDs[f] = id
	}
	return id
}

// intern returns the state with the given positions, in any order and with repeats; it
// sorts them.
func (a *automaton) intern(set []position) int32 {
	slices.SortFunc(set, func(x, y position) int {
		if x.node != y.node {
			return int(x.node) - int(y.node)
		}
		return int(x.frame) - int(y.frame)
	})
	set = slices.Compact(set)
	h := uint64(14695981039346656037)
	for _, p := range set {
		h = (h ^ uint64(uint32(p.node))<<32 ^ uint64(uint32(p.frame))) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	first, ok := a.byHash[h]
	if ok {
		for s := first; s != unset; s = a.same[s] {
			if slices.Equal(a.positions(s), set) {
				return s
			}
		}
	} else {
		first = unset
	}
	s := int32(len(a.accept))
	a.sets = append(a.sets, set...)
	a.from = append(a.from, int32(len(a.sets)))
	for range a.classes {
		a.next = append(a.next, unset)
	}
	accept := false
	for _, p := range set {
		accept = accept || a.p.nodes[p.node].op == opAccept
	}
	a.accept = append(a.accept, accept)
	a.forced = append(a.forced, -2)
	a.same = append(a.same, first)
	a.byHash[h] = s
	return s
}

// force returns the byte that must come after s, or -1 if there is a choice, or the text
// may end.
func (a *automaton) force(s int32) int {
	if f := a.forced[s]; f != -2 {
		return int(f)
	}
	f := -1
	if !a.accept[s] {
		f = a.onlyByte(s)
	}
	a.forced[s] = int16(f)
	return f
}

func (a *automaton) onlyByte(s int32) int {
	only := -1
	for i := a.from[s]; i < a.from[s+1]; i++ {
		n := a.p.nodes[a.sets[i].node]
		for _, e := range a.p.edges[n.a:n.b] {
			for class := a.p.class[e.lo]; class <= a.p.class[e.hi]; class++ {
				c := int(a.p.sample[class])
				if only >= 0 && c != only || a.p.wide[class] {
					return -1
				}
				only = c
			}
		}
	}
	return only
}

// migrate returns the state of b, another automaton of the same program, that has the
// positions of s.
func (a *automaton) migrate(s int32, b *automaton) int32 {
	frames := map[int32]int32{0: 0}
	var move func(int32) int32
	move = func(id int32) int32 {
		to, ok := frames[id]
		if !ok {
			f := a.frames[id]
			to = b.push(f.node, f.count, move(f.below))
			frames[id] = to
		}
		return to
	}
	set := slices.Clone(a.positions(s))
	for i := range set {
		set[i].frame = move(set[i].frame)
	}
	return b.intern(set)
}
