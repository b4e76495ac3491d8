// Package par has workers that stay: a loop is split over them without a goroutine being
// started for it. A decode step consists of a few hundred such loops of some microseconds
// each.
package par

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// How long somebody with nothing to do looks for work before going to sleep: spinRounds
// rounds of spinLoads loads, about 30 µs in all. The gaps between the loops of one decode
// step are shorter. Between rounds the processor is offered to other goroutines, and the
// end of the spinning is what keeps a program usable whose cores others need too: a barrier
// that spins for as long as it takes stands still when one of its threads lost its core.
const (
	spinRounds = 40
	spinLoads  = 400
)

// The state of a pool is one word, so that joining and closing a loop exclude each other:
// the number of the loop, whether workers may still join it, and how many are in it.
const (
	open    = 1 << 31
	inside  = open - 1
	oneLoop = 1 << 32
)

// Pool splits loops over a fixed number of workers, of which the caller is one. It is used
// by one goroutine at a time.
type Pool struct {
	state   atomic.Uint64
	closed  atomic.Bool
	workers []*worker
	exited  sync.WaitGroup

	// What the current loop does; written before the loop opens.
	n    int64
	f    func(worker, i int)
	next atomic.Int64

	waiting atomic.Bool // the caller sleeps until the last worker has left
	left    chan struct{}

	mu    sync.Mutex
	panic *Panic
}

type worker struct {
	number int
	asleep atomic.Bool
	wake   chan struct{}
}

// Panic is what Do panics with if f does: the value, and where f was.
type Panic struct {
	Value any
	Stack []byte
}

// Error gives the value and the worker's stack.
func (p *Panic) Error() string { return fmt.Sprintf("%v\n\nin a worker:\n%s", p.Value, p.Stack) }

// New returns a pool of n workers, n-1 of them goroutines of their own, which end with
// Close.
func New(n int) *Pool {
	p := &Pool{left: make(chan struct{}, 1)}
	for i := 1; i < n; i++ {
		w := &worker{number: i, wake: make(chan struct{}, 1)}
		p.workers = append(p.workers, w)
		p.exited.Add(1)
		go p.work(w)
	}
	return p
}

// Workers returns how many workers share a loop.
func (p *Pool) Workers() int { return len(p.workers) + 1 }

// Close ends the workers.
func (p *Pool) Close() {
	p.closed.Store(true)
	p.state.Add(oneLoop)
	p.rouse()
	p.exited.Wait()
}

// Do calls f for every i in [0, n), spread over the workers, and returns when all calls
// have. Calls with the same worker, in [0, Workers()), follow each other. A worker that has lost its core does not hold up the others: those that come when
// every i is taken are not waited for. If a call panics, no new calls begin and Do panics
// with a *Panic. A fault in memory that is mapped from a file is such a panic, see
// debug.SetPanicOnFault.
func (p *Pool) Do(n int, f func(worker, i int)) {
	if n <= 0 {
		return
	}
	p.n, p.f = int64(n), f
	p.next.Store(0)
	shared := n > 1 && len(p.workers) > 0
	if shared {
		p.state.Add(oneLoop | open)
		p.rouse()
	}
	p.run(0)
	if shared {
		p.wait()
	}
	p.f = nil
	if p.panic != nil {
		caught := p.panic
		p.panic = nil
		panic(caught)
	}
}

// run makes calls until every i is taken.
func (p *Pool) run(worker int) {
	before := debug.SetPanicOnFault(true)
	defer func() {
		debug.SetPanicOnFault(before)
		if v := recover(); v != nil {
			p.next.Store(p.n)
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.panic == nil {
				p.panic = &Panic{Value: v, Stack: debug.Stack()}
			}
		}
	}()
	for n, f := p.n, p.f; ; {
		i := p.next.Add(1) - 1
		if i >= n {
			return
		}
		f(worker, int(i))
	}
}

// wait closes the loop to those who have not joined, and waits for those who have.
func (p *Pool) wait() {
	s := p.state.Add(^uint64(open - 1)) // minus open
	if s&inside == 0 {
		return
	}
	if spin(func() bool { return p.state.Load()&inside == 0 }) {
		return
	}
	p.waiting.Store(true)
	if p.state.Load()&inside == 0 && p.waiting.CompareAndSwap(true, false) {
		return
	}
	<-p.left
}

func (p *Pool) work(w *worker) {
	defer p.exited.Done()
	var seen uint64
	changed := func() bool { return p.state.Load()/oneLoop != seen }
	for {
		if !spin(changed) {
			w.asleep.Store(true)
			if !changed() || !w.asleep.CompareAndSwap(true, false) {
				<-w.wake
			}
		}
		if p.closed.Load() {
			return
		}
		s := p.state.Load()
		seen = s / oneLoop
		for s&open != 0 && s/oneLoop == seen {
			if p.state.CompareAndSwap(s, s+1) {
				p.run(w.number)
				if p.state.Add(^uint64(0))&(open|inside) == 0 && p.waiting.CompareAndSwap(true, false) {
					p.left <- struct{}{}
				}
				break
			}
			s = p.state.Load()
		}
	}
}

// rouse wakes the workers that sleep.
func (p *Pool) rouse() {
	for _, w := range p.workers {
		if w.asleep.CompareAndSwap(true, false) {
			w.wake <- struct{}{}
		}
	}
}

// spin looks for a while whether done, and says whether it was.
func spin(done func() bool) bool {
	for range spinRounds {
		for range spinLoads {
			if done() {
				return true
			}
		}
		runtime.Gosched()
	}
	return false
}
