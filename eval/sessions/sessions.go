// Package sessions measures the code interpreter's sessions: how long one takes to start, alone, from a pool and among
// many, how long a small cell takes, and what is left of them.
package sessions

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/qwen-agent/qwen-agent/interpreter"
)

// The measurements, in the order in which they are made.
const (
	Start  = "start"  // from Open to ready, and to the answer to a first cell
	Pool   = "pool"   // the same for a session that a pool has ready
	Cell   = "cell"   // the round trip of a small cell in a session that has run one
	Series = "series" // many sessions one after another: what stays behind
	AtOnce = "at-once"
)

// Names has all measurements in order.
var Names = []string{Start, Pool, Cell, Series, AtOnce}

// Known says whether there is a measurement of that name.
func Known(name string) bool { return slices.Contains(Names, name) }

// A Bench measures sessions of one language.
type Bench struct {
	Options interpreter.Options
	N       int // repetitions of start and pool; cells are run ten times as often
	Series  int // sessions one after another
	AtOnce  int // sessions at once
}

// cell is a cell of every language, and value is what it shows.
const cell, value = "1 + 1", "2"

// Measure makes one measurement and enters it into the row.
func (b Bench) Measure(ctx context.Context, name string, row *Row) error {
	measure, known := map[string]func(context.Context, *Row) error{
		Start: b.start, Pool: b.pool, Cell: b.cell, Series: b.series, AtOnce: b.atOnce,
	}[name]
	if !known {
		return fmt.Errorf("sessions: measurement %q, wanted one of %v", name, Names)
	}
	if err := measure(ctx, row); err != nil {
		return fmt.Errorf("sessions: measure %s: %w", name, err)
	}
	return nil
}

// Describe opens a session, which fails if there is something amiss, and begins the row of its figures.
func (b Bench) Describe(ctx context.Context) (*Row, error) {
	s, err := b.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	row := &Row{Peer: Ours, System: describe(s.Sandbox())}
	row.Language, row.Version = s.Language()
	return row, nil
}

// open opens a session that has answered a cell.
func (b Bench) open(ctx context.Context) (*interpreter.Session, error) {
	s, err := interpreter.Open(ctx, b.Options)
	if err != nil {
		return nil, err
	}
	if err := ask(ctx, s); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// ask runs the cell.
func ask(ctx context.Context, s *interpreter.Session) error {
	r, err := s.Run(ctx, cell)
	switch {
	case err != nil:
		return err
	case r.Error != nil:
		return fmt.Errorf("the cell %q ended with %s: %s", cell, r.Error.Type, r.Error.Message)
	case r.Value != value:
		return fmt.Errorf("the cell %q is %q, wanted %q", cell, r.Value, value)
	}
	return nil
}

func (b Bench) start(ctx context.Context, row *Row) error {
	ready, first := make([]time.Duration, b.N), make([]time.Duration, b.N)
	for i := range b.N {
		began := time.Now()
		s, err := interpreter.Open(ctx, b.Options)
		if err != nil {
			return err
		}
		ready[i] = time.Since(began)
		err = ask(ctx, s)
		first[i] = time.Since(began)
		s.Close()
		if err != nil {
			return err
		}
	}
	row.Start, row.First = spread(ready), spread(first)
	return nil
}

// refill is how long a pool is left alone to have the next session ready.
const refill = 100 * time.Millisecond

func (b Bench) pool(ctx context.Context, row *Row) error {
	p, err := interpreter.NewPool(2, b.Options)
	if err != nil {
		return err
	}
	defer p.Close()
	ready, first := make([]time.Duration, b.N), make([]time.Duration, b.N)
	for i := range b.N {
		time.Sleep(refill)
		began := time.Now()
		s, err := p.Take(ctx, "", nil)
		if err != nil {
			return err
		}
		ready[i] = time.Since(began)
		err = ask(ctx, s)
		first[i] = time.Since(began)
		s.Close()
		if err != nil {
			return err
		}
	}
	row.Pool, row.PoolFirst = spread(ready), spread(first)
	return nil
}

func (b Bench) cell(ctx context.Context, row *Row) error {
	s, err := b.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	times := make([]time.Duration, 10*b.N)
	for i := range times {
		began := time.Now()
		if err := ask(ctx, s); err != nil {
			return err
		}
		times[i] = time.Since(began)
	}
	row.Cell = spread(times)
	return nil
}

// samples is how often a series is looked at, besides its beginning.
const samples = 4

func (b Bench) series(ctx context.Context, row *Row) error {
	one := func() error {
		s, err := b.open(ctx)
		if err != nil {
			return err
		}
		return s.Close()
	}
	if err := one(); err != nil { // what is made once and kept is not counted
		return err
	}
	list := []Sample{sample(0)}
	began := time.Now()
	for i := range b.Series {
		if err := one(); err != nil {
			return err
		}
		if (i+1)*samples/b.Series > i*samples/b.Series {
			list = append(list, sample(i+1))
		}
	}
	row.Series, row.SeriesTime = list, milliseconds(time.Since(began))
	return nil
}

// sample looks at what this process holds, garbage aside.
func sample(sessions int) Sample {
	debug.FreeOSMemory()
	rss, descriptors := holds()
	return Sample{Sessions: sessions, RSS: rss, Descriptors: descriptors, Goroutines: runtime.NumGoroutine()}
}

func (b Bench) atOnce(ctx context.Context, row *Row) error {
	open := make([]*interpreter.Session, b.AtOnce)
	errs := make([]error, b.AtOnce)
	var all sync.WaitGroup
	began := time.Now()
	for i := range b.AtOnce {
		all.Go(func() { open[i], errs[i] = b.open(ctx) })
	}
	all.Wait()
	took := time.Since(began)
	for _, s := range open {
		if s != nil {
			s.Close()
		}
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	row.AtOnce, row.AtOnceTime = b.AtOnce, milliseconds(took)
	return nil
}
