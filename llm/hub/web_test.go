package hub

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const fileSize = 1_000_003 // 16 ranges of 64 KiB, the last one short

func TestRanges(t *testing.T) {
	data := content(fileSize, 1)
	o := newOrigin(t, data)
	barrier := make(chan struct{})
	var in atomic.Int64
	o.hook = func(w http.ResponseWriter, r *http.Request) bool {
		if ranged(r) { // the first four wait for each other: they must be there at once
			if in.Add(1) == connections {
				close(barrier)
			}
			select {
			case <-barrier:
			case <-time.After(3 * time.Second):
			}
		}
		return false
	}
	h, log := testHub(t, t.TempDir())
	var seen []Progress
	h.Progress = func(p Progress) { seen = append(seen, p) }
	path, err := h.Pull(t.Context(), o.link())
	wantFile(t, h, path, err, data)
	if o.top.Load() < connections {
		t.Errorf("%d requests at once, want %d", o.top.Load(), connections)
	}
	if n := o.served.Load(); n != fileSize+1 {
		t.Errorf("%d bytes were sent, want each once and one for the size: %d", n, fileSize+1)
	}
	last := seen[len(seen)-1]
	if seen[0].Done != 0 || last != (Progress{o.link(), hostOf(o.URL), fileSize, fileSize}) {
		t.Errorf("progress from %+v to %+v", seen[0], last)
	}
	// It is here now: no more requests.
	n := o.requests.Load()
	if again, err := h.Pull(t.Context(), o.link()); err != nil || again != path || o.requests.Load() != n {
		t.Errorf("%q, %v, %d requests more", again, err, o.requests.Load()-n)
	}
	if log.String() != "" {
		t.Errorf("log: %s", log)
	}
}

