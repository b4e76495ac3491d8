// Package engine answers requests with a model file on this machine: it opens the file,
// schedules the sequences of all requests, reads prompts in batches, decodes, and streams.
package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/cpu"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
	"github.com/qwen-agent/qwen-agent/kernels/variant"
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
	"github.com/qwen-agent/qwen-agent/llm/gguf"
	"github.com/qwen-agent/qwen-agent/llm/grammar"
	"github.com/qwen-agent/qwen-agent/llm/kv"
	"github.com/qwen-agent/qwen-agent/llm/qwen"
	"github.com/qwen-agent/qwen-agent/tokenizer"
)

// ErrClosed says that the engine was closed.
var ErrClosed = errors.New("engine: closed")

// Engine is an open model. Its methods may be called from several goroutines: requests
// are computed together.
type Engine struct {
	path    string
	options Options
	info    llm.Info
	habits  habits
	format  string // of requests that name none

	file      *gguf.File
	device    kernels.Device
	scheduler *scheduler
	costs     *costs

	draft    *Engine // a smaller model that guesses, or nil
	drafting *drafting

	tokenizer  *tokenizer.Tokenizer
	vocabulary int            // rows of logits
	ends       map[int32]bool // tokens that end an answer
	never      []int32        // tokens that are neither text nor an end, such as the padding

	cacheType quant.Type // of keys and values
	pageBytes int        // of a page of the cache
	origin    func() ([32]byte, error)
	prefixes  *prefixes // nil if none are kept

	grammarTokens func() *grammar.Vocabulary
	brackets      func() (list, one []uint64)
	grammars      grammars
}

