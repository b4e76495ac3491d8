package par

import (
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestDo(t *testing.T) {
	defer goleak.VerifyNone(t)
	for workers := 1; workers <= 5; workers++ {
		p := New(workers)
		for n := range 40 {
			for range 20 {
				calls := make([]atomic.Int32, n)
				p.Do(n, func(_, i int) { calls[i].Add(1) })
				for i := range calls {
					if c := calls[i].Load(); c != 1 {
						t.Fatalf("%d workers, n=%d: %d was called %d times", workers, n, i, c)
					}
				}
			}
		}
		p.Close()
	}
}

// TestWritesAreSeen would fail under -race if Do returned before a worker is done.
func TestWritesAreSeen(t *testing.T) {
	p := New(4)
	defer p.Close()
	x := make([]int, 100)
	for round := range 500 {
		p.Do(len(x), func(_, i int) { x[i] += i })
		if round%50 == 0 {
			time.Sleep(time.Millisecond) // let the workers fall asleep
		}
	}
	for i, v := range x {
		if v != 500*i {
			t.Fatalf("x[%d] is %d, want %d", i, v, 500*i)
		}
	}
}

func TestBothWork(t *testing.T) {
	p := New(2)
	defer p.Close()
	// Each call waits for the other, so this returns only if two goroutines run them.
	met := make(chan int, 2)
	p.Do(2, func(_, i int) {
		met <- i
		for len(met) < 2 {
			runtime.Gosched()
		}
	})
}

// TestWorkers checks that no two calls with the same worker overlap.
func TestWorkers(t *testing.T) {
	p := New(3)
	defer p.Close()
	inside := make([]atomic.Int32, p.Workers())
	p.Do(300, func(worker, _ int) {
		if inside[worker].Add(1) != 1 {
			t.Errorf("worker %d is in two calls", worker)
		}
		runtime.Gosched()
		inside[worker].Add(-1)
	})
}

// TestOneCore shares one core among the workers, so that most come too late for their
// loop: nobody may wait for them, nor spin until the scheduler takes the core away (10 ms).
func TestOneCore(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	p := New(4)
	defer p.Close()
	var calls atomic.Int32
	start := time.Now()
	for range 1000 {
		p.Do(3, func(int, int) { calls.Add(1) })
	}
	if calls.Load() != 3000 {
		t.Errorf("%d calls, want 3000", calls.Load())
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("1000 loops took %v", d)
	}
}

func TestPanic(t *testing.T) {
	for workers := 1; workers <= 3; workers++ {
		p := New(workers)
		for range 50 {
			func() {
				defer func() {
					caught, ok := recover().(*Panic)
					if !ok || caught.Value != "seven" || len(caught.Stack) == 0 {
						t.Fatalf("%d workers: recovered %v", workers, caught)
					}
					var err error = caught
					if !errors.As(err, &caught) {
						t.Fatal("not an error")
					}
				}()
				p.Do(20, func(_, i int) {
					if i == 7 {
						panic("seven")
					}
				})
				t.Fatal("Do returned")
			}()
			ok := false
			p.Do(1, func(int, int) { ok = true })
			if !ok {
				t.Fatal("the pool is dead after a panic")
			}
		}
		p.Close()
	}
}

func BenchmarkDo(b *testing.B) {
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			p := New(workers)
			defer p.Close()
			f := func(int, int) {}
			for b.Loop() {
				p.Do(8, f)
			}
		})
	}
}
