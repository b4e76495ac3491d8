package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	connections = 4 // ranges fetched at once; more gain little and annoy servers
	maxTries    = 5 // of one range, without a byte in between
	maxCuts     = 100
)

// errChanged says that the server's file is no longer the one that was begun.
var errChanged = errors.New("the file changed on the server")

// errSlow ends a request to a server that sends nothing for too long.
var errSlow = errors.New("no answer in time")

// web fetches one link.
type web struct {
	hub   *Hub
	name  string // for messages
	link  string
	token string // for the link's own host
}

func (w *web) String() string { return w.name }

func (w *web) fetch(ctx context.Context, p *partial) error {
	g := newGetter(w.hub, w.link, w.token)
	defer g.close()
	resp, stop, err := g.get(ctx, w.hub.reach, "bytes=0-0", "")
	if err != nil {
		if dns := (*net.DNSError)(nil); errors.As(err, &dns) {
			err = errors.New(dns.Err) // without the address of the name server
		}
		if errors.Is(err, errSlow) {
			return &passOver{fmt.Errorf("cannot be reached within %v", w.hub.reach)}
		}
		return &passOver{fmt.Errorf("cannot be reached: %w", err)}
	}
	defer stop()
	want, ranges, err := w.describe(p.ref, resp)
	if err != nil {
		return &passOver{err}
	}
	want.Link = w.link
	if err := p.begin(want, 0); err != nil {
		return err
	}
	if !ranges {
		return w.whole(ctx, p, resp)
	}
	stop() // the one byte has served its purpose
	group, ctx := errgroup.WithContext(ctx)
	next := make(chan int)
	group.Go(func() error {
		defer close(next)
		for i := range p.state.Done {
			select {
			case next <- i:
			case <-ctx.Done():
				return nil // the error is the worker's
			}
		}
		return nil
	})
	for range connections {
		group.Go(func() error {
			for i := range next {
				if err := w.chunk(ctx, g, p, i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// describe reads the first answer: the file's size, what tells its content, and
// whether the server gives ranges.
func (w *web) describe(r *ref, resp *answer) (want state, ranges bool, err error) {
	if err := resp.refused(w.token != ""); err != nil {
		return want, false, err
	}
	want = state{Size: resp.ContentLength, SHA256: r.sha256, ETag: resp.Header.Get("ETag"), LastModified: resp.Header.Get("Last-Modified")}
	if resp.StatusCode == http.StatusPartialContent {
		var rng contentRange
		if rng, err = resp.rangeOf(); err != nil {
			return want, false, err
		}
		want.Size, ranges = rng.total, true
	}
	if want.Size <= 0 {
		return want, false, errors.New("the answer does not tell the size of the file")
	}
	if resp.linked != "" && want.SHA256 == "" {
		want.SHA256 = resp.linked
	}
	if resp.linked != "" && resp.linked != want.SHA256 {
		return want, false, fmt.Errorf("has another version of the file: sha256 %s, wanted %s", resp.linked, want.SHA256)
	}
	if r.size > 0 && want.Size != r.size {
		return want, false, fmt.Errorf("has another version of the file: %d bytes, wanted %d", want.Size, r.size)
	}
	return want, ranges, nil
}

// whole reads the file from an answer that is all of it: the server knows no ranges,
// so that nothing of an earlier try can be used.
func (w *web) whole(ctx context.Context, p *partial, resp *answer) error {
	p.keepNothing()
	for i := range p.state.Done {
		if err := w.copy(ctx, p, i, resp); err != nil {
			if ctx.Err() == nil && errors.Is(err, errCut) {
				return &passOver{fmt.Errorf("%w; the server cannot go on where it stopped", err)}
			}
			return err
		}
	}
	return resp.surplus()
}

// chunk fetches what is missing of chunk i.
func (w *web) chunk(ctx context.Context, g *getter, p *partial, i int) error {
	tries, cuts := 0, 0
	for {
		start, end := p.missing(i)
		if start == end {
			return nil
		}
		err := w.part(ctx, g, p, i)
		if after, _ := p.missing(i); after > start {
			tries = 0
		}
		if err == nil || ctx.Err() != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			continue
		}
		var wait *retry
		if !errors.As(err, &wait) {
			return err
		}
		tries++
		if cuts++; tries == maxTries || cuts == maxCuts {
			return &passOver{fmt.Errorf("gave up after %d interruptions: %w", cuts, wait.err)}
		}
		select {
		case <-time.After(max(wait.after, w.hub.backoff<<(tries))):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// part asks once for what is missing of chunk i.
func (w *web) part(ctx context.Context, g *getter, p *partial, i int) error {
	start, end := p.missing(i)
	resp, stop, err := g.get(ctx, w.hub.stall, fmt.Sprintf("bytes=%d-%d", start, end-1), p.validator())
	if err != nil {
		return &retry{err: err}
	}
	defer stop()
	switch {
	case resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		return errChanged
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500:
		return &retry{err: resp.refused(false), after: resp.retryAfter()}
	}
	if err := resp.refused(w.token != ""); err != nil {
		return &passOver{err}
	}
	rng, err := resp.rangeOf()
	if err != nil {
		return &passOver{err}
	}
	if rng.total != p.state.Size || resp.Header.Get("ETag") != p.state.ETag {
		return errChanged
	}
	if rng.start != start || rng.end > end || resp.ContentLength >= 0 && resp.ContentLength != rng.end-rng.start {
		return &passOver{fmt.Errorf("the answer has bytes %d to %d and a body of %d, wanted bytes %d to %d", rng.start, rng.end-1, resp.ContentLength, start, end-1)}
	}
	resp.left = rng.end - rng.start
	if err := w.copy(ctx, p, i, resp); err != nil {
		return err
	}
	return resp.surplus()
}

// errCut says that a body ended early.
var errCut = errors.New("the connection was cut")

// copy writes the body of resp into chunk i, up to the chunk's end or resp.left.
func (w *web) copy(ctx context.Context, p *partial, i int, resp *answer) error {
	buf := make([]byte, 128<<10)
	for {
		start, end := p.missing(i)
		want := min(int64(len(buf)), end-start, resp.left)
		if want == 0 {
			return nil
		}
		n, err := resp.read(buf[:want])
		if n > 0 {
			resp.left -= int64(n)
			if err := p.write(i, buf[:n]); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil && resp.left > 0 {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return &retry{err: fmt.Errorf("%w with %d bytes to go: %w", errCut, resp.left, err)}
		}
	}
}

// retry is the error of a request that may go well the next time.
type retry struct {
	err   error
	after time.Duration // not before
}

func (e *retry) Error() string { return e.err.Error() }
func (e *retry) Unwrap() error { return e.err }
