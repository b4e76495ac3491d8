package hub

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("HUB_TEST_CHILD"); dir != "" {
		child(dir)
		return
	}
	for _, name := range []string{"QWEN_AGENT_HOME", "QWEN_AGENT_OFFLINE", "HF_TOKEN", "HF_ENDPOINT", "HF_HOME", "HF_HUB_CACHE", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
		os.Unsetenv(name) // what the developer has set
	}
	goleak.VerifyTestMain(m)
}

const testFile = "model.gguf"

// testHub returns a Hub in a directory of its own that gives up quickly, and what it logs.
func testHub(t testing.TB, home string) (*Hub, *lines) {
	t.Helper()
	h, err := New()
	if err != nil {
		t.Fatal(err)
	}
	h.Home, h.Cache = home, filepath.Join(home, "no-cache")
	h.reach, h.stall, h.backoff, h.chunk = 5*time.Second, 5*time.Second, time.Millisecond, 64<<10
	log := &lines{}
	h.Log = log.add
	return h, log
}

// lines are what a Hub logged.
type lines struct {
	mu   sync.Mutex
	text []string
}

func (l *lines) add(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, s)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.text, "\n")
}

// content is a file of n bytes.
func content(n int, seed uint64) []byte {
	rng := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

func sumOf(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// origin is a server of one file, which behaves unless a hook says otherwise.
type origin struct {
	*httptest.Server
	data     []byte
	etag     string
	hook     func(w http.ResponseWriter, r *http.Request) bool // true: it answered
	requests atomic.Int64
	served   atomic.Int64 // bytes of bodies
	now, top atomic.Int64 // requests at once, and the most that were
	tokens   lines        // Authorization headers that came
}

func newOrigin(t testing.TB, data []byte) *origin {
	o := &origin{data: data, etag: `"one"`}
	o.Server = httptest.NewServer(o)
	t.Cleanup(o.Close)
	return o
}

func (o *origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.requests.Add(1)
	for n := o.now.Add(1); n > o.top.Load(); {
		o.top.Store(n)
	}
	defer o.now.Add(-1)
	o.tokens.add(r.Header.Get("Authorization"))
	if o.hook != nil && o.hook(w, r) {
		return
	}
	o.answer(w, r)
}

func (o *origin) answer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", o.etag)
	http.ServeContent(&counting{w, &o.served}, r, testFile, time.Time{}, bytes.NewReader(o.data))
}

func (o *origin) link() string { return o.URL + "/files/" + testFile }

type counting struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (c *counting) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.n.Add(int64(n))
	return n, err
}

// ranged reports whether r asks for more than the first byte.
func ranged(r *http.Request) bool { return r.Header.Get("Range") != "bytes=0-0" }

// wantFile fails unless the file at path has these bytes and nothing unfinished is left.
func wantFile(t testing.TB, h *Hub, path string, err error, want []byte) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%s has %d bytes, which are not the %d wanted (%v)", path, len(got), len(want), err)
	}
	wantNoLeftovers(t, h, 0)
}

// wantNoLeftovers fails if there are other unfinished files than n.
func wantNoLeftovers(t testing.TB, h *Hub, n int) {
	t.Helper()
	var left []string
	filepath.WalkDir(filepath.Join(h.Home, "models"), func(path string, d os.DirEntry, err error) error {
		if err == nil && (strings.Contains(path, ".partial") || strings.Contains(path, ".tmp") || strings.Contains(path, ".parts-")) {
			left = append(left, path)
		}
		return nil
	})
	if len(left) != n {
		t.Errorf("left behind: %q, want %d files", left, n)
	}
}

// wantError fails unless err has all these parts.
func wantError(t testing.TB, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q, want %q in it", err, p)
		}
	}
}

