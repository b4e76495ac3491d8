package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	maxSize       = 1 << 41 // bytes of a file; far above any model
	reportEvery   = 100 * time.Millisecond
	partialSuffix = ".partial"
)

// partial is a file under way: a file beside the target, which is as long as the bytes
// that came, and its state, which is saved every two seconds and never claims bytes that
// are not on the disk. Its methods may be called from several goroutines at once.
type partial struct {
	hub    *Hub
	ref    *ref
	source string
	target string

	mu      sync.Mutex
	grown   sync.Cond // the contiguous beginning grew, or closed or sum changed
	file    *os.File  // nil before begin
	state   state
	pending int64  // bytes that came and do not count yet, for the progress
	sum     string // of the whole file, once it is computed
	err     error  // of the goroutine that computes it
	closed  bool
	workers sync.WaitGroup
	done    chan struct{} // closed by close

	reporting sync.Mutex
	reported  time.Time
}

func (p *partial) path() string      { return p.target + partialSuffix }
func (p *partial) statePath() string { return p.path() + ".json" }

// openPartial returns the partial file of r, which is not begun.
func (h *Hub) openPartial(r *ref, source string) (*partial, error) {
	p := &partial{hub: h, ref: r, source: source, target: h.path(r), done: make(chan struct{})}
	p.grown.L = &p.mu
	data, err := readLimited(p.statePath(), 4<<20)
	if err == nil && json.Unmarshal(data, &p.state) == nil && p.state.valid() {
		return p, nil
	}
	p.state = state{}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("hub: read the state of %s: %w", p.path(), err)
	}
	return p, nil
}

// begin opens the file for content of that size, and keeps what is there of it if it is
// the same content: the sha256 says so, or else the link and the server's validators.
// extra is the room on the disk that the source needs besides.
func (p *partial) begin(want state, extra int64) error {
	if want.Size <= 0 || want.Size > maxSize {
		return &passOver{fmt.Errorf("the file has %d bytes, wanted 1 to %d", want.Size, int64(maxSize))}
	}
	s := &p.state
	same := s.Size == want.Size && s.SHA256 == want.SHA256
	if want.SHA256 == "" {
		same = same && s.Link == want.Link && s.ETag == want.ETag && s.LastModified == want.LastModified && (s.ETag != "" || s.LastModified != "")
	}
	file, err := os.OpenFile(p.path(), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("open the partial file: %w", err)
	}
	p.file = file
	if info, err := file.Stat(); same && (err != nil || info.Size() < s.reach()) {
		same = false // somebody cut it
	}
	if !same {
		want.Chunk = p.hub.chunk
		want.Done = make([]int64, (want.Size+want.Chunk-1)/want.Chunk)
		p.state = want
		if err := file.Truncate(0); err != nil {
			return fmt.Errorf("empty the partial file: %w", err)
		}
	} else if n := s.count(); n > 0 {
		s.Link, s.ETag, s.LastModified = want.Link, want.ETag, want.LastModified
		p.hub.log("going on after %s of %s", Bytes(n), Bytes(s.Size))
	}
	need := p.state.Size - p.state.count() + extra
	if free, err := p.hub.free(filepath.Dir(p.target)); err == nil && free < need {
		return fmt.Errorf("%w: %s has %s free, wanted %s for %s", ErrDisk, filepath.Dir(p.target), Bytes(free), Bytes(need), p.ref.name)
	}
	if err := p.save(); err != nil {
		return err
	}
	p.workers.Go(p.follow)
	p.workers.Go(p.saveOften)
	p.report(true)
	return nil
}

// missing returns the first byte of chunk i that is not here and the chunk's end.
func (p *partial) missing(i int) (start, end int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	start = int64(i)*p.state.Chunk + p.state.Done[i]
	return start, int64(i)*p.state.Chunk + p.state.length(i)
}

// write adds b to what is here of chunk i.
func (p *partial) write(i int, b []byte) error {
	start, end := p.missing(i)
	if int64(len(b)) > end-start {
		return fmt.Errorf("%d bytes for the %d that are missing of range %d", len(b), end-start, i)
	}
	if err := p.writeAt(b, start); err != nil {
		return err
	}
	p.mu.Lock()
	p.state.Done[i] += int64(len(b))
	p.grown.Broadcast()
	p.mu.Unlock()
	p.report(false)
	return nil
}

// writeAt writes bytes that do not count yet.
func (p *partial) writeAt(b []byte, offset int64) error {
	_, err := p.file.WriteAt(b, offset)
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrDisk, err)
	}
	return err
}

// addPart counts the n bytes behind the contiguous beginning as the next part.
func (p *partial) addPart(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.Parts = append(p.state.Parts, n)
	p.state.setPrefix(p.state.prefix() + n)
	p.pending = 0
	p.grown.Broadcast()
}

// keepParts drops what did not come as a part, and returns how many
// parts are here and their bytes. It must come before the first write.
func (p *partial) keepParts() (parts int, bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	bytes = p.state.joined()
	p.state.setPrefix(bytes)
	return len(p.state.Parts), bytes
}

// keepNothing drops what is here. It must come before the first write.
func (p *partial) keepNothing() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.Parts = nil
	p.state.setPrefix(0)
}

// validator returns what an If-Range header needs, or "": a weak ETag does not serve.
func (p *partial) validator() string {
	if e := p.state.ETag; e != "" && !strings.HasPrefix(e, "W/") {
		return e
	}
	return p.state.LastModified
}

// discard removes what came, since it is not to be trusted.
func (p *partial) discard() error {
	if p.file == nil {
		return nil
	}
	p.stop()
	return errors.Join(p.file.Close(), p.remove())
}

