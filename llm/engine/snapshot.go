package engine

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"

	"github.com/qwen-agent/qwen-agent/kernels/variant"
	"github.com/qwen-agent/qwen-agent/llm/kv"
)

// ErrOrigin is wrapped by the error for a snapshot of another model, or of another build of this program: what it
// computes may differ in the last bits.
var ErrOrigin = errors.New("snapshot of something else")

// SavePrefix writes a file, see kv.Snapshot, with what the cache has of the beginning of ids, and returns how many
// tokens that is: at least one, or there is an error. It appears complete or not at all. An engine of the same model
// can RestorePrefix it, in another process too. Who can read the file can tell what the tokens are.
func (e *Engine) SavePrefix(ctx context.Context, path string, ids []int32) (tokens int, err error) {
	s, err := e.snapshot(ctx, ids)
	if err != nil {
		return 0, err
	}
	return len(s.Tokens), writeSnapshot(path, s)
}

// RestorePrefix puts what SavePrefix wrote into the cache, where sequences that begin in the same way find it, and
// returns how many tokens that is. The error wraps kv.ErrSnapshot if the file is damaged, ErrOrigin if it is not this
// model's. After an error the cache is as it was, but for what had to make room.
func (e *Engine) RestorePrefix(ctx context.Context, path string) (tokens int, err error) {
	s, err := readSnapshot(path)
	if err != nil {
		return 0, err
	}
	tokens = min(len(s.Tokens), e.options.Context)
	if err := e.load(ctx, s, tokens); err != nil {
		return 0, fmt.Errorf("read %s: %w", path, err)
	}
	return tokens, nil
}

// snapshot copies what the cache has of the beginning of ids.
func (e *Engine) snapshot(ctx context.Context, ids []int32) (*kv.Snapshot, error) {
	if len(ids) == 0 || len(ids) >= e.options.Context {
		return nil, fmt.Errorf("engine: a prefix of %d tokens, want 1 to %d", len(ids), e.options.Context-1)
	}
	origin, err := e.origin()
	if err != nil {
		return nil, err
	}
	// One more token, as a sequence never finds the last of its prompt.
	seq, err := e.Begin(ctx, append(slices.Clone(ids), ids[0]), len(ids)+1)
	if err != nil {
		return nil, err
	}
	defer seq.Close()
	if seq.Len() == 0 {
		return nil, fmt.Errorf("engine: found nothing of the %d tokens in the cache", len(ids))
	}
	s := &kv.Snapshot{Origin: origin, PageTokens: pageTokens, PageBytes: e.pageBytes, Tokens: slices.Clone(ids[:seq.Len()])}
	s.Pages = make([]byte, s.Count()*s.PageBytes)
	for i := range s.Count() {
		if err := e.scheduler.do(func() { e.scheduler.model.SavePage(s.Page(i), seq.kv.Pages()[i]) }); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// load puts the first n tokens of a snapshot into the cache.
func (e *Engine) load(ctx context.Context, s *kv.Snapshot, n int) error {
	if err := e.checkOrigin(s); err != nil {
		return err
	}
	if err := e.checkTokens(s.Tokens); err != nil {
		return fmt.Errorf("%w: %w", kv.ErrSnapshot, err)
	}
	seq, err := e.Begin(ctx, s.Tokens[:n], n)
	if err != nil {
		return err
	}
	defer seq.Close()
	err = e.scheduler.do(func() { seq.kv.Grow(n - seq.Len()) })
	// Pages that are there already are others' too; those behind them are the sequence's own.
	for i := seq.Len() / pageTokens; i*pageTokens < n && err == nil; i++ {
		err = e.scheduler.do(func() { e.scheduler.model.LoadPage(seq.kv.Pages()[i], s.Page(i)) })
	}
	if err != nil {
		return err
	}
	return e.scheduler.do(func() { seq.kv.Commit(s.Tokens[seq.Len():n]) })
}

// checkOrigin refuses a snapshot whose pages are not like those of this engine.
func (e *Engine) checkOrigin(s *kv.Snapshot) error {
	origin, err := e.origin()
	if err != nil {
		return err
	}
	if s.Origin != origin || s.PageTokens != pageTokens || s.PageBytes != e.pageBytes {
		return fmt.Errorf("engine: %w: found origin %x and pages of %d bytes, wanted %x and %d", ErrOrigin, s.Origin[:6], s.PageBytes, origin[:6], e.pageBytes)
	}
	return nil
}

// originOf returns the hash of all that decides what a page contains: the model, the shape of its cache, and the
// program that computes, as results may differ in the last bits between two builds or kernels.
func (e *Engine) originOf() ([32]byte, error) {
	model, err := e.file.Identity()
	if err != nil {
		return [32]byte{}, err
	}
	h := sha256.New()
	fmt.Fprintf(h, "%x %+v %s %s %s", model, e.scheduler.model.Config().CacheShape(e.cacheType, 1, pageTokens), runtime.GOARCH, variant.Name(), build())
	return [32]byte(h.Sum(nil)), nil
}

// build says as much as is known of what this program was built from.
func build() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return runtime.Version()
	}
	text := info.GoVersion
	for _, m := range append(slices.Clone(info.Deps), &info.Main) {
		text += fmt.Sprintf(" %s@%s", m.Path, m.Version)
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" || s.Key == "vcs.modified" {
			text += " " + s.Value
		}
	}
	return text
}

// writeSnapshot writes a file that has its name only once it is complete.
func writeSnapshot(path string, s *kv.Snapshot) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), unfinished+"*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // the error that counts is the first
		}
	}()
	if err := errors.Join(s.Write(f), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}

func readSnapshot(path string) (*kv.Snapshot, error) {
	f, size, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s, err := kv.ReadSnapshot(f, size)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return s, nil
}

// openRegular opens a file that is neither a folder nor a device.
func openRegular(path string) (*os.File, int64, error) {
	info, err := os.Stat(path) // before opening it: to open a pipe would wait for its writer
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("open %s: found %v, wanted a regular file", path, info.Mode().Type())
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	if info, err = f.Stat(); err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}