func TestNew(t *testing.T) {
	t.Setenv("QWEN_AGENT_HOME", "/a/b")
	t.Setenv("QWEN_AGENT_OFFLINE", "1")
	t.Setenv("HF_TOKEN", " hf_x\n")
	t.Setenv("HF_ENDPOINT", "https://mirror.example/")
	t.Setenv("HF_HOME", "/hf")
	h, err := New()
	if err != nil {
		t.Fatal(err)
	}
	if h.Home != "/a/b" || !h.Offline || h.Token != "hf_x" || h.Endpoint != "https://mirror.example" || h.Cache != filepath.Join("/hf", "hub") {
		t.Errorf("got %+v", h)
	}
	t.Setenv("HF_HUB_CACHE", "/cache")
	t.Setenv("QWEN_AGENT_OFFLINE", "0")
	if h, err = New(); err != nil || h.Cache != "/cache" || h.Offline {
		t.Errorf("cache %q, offline %v, %v", h.Cache, h.Offline, err)
	}
	t.Setenv("HF_ENDPOINT", "mirror")
	_, err = New()
	wantError(t, err, "HF_ENDPOINT", `"mirror"`)
	t.Setenv("HF_ENDPOINT", "")
	t.Setenv("QWEN_AGENT_HOME", "")
	t.Setenv("XDG_CACHE_HOME", "/xdg")
	t.Setenv("HOME", "/home/me")
	want, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	if h, err = New(); err != nil || h.Home != filepath.Join(want, "qwen-agent") || h.Endpoint != "https://huggingface.co" {
		t.Errorf("home %q, endpoint %q, %v", h.Home, h.Endpoint, err)
	}
	t.Setenv("HF_TOKEN", "a\nb")
	_, err = New()
	wantError(t, err, "HF_TOKEN has a line break")
}

func TestCatalogue(t *testing.T) {
	names := map[string]bool{}
	for _, m := range Catalogue() {
		names[m.Name] = true
		if sum, err := ParseSHA256(m.SHA256); err != nil || sum != m.SHA256 {
			t.Errorf("%s: sha256 %q: %v", m.Name, m.SHA256, err)
		}
		if err := errors.Join(checkName(m.File), checkName(m.Name)); err != nil {
			t.Error(err)
		}
		if m.Size <= 0 || m.License == "" || m.Quantisation == "" || strings.Count(m.Repository, "/") != 1 {
			t.Errorf("incomplete: %+v", m)
		}
		for n := 1; n <= m.Packages.Count; n++ {
			requirement, member := m.Packages.part(n)
			if s := requirement + member; strings.ContainsAny(s, "%!()") || !strings.Contains(requirement, fmt.Sprintf("part%d==", n)) {
				t.Errorf("part %d: %q, %q", n, requirement, member)
			}
		}
	}
	if !names[Default] || !names["qwen2.5-coder-0.5b"] {
		t.Errorf("the catalogue has %v", names)
	}
	Catalogue()[0].Name = "changed"
	if Catalogue()[0].Name == "changed" {
		t.Error("a caller can change the catalogue")
	}
}

// threeSources returns a hub whose catalogue has one model, with servers in the place of
// Hugging Face and ModelScope, and no pip.
func threeSources(t *testing.T, data []byte, hf, ms string) (*Hub, *lines) {
	t.Helper()
	h, log := testHub(t, t.TempDir())
	t.Setenv("PATH", t.TempDir())
	h.Endpoint, h.modelScope = hf, ms
	h.catalogue = []Model{{
		Name: "small", File: testFile, Size: int64(len(data)), SHA256: sumOf(data), Quantisation: "Q8_0", License: "MIT", Repository: "Owner/Repo",
		Packages: Packages{"part%d", "1.0", "part_%d/data/%02d.bin", 4},
	}}
	return h, log
}