// TestTricks has one server that misbehaves a test. A nil error means that the right
// bytes must be there in the end.
func TestTricks(t *testing.T) {
	data, other := content(fileSize, 1), content(fileSize, 2)
	packed := func() []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(data)
		z.Close()
		return b.Bytes()
	}()
	// body answers with a status, headers and bytes, without a length unless it is a header.
	body := func(w http.ResponseWriter, status int, b []byte, headers ...string) bool {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		w.(http.Flusher).Flush()
		w.Write(b)
		return true
	}
	rangeOf := func(r *http.Request) (start, end int) {
		fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-%d", &start, &end)
		return start, end + 1
	}
	cut := func(w http.ResponseWriter) bool { panic(http.ErrAbortHandler) }

	for _, test := range []struct {
		name string
		hook func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool // n counts the requests
		want []byte                                                                // nil: an error
		err  string
		log  string
	}{
		{"ranges ignored", func(o *origin, _ int64, w http.ResponseWriter, r *http.Request) bool {
			r.Header.Del("Range")
			return false
		}, data, "", ""},
		{"ranges ignored, and cut", func(o *origin, _ int64, w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Content-Length", strconv.Itoa(fileSize))
			w.Write(data[:500_000])
			return cut(w)
		}, nil, "the connection was cut with 5", ""},
		{"ranges only for the first byte", func(o *origin, _ int64, w http.ResponseWriter, r *http.Request) bool {
			if ranged(r) {
				r.Header.Del("Range")
			}
			return false
		}, nil, "the file changed on the server", "starting again"},
		{"another file midway, with If-Range", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			if n == 6 {
				o.data, o.etag = other, `"two"`
			}
			return false
		}, other, "", "the file changed on the server; starting again"},
		{"another file midway, If-Range ignored", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			if n == 6 {
				o.data, o.etag = other, `"two"`
			}
			r.Header.Del("If-Range")
			return false
		}, other, "", "starting again"},
		{"a shorter file midway", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			if n == 6 {
				o.data, o.etag = other[:100_000], `"two"`
			}
			return false
		}, other[:100_000], "", "starting again"},
		{"another file again and again", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			if n%3 == 0 {
				o.etag = fmt.Sprintf(`"%d"`, n)
			}
			return false
		}, nil, "the file changed on the server", "starting again"},
		{"bodies cut at random", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			if n > 60 || !ranged(r) {
				return false
			}
			start, end := rangeOf(r)
			w.Header().Set("ETag", o.etag)
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", start, end-1, fileSize))
			w.Header().Set("Content-Length", strconv.Itoa(end-start))
			w.WriteHeader(http.StatusPartialContent)
			w.Write(data[start : start+1+rand.IntN(end-start)])
			w.(http.Flusher).Flush()
			return cut(w)
		}, data, "", ""},
		{"connections cut before the headers", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			if n > 1 && n%2 == 0 {
				return cut(w)
			}
			return false
		}, data, "", ""},
		{"every body cut at once", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			return ranged(r) && cut(w)
		}, nil, "gave up after 5 interruptions", ""},
		{"bodies short without a length", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			start, end := rangeOf(r)
			return ranged(r) && body(w, 206, data[start:start+(end-start+1)/2], "ETag", o.etag, "Content-Range", fmt.Sprintf("bytes %d-%d/%d", start, end-1, fileSize))
		}, data, "", ""},
		{"shorter ranges than asked", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			start, end := rangeOf(r)
			end = min(end, start+10_000)
			return ranged(r) && body(w, 206, data[start:end], "ETag", o.etag, "Content-Range", fmt.Sprintf("bytes %d-%d/%d", start, end-1, fileSize))
		}, data, "", ""},
		{"bodies long without a length", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			start, end := rangeOf(r)
			return ranged(r) && body(w, 206, append(bytes.Clone(data[start:end]), 1), "ETag", o.etag, "Content-Range", fmt.Sprintf("bytes %d-%d/%d", start, end-1, fileSize))
		}, nil, "the server sends more bytes than it announced", ""},
		{"bodies long by their length", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			start, end := rangeOf(r)
			return ranged(r) && body(w, 206, data[start:end], "ETag", o.etag, "Content-Length", strconv.Itoa(end-start+5), "Content-Range", fmt.Sprintf("bytes %d-%d/%d", start, end-1, fileSize))
		}, nil, "and a body of 65541, wanted bytes", ""},
		{"another range than asked", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			start, end := rangeOf(r)
			return ranged(r) && body(w, 206, data[:end-start], "ETag", o.etag, "Content-Range", fmt.Sprintf("bytes %d-%d/%d", start+1, end, fileSize))
		}, nil, "the answer has bytes", ""},
		{"no Content-Range", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			return body(w, 206, data[:1])
		}, nil, `Content-Range is "", wanted bytes FIRST-LAST/SIZE`, ""},
		{"range of unknown size", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			return body(w, 206, data[:1], "Content-Range", "bytes 0-0/*")
		}, nil, `Content-Range is "bytes 0-0/*"`, ""},
		{"range behind the end", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			return body(w, 206, data[:1], "Content-Range", "bytes 0-9/5")
		}, nil, "which is no range of a file", ""},
		{"huge range", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			return body(w, 206, data[:1], "Content-Range", "bytes 0-0/99999999999999999999999")
		}, nil, "Content-Range is", ""},
		{"huge file", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			return body(w, 206, data[:1], "Content-Range", "bytes 0-0/999999999999999999")
		}, nil, "the file has 999999999999999999 bytes, wanted 1 to", ""},
		{"no length", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			return body(w, 200, data)
		}, nil, "does not tell the size", ""},
		{"empty file", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			return body(w, 200, nil, "Content-Length", "0")
		}, nil, "does not tell the size", ""},
		{"gzip", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("Accept-Encoding") != "identity" {
				t.Errorf("Accept-Encoding %q", r.Header.Get("Accept-Encoding"))
			}
			return body(w, 200, packed, "Content-Encoding", "gzip", "Content-Length", strconv.Itoa(len(packed)))
		}, nil, `packed as "gzip"`, ""},
		{"wrong sum, as the server tells it", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("X-Linked-Etag", `"`+sumOf(other)+`"`)
			return false
		}, nil, "wrong sha256 of model.gguf: " + sumOf(data) + ", wanted " + sumOf(other) + "; the bad file was removed", ""},
		{"a digest that is a path", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("X-Linked-Etag", `"sha256:../../x"`)
			return false
		}, data, "", ""},
		{"errors 503 and 429 in between", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			if n > 1 && n%3 == 0 {
				w.Header().Set("Retry-After", "0")
				w.WriteHeader([]int{503, 429}[n/3%2])
				return true
			}
			return false
		}, data, "", ""},
		{"503 for ever", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			w.WriteHeader(503)
			return true
		}, nil, `answers "503 Service Unavailable"`, ""},
		{"401", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			w.WriteHeader(401)
			return true
		}, nil, "401 Unauthorized); a private or gated model needs HF_TOKEN", ""},
		{"403 midway", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			if n > 5 {
				w.WriteHeader(403)
			}
			return n > 5
		}, nil, "refuses the file (403 Forbidden)", ""},
		{"redirects in a circle", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
			return true
		}, nil, "more than 10 redirects", ""},
		{"redirect to a file", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(302)
			return true
		}, nil, "redirect to file://, wanted https", ""},
		{"redirect with a user", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Location", "http://u:p@"+r.Host)
			w.WriteHeader(302)
			return true
		}, nil, "wanted https and no user", ""},
		{"no HTTP", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			c, _, _ := w.(http.Hijacker).Hijack()
			io.WriteString(c, "SSH-2.0-x\r\n")
			c.Close()
			return true
		}, nil, "cannot be reached: ", ""},
		{"headers without end", func(o *origin, n int64, w http.ResponseWriter, r *http.Request) bool {
			c, _, _ := w.(http.Hijacker).Hijack()
			defer c.Close()
			io.WriteString(c, "HTTP/1.1 200 OK\r\n")
			for range 5000 {
				if _, err := fmt.Fprintf(c, "X-A: %s\r\n", strings.Repeat("a", 100)); err != nil {
					break
				}
			}
			return true
		}, nil, "cannot be reached: ", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := newOrigin(t, data)
			var mu sync.Mutex // hooks change o
			n := int64(0)
			o.hook = func(w http.ResponseWriter, r *http.Request) bool {
				mu.Lock()
				defer mu.Unlock()
				if n++; test.hook(o, n, w, r) {
					return true
				}
				o.answer(w, r)
				return true
			}
			h, log := testHub(t, t.TempDir())
			path, err := h.Pull(t.Context(), o.link())
			if test.want != nil {
				wantFile(t, h, path, err, test.want)
			} else {
				wantError(t, err, test.err)
				if _, err := h.Path(o.link()); !errors.Is(err, ErrNotHere) {
					t.Errorf("after the error: %v", err)
				}
			}
			if !strings.Contains(log.String(), test.log) {
				t.Errorf("log %q, want %q in it", log, test.log)
			}
			if errors.Is(err, ErrChecksum) || errors.Is(err, errLonger) {
				wantNoLeftovers(t, h, 0)
			}
		})
	}
}

