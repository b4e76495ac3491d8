package tokenizer

import (
	"sync"
	"sync/atomic"
)

// later makes the tables of search when there has been so much text that they pay: they
// take longer to make than a question and its answer take to encode by merging, with the
// same ids. A program that opens a model for one short task never makes them.
type later struct {
	search atomic.Pointer[search] // nil until it is made, and for ever if it cannot be
	seen   atomic.Int64           // bytes that were encoded by merging
	once   sync.Once
	make   func() *search // nil if ids are not in the order of the merges
}

// worthwhile is how many bytes are encoded by merging before search is made. That many take
// 12 to 30 ms, and 4 to 7 with search; making it takes 90 (docs/benchmarks.md).
const worthwhile = 256 << 10

// note counts bytes that are about to be merged.
func (l *later) note(n int) {
	if before := l.seen.Load(); before < worthwhile && l.seen.Add(int64(n)) >= worthwhile {
		go l.build()
	}
}

// build makes search if that has not been done, and waits until it is done.
func (l *later) build() {
	l.once.Do(func() {
		l.search.Store(l.make())
		l.make = nil // and what it holds
	})
}
