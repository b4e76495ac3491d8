package grammar

import (
	"container/heap"
	"math"
)

// never is the length of a way that is not there, or too long to be counted.
const never = math.MaxInt32

func plus(a, b int32) int32 { return int32(min(int64(a)+int64(b), never)) }

func times(n, a int32) int32 { return int32(min(int64(n)*int64(a), never)) }

// shortest returns for each node how many bytes it takes at least to the end of the rule,
// the loop's body or the text that it is in.
//
// Source: Knuth, A Generalization of Dijkstra's Algorithm (1977).
func (p *program) shortest() []int32 {
	rest := make([]int32, len(p.nodes))
	waiting := make([][]int32, len(p.nodes))
	var todo costHeap
	for i := range p.nodes {
		id := int32(i)
		rest[i] = never
		wait := func(on int32) { waiting[on] = append(waiting[on], id) }
		switch n := p.nodes[i]; n.op {
		case opTable:
			for _, e := range p.edges[n.a:n.b] {
				wait(e.next)
			}
		case opSplit:
			for _, t := range p.targets[n.a:n.b] {
				wait(t)
			}
		case opCall, opLoop:
			wait(n.a)
			wait(n.b)
		case opRoom, opAgain:
			wait(n.a)
		case opPop, opLeave, opAccept:
			todo = append(todo, cost{id, 0})
		}
	}
	for len(todo) > 0 {
		c := heap.Pop(&todo).(cost)
		if rest[c.node] != never {
			continue
		}
		rest[c.node] = c.bytes
		for _, id := range waiting[c.node] {
			if rest[id] != never {
				continue
			}
			n, bytes := p.nodes[id], c.bytes
			switch n.op {
			case opTable:
				bytes = plus(bytes, 1)
			case opCall:
				bytes = plus(rest[n.a], rest[n.b])
			case opLoop:
				bytes = rest[n.b]
				if n.min > 0 {
					bytes = plus(times(n.min, rest[n.a]), rest[n.b])
				}
			}
			if bytes != never {
				heap.Push(&todo, cost{id, bytes})
			}
		}
	}
	return rest
}

type cost struct{ node, bytes int32 }

type costHeap []cost

func (h costHeap) Len() int           { return len(h) }
func (h costHeap) Less(i, j int) bool { return h[i].bytes < h[j].bytes }
func (h costHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *costHeap) Push(x any)        { *h = append(*h, x.(cost)) }
func (h *costHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

// rest returns how many bytes the shortest way from s to the end of the text has.
func (a *automaton) rest(s int32) int32 {
	for len(a.rests) <= int(s) {
		a.rests = append(a.rests, unset)
	}
	if r := a.rests[s]; r != unset {
		return r
	}
	if a.p.rest == nil {
		a.p.rest = a.p.shortest()
	}
	least := int32(never)
	for _, at := range a.positions(s) {
		least = min(least, plus(a.p.rest[at.node], a.above(at.frame)))
	}
	a.rests[s] = least
	return least
}

// above returns how many bytes are needed at least when the rule or the round of the loop
// that frame id stands for is done.
func (a *automaton) above(id int32) int32 {
	for len(a.aboves) < len(a.frames) {
		a.aboves = append(a.aboves, unset)
	}
	f := a.frames[id]
	if f.node < 0 {
		return 0
	}
	if r := a.aboves[id]; r != unset {
		return r
	}
	n := &a.p.nodes[f.node]
	r := plus(a.p.rest[n.b], a.above(f.below))
	if n.op == opLoop {
		if more := n.min - n.count(f.count); more > 0 {
			r = plus(r, times(more, a.p.rest[n.a]))
		}
	}
	a.aboves[id] = r
	return r
}

// Rest returns how many bytes are needed at least to bring the text to an end.
func (m *Matcher) Rest() int {
	m.lock()
	defer m.g.mu.Unlock()
	return int(m.a.rest(m.s))
}

// Shortest appends to dst the shortest text that brings this one to an end; of several as
// short, the first in the order of their bytes.
func (m *Matcher) Shortest(dst []byte) []byte {
	m.lock()
	defer m.g.mu.Unlock()
	a, s := m.a, m.s
	for left := a.rest(s); left > 0; {
		for class := range a.classes {
			c := a.p.sample[class]
			if t := a.step(s, c); t != dead && a.rest(t) < left {
				dst = append(dst, c)
				s = t
				break
			}
		}
		if a.rest(s) >= left {
			return dst // of very many positions some are left out: no way is known
		}
		left = a.rest(s)
		if b := m.g.room(a); b != a {
			s = a.migrate(s, b)
			a = b
		}
	}
	return dst
}
