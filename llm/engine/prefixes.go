package engine

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
	"github.com/qwen-agent/qwen-agent/llm/kv"
)

const (
	// leastPrefix is how many tokens a prefix must have to be worth a file.
	leastPrefix = 64

	// ownTokens is how many tokens of the first question are kept beside what stands before it: enough for the
	// question of a task that is run again, too few for the file that somebody asks about.
	ownTokens = 256

	prefixSuffix = ".prefix"
	unfinished   = ".snapshot-" // what the names of files begin with that are being written
	staleAfter   = time.Hour    // for a file that nobody finished writing
)

// prefixes keeps the beginnings of prompts in files, so that the next process need not read them: the system
// message and the tools, which all conversations of a task have in common, and the question if it is short. That
// anything goes wrong with a file is never an answer's fault: the prompt is then read as it would be without.
type prefixes struct {
	e      *Engine
	dir    string
	most   int64          // bytes of all files
	saving sync.WaitGroup // writes that are under way
}

// fixed returns how many tokens of the prompt of r stand before the words of its first question.
func (e *Engine) fixed(f chat.Format, r *llm.Request, prompt []int32) int {
	i := slices.IndexFunc(r.Messages, func(m llm.Message) bool { return m.Role == llm.User })
	if i < 0 {
		return 0
	}
	without := *r
	without.Messages = slices.Clone(r.Messages[:i+1])
	without.Messages[i].Text = ""
	ids, err := e.prompt(f, &without)
	if err != nil {
		return 0
	}
	return agree(ids, prompt)
}

// agree returns how many tokens are the same at the beginning.
func agree(a, b []int32) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// restore sees to it that the cache has the fixed part of a prompt, if a file has it.
func (p *prefixes) restore(ctx context.Context, prompt []int32, fixed int) {
	s := p.e.scheduler
	s.mu.Lock()
	known := s.pool.Known(prompt)
	s.mu.Unlock()
	if fixed < leastPrefix || known >= fixed {
		return
	}
	path, n := p.find(prompt)
	if n <= known {
		return
	}
	snapshot, err := readSnapshot(path)
	if err == nil {
		err = p.e.load(ctx, snapshot, n)
	}
	if errors.Is(err, kv.ErrSnapshot) {
		_ = os.Remove(path) // it is of no use to anybody
		return
	}
	now := time.Now()
	_ = os.Chtimes(path, now, now) // so that those used last stay for longest
}

// find returns the file of this model that agrees with a prompt for longest, and for how many tokens.
func (p *prefixes) find(prompt []int32) (path string, n int) {
	for _, f := range p.list() {
		if !strings.HasPrefix(filepath.Base(f.path), p.model()) {
			continue
		}
		file, size, err := openRegular(f.path)
		if err != nil {
			continue
		}
		s, err := kv.ReadSnapshotHeader(file, size)
		_ = file.Close() // it was only read
		switch {
		case errors.Is(err, kv.ErrSnapshot):
			_ = os.Remove(f.path)
		case err == nil && p.e.checkOrigin(s) == nil:
			if a := min(agree(s.Tokens, prompt), len(prompt)-1); a > n {
				path, n = f.path, a
			}
		}
	}
	return path, n
}

// model returns what the names of this model's files begin with.
func (p *prefixes) model() string {
	origin, err := p.e.origin()
	if err != nil {
		return "unknown" // no file is called so
	}
	return fmt.Sprintf("%x-", origin[:8])
}

// keep writes the beginning of a prompt that the cache has, in the background.
func (p *prefixes) keep(ctx context.Context, prompt []int32, fixed int) {
	ids := prompt[:min(len(prompt), fixed+ownTokens)]
	s, err := p.e.snapshot(ctx, ids)
	if err != nil || len(s.Tokens) < fixed || int64(len(s.Pages)) > p.most/4 {
		return // closed or cancelled, pushed out already, or out of proportion
	}
	h := sha256.New()
	for _, id := range s.Tokens {
		h.Write(binary.LittleEndian.AppendUint32(nil, uint32(id)))
	}
	path := filepath.Join(p.dir, p.model()+fmt.Sprintf("%x", h.Sum(nil)[:8])+prefixSuffix)
	p.saving.Go(func() {
		if os.MkdirAll(p.dir, 0o700) == nil && writeSnapshot(path, s) == nil {
			p.sweep()
		}
	})
}

// prefixFile is one file of the folder.
type prefixFile struct {
	path string
	size int64
	used time.Time
}

// list returns the files of the folder, those used last first. What is not ours is not among them.
func (p *prefixes) list() []prefixFile {
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return nil
	}
	var files []prefixFile
	for _, d := range entries {
		info, err := d.Info()
		if err == nil && info.Mode().IsRegular() && strings.HasSuffix(d.Name(), prefixSuffix) {
			files = append(files, prefixFile{filepath.Join(p.dir, d.Name()), info.Size(), info.ModTime()})
		}
	}
	slices.SortFunc(files, func(a, b prefixFile) int { return b.used.Compare(a.used) })
	return files
}

// sweep removes the files that were left alone for longest until the rest is within bounds, and what a process that
// was killed left behind.
func (p *prefixes) sweep() {
	var total int64
	for _, f := range p.list() {
		if total += f.size; total > p.most {
			_ = os.Remove(f.path) // if it cannot be, the next sweep tries again
		}
	}
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return
	}
	for _, d := range entries {
		info, err := d.Info()
		if err == nil && strings.HasPrefix(d.Name(), unfinished) && time.Since(info.ModTime()) > staleAfter {
			_ = os.Remove(filepath.Join(p.dir, d.Name()))
		}
	}
}
