package machine

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// Limit is how much memory cells may use together, in bytes; 0 is no bound. Go's runtime ends a
// process that gets no more, and its variables with it; so a cell is stopped before that.
func (m *Machine) Limit(bytes int64) { m.limit = bytes }

// watch stops a cell that uses too much memory. What it returns ends the watch.
func (m *Machine) watch(r *run) (end func()) {
	if m.limit == 0 {
		return func() {}
	}
	done := make(chan struct{})
	go func() {
		ticker := time.NewTicker(5 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
			}
			if used() <= m.limit {
				continue
			}
			if debug.FreeOSMemory(); used() > m.limit {
				r.memory.Store(true)
				r.end()
				return
			}
		}
	}()
	return func() {
		close(done)
		if r.memory.Load() {
			runtime.GC()
		}
	}
}

// used is what the process has of memory now, in bytes.
func used() int64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return int64(samples[0].Value.Uint64() - samples[1].Value.Uint64())
}

// checkSize refuses to make what is larger than all memory.
func (m *Machine) checkSize(n int, size uintptr) {
	if m.limit > 0 && uint64(n) > uint64(m.limit)/uint64(max(size, 1)) {
		panic(fatal("out of memory: what is to be made is larger than the limit"))
	}
}
