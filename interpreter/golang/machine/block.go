package machine

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// block compiles a basic block.
func (c *code) block(to *block, b *ssa.BasicBlock, at *token.Pos) {
	last := b.Parent().Pos()
	for _, i := range b.Instrs {
		if i.Pos() != token.NoPos {
			last = i.Pos()
			*at = last
		}
		var do func(*frame)
		switch i := i.(type) {
		case *ssa.Phi, *ssa.DebugRef:
			continue
		case *ssa.Jump:
			to.next = func(*frame) int { return 0 }
		case *ssa.BinOp:
			if fused(i) {
				continue
			}
			do = c.instruction(i)
		case *ssa.If:
			if b, ok := i.Cond.(*ssa.BinOp); ok && fused(b) {
				to.next = branch(b.Op, c.slots[b.X], c.slots[b.Y])
				break
			}
			cond := c.slots[i.Cond]
			to.next = func(f *frame) int {
				if f.r[cond].(bool) {
					return 0
				}
				return 1
			}
		case *ssa.Return:
			to.next = c.returns(i)
		case *ssa.Panic:
			x := c.slots[i.X]
			do = func(f *frame) {
				if f.r[x] == nil {
					panic(nilPanic())
				}
				panic(target{f.r[x]})
			}
			to.next = func(*frame) int { return -1 }
		default:
			do = c.instruction(i)
		}
		if do != nil {
			to.do = append(to.do, do)
			to.positions = append(to.positions, last)
		}
	}
	to.positions = append(to.positions, last)
	for _, s := range b.Succs {
		e := edge{to: c.blocks[s.Index]}
		from := 0
		for k, p := range s.Preds {
			if p == b {
				from = k
			}
		}
		for _, i := range s.Instrs {
			phi, ok := i.(*ssa.Phi)
			if !ok {
				break
			}
			// A block that leads to another twice has the same value for both.
			e.moves = append(e.moves, move{c.slots[phi], c.slots[phi.Edges[from]]})
		}
		to.edges = append(to.edges, e)
	}
}

// fused says whether a comparison of two ints is made by the branch that it is for.
func fused(b *ssa.BinOp) bool {
	t, ok := b.X.Type().Underlying().(*types.Basic)
	if !ok || t.Kind() != types.Int || b.Referrers() == nil || len(*b.Referrers()) != 1 {
		return false
	}
	i, ok := (*b.Referrers())[0].(*ssa.If)
	return ok && i.Block() == b.Block() && branch(b.Op, 0, 0) != nil
}

// branch compares two ints.
func branch(op token.Token, x, y int) func(*frame) int {
	switch op {
	case token.LSS:
		return func(f *frame) int { return elseOne(f.r[x].(int) < f.r[y].(int)) }
	case token.LEQ:
		return func(f *frame) int { return elseOne(f.r[x].(int) <= f.r[y].(int)) }
	case token.GTR:
		return func(f *frame) int { return elseOne(f.r[x].(int) > f.r[y].(int)) }
	case token.GEQ:
		return func(f *frame) int { return elseOne(f.r[x].(int) >= f.r[y].(int)) }
	case token.EQL:
		return func(f *frame) int { return elseOne(f.r[x].(int) == f.r[y].(int)) }
	case token.NEQ:
		return func(f *frame) int { return elseOne(f.r[x].(int) != f.r[y].(int)) }
	}
	return nil
}

func elseOne(ok bool) int {
	if ok {
		return 0
	}
	return 1
}

// nilPanic is the panic of panic(nil).
func nilPanic() (r any) {
	defer func() { r = recover() }()
	panic(nil) //lint:ignore SA5011 its value is what is wanted
}

func (c *code) returns(i *ssa.Return) func(*frame) int {
	switch len(i.Results) {
	case 0:
		return func(*frame) int { return -1 }
	case 1:
		x := c.slots[i.Results[0]]
		return func(f *frame) int {
			f.result = f.r[x]
			return -1
		}
	}
	slots := c.list(i.Results)
	return func(f *frame) int {
		f.result = f.gather(slots)
		return -1
	}
}

func (c *code) list(values []ssa.Value) []int {
	slots := make([]int, len(values))
	for i, v := range values {
		slots[i] = c.slots[v]
	}
	return slots
}

func (f *frame) gather(slots []int) []any {
	values := make([]any, len(slots))
	for i, s := range slots {
		values[i] = f.r[s]
	}
	return values
}