// Open opens a GGUF file. Weights stay in the file, which is mapped into memory; the error
// wraps gguf.ErrFormat if its content is at fault and qwen.ErrArchitecture if it holds
// another kind of network.
func Open(ctx context.Context, path string, o Options) (*Engine, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := variant.Err(); err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	f, err := gguf.Open(path)
	if err != nil {
		return nil, err
	}
	e := &Engine{path: path, file: f}
	if err := e.open(ctx, o); err != nil {
		e.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return e, nil
}

func (e *Engine) open(ctx context.Context, o Options) error {
	config, err := qwen.ReadConfig(e.file)
	if err != nil {
		return err
	}
	if e.cacheType, err = o.cacheType(); err != nil {
		return err
	}
	var pages int
	e.pageBytes = config.CacheShape(e.cacheType, 1, pageTokens).PageBytes()
	if e.options, pages, err = o.complete(config.Context, int64(e.pageBytes)); err != nil {
		return err
	}
	// The tokenizer is built beside the model, whose scheduler prepares weights meanwhile.
	tokens := make(chan error, 1)
	go func() { tokens <- e.readTokens(config.Vocabulary) }()
	err = e.openModel(config, pages)
	if err := <-tokens; err != nil {
		return err
	}
	if err != nil {
		return err
	}
	if e.options.Draft != "" {
		return e.openDraft(ctx, pages)
	}
	return ctx.Err()
}

// openModel puts the network on a device and starts the scheduler.
func (e *Engine) openModel(config qwen.Config, pages int) error {
	device := cpu.New(e.options.Threads)
	device.Release, device.Observe = e.file.Release, e.options.Observe
	e.device = device
	model, err := qwen.Open(e.file, e.device, qwen.Limits{
		Positions: e.options.Context, Pages: pages, PageTokens: pageTokens, KV: e.cacheType, Batch: e.options.Batch, Logits: logitsRows,
	})
	if err != nil {
		return err
	}
	e.info = llm.Info{Name: config.Name, Architecture: config.Architecture, Parameters: e.file.Summary().Parameters, Context: e.options.Context}
	e.habits = habitsOf(e.info)
	template, err := e.file.String("tokenizer.chat_template")
	if err != nil && !errors.Is(err, gguf.ErrMissing) {
		return err
	}
	e.format = chat.ForTemplate(template)
	e.costs = newCosts()
	e.origin = sync.OnceValues(e.originOf)
	if e.options.PrefixDir != "" {
		e.prefixes = &prefixes{e: e, dir: e.options.PrefixDir, most: e.options.PrefixBytes}
	}
	e.scheduler = newScheduler(model, kv.NewPool(pages, pageTokens), e.options.Batch)
	return nil
}

// readTokens builds the tokenizer and finds the tokens that are never text.
func (e *Engine) readTokens(rows int) error {
	v, err := vocabulary(e.file)
	if err != nil {
		return err
	}
	if len(v.Tokens) > rows {
		return fmt.Errorf("engine: %w: found %d tokens for the %d rows of the embedding", gguf.ErrFormat, len(v.Tokens), rows)
	}
	if e.tokenizer, err = tokenizer.New(v); err != nil {
		return err
	}
	e.vocabulary = rows
	e.ends = map[int32]bool{}
	for _, end := range []string{"<|im_end|>", "<|endoftext|>", "<|im_start|>"} {
		if id, ok := e.tokenizer.Special(end); ok {
			e.ends[id] = true
		}
	}
	if v.EOS >= 0 {
		e.ends[v.EOS] = true
	}
	if len(e.ends) == 0 {
		return fmt.Errorf("engine: %w: found no token that ends an answer, wanted %q or key %q", gguf.ErrFormat, "<|im_end|>", "tokenizer.ggml.eos_token_id")
	}
	for id := range int32(rows) {
		if e.tokenizer.Control(id) && !e.ends[id] {
			e.never = append(e.never, id)
		}
	}
	e.brackets = sync.OnceValues(e.bracketTokens)
	e.grammarTokens = sync.OnceValue(func() *grammar.Vocabulary {
		tokens := make([][]byte, rows)
		for id := range tokens {
			if !e.tokenizer.Control(int32(id)) {
				tokens[id] = e.tokenizer.Token(int32(id))
			}
		}
		return grammar.NewVocabulary(tokens)
	})
	return nil
}

// vocabulary reads the tokens of a model file.
func vocabulary(f *gguf.File) (v tokenizer.Vocabulary, err error) {
	model, err := f.String("tokenizer.ggml.model")
	if err != nil {
		return v, err
	}
	if model != "gpt2" {
		return v, fmt.Errorf("engine: %w: found tokenizer model %q, wanted %q", gguf.ErrFormat, model, "gpt2")
	}
	if v.Tokens, err = f.Strings("tokenizer.ggml.tokens"); err != nil {
		return v, err
	}
	if v.Types, err = f.Int32s("tokenizer.ggml.token_type"); err != nil && !errors.Is(err, gguf.ErrMissing) {
		return v, err
	}
	if v.Merges, err = f.Strings("tokenizer.ggml.merges"); err != nil {
		return v, err
	}
	if v.Pre, err = f.String("tokenizer.ggml.pre"); err != nil {
		return v, err
	}
	for _, id := range []struct {
		key string
		dst *int32
	}{{"eos", &v.EOS}, {"bos", &v.BOS}, {"padding", &v.Pad}} {
		n, err := f.Uint("tokenizer.ggml." + id.key + "_token_id")
		switch {
		case errors.Is(err, gguf.ErrMissing):
			*id.dst = -1
		case err != nil:
			return v, err
		case n >= uint64(len(v.Tokens)):
			return v, fmt.Errorf("engine: %w: key %q: found %d, wanted one of %d tokens", gguf.ErrFormat, "tokenizer.ggml."+id.key+"_token_id", n, len(v.Tokens))
		default:
			*id.dst = int32(n)
		}
	}
	return v, nil
}

// Info says what the model is; Context is the option of that name.
func (e *Engine) Info() llm.Info { return e.info }

// Path returns the model file's path.
func (e *Engine) Path() string { return e.path }

// Options returns the options in force, defaults filled in.
func (e *Engine) Options() Options { return e.options }

// Tokenizer returns the model's tokenizer.
func (e *Engine) Tokenizer() *tokenizer.Tokenizer { return e.tokenizer }

// Vocabulary returns how many logits there are for a token: the tokens and the padding.
func (e *Engine) Vocabulary() int { return e.vocabulary }

// Close ends what is being computed with ErrClosed and frees everything.
func (e *Engine) Close() error {
	if e.scheduler != nil {
		e.scheduler.close()
	}
	if e.prefixes != nil {
		e.prefixes.saving.Wait()
	}
	var err error
	if e.draft != nil {
		err = e.draft.Close()
	}
	if e.device != nil {
		err = errors.Join(err, e.device.Close())
	}
	return errors.Join(err, e.file.Close())
}

var _ llm.Model = (*Engine)(nil)
