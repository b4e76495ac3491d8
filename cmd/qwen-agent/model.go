package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/engine"
	"github.com/qwen-agent/qwen-agent/llm/hub"
)

// engineFlags are the flags of every command that opens a model.
type engineFlags struct {
	threads, cacheMB, lookup int
	kv, draft                string
}

func (f *engineFlags) add(cmd *cobra.Command) {
	cmd.Flags().IntVar(&f.threads, "threads", 0, "`number` of threads; 0 is one for each core")
	cmd.Flags().IntVar(&f.cacheMB, "cache-mb", 0, "`MiB` of memory for keys and values, of prompts that may come again too; 0 is twice what the longest takes")
	cmd.Flags().StringVar(&f.kv, "kv", engine.KVTypes[0], "`type` of the keys and values that are kept: "+strings.Join(engine.KVTypes, " or "))
	completeWords(cmd, "kv", engine.KVTypes)
	cmd.Flags().IntVar(&f.lookup, "lookup", engine.MaxLookup, "most `tokens` that are guessed ahead from the text before them, where that is faster; 0 guesses none")
	cmd.Flags().StringVar(&f.draft, "draft", "", "smaller `model` with the same vocabulary that guesses tokens ahead, where that is faster")
	completeModels(cmd, "draft")
}

// maxCacheMB is 1 TiB, which is more than any use of it.
const maxCacheMB = 1 << 20

// options checks the flags and returns what they say. Its error is one of use.
func (f *engineFlags) options() (engine.Options, error) {
	switch {
	case f.threads < 0:
		return engine.Options{}, usageError(fmt.Errorf("--threads is %d, wanted 0 or more", f.threads))
	case f.cacheMB < 0 || f.cacheMB > maxCacheMB:
		return engine.Options{}, usageError(fmt.Errorf("--cache-mb is %d, wanted 0 to %d", f.cacheMB, maxCacheMB))
	case f.lookup < 0 || f.lookup > engine.MaxLookup:
		return engine.Options{}, usageError(fmt.Errorf("--lookup is %d, wanted 0 to %d", f.lookup, engine.MaxLookup))
	case !slices.Contains(engine.KVTypes, f.kv):
		return engine.Options{}, usageError(fmt.Errorf("--kv is %q, wanted %s", f.kv, strings.Join(engine.KVTypes, " or ")))
	}
	o := engine.Options{Threads: f.threads, CacheBytes: int64(f.cacheMB) << 20, KV: f.kv, Lookup: f.lookup, Draft: f.draft}
	if f.lookup == 0 {
		o.Lookup = -1
	}
	return o, nil
}

// prefixDir returns the folder where beginnings of prompts are kept, or "" if there is no place for one.
func prefixDir() string {
	h, err := hub.New()
	if err != nil {
		return "" // what needs a model says why
	}
	return filepath.Join(h.Home, "cache", "prefixes")
}

// openModel opens a model by its name, "" being the default, and fetches it first if it
// is not here. Tests put a script in its place.
var openModel = func(ctx context.Context, name string, o engine.Options) (_ llm.Model, closeModel func() error, err error) {
	path, err := resolveModel(ctx, name, os.Stderr)
	if err != nil {
		return nil, nil, err
	}
	if err := resolveDraft(ctx, &o); err != nil {
		return nil, nil, err
	}
	e, err := engine.Open(ctx, path, o)
	if err != nil {
		return nil, nil, fmt.Errorf("open the model: %w", err)
	}
	return e, e.Close, nil
}

// resolveDraft puts the file of a draft in the place of its name, and fetches it first if it
// is not here.
func resolveDraft(ctx context.Context, o *engine.Options) (err error) {
	if o.Draft != "" {
		o.Draft, err = resolveModel(ctx, o.Draft, os.Stderr)
	}
	return err
}
