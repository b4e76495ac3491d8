package machine

import (
	"sort"

	"github.com/qwen-agent/qwen-agent/interpreter/golang/library"
)

// What works on any slice gets the slice itself.
func init() {
	library.Replace("sort", "Slice", func(x any, less func(i, j int) bool) { sort.Slice(bare(x), less) })
	library.Replace("sort", "SliceStable", func(x any, less func(i, j int) bool) { sort.SliceStable(bare(x), less) })
	library.Replace("sort", "SliceIsSorted", func(x any, less func(i, j int) bool) bool { return sort.SliceIsSorted(bare(x), less) })
}

// bare is what is in a Box, in the form that it has in memory.
func bare(v any) any {
	if b, ok := open(v).(Box); ok {
		return b.V
	}
	return v
}
