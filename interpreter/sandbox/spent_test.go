package sandbox

import (
	"testing"
	"time"
)

// TestSpent looks at processes that come and go.
func TestSpent(t *testing.T) {
	const s = time.Second
	for _, test := range []struct {
		name  string
		looks []map[int]times // that a read finds, one after the other
		want  time.Duration   // of the last
	}{
		{"one", []map[int]times{{1: {"a", s, 0}}, {1: {"a", 3 * s, 0}}}, 3 * s},
		{"a child that is waited for", []map[int]times{{1: {"a", s, 0}, 2: {"b", 2 * s, 0}}, {1: {"a", s, 4 * s}}}, 5 * s},
		{"a child that nobody waits for", []map[int]times{{1: {"a", s, 0}, 2: {"b", 2 * s, 0}}, {1: {"a", s, 0}}, {1: {"a", s, 0}}}, 3 * s},
		{"a number that comes again", []map[int]times{{1: {"a", s, 0}, 2: {"b", 2 * s, 0}}, {1: {"a", s, 0}, 2: {"c", s, 0}}, {1: {"a", s, 0}, 2: {"c", s, 0}}}, 4 * s},
		{"a child that ends while it is looked", []map[int]times{{1: {"a", s, 0}, 2: {"b", 2 * s, 0}}, {1: {"a", s, 0}}, {1: {"a", s, 2 * s}}}, 3 * s},
		{"the child of a child", []map[int]times{{1: {"a", s, 0}, 2: {"b", s, 0}, 3: {"c", 2 * s, 0}}, {1: {"a", s, 0}, 2: {"b", s, 2 * s}}, {1: {"a", s, 3 * s}}}, 4 * s},
	} {
		var sum spent
		var got time.Duration
		for i := 0; i < len(test.looks); {
			got = sum.look(func() map[int]times {
				i++
				return test.looks[min(i, len(test.looks))-1]
			})
		}
		if got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
