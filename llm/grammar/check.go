package grammar

import "errors"

// errEndless says that a grammar has no finite text, or reads none where it goes round.
var errEndless = errors.New("recursive without end")

// errNothing says that no text at all fits.
var errNothing = errors.New("no value fits")

// reach returns the nodes from which an end (of the rule, the loop or the text) can be
// reached; reading says whether bytes may be read on the way.
func (p *program) reach(reading bool) []bool {
	// A node waits for those that it needs; when one of them is found to reach an end, the
	// node is looked at again.
	waiting := make([][]int32, len(p.nodes))
	wait := func(on, node int32) { waiting[on] = append(waiting[on], node) }
	ok := make([]bool, len(p.nodes))
	var queue []int32
	for i := range p.nodes {
		id := int32(i)
		switch n := p.nodes[i]; n.op {
		case opTable:
			if reading {
				for _, e := range p.edges[n.a:n.b] {
					wait(e.next, id)
				}
			}
		case opSplit:
			for _, t := range p.targets[n.a:n.b] {
				wait(t, id)
			}
		case opCall, opLoop:
			wait(n.a, id)
			wait(n.b, id)
		case opRoom:
			wait(n.a, id)
		case opAgain: // always after a byte
			if reading {
				wait(n.a, id)
			}
		case opPop, opLeave, opAccept:
			ok[i] = true
			queue = append(queue, id)
		}
	}
	for len(queue) > 0 {
		done := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, id := range waiting[done] {
			n := p.nodes[id]
			switch {
			case ok[id]:
			case n.op == opCall && !(ok[n.a] && ok[n.b]):
			case n.op == opLoop && !(ok[n.b] && (n.min == 0 || ok[n.a])):
			default:
				ok[id] = true
				queue = append(queue, id)
			}
		}
	}
	return ok
}

// prune removes the ways that never reach an end, such as an optional property whose
// value must hold itself, so that a matcher is never led into one.
func (p *program) prune() error {
	alive := p.reach(true)
	if !alive[p.start] {
		return errNothing
	}
	for i := range p.nodes {
		n := &p.nodes[i]
		k := n.a
		switch {
		case n.op == opTable:
			for _, e := range p.edges[n.a:n.b] {
				if alive[e.next] {
					p.edges[k] = e
					k++
				}
			}
			n.b = k
		case n.op == opSplit:
			for _, t := range p.targets[n.a:n.b] {
				if alive[t] {
					p.targets[k] = t
					k++
				}
			}
			n.b = k
		case n.op == opLoop && !alive[n.a]: // never gone round
			at := int32(len(p.targets))
			p.targets = append(p.targets, n.b)
			*n = node{op: opSplit, a: at, b: at + 1}
		}
	}
	return nil
}

// checkProgress refuses a program that can go round without reading a byte.
func (p *program) checkProgress() error {
	empty := p.reach(false)
	const onPath, done = 1, 2
	mark := make([]uint8, len(p.nodes))
	var next []int32
	follow := func(id int32) []int32 {
		next = next[:0]
		switch n := p.nodes[id]; n.op {
		case opSplit:
			next = append(next, p.targets[n.a:n.b]...)
		case opRoom:
			next = append(next, n.a)
		case opCall:
			next = append(next, n.a)
			if empty[n.a] {
				next = append(next, n.b)
			}
		case opLoop:
			next = append(next, n.a)
			if n.min == 0 {
				next = append(next, n.b)
			}
		}
		return next
	}
	type visit struct {
		id      int32
		leaving bool
	}
	var stack []visit
	for i := range p.nodes {
		if p.nodes[i].op == opLoop && empty[p.nodes[i].a] {
			return errEndless
		}
		stack = append(stack, visit{int32(i), false})
		for len(stack) > 0 {
			v := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if v.leaving {
				mark[v.id] = done
				continue
			}
			if mark[v.id] != 0 {
				continue
			}
			mark[v.id] = onPath
			stack = append(stack, visit{v.id, true})
			for _, t := range follow(v.id) {
				if mark[t] == onPath {
					return errEndless
				}
				if mark[t] == 0 {
					stack = append(stack, visit{t, false})
				}
			}
		}
	}
	return nil
}
