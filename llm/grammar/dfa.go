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
