package grammar

import (
	"fmt"
	"slices"
)

// maxNodes bounds a program; with its edges a node takes about 80 bytes while it is built.
const maxNodes = 1 << 19

// unbounded is the max of a loop without one.
const unbounded = 1<<31 - 1

// An op is what a node does. Only opTable reads a byte.
type op uint8

const (
	opTable  op = iota // reads one byte: edges[a:b]
	opSplit            // goes to each of targets[a:b]
	opCall             // goes to the rule that starts at a, then to b
	opLoop             // goes to the body that starts at a min to max times, then to b
	opPop              // the end of a rule or of a loop's body
	opRoom             // goes to a if the loop around it has need rounds left, at least one
	opAgain            // counts one round of the loop around it and goes to a
	opLeave            // leaves the loop around it, if it was gone round often enough
	opAccept           // the end of the text
)

// node is one instruction.
type node struct {
	op       op
	plain    bool // opTable: a plain character leads back here, one round later (see plainRunes)
	a, b     int32
	min, max int32 // opLoop
	need     int32 // opLoop: the most that any need in its body is; a plain table: rounds that the way to the end takes from here
}

// edge leads a byte between lo and hi, both included, to the node next.
type edge struct {
	lo, hi byte
	next   int32
}

// program is a grammar as nodes; start is where the text begins.
type program struct {
	nodes   []node
	edges   []edge
	targets []int32
	start   int32
	class   [256]uint8 // bytes that no table tells apart have one class
	sample  []byte     // a byte of each class
	wide    []bool     // the class has more than one byte
	rest    []int32    // see shortest; nil until it is needed
}

// builder makes a program from the end to the beginning: an expression is given the node
// that follows it and returns the node where it starts.
type builder struct {
	program
	single map[edge]int32 // tables of one edge, shared
	rules  map[*rule]int32
	queue  []*rule
	over   bool // the program is too large; nodes are no longer added
}

// expr is a part of a grammar.
type expr interface {
	// emit adds nodes that read the expression and go on to next, and returns the first.
	emit(b *builder, next int32) int32
}

// rule is a part that is built once and used from several places, itself included.
type rule struct {
	name string // in messages
	body expr
}

// build returns the program of e. The error says that it is too large, or has no end.
func build(e expr) (*program, error) {
	b := &builder{single: map[edge]int32{}, rules: map[*rule]int32{}}
	b.start = e.emit(b, b.add(node{op: opAccept}))
	pop := b.add(node{op: opPop})
	entries := map[int32]int32{} // number of a rule to its first node
	names := map[int32]string{}
	for len(b.queue) > 0 && !b.over {
		r := b.queue[0]
		b.queue = b.queue[1:]
		entries[b.rules[r]] = r.body.emit(b, pop)
		names[b.rules[r]] = r.name
	}
	if b.over {
		return nil, fmt.Errorf("too large: more than %d nodes", maxNodes)
	}
	for i := range b.nodes {
		if n := &b.nodes[i]; n.op == opCall || n.op == opLoop {
			n.a = entries[n.a]
		}
	}
	p := &b.program
	if err := p.prune(); err != nil {
		return nil, err
	}
	if err := p.checkProgress(); err != nil {
		return nil, err
	}
	p.classify()
	return p, nil
}

func (b *builder) add(n node) int32 {
	if len(b.nodes) >= maxNodes || len(b.edges)+len(b.targets) >= 2*maxNodes {
		b.over = true
		return 0
	}
	b.nodes = append(b.nodes, n)
	return int32(len(b.nodes) - 1)
}

// byteRange reads one byte between lo and hi.
func (b *builder) byteRange(lo, hi byte, next int32) int32 {
	e := edge{lo, hi, next}
	if n, ok := b.single[e]; ok {
		return n
	}
	n := b.table([]edge{e})
	if !b.over {
		b.single[e] = n
	}
	return n
}

// table reads one byte; edges do not overlap.
func (b *builder) table(edges []edge) int32 {
	slices.SortFunc(edges, func(x, y edge) int { return int(x.lo) - int(y.lo) })
	from := int32(len(b.edges))
	if !b.over {
		b.edges = append(b.edges, edges...)
	}
	return b.add(node{op: opTable, a: from, b: int32(len(b.edges))})
}

// split goes to every one of targets.
func (b *builder) split(targets ...int32) int32 {
	if len(targets) == 1 {
		return targets[0]
	}
	from := int32(len(b.targets))
	if !b.over {
		b.targets = append(b.targets, targets...)
	}
	return b.add(node{op: opSplit, a: from, b: int32(len(b.targets))})
}

// rule returns the number of r, which stands for its first node until all are built.
func (b *builder) rule(r *rule) int32 {
	n, ok := b.rules[r]
	if !ok {
		n = int32(len(b.rules))
		b.rules[r] = n
		b.queue = append(b.queue, r)
	}
	return n
}

// classify finds the bytes that no table of p tells apart.
func (p *program) classify() {
	var starts [257]bool // where a class begins
	starts[0], starts[256] = true, true
	for _, e := range p.edges {
		starts[e.lo], starts[int(e.hi)+1] = true, true
	}
	for c := range 256 {
		if starts[c] {
			p.sample = append(p.sample, byte(c))
			p.wide = append(p.wide, !starts[c+1])
		}
		p.class[c] = uint8(len(p.sample) - 1)
	}
}
