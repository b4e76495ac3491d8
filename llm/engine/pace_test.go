package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/llm/kv"
	"github.com/qwen-agent/qwen-agent/llm/qwen"
)

// slow is a model that only takes time: pass for the weights, row for each row, and look for each thousand
// positions that a row's attention sees.
type slow struct {
	pass, row, look time.Duration
	passes          *atomic.Int64 // that were made; nil counts none
}

func (m *slow) Config() qwen.Config         { return qwen.Config{Vocabulary: 4} }
func (m *slow) Logits([]float32, int) error { return nil }
func (m *slow) CopyPage(_, _ int32)         {}
func (m *slow) Hidden([]float32, int) error { return nil }
func (m *slow) Again(_, _ []float32) error  { return nil }
func (m *slow) Greatest(_ []float32, _, _ int, _ []int32) (float32, error) {
	return none, nil
}
func (m *slow) Warm(kernels.Ender) bool { return false }
func (m *slow) SavePage([]byte, int32)  {}
func (m *slow) LoadPage(int32, []byte)  {}
func (m *slow) Forward(ctx kernels.Ender, b *qwen.Batch) error {
	took := m.pass + time.Duration(len(b.IDs))*m.row
	for _, s := range b.Spans {
		took += time.Duration(s.Len*(s.Pos+s.Len)) * m.look / 1000
	}
	time.Sleep(took)
	if m.passes != nil {
		m.passes.Add(1)
	}
	return ctx.Err()
}

// slowEngine is an engine of a model that computes nothing. Its time is that of the test's bubble.
func slowEngine(m qwen.Model, tokens int) *Engine {
	return &Engine{
		options: Options{Context: tokens, Batch: defaultBatch}, vocabulary: 4, costs: newCosts(),
		scheduler: newScheduler(m, kv.NewPool(tokens/pageTokens, pageTokens), defaultBatch),
	}
}

// writeBeside writes an answer of n tokens, thinking for so long about each, and returns the longest time
// between two.
func writeBeside(t *testing.T, e *Engine, n int, think time.Duration) (longest time.Duration) {
	seq, err := e.BeginPrivate(t.Context(), n)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer seq.Close()
	last := time.Now()
	for i := range n {
		if err := seq.Append(t.Context(), []int32{1}, make([]float32, 4)); err != nil {
			t.Error(err)
			return 0
		}
		if i > 0 {
			longest = max(longest, time.Since(last))
		}
		last = time.Now()
		time.Sleep(think)
	}
	return longest
}

// TestGap reads a prompt of 4,096 tokens beside answers, on models as slow as those that people have: no answer
// waits longer than 150 ms, and the prompt takes no more than twice as long as alone. That nothing is known when it
// begins is the hard case.
func TestGap(t *testing.T) {
	for _, test := range []struct {
		name          string
		model         slow
		writers       int
		think         time.Duration
		known, decode bool // passes were seen before; the answers began before the prompt
	}{
		{"0.5B", slow{pass: 18 * time.Millisecond, row: 2900 * time.Microsecond, look: 250 * time.Microsecond}, 1, time.Millisecond, false, true},
		{"1.5B", slow{pass: 35 * time.Millisecond, row: 9 * time.Millisecond, look: 500 * time.Microsecond}, 1, time.Millisecond, false, true},
		{"1.5B, seen before", slow{pass: 35 * time.Millisecond, row: 9 * time.Millisecond, look: 500 * time.Microsecond}, 1, time.Millisecond, true, true},
		{"eight answers", slow{pass: 18 * time.Millisecond, row: 2900 * time.Microsecond}, 8, time.Millisecond, false, true},
		{"a slow reader", slow{pass: 18 * time.Millisecond, row: 2900 * time.Microsecond}, 1, 30 * time.Millisecond, true, true},
		{"fast", slow{pass: time.Millisecond, row: 20 * time.Microsecond}, 2, 100 * time.Microsecond, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := test.model
				m.passes = new(atomic.Int64)
				e := slowEngine(&m, 32<<10)
				defer e.scheduler.close()
				read := func() time.Duration {
					seq, err := e.BeginPrivate(t.Context(), 4096)
					if err != nil {
						t.Error(err)
						return 0
					}
					defer seq.Close()
					start := time.Now()
					if err := seq.Append(t.Context(), slices.Repeat([]int32{2}, 4096), make([]float32, 4)); err != nil {
						t.Error(err)
					}
					return time.Since(start)
				}
				alone := time.Duration(0)
				if test.known {
					alone = read()
				}
				var took time.Duration
				var g errgroup.Group
				for range test.writers {
					g.Go(func() error {
						if gap := writeBeside(t, e, 1000, test.think); gap-test.think > 150*time.Millisecond {
							return fmt.Errorf("a wait of %v", gap-test.think)
						}
						return nil
					})
				}
				time.Sleep(300 * time.Millisecond)
				before := m.passes.Load()
				took = read()
				passes := m.passes.Load() - before
				if err := g.Wait(); err != nil {
					t.Error(err)
				}
				if !test.known {
					alone = read()
				}
				t.Logf("alone %v, beside %d answers %v in %d passes", alone, test.writers, took, passes)
				if took > 5*alone/2 {
					t.Errorf("the prompt takes %v, and %v alone", took, alone)
				}
			})
		})
	}
}

