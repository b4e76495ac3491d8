package grammar

// maxMasks bounds the masks that are kept with an automaton; one is 19 kB for the
// vocabulary of Qwen.
const maxMasks = 256

// maskKey is what a kept mask depends on.
type maskKey struct {
	vocabulary *Vocabulary
	state      int32 // clipped
}

// maskCache has the masks of an automaton's states, without the plain tokens where there
// is a plain position.
type maskCache struct {
	masks   map[maskKey][]uint64
	words   int
	clipped map[clipKey]int32 // frames
	states  []int32           // the states of a walk, by depth
}

type clipKey struct{ frame, limit int32 }

func (c *maskCache) size() int { return 8*c.words + 30*len(c.clipped) }

// mask sets the bits of the tokens that fit after s; all of mask is zero before. It may
// start another automaton, and returns the one that s is in now, with s there.
func (g *Grammar) mask(a *automaton, s int32, v *Vocabulary, mask []uint64) (*automaton, int32) {
	room := a.plainRoom(s)
	if room > 0 {
		r := min(room, plainUpTo)
		copy(mask, v.upTo[r])
		for _, t := range v.long {
			if t.runes > room {
				break
			}
			setBit(mask, t.id)
		}
	}
	t := &v.all
	if room > 0 {
		t = &v.rest
	}
	clipped := a.clip(s, int32(v.longest))
	key := maskKey{v, clipped}
	kept, ok := a.masks.masks[key]
	if !ok {
		kept = make([]uint64, v.words())
		b, moved := g.walk(a, clipped, v.longest, t, kept)
		if b != a {
			s = a.migrate(s, b)
			a, key.state = b, moved
		}
		a.masks.keep(key, kept)
	}
	for w, x := range kept {
		mask[w] |= x
	}
	return a, s
}

// keep puts a mask into the cache; one of the others goes if there are too many.
func (c *maskCache) keep(key maskKey, mask []uint64) {
	if c.masks == nil {
		c.masks = map[maskKey][]uint64{}
	}
	if len(c.masks) >= maxMasks {
		for k, m := range c.masks { // any
			c.words -= len(m)
			delete(c.masks, k)
			break
		}
	}
	c.masks[key] = mask
	c.words += len(mask)
}

// walk sets the bits of the tokens of t that fit after s. When the automaton fills up on
// the way it goes on in a new one; it returns that, with s there.
func (g *Grammar) walk(a *automaton, s int32, longest int, t *trie, mask []uint64) (*automaton, int32) {
	if cap(a.masks.states) <= longest {
		a.masks.states = make([]int32, longest+1)
	}
	states := a.masks.states[:longest+1]
	states[0] = s
	nodes, end := t.nodes, int32(len(t.nodes)-1)
	before := len(a.accept)
	for i := int32(0); i < end; {
		n := &nodes[i]
		to := a.step(states[n.depth-1], n.b)
		if to == dead {
			i = n.skip
			continue
		}
		states[n.depth] = to
		for _, id := range t.order[n.first:nodes[i+1].first] {
			setBit(mask, id)
		}
		i++
		if len(a.accept) > before+1024 {
			before = len(a.accept)
			if b := g.room(a); b != a {
				for d := range states[:n.depth+1] {
					states[d] = a.migrate(states[d], b)
				}
				b.masks.states = states
				a, before = b, len(b.accept)
			}
		}
	}
	return a, states[0]
}

// few appends the tokens that fit after s. It gives up behind more than most, or behind so many beginnings
// of tokens.
func (g *Grammar) few(a *automaton, s int32, v *Vocabulary, dst []int32, most int) ([]int32, bool) {
	if cap(a.masks.states) <= v.longest {
		a.masks.states = make([]int32, v.longest+1)
	}
	states := a.masks.states[:v.longest+1]
	states[0] = s
	t := &v.all
	nodes, end, found, begun := t.nodes, int32(len(t.nodes)-1), len(dst), 0
	for i := int32(0); i < end; {
		n := &nodes[i]
		to := a.step(states[n.depth-1], n.b)
		if to == dead {
			i = n.skip
			continue
		}
		states[n.depth] = to
		ids := t.order[n.first:nodes[i+1].first]
		if begun++; begun > most || len(dst)-found+len(ids) > most {
			return dst, false
		}
		dst = append(dst, ids...)
		i++
	}
	return dst, true
}

// plainRoom returns how many plain characters fit after s: so many, and no more, whatever
// they are. It is 0 if they also fit in another place than the loops made for them, where
// what they are makes a difference.
func (a *automaton) plainRoom(s int32) int {
	room := 0
	for _, at := range a.positions(s) {
		switch n := &a.p.nodes[at.node]; {
		case n.plain:
			f := a.frames[at.frame]
			if around := &a.p.nodes[f.node]; around.max == unbounded {
				room = unbounded
			} else {
				room = max(room, int(around.max-f.count-n.need))
			}
		case n.op == opTable:
			for _, e := range a.p.edges[n.a:n.b] {
				if plainLead(e) {
					return 0
				}
			}
		}
	}
	return room
}

// plainLead says whether a plain character may begin with a byte of e.
func plainLead(e edge) bool {
	if e.hi >= 0xc2 {
		return true
	}
	for c := e.lo; c < 0x80 && c <= e.hi; c++ {
		if plainRunes.has(rune(c)) {
			return true
		}
	}
	return false
}

// clip returns a state that reads the same texts of up to limit bytes as s: rounds of
// loops that no such text can use up, or fill, are left out, so that a mask made at one
// place of a long string is good for the others.
func (a *automaton) clip(s, limit int32) int32 {
	w := &a.work
	w.out = w.out[:0]
	changed := false
	for _, at := range a.positions(s) {
		f := a.clipFrame(at.frame, limit)
		changed = changed || f != at.frame
		at.frame = f
		w.out = append(w.out, at)
	}
	if !changed {
		return s
	}
	return a.intern(w.out)
}

func (a *automaton) clipFrame(id, limit int32) int32 {
	if id <= 0 {
		return id
	}
	key := clipKey{id, limit}
	if to, ok := a.masks.clipped[key]; ok {
		return to
	}
	f := a.frames[id]
	if n := &a.p.nodes[f.node]; n.op == opLoop && n.max != unbounded {
		switch {
		case f.count >= n.min && n.max-f.count > limit+n.need:
			f.count = n.min
		case f.count < n.min && n.min-f.count > limit:
			f.count = 0
		}
	} else if n.op == opLoop && n.min-f.count > limit {
		f.count = 0
	}
	to := a.push(f.node, f.count, a.clipFrame(f.below, limit))
	if a.masks.clipped == nil {
		a.masks.clipped = map[clipKey]int32{}
	}
	a.masks.clipped[key] = to
	return to
}