func TestSourcesInOrder(t *testing.T) {
	data := content(300_000, 1)
	silent := newOrigin(t, nil)
	release := make(chan struct{})
	silent.hook = func(w http.ResponseWriter, r *http.Request) bool {
		select {
		case <-release:
		case <-r.Context().Done():
		}
		return true
	}
	defer close(release)
	ms := newOrigin(t, data)
	var asked lines
	ms.hook = func(_ http.ResponseWriter, r *http.Request) bool { asked.add(r.URL.Path); return false }
	h, log := threeSources(t, data, silent.URL, ms.URL)
	h.reach = 100 * time.Millisecond
	start := time.Now()
	path, err := h.Pull(t.Context(), "small")
	wantFile(t, h, path, err, data)
	if d := time.Since(start); d > 3*time.Second {
		t.Errorf("took %v", d)
	}
	if got, want := log.String(), hostOf(silent.URL)+": cannot be reached within 100ms; passed over"; got != want {
		t.Errorf("log %q, want %q", got, want)
	}
	if got := strings.Split(asked.String(), "\n")[0]; got != "/models/Owner/Repo/resolve/master/model.gguf" {
		t.Errorf("asked for %q", got)
	}
	record := readRecord(path + ".json")
	if record == nil || record.Source != hostOf(ms.URL) || !record.Checked || record.SHA256 != sumOf(data) || record.Size != int64(len(data)) {
		t.Errorf("record %+v", record)
	}
}

func TestNoSource(t *testing.T) {
	data := content(1000, 1)
	gone := newOrigin(t, data)
	gone.hook = func(w http.ResponseWriter, r *http.Request) bool { http.NotFound(w, r); return true }
	dead := httptest.NewServer(nil)
	dead.Close()
	h, log := threeSources(t, data, gone.URL, dead.URL)
	_, err := h.Pull(t.Context(), "small")
	wantError(t, err, "pull small: hub: no source gives the file", "does not have the file (404 Not Found)", "connection refused", "Python packages: there is no working pip")
	if n := strings.Count(log.String(), "passed over"); n != 3 {
		t.Errorf("%d sources passed over, want 3:\n%s", n, log)
	}
	wantNoLeftovers(t, h, 0)
}

func TestOtherVersion(t *testing.T) {
	data := content(1000, 1)
	other := newOrigin(t, content(1000, 2))
	other.hook = func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("X-Linked-Etag", `"`+sumOf(other.data)+`"`)
		return false
	}
	longer := newOrigin(t, content(1001, 1))
	h, log := threeSources(t, data, other.URL, longer.URL)
	_, err := h.Pull(t.Context(), "small")
	wantError(t, err, "another version of the file: sha256 "+sumOf(other.data), "1001 bytes, wanted 1000")
	if !strings.Contains(log.String(), "another version") {
		t.Errorf("log: %s", log)
	}
	wantNoLeftovers(t, h, 0)
}

func TestOffline(t *testing.T) {
	data := content(1000, 1)
	o := newOrigin(t, data)
	h, _ := threeSources(t, data, o.URL, o.URL)
	h.Offline = true
	_, err := h.Pull(t.Context(), "small")
	wantError(t, err, "model is not here", "QWEN_AGENT_OFFLINE")
	if !errors.Is(err, ErrNotHere) || o.requests.Load() != 0 {
		t.Errorf("error %v, %d requests", err, o.requests.Load())
	}
	h.Offline = false
	if _, err := h.Pull(t.Context(), "small"); err != nil {
		t.Fatal(err)
	}
	h.Offline = true
	path, err := h.Pull(t.Context(), "small")
	wantFile(t, h, path, err, data)
}

// TestCorruptFile puts wrong bytes in place of a file that was fetched.
func TestCorruptFile(t *testing.T) {
	data := content(100_000, 1)
	o := newOrigin(t, data)
	h, _ := threeSources(t, data, o.URL, o.URL)
	path, err := h.Pull(t.Context(), "small")
	wantFile(t, h, path, err, data)

	for name, wrong := range map[string][]byte{"short": data[:5000], "empty": {}, "changed": append(bytes.Clone(data[1:]), 7)} {
		if err := os.WriteFile(path, wrong, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		_, err := h.Path("small")
		if !errors.Is(err, ErrNotHere) {
			t.Errorf("%s: Path gives %v", name, err)
		}
		if name == "changed" {
			wantError(t, err, sumOf(wrong), sumOf(data))
			if !errors.Is(err, ErrChecksum) {
				t.Errorf("error %v, want ErrChecksum", err)
			}
		} else {
			wantError(t, err, fmt.Sprintf("has %d bytes, wanted the 100000", len(wrong)))
		}
		again, err := h.Pull(t.Context(), "small")
		wantFile(t, h, again, err, data)
	}
}

// TestCheckedOnce checks a file that was put in place by hand, and not a second time.
func TestCheckedOnce(t *testing.T) {
	data := content(1000, 1)
	h, log := threeSources(t, data, "http://127.0.0.1:1", "http://127.0.0.1:1")
	path := filepath.Join(h.Home, "models", testFile)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, data, 0o600)); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		got, err := h.Path("small")
		wantFile(t, h, got, err, data)
	}
	if got := log.String(); strings.Count(got, "checking") != 1 {
		t.Errorf("log %q, want one check", got)
	}
}

