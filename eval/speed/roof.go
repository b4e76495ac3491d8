package speed

import (
	"sync"
	"time"

	"github.com/qwen-agent/qwen-agent/kernels/peak"
)

// Roof is what the machine can do at most with so many threads: what a kernel can be compared with.
//
// Source: Williams, Waterman and Patterson, Roofline (2009).
type Roof struct {
	Threads   int
	Bandwidth float64 // bytes a second, read from memory end to end
	Ops       float64 // integer operations a second, on registers, with the instructions of the products
}

const (
	roofBytes  = 256 << 20 // read in turn: far more than the caches hold
	roofRounds = 1 << 20
	roofTries  = 7
)

// MeasureRoof reads memory and multiplies with so many threads, for about half a second, and returns the
// best rates of several tries.
func MeasureRoof(threads int) Roof {
	r := Roof{Threads: threads}
	data := make([]byte, roofBytes)
	for i := 0; i < len(data); i += 4096 {
		data[i] = 1 // so that it is memory, and not one page of zeros
	}
	part := len(data) / threads
	for range roofTries {
		took := together(threads, func(i int) { peak.Read(data[i*part : (i+1)*part]) })
		r.Bandwidth = max(r.Bandwidth, float64(part*threads)/took.Seconds())
		operations := make([]int64, threads)
		took = together(threads, func(i int) { operations[i] = peak.MultiplyAdd(roofRounds / 16) })
		sum := int64(0)
		for _, n := range operations {
			sum += n
		}
		r.Ops = max(r.Ops, float64(sum)/took.Seconds())
	}
	return r
}

// Best has the greater rates of both. A machine that is shared gives less than it has for seconds at a time, so a roof
// that is compared with long measurements is measured before, between and after them.
func (r Roof) Best(other Roof) Roof {
	r.Bandwidth, r.Ops = max(r.Bandwidth, other.Bandwidth), max(r.Ops, other.Ops)
	return r
}

// together runs f on several threads and returns how long they took from the moment when all had begun.
func together(threads int, f func(i int)) time.Duration {
	var ready, done sync.WaitGroup
	begin := make(chan struct{})
	ready.Add(threads)
	for i := range threads {
		done.Go(func() {
			ready.Done()
			<-begin
			f(i)
		})
	}
	ready.Wait()
	start := time.Now()
	close(begin)
	done.Wait()
	return time.Since(start)
}