// TestStall has a server that stops in the middle of bodies and keeps the connection.
func TestStall(t *testing.T) {
	data := content(fileSize, 1)
	o := newOrigin(t, data)
	var n atomic.Int64
	o.hook = func(w http.ResponseWriter, r *http.Request) bool {
		if !ranged(r) || n.Add(1) > 2 {
			return false
		}
		var start, end int
		fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-%d", &start, &end)
		w.Header().Set("ETag", o.etag)
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", start, end, fileSize))
		w.WriteHeader(http.StatusPartialContent)
		w.Write(data[start : start+100])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		return true
	}
	h, _ := testHub(t, t.TempDir())
	h.stall = 100 * time.Millisecond
	path, err := h.Pull(t.Context(), o.link())
	wantFile(t, h, path, err, data)
}

// TestResume ends fetches at random moments: the next goes on, also when the state on
// the disk is gone, wrong or older than the file.
func TestResume(t *testing.T) {
	data := content(fileSize, 1)
	for _, test := range []struct {
		name   string
		spoil  func(t *testing.T, partial string)
		resume bool // what was there is used
	}{
		{"as it was", func(*testing.T, string) {}, true},
		{"state gone", func(t *testing.T, p string) { os.Remove(p + ".json") }, false},
		{"state torn", func(t *testing.T, p string) { os.Truncate(p+".json", 50) }, false},
		{"state of another file", func(t *testing.T, p string) { replace(t, p+".json", `\"one\"`, `\"two\"`) }, false},
		{"state claims too much", func(t *testing.T, p string) { replace(t, p+".json", `"size": 1000003`, `"size": 999`) }, false},
		{"file cut", func(t *testing.T, p string) { os.Truncate(p, 10) }, false},
		{"file gone", func(t *testing.T, p string) { os.Remove(p) }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := newOrigin(t, data)
			h, log := testHub(t, t.TempDir())
			ctx, cancel := context.WithCancelCause(t.Context())
			o.hook = func(http.ResponseWriter, *http.Request) bool {
				if o.requests.Load() == 10 {
					cancel(errors.New("ctrl-c"))
				}
				return false
			}
			_, err := h.Pull(ctx, o.link())
			wantError(t, err, "ctrl-c")
			wantNoLeftovers(t, h, 2)
			r, _ := h.parse(o.link())
			test.spoil(t, h.path(r)+".partial")
			before := o.served.Load()
			path, err := h.Pull(t.Context(), o.link())
			wantFile(t, h, path, err, data)
			again := o.served.Load() - before - 1
			if resumed := again < fileSize; resumed != test.resume {
				t.Errorf("%d bytes were sent after the interruption, of %d", again, fileSize)
			}
			if strings.Contains(log.String(), "going on after") != test.resume {
				t.Errorf("log %q", log)
			}
		})
	}
}

