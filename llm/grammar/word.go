package grammar

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
