package sandbox

import (
	"sync"
	"time"
)

// spent adds up the CPU time of processes that come and go. One that ends leaves its time
// to its parent, if that waits for it; else the time is lost, but for what was seen of it.
type spent struct {
	mu   sync.Mutex
	seen map[int]times
	lost time.Duration
}

// times are those of a process: its own, and those of children that it has waited for.
type times struct {
	start       string // a number may come again
	own, waited time.Duration
}

// look adds up what processes have used. read reads their times, by number, parents first.
func (s *spent) look(read func() map[int]times) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	var now map[int]times
	var lost time.Duration
	for range 2 { // one may end, and be waited for, after its parent was read: the second time shows that
		now = read()
		if lost = s.missing(now); lost <= 0 {
			break
		}
	}
	s.lost += max(0, lost)
	s.seen = now
	total := s.lost
	for _, t := range now {
		total += t.own + t.waited
	}
	return total
}

// missing is the time of those that have ended since the last look, less what those that
// are there have taken over.
func (s *spent) missing(now map[int]times) (lost time.Duration) {
	for pid, t := range s.seen {
		if now[pid].start != t.start {
			lost += t.own + t.waited
		}
	}
	for pid, t := range now {
		if before := s.seen[pid]; before.start == t.start {
			lost -= t.waited - before.waited
		} else {
			lost -= t.waited
		}
	}
	return lost
}
