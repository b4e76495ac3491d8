package engine

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// Options says how a model is opened. The zero value suits one agent on the processor.
type Options struct {
	// Threads is how many threads compute; 0 is the number of cores, or GOMAXPROCS if that
	// is lower.
	Threads int

	// Context is how many tokens a prompt and its answer can have together; 0 is 8192, or the
	// model's own limit if that is lower.
	Context int

	// Cache is how many tokens the key-value cache holds, of running requests and of earlier
	// ones whose beginnings new requests may share; 0 is twice Context. Memory is taken only
	// as the cache fills. A request waits until there is room for its longest answer.
	Cache int

	// Batch is how many rows are computed in one pass; 0 is 256. Above it prompts are read
	// no faster, and what comes meanwhile waits longer.
	Batch int

	// KV is one of KVTypes, that of the cache's keys and values: "f16", or "q8", blocks of 32 integers of
	// 8 bits with a scale, which take 53 % of the memory and round more. "" is "f16".
	KV string

	// Lookup is how many tokens of an answer are guessed at most, from text before it that
	// agrees, and computed along with the next one. Answers are the same with any number.
	// Fewer are guessed, or none, where that would not be faster; 8 is a good number. 0, the
	// default, guesses none.
	Lookup int
}

// KVTypes are the types of keys and values, the default first.
var KVTypes = []string{"f16", "q8"}

var kvTypes = map[string]quant.Type{KVTypes[0]: quant.F16, KVTypes[1]: quant.Q8_0}

// What the zero value of Options means, and the bounds of its fields.
const (
	defaultContext = 8192
	defaultBatch   = 256
	maxThreads     = 1024
	maxBatch       = 1 << 14
	maxCache       = 1 << 28 // tokens

	pageTokens = 64
	logitsRows = 32 // of one pass
)

// complete returns o with its defaults filled in for a model of the given limit.
func (o Options) complete(limit int) (Options, error) {
	for _, f := range []struct {
		name        string
		value, most int
	}{{"Threads", o.Threads, maxThreads}, {"Context", o.Context, limit}, {"Cache", o.Cache, maxCache}, {"Batch", o.Batch, maxBatch}, {"Lookup", o.Lookup, fewTokens - 1}} {
		if f.value < 0 || f.value > f.most {
			return o, fmt.Errorf("engine: option %s is %d, want 0 to %d", f.name, f.value, f.most)
		}
	}
	if o.Threads == 0 {
		o.Threads = min(runtime.GOMAXPROCS(0), cores())
	}
	if o.Context == 0 {
		o.Context = min(limit, defaultContext)
	}
	if o.Cache == 0 {
		o.Cache = 2 * o.Context
	}
	if o.Cache < o.Context {
		return o, fmt.Errorf("engine: option Cache is %d tokens, want at least the %d of Context", o.Cache, o.Context)
	}
	if o.Batch == 0 {
		o.Batch = defaultBatch
	}
	if o.KV == "" {
		o.KV = KVTypes[0]
	}
	if _, ok := kvTypes[o.KV]; !ok {
		return o, fmt.Errorf("engine: option KV is %q, want %s", o.KV, strings.Join(KVTypes, " or "))
	}
	return o, nil
}
