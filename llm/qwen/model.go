// Package qwen has the Qwen networks, an architecture a file, each written once from top
// to bottom against kernels.Device.
package qwen

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/llm/gguf"
)

// Model is a network whose weights and cache are on a device. It is used by one goroutine
// at a time.
type Model interface {
	Config() Config

	// Forward computes the keys and values of a batch, which it leaves in the cache, and the
	// logits that the batch asks for. It looks at ctx all the time; a batch that was given
	// up, or that failed, may be computed again, as nothing but the places of its own tokens
	// has been written to.
	Forward(ctx kernels.Ender, b *Batch) error

	// Warm prepares some more of the weights, in the order in which Forward needs them, and
	// says whether there are others left. Forward prepares those that are not ready: Warm is
	// for the time before. It gives up when ctx has ended, or when the file cannot be read,
	// which Forward will report.
	Warm(ctx kernels.Ender) (more bool)

	// Logits copies the logits of the i-th row that the last batch asked for.
	Logits(dst []float32, i int) error

	// Greatest writes into dst, of as many places, the k greatest logits of the i-th row that the
	// last batch asked for, those that equal the last of them, and those of the tokens ids: just
	// what Logits copies there. In other places it writes the logit or -Inf; those that are left
	// out are less than floor. After a batch for Few, k is taken for 0.
	Greatest(dst []float32, i, k int, ids []int32) (floor float32, err error)

	// Hidden copies what the logits of the i-th row of the last batch are computed from, and Again
	// computes all of them from that, after other batches too.
	Hidden(dst []float32, i int) error
	Again(dst, hidden []float32) error

	// CopyPage copies page src of the cache to dst.
	CopyPage(dst, src int32)

	// SavePage copies the content of a page of the cache into dst, LoadPage gives it to a page again; see
	// kernels.Device.
	SavePage(dst []byte, page int32)
	LoadPage(page int32, src []byte)
}

// Batch is what one forward pass computes: the next tokens of one or more sequences.
type Batch struct {
	IDs    []int32        // (T)
	Spans  []kernels.Span // whose they are; they cover the rows in order
	Logits []int32        // rows whose logits are wanted, ascending
	Scores Scores         // what of their logits
}

// Scores says what of the logits of a batch is wanted.
type Scores int

// What of the logits is wanted: all of them, the greatest and some others, or some only. Less is
// quicker, as the output layer is the largest matrix of a small model.
const (
	All Scores = iota
	Greatest
	Few
)

// Limits says what a model must make room for.
type Limits struct {
	Positions  int               // tokens of the longest sequence
	Pages      int               // of the cache
	PageTokens int               // tokens a page
	KV         kernels.CacheType // of the cache, see kernels.CacheShape
	Batch      int               // rows of the largest batch
	Logits     int               // rows of logits of one batch
}

// architectures are those that can be opened.
var architectures = map[string]func(*gguf.File, Config, kernels.Device, Limits) (Model, error){
	"qwen2": newQwen2,
}

// Open puts the network of a model file on a device. The file must stay open as long as
// the model is used.
func Open(f *gguf.File, d kernels.Device, l Limits) (Model, error) {
	c, err := ReadConfig(f)
	if err != nil {
		return nil, err
	}
	return architectures[c.Architecture](f, c, d, l)
}

func supported() string {
	return strings.Join(slices.Sorted(maps.Keys(architectures)), ", ")
}

// check panics if a batch does not fit the model: its maker is at fault.
func (b *Batch) check(c Config, l Limits) {
	rows := 0
	for _, s := range b.Spans {
		if s.Row != rows || s.Len < 1 || s.Pos < 0 || s.Pos+s.Len > l.Positions || s.Pos+s.Len > len(s.Pages)*l.PageTokens {
			panic(fmt.Sprintf("qwen: span of rows %d+%d at position %d with %d pages, want it from row %d and within %d positions",
				s.Row, s.Len, s.Pos, len(s.Pages), rows, l.Positions))
		}
		rows += s.Len
	}
	if rows != len(b.IDs) || rows < 1 || rows > l.Batch || len(b.Logits) > l.Logits {
		panic(fmt.Sprintf("qwen: batch of %d ids, spans of %d, %d logits; want 1 to %d, and %d", len(b.IDs), rows, len(b.Logits), l.Batch, l.Logits))
	}
	for i, row := range b.Logits {
		if row < 0 || int(row) >= rows || i > 0 && row <= b.Logits[i-1] {
			panic(fmt.Sprintf("qwen: logits of rows %v of %d, want them ascending", b.Logits, rows))
		}
	}
	for _, id := range b.IDs {
		if id < 0 || int(id) >= c.Vocabulary {
			panic(fmt.Sprintf("qwen: token %d of a vocabulary of %d", id, c.Vocabulary))
		}
	}
}

// wanted appends to out, which is empty, the spans of the rows whose logits are wanted, as
// rows of a batch of their own.
func (b *Batch) wanted(out []kernels.Span) []kernels.Span {
	rest := b.Logits
	for _, s := range b.Spans {
		next := int32(-1) // the row that would make the span that was begun longer
		for len(rest) > 0 && int(rest[0]) < s.Row+s.Len {
			row := rest[0]
			if row == next {
				out[len(out)-1].Len++
			} else {
				out = append(out, kernels.Span{Row: len(b.Logits) - len(rest), Len: 1, Pos: s.Pos + int(row) - s.Row, Pages: s.Pages})
			}
			next, rest = row+1, rest[1:]
		}
	}
	return out
}

func resize(rows int, buffers ...kernels.Buffer) {
	for _, b := range buffers {
		b.Resize(rows)
	}
}