func replace(t *testing.T, path, old, with string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(data, []byte(old)) {
		t.Fatalf("%s has no %q (%v)", path, old, err)
	}
	if err := os.WriteFile(path, bytes.Replace(data, []byte(old), []byte(with), 1), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestRedirect sends the request to another host, as Hugging Face does: the token stays
// with the first, and only the first is believed about the sum.
func TestRedirect(t *testing.T) {
	data := content(fileSize, 1)
	cdn := newOrigin(t, data)
	cdn.hook = func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("X-Linked-Etag", sumOf([]byte("a lie")))
		return false
	}
	front := newOrigin(t, nil)
	front.hook = func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("X-Linked-Etag", `"`+sumOf(data)+`"`)
		if strings.HasPrefix(r.URL.Path, "/O/R/resolve") {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
			return true
		}
		http.Redirect(w, r, strings.Replace(cdn.URL, "127.0.0.1", "localhost", 1)+"/signed?key=1", http.StatusFound)
		return true
	}
	h, _ := testHub(t, t.TempDir())
	h.Endpoint, h.Token = front.URL, "hf_secret"
	path, err := h.Pull(t.Context(), "hf:O/R/sub/f.gguf")
	wantFile(t, h, path, err, data)
	if r := readRecord(path + ".json"); r == nil || !r.Checked || r.SHA256 != sumOf(data) {
		t.Errorf("record %+v, want the sum checked", r)
	}
	for _, s := range front.tokens.text {
		if s != "Bearer hf_secret" {
			t.Errorf("the first host was sent %q", s)
		}
	}
	for _, s := range cdn.tokens.text {
		if s != "" {
			t.Errorf("the other host was sent %q", s)
		}
	}
	if len(front.tokens.text) < 4 || len(cdn.tokens.text) < 2 {
		t.Errorf("%d and %d requests", len(front.tokens.text), len(cdn.tokens.text))
	}
	// The token is for Hugging Face alone.
	ms := newOrigin(t, data)
	h.modelScope = ms.URL
	for _, name := range []string{"ms:O/R/f.gguf", ms.link()} {
		if _, err := h.Pull(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	if s := ms.tokens.String(); strings.TrimSpace(s) != "" {
		t.Errorf("another service was sent %q", s)
	}
}

// TestRedirectInside has a public host that leads to an address of this machine.
func TestRedirectInside(t *testing.T) {
	inside := newOrigin(t, content(1000, 1))
	var target string
	front := newOrigin(t, nil)
	front.hook = func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, target, http.StatusFound)
		return true
	}
	h, _ := testHub(t, t.TempDir())
	h.dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if host, _, _ := net.SplitHostPort(addr); host != "models.test" {
			return nil, fmt.Errorf("dialled %s past the guard", addr)
		}
		c, err := (&net.Dialer{}).DialContext(ctx, network, front.Listener.Addr().String())
		return outside{c}, err
	}
	h.Endpoint = "http://models.test"
	port := inside.URL[strings.LastIndex(inside.URL, ":"):]
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "169.254.169.254", "10.0.0.1", "192.168.1.1", "[::1]", "[fe80::1]", "100.64.0.1"} {
		target = "http://" + host + port + "/latest/meta-data"
		_, err := h.Pull(t.Context(), "hf:O/R/f.gguf")
		if err == nil || !strings.Contains(err.Error(), "private network") {
			// An address family that this machine lacks cannot be reached at all.
			if !strings.HasPrefix(host, "[") || err == nil {
				t.Errorf("%s: error %v, want one about a private network", host, err)
			}
		}
	}
	if n := inside.requests.Load(); n != 0 {
		t.Errorf("%d requests reached the inside", n)
	}
}

// outside is a connection that seems to lead to the public internet.
type outside struct{ net.Conn }

func (outside) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(8, 8, 8, 8), Port: 80} }

// TestNoDowngrade has an https host that leads to http.
func TestNoDowngrade(t *testing.T) {
	plain := newOrigin(t, content(1000, 1))
	secure := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	defer secure.Close()
	h, _ := testHub(t, t.TempDir())
	g := newGetter(h, secure.URL, "")
	defer g.close()
	g.plain = secure.Client()
	g.plain.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	_, _, err := g.get(t.Context(), time.Second, "bytes=0-0", "")
	wantError(t, err, "redirect to http://", "wanted https")
	if plain.requests.Load() != 0 {
		t.Error("it was followed")
	}
}

