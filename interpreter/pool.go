package interpreter

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Pool keeps sessions ready, so that one can be had without waiting for a child to start.
// A session that is taken is never given back: each serves one user alone.
type Pool struct {
	options Options
	ready   chan opened
	wanted  chan struct{} // one token for each session that is to be started
	ctx     context.Context
	cancel  context.CancelFunc
	workers sync.WaitGroup
}

// opened is a session, or why there is none.
type opened struct {
	session *Session
	err     error
}

// NewPool starts to open n sessions and returns at once. Options.Workspace and
// Options.Output are given to Take instead.
func NewPool(n int, o Options) (*Pool, error) {
	if n < 1 {
		return nil, fmt.Errorf("interpreter: a pool of %d sessions, wanted 1 or more", n)
	}
	if o.Workspace != "" || o.Output != nil {
		return nil, errors.New("interpreter: the options of a pool have a workspace or an output: give them to Take")
	}
	p := &Pool{options: o, ready: make(chan opened, n), wanted: make(chan struct{}, n)}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	for range n {
		p.wanted <- struct{}{}
	}
	p.workers.Add(1)
	go p.work()
	return p, nil
}

// work opens one session after another. An error is kept for who takes it, and tried
// again only after that.
func (p *Pool) work() {
	defer p.workers.Done()
	for {
		select {
		case <-p.ctx.Done():
			return
		case <-p.wanted:
		}
		session, err := Open(p.ctx, p.options)
		p.ready <- opened{session, err} // there is room: one for each token
	}
}

// Take returns a session that is ready, or waits for one, and has another started. The
// session works on a workspace and passes its output on, as Options say.
func (p *Pool) Take(ctx context.Context, workspace string, output func(Output)) (*Session, error) {
	var o opened
	select {
	case o = <-p.ready:
	case <-p.ctx.Done():
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, fmt.Errorf("interpreter: take a session: %w", context.Cause(ctx))
	}
	p.wanted <- struct{}{}
	if o.err != nil {
		return nil, o.err
	}
	if err := o.session.adopt(workspace, output); err != nil {
		o.session.Close()
		return nil, err
	}
	return o.session, nil
}

// adopt gives a session that has run no cell its workspace and output.
func (s *Session) adopt(workspace string, output func(Output)) error {
	files, err := openWorkspace(workspace, s.options.Limits.Files, s.options.Protect)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	files.enter(s.child.proc.Work, s.child.proc.Owner)
	s.options.Workspace, s.options.Output, s.files = workspace, output, files
	return nil
}

// Close ends the sessions that nobody has taken. Those that were taken go on.
func (p *Pool) Close() error {
	p.cancel()
	p.workers.Wait()
	for {
		select {
		case o := <-p.ready:
			if o.session != nil {
				o.session.Close()
			}
		default:
			return nil
		}
	}
}
