package machine

import (
	"runtime"
	"runtime/metrics"
)

// Limit is how much memory cells may use together, in bytes; 0 is no bound. Go's runtime ends a
// process that gets no more, and its variables with it; so a cell is stopped before that.
func (m *Machine) Limit(bytes int64) { m.limit = bytes }

// Bounds of what may be made between two looks at the memory, in bytes.
const (
	muchAtOnce = 1 << 20
	muchInAll  = 4 << 20
)

// spend counts what is about to be made. What is large is looked at now, the rest at the end of a block.
func (g *goroutine) spend(bytes int) {
	if g.spent += bytes; bytes > muchAtOnce || bytes < 0 {
		g.checkMemory(bytes)
	}
}

// checkMemory stops the cell if there is no room for so much more.
func (g *goroutine) checkMemory(more int) {
	g.spent = 0
	limit := g.m.limit
	if limit == 0 || used() <= limit-int64(more) && more >= 0 {
		return
	}
	if more < 0 || int64(more) > limit {
		panic(fatal("out of memory: what is to be made is larger than the limit"))
	}
	if runtime.GC(); used() > limit-int64(more) {
		g.run.memory.Store(true)
		g.run.end()
		panic(stop{})
	}
}

// used is what the process has of memory now and cannot use again, in bytes.
func used() int64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}, {Name: "/memory/classes/heap/free:bytes"}}
	metrics.Read(samples)
	return int64(samples[0].Value.Uint64() - samples[1].Value.Uint64() - samples[2].Value.Uint64())
}