func TestTwoAtOnce(t *testing.T) {
	data := content(fileSize, 1)
	o := newOrigin(t, data)
	waiting := make(chan struct{})
	var once sync.Once
	o.hook = func(http.ResponseWriter, *http.Request) bool { <-waiting; return false }
	home := t.TempDir()
	var pulls sync.WaitGroup
	for range 4 { // each as a process of its own would
		h, _ := testHub(t, home)
		h.Log = func(s string) {
			if strings.Contains(s, "is being fetched already") {
				once.Do(func() { close(waiting) })
			}
		}
		pulls.Go(func() {
			path, err := h.Pull(t.Context(), o.link())
			if err != nil {
				t.Error(err)
			} else if got, _ := os.ReadFile(path); !bytes.Equal(got, data) {
				t.Error("wrong bytes")
			}
		})
	}
	pulls.Wait()
	if n := o.served.Load(); n != fileSize+1 {
		t.Errorf("%d bytes were sent, want %d", n, fileSize+1)
	}
	// One that waits can be interrupted.
	h, _ := testHub(t, home)
	r := &ref{name: "x", local: "x"}
	unlock, err := h.lock(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := h.lock(ctx, r); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

// TestKill kills processes that fetch, at random moments, and lets two run at once.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts 20 processes")
	}
	data := content(fileSize*2, 1)
	o := newOrigin(t, data)
	o.hook = func(http.ResponseWriter, *http.Request) bool { time.Sleep(3 * time.Millisecond); return false }
	home := t.TempDir()
	start := func() (*exec.Cmd, *bytes.Buffer) {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "HUB_TEST_CHILD="+home, "HUB_TEST_LINK="+o.link())
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd, &out
	}
	h, _ := testHub(t, home)
	r, _ := h.parse(o.link())
	for range 20 {
		cmd, _ := start()
		time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
		if got, err := os.ReadFile(h.path(r)); err == nil && !bytes.Equal(got, data) {
			t.Fatal("wrong bytes at the final name")
		}
	}
	a, outA := start()
	b, outB := start()
	if errA, errB := a.Wait(), b.Wait(); errA != nil || errB != nil {
		t.Fatalf("%v: %s\n%v: %s", errA, outA, errB, outB)
	}
	wantFile(t, h, h.path(r), nil, data)
}

func TestDiskTooSmall(t *testing.T) {
	data := content(fileSize, 1)
	o := newOrigin(t, data)
	h, _ := testHub(t, t.TempDir())
	h.free = func(string) (int64, error) { return 999_999, nil }
	_, err := h.Pull(t.Context(), o.link())
	wantError(t, err, "disk is too small", "has 1.0 MB free, wanted 1.0 MB")
	if !errors.Is(err, ErrDisk) {
		t.Errorf("error %v, want ErrDisk", err)
	}
	if n := o.served.Load(); n > 1 {
		t.Errorf("%d bytes were fetched all the same", n)
	}
	h.free = func(string) (int64, error) { return fileSize, nil }
	path, err := h.Pull(t.Context(), o.link())
	wantFile(t, h, path, err, data)
	if free, err := diskFree(h.Home); err != nil || free <= 0 {
		t.Errorf("free: %d, %v", free, err)
	}
}

// TestDiskFills has a disk that becomes full during the fetch: what came stays, and the
// next fetch goes on when there is room.
func TestDiskFills(t *testing.T) {
	data := content(fileSize, 1)
	o := newOrigin(t, data)
	home := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", home).CombinedOutput(); err != nil {
		t.Skipf("a small file system cannot be mounted here: %s", out)
	}
	defer exec.Command("umount", home).Run()
	h, _ := testHub(t, home)
	h.free = func(string) (int64, error) { return 1 << 40, nil } // another process fills it meanwhile
	_, err := h.Pull(t.Context(), o.link())
	wantError(t, err, "disk is too small", "no space left on device")
	if !errors.Is(err, ErrDisk) {
		t.Errorf("error %v, want ErrDisk", err)
	}
	if out, err := exec.Command("mount", "-o", "remount,size=4m", home).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	before := o.served.Load()
	path, err := h.Pull(t.Context(), o.link())
	wantFile(t, h, path, err, data)
	if n := o.served.Load() - before; n >= fileSize {
		t.Errorf("%d bytes were fetched again", n)
	}
}

func TestHomeIsNoDirectory(t *testing.T) {
	o := newOrigin(t, content(1000, 1))
	home := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(home, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	h, _ := testHub(t, home)
	_, err := h.Pull(t.Context(), o.link())
	wantError(t, err, "not a directory")
}