// follow computes the sha256 of the contiguous beginning while it grows, by reading it
// back: the ranges come in any order, and what was just written is in memory still.
func (p *partial) follow() {
	sum, buf := sha256.New(), make([]byte, 1<<20)
	for at := int64(0); at < p.state.Size; {
		p.mu.Lock()
		for p.state.prefix() <= at && !p.closed {
			p.grown.Wait()
		}
		end, closed := p.state.prefix(), p.closed
		p.mu.Unlock()
		for at < end && !closed {
			n, err := p.file.ReadAt(buf[:min(int64(len(buf)), end-at)], at)
			if n == 0 && err != nil {
				p.summed("", fmt.Errorf("read back the partial file: %w", err))
				return
			}
			sum.Write(buf[:n])
			at += int64(n)
			p.mu.Lock()
			closed = p.closed
			p.mu.Unlock()
		}
		if closed {
			return
		}
	}
	p.summed(hex.EncodeToString(sum.Sum(nil)), nil)
}

func (p *partial) summed(sum string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sum, p.err = sum, err
	p.grown.Broadcast()
}

func (p *partial) saveOften() {
	tick := time.NewTicker(p.hub.saveEvery)
	defer tick.Stop()
	for {
		select {
		case <-p.done:
			return
		case <-tick.C:
			_ = p.save() // a state that cannot be saved costs a repeat, no wrong byte
		}
	}
}

// save writes the state, after the bytes that it claims.
func (p *partial) save() error {
	p.mu.Lock()
	s := p.state
	s.Done = append([]int64(nil), s.Done...)
	s.Parts = append([]int64(nil), s.Parts...)
	p.mu.Unlock()
	if err := p.file.Sync(); err != nil {
		return fmt.Errorf("write the partial file: %w", err)
	}
	if err := writeJSON(p.statePath(), s); err != nil {
		return fmt.Errorf("write the state of the partial file: %w", err)
	}
	return nil
}

// report calls Progress, unless that was a moment ago or must is set.
func (p *partial) report(must bool) {
	if p.hub.Progress == nil || !p.reporting.TryLock() {
		return
	}
	defer p.reporting.Unlock()
	if now := time.Now(); must || now.Sub(p.reported) >= reportEvery {
		p.reported = now
		p.mu.Lock()
		done := p.state.count() + p.pending
		p.mu.Unlock()
		p.hub.Progress(Progress{Name: p.ref.name, Source: p.source, Done: done, Total: p.state.Size})
	}
}

// close stops the goroutines and keeps the state for the next time.
func (p *partial) close() error {
	if p.file == nil {
		return nil
	}
	p.stop()
	err := p.save()
	for errors.Is(err, syscall.ENOSPC) && p.state.dropLast() { // a full disk has no room for the state either
		if err = p.file.Truncate(p.state.reach()); err == nil {
			err = p.save()
		}
	}
	if p.state.count() == 0 { // nothing worth keeping
		err = p.remove()
	}
	return errors.Join(err, p.file.Close())
}

func (p *partial) stop() {
	p.mu.Lock()
	p.closed = true
	p.grown.Broadcast()
	p.mu.Unlock()
	close(p.done)
	p.workers.Wait()
}

func (p *partial) remove() (err error) {
	for _, path := range []string{p.path(), p.statePath()} {
		if e := os.Remove(path); !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// finish checks the sum and puts the file in its place.
func (p *partial) finish(ctx context.Context) error {
	sum, err := p.wait(ctx)
	if err != nil {
		return errors.Join(err, p.close())
	}
	p.report(true)
	want := p.state.SHA256
	p.stop()
	if want != "" && sum != want {
		return errors.Join(fmt.Errorf("%w of %s: %s, wanted %s; the bad file was removed", ErrChecksum, p.ref.file, sum, want), p.file.Close(), p.remove())
	}
	if err := errors.Join(p.file.Sync(), p.file.Close()); err != nil {
		return fmt.Errorf("write the partial file: %w", err)
	}
	info, err := os.Stat(p.path())
	if err != nil {
		return err
	}
	r := record{Name: p.ref.name, Source: p.source, Path: p.target, Size: p.state.Size, SHA256: sum, Checked: want != "", ModTime: info.ModTime(), Fetched: time.Now().UTC().Truncate(time.Second)}
	if err := writeJSON(p.target+".json", r); err != nil { // first: a file without a record would be read once more
		return fmt.Errorf("write the record of %s: %w", p.ref.name, err)
	}
	if err := os.Rename(p.path(), p.target); err != nil {
		return fmt.Errorf("put the file in its place: %w", err)
	}
	_ = os.Remove(p.statePath())
	return syncDir(filepath.Dir(p.target))
}

// wait returns the sum of the whole file once the goroutine has it.
func (p *partial) wait(ctx context.Context) (string, error) {
	stop := context.AfterFunc(ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.grown.Broadcast()
	})
	defer stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := p.state.count(); n != p.state.Size {
		return "", fmt.Errorf("the source gave %d bytes, wanted %d: %w", n, p.state.Size, io.ErrUnexpectedEOF)
	}
	for p.sum == "" && p.err == nil && ctx.Err() == nil {
		p.grown.Wait()
	}
	if p.sum == "" && p.err == nil {
		return "", context.Cause(ctx)
	}
	return p.sum, p.err
}

// syncDir makes a rename in dir last through a crash of the machine.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	// Some file systems cannot sync a directory; the file itself is safe by then.
	_ = d.Sync()
	return d.Close()
}