func TestHuggingFaceCache(t *testing.T) {
	data := content(1000, 1)
	h, log := threeSources(t, data, "http://127.0.0.1:1", "http://127.0.0.1:1")
	h.Cache = t.TempDir()
	repo := filepath.Join(h.Cache, "models--Owner--Repo")
	blob := filepath.Join(repo, "blobs", sumOf(data))
	snapshot := filepath.Join(repo, "snapshots", "abc123")
	if err := errors.Join(os.MkdirAll(filepath.Dir(blob), 0o755), os.MkdirAll(snapshot, 0o755), os.WriteFile(blob, data, 0o600),
		os.Symlink(blob, filepath.Join(snapshot, testFile)), os.Symlink(blob, filepath.Join(snapshot, "other.gguf"))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"small", "hf:Owner/Repo/" + testFile, "hf:Owner/Repo/other.gguf"} {
		for range 2 {
			path, err := h.Path(name)
			if err != nil || filepath.Dir(path) != snapshot {
				t.Errorf("%s: %q, %v", name, path, err)
			}
		}
	}
	if n := strings.Count(log.String(), "checking"); n != 2 {
		t.Errorf("%d checks, want one a file:\n%s", n, log)
	}
	if err := os.WriteFile(blob, content(1000, 2), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(blob, time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"small", "hf:Owner/Repo/other.gguf"} {
		if path, err := h.Path(name); !errors.Is(err, ErrNotHere) {
			t.Errorf("%s with wrong bytes in the cache: %q, %v", name, path, err)
		}
	}
	entries, err := h.List()
	if err != nil || len(entries) != 2 || entries[0].Source != cacheName || entries[0].Checked || entries[1].Checked {
		t.Errorf("list %+v, %v", entries, err)
	}
}

func TestList(t *testing.T) {
	data := content(300_000, 1)
	o := newOrigin(t, data)
	h, _ := threeSources(t, data, o.URL, o.URL)
	entries, err := h.List()
	if err != nil || len(entries) != 1 || entries[0].Path != "" || entries[0].Name != "small" || entries[0].License != "MIT" {
		t.Fatalf("empty: %+v, %v", entries, err)
	}
	for _, name := range []string{"small", "hf:A/B/c.gguf", o.link()} {
		if _, err := h.Pull(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	entries, err = h.List()
	if err != nil || len(entries) != 3 {
		t.Fatalf("%+v, %v", entries, err)
	}
	for _, e := range entries {
		path, err := h.Path(e.Name)
		if err != nil || path != e.Path || e.Source != hostOf(o.URL) || e.SHA256 != sumOf(data) || e.Checked != (e.Name == "small") {
			t.Errorf("%+v; Path gives %q, %v", e, path, err)
		}
	}
	// One that was interrupted tells how much there is.
	if err := os.Remove(entries[0].Path); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	before := o.requests.Load()
	o.hook = func(_ http.ResponseWriter, r *http.Request) bool {
		if o.requests.Load()-before < 2+connections {
			return false
		}
		cancel() // this one is asked for when the first of the others is complete
		<-r.Context().Done()
		return true
	}
	if _, err := h.Pull(ctx, "small"); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if entries, err = h.List(); err != nil || entries[0].Path != "" || entries[0].Partial <= 0 || entries[0].Partial >= int64(len(data)) {
		t.Errorf("interrupted: %+v, %v", entries[0], err)
	}
}
