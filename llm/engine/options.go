package engine

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/qwen-agent/qwen-agent/kernels"
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

	// CacheBytes is how much memory the keys and values take of running requests and of earlier
	// ones, whose beginnings new requests may share: as many whole pages of 64 tokens as fit.
	// Below what Context takes Open refuses it; 0 is twice that. Memory is taken only as the
	// cache fills. A request waits until there is room for its longest answer.
	CacheBytes int64

	// PrefixDir is a folder where the beginnings of prompts are kept in files from one process to
	// the next: of each, what stands before the first question, and a short question too. They
	// are read only by those who may read the folder's files. "", the default, keeps none.
	PrefixDir string

	// PrefixBytes bounds the files of PrefixDir: those left alone for longest go first. 0 is 1 GiB.
	PrefixBytes int64

	// Batch is how many rows are computed in one pass; 0 is 256. Above it prompts are read
	// no faster, and what comes meanwhile waits longer.
	Batch int

	// KV is one of KVTypes, that of the keys and values in the cache: "f16", or "q8", blocks of 32
	// integers of 8 bits with a scale, which take 53 % of the memory and round more. "" is "f16".
	KV string

	// Lookup is how many tokens of an answer are guessed at most, from text before it that
	// agrees, and computed along with the next one. Answers are the same with any number.
	// Fewer are guessed, or none, where that would not be faster. 0 is MaxLookup, and a
	// negative number guesses none.
	Lookup int

	// AllLogits has all logits computed for every token, also where the choice depends on few
	// of them: slower, for the same answers.
	AllLogits bool

	// OneByOne has text that a grammar leaves no choice about chosen token by token too: slower,
	// to see what is saved.
	OneByOne bool

	// Draft is the path of a smaller model with the same vocabulary, "" for none. It guesses
	// tokens where Lookup finds none that are as likely, for one answer at a time. Answers are
	// the same with any. It is used only where that is faster, and takes memory of its own: the
	// weights, and as many tokens of keys and values.
	Draft string

	// Observe, if it is not nil, is told of each step of the device's operations when it is done,
	// by one goroutine at a time: what a profile is made of.
	Observe func(kernels.Work)

	pages int // of a draft's cache: as many as that of its model has; 0 is what CacheBytes says
}

// MaxLookup is the most that Options.Lookup can be.
const MaxLookup = fewTokens - 1

// KVTypes are the types of keys and values, the default first.
var KVTypes = []string{"f16", "q8"}

// cacheType returns the type of keys and values.
func (o Options) cacheType() (quant.Type, error) {
	switch o.KV {
	case "", "f16":
		return quant.F16, nil
	case "q8":
		return quant.Q8_0, nil
	}
	return 0, fmt.Errorf("engine: option KV is %q, want %s", o.KV, strings.Join(KVTypes, " or "))
}

// What the zero value of Options means, and the bounds of its fields.
const (
	defaultContext = 8192
	defaultBatch   = 256
	maxThreads     = 1024
	maxBatch       = 1 << 14
	maxCacheTokens = 1 << 28

	defaultPrefixes = 1 << 30 // bytes

	pageTokens = 64
	logitsRows = 32 // of one pass
)

// complete returns o with its defaults filled in, and the pages of its cache, for a model of
// the given limit and size of a page.
func (o Options) complete(limit int, pageBytes int64) (_ Options, pages int, err error) {
	for _, f := range []struct {
		name        string
		value, most int
	}{{"Threads", o.Threads, maxThreads}, {"Context", o.Context, limit}, {"Batch", o.Batch, maxBatch}} {
		if f.value < 0 || f.value > f.most {
			return o, 0, fmt.Errorf("engine: option %s is %d, want 0 to %d", f.name, f.value, f.most)
		}
	}
	if o.Lookup > MaxLookup {
		return o, 0, fmt.Errorf("engine: option Lookup is %d, want at most %d", o.Lookup, MaxLookup)
	}
	if o.Lookup == 0 {
		o.Lookup = MaxLookup
	}
	if o.Threads == 0 {
		o.Threads = min(runtime.GOMAXPROCS(0), cores())
	}
	if o.Context == 0 {
		o.Context = min(limit, defaultContext)
	}
	if o.Batch == 0 {
		o.Batch = defaultBatch
	}
	if o.KV == "" {
		o.KV = KVTypes[0]
	}
	if o.CacheBytes < 0 {
		return o, 0, fmt.Errorf("engine: option CacheBytes is %d, want 0 or more", o.CacheBytes)
	}
	if o.PrefixBytes < 0 {
		return o, 0, fmt.Errorf("engine: option PrefixBytes is %d, want 0 or more", o.PrefixBytes)
	}
	if o.PrefixBytes == 0 {
		o.PrefixBytes = defaultPrefixes
	}
	least := int64(o.Context+pageTokens-1) / pageTokens
	if o.pages > 0 {
		o.CacheBytes = int64(o.pages) * pageBytes
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = 2 * least * pageBytes
	}
	if o.CacheBytes/pageBytes < least {
		return o, 0, fmt.Errorf("engine: a cache of %s has room for %d tokens, want at least the context of %d, which takes %s",
			mebibytes(o.CacheBytes), o.CacheBytes/pageBytes*pageTokens, o.Context, mebibytes(least*pageBytes))
	}
	return o, int(min(o.CacheBytes/pageBytes, maxCacheTokens/pageTokens)), nil
}

// mebibytes writes a size as the command line takes it, rounded up.
func mebibytes(n int64) string { return fmt.Sprintf("%d MiB", (n+1<<20-1)>>20) }
