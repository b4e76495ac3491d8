package speed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Child is a llama-server that runs as a child of this process.
type Child struct {
	Server
	cmd  *exec.Cmd
	log  tail
	done chan struct{} // it has ended
	err  error         // then, how
}

// ServerArgs are the arguments that llama-server is started with, besides its port: one
// slot, which keeps all of its cache for the one agent.
func ServerArgs(model string, threads, context int) []string {
	n := strconv.Itoa(threads)
	return []string{"-m", model, "-t", n, "-tb", n, "-c", strconv.Itoa(context), "-np", "1", "--host", "127.0.0.1"}
}

// startWait is how long a server may take to open its model.
const startWait = 3 * time.Minute

// StartServer starts a llama-server on a free port and waits until its model is open.
func StartServer(ctx context.Context, path string, args []string) (*Child, error) {
	port, err := freePort()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	c := &Child{done: make(chan struct{})}
	c.Server = Server{URL: "http://127.0.0.1:" + port, Client: &http.Client{Transport: &http.Transport{}}}
	c.cmd = exec.CommandContext(ctx, path, append(args[:len(args):len(args)], "--port", port)...)
	c.cmd.Stdout, c.cmd.Stderr = &c.log, &c.log
	c.cmd.WaitDelay = 5 * time.Second
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	go func() {
		c.err = c.cmd.Wait()
		close(c.done)
	}()
	if err := c.wait(ctx); err != nil {
		c.Close()
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	return c, nil
}

// freePort returns a port that was free a moment ago.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}

// wait waits until the server is ready.
func (c *Child) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-c.done:
			return fmt.Errorf("it ended before it was ready (%v): %s", c.err, c.log.String())
		case <-ctx.Done():
			return fmt.Errorf("it was not ready in %v: %w: %s", startWait, ctx.Err(), c.log.String())
		case <-tick.C:
		}
		if c.healthy(ctx) {
			return nil
		}
	}
}

func (c *Child) healthy(ctx context.Context) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+"/health", nil)
	if err != nil {
		return false
	}
	resp, err := c.Client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer))
	return err == nil && resp.StatusCode == http.StatusOK
}

// Close ends the server.
func (c *Child) Close() {
	c.Client.CloseIdleConnections()
	_ = c.cmd.Process.Kill() // it may have ended
	<-c.done
}

// tail keeps the end of what a program prints.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const maxTail = 2000 // bytes

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if n := len(t.text); n > maxTail {
		t.text = append(t.text[:0], t.text[n-maxTail:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.text))
}