// TestPace finds the number of rows from both sides.
func TestPace(t *testing.T) {
	cost := func(rows int) time.Duration { return 30*time.Millisecond + time.Duration(rows)*2*time.Millisecond }
	for _, first := range []int{1, 8, 40, 256} {
		var p pace
		rows := first
		for range 12 {
			p.learn(rows, cost(rows))
			rows = 2 + p.beside(2, 1)
		}
		if got := cost(rows); got < passTime-10*time.Millisecond || got > passTime {
			t.Errorf("from %d rows on it came to %d, which take %v", first, rows, got)
		}
	}
	// With what a pass of answers alone takes, one step shows the rest.
	for _, first := range []int{4, 24} {
		var p pace
		p.note(2, cost(2))
		p.learn(first, cost(first))
		if rows := 2 + p.beside(2, 1); rows != 40 {
			t.Errorf("from %d rows and those of answers on it came to %d, want 40", first, rows)
		}
	}
	// Kernels' steps: as many rows as go into the last that is short enough.
	stairs := func(rows int) time.Duration {
		return 40*time.Millisecond + time.Duration((rows+3)/4)*25*time.Millisecond
	}
	var p pace
	p.note(1, 49*time.Millisecond)
	for range 12 {
		rows := 1 + p.beside(1, 1)
		p.learn(rows, stairs(rows))
	}
	if rows := 1 + p.beside(1, 1); rows != 8 {
		t.Errorf("%d rows, want 8", rows)
	}

	p = pace{}
	if got := p.beside(1, 1); got != leastRows-1 {
		t.Errorf("nothing is known, and %d rows are let through", got)
	}
	p.learn(4, time.Hour)
	if got := p.beside(8, 1); got != leastRows {
		t.Errorf("a model that is too slow reads %d rows at a time, want %d", got, leastRows)
	}
	p.learn(100, 0)
	if got := p.beside(1, 1); got < 1000 || got > maxBatch {
		t.Errorf("a pass without time lets %d rows through", got)
	}
}

// TestInTurn has requests of all sizes wait for pages: they get them in the order in which they came, so that a
// large one is not passed over for ever, and each runs beside others as soon as its pages are there.
func TestInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := slowEngine(&slow{pass: time.Millisecond}, 10*pageTokens)
		defer e.scheduler.close()
		var g errgroup.Group
		pages := []int{4, 6, 10, 1, 1, 8, 2, 10, 3}
		opened := make([]time.Time, len(pages))
		for i, n := range pages {
			g.Go(func() error {
				seq, err := e.BeginPrivate(t.Context(), n*pageTokens)
				if err != nil {
					return err
				}
				opened[i] = time.Now()
				defer seq.Close()
				time.Sleep(10 * time.Millisecond)
				return seq.Append(t.Context(), []int32{1}, make([]float32, 4))
			})
			time.Sleep(time.Millisecond) // so that it asks after those before it
		}
		// One that gives up is not waited for.
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := e.BeginPrivate(ctx, 10*pageTokens); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a request that gave up: %v", err)
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		if !slices.IsSortedFunc(opened, time.Time.Compare) {
			t.Errorf("opened at %v", opened)
		}
		for _, pair := range [][2]int{{3, 5}, {6, 3}} { // 1, 1 and 8 pages are there at once, the next 2 are not
			if same := opened[pair[0]].Equal(opened[pair[1]]); same != (pair[1] == 5) {
				t.Errorf("request %d opened at %v, %d at %v", pair[0], opened[pair[0]], pair[1], opened[pair[1]])
			}
		}
	})
}
