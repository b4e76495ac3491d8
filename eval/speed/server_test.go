package speed

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/qwen-agent/qwen-agent/llm"
)

// TestMain lets the test's own binary stand for llama-server.
func TestMain(m *testing.M) {
	if mode := os.Getenv("SPEED_TEST_SERVER"); mode != "" {
		pretend(mode)
		return
	}
	os.Exit(m.Run())
}

// pretend is a program that is started like llama-server.
func pretend(mode string) {
	port := os.Args[slices.Index(os.Args, "--port")+1]
	if mode == "broken" {
		fmt.Println("error: the model is damaged")
		os.Exit(1)
	}
	mux := http.NewServeMux()
	mux.Handle("/completion", &fake{})
	opened := time.Now().Add(100 * time.Millisecond)
	mux.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) {
		if time.Now().Before(opened) {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	fmt.Println(http.ListenAndServe("127.0.0.1:"+port, mux))
}

// fake answers like llama-server: it keeps one text, and writes 1000, 1001, … behind it.
type fake struct {
	cache []int32
	mode  string
	extra int // tokens beyond those asked for
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Prompt []int32 `json:"prompt"`
		N      int     `json:"n_predict"`
		Cache  bool    `json:"cache_prompt"`
		EOS    bool    `json:"ignore_eos"`
		Tokens bool    `json:"return_tokens"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || !in.Cache || !in.EOS || !in.Tokens || f.mode == "error" {
		http.Error(w, `{"error":"it is broken"}`, http.StatusInternalServerError)
		return
	}
	out := map[string]any{"timings": map[string]any{
		"prompt_n": len(in.Prompt) - min(common(f.cache, in.Prompt), len(in.Prompt)-1), "prompt_ms": 12.5, "predicted_ms": 3e3,
	}}
	written := make([]int32, in.N+f.extra)
	for i := range written {
		written[i] = int32(1000 + i)
	}
	f.cache = slices.Concat(in.Prompt, written)
	switch f.mode {
	case "short":
		written = written[1:]
	case "long":
		written = append(written, make([]int32, slack+1)...)
	case "timings":
		out["timings"] = map[string]int{"prompt_n": len(in.Prompt) + 1}
	}
	out["tokens"] = written
	if f.mode == "garbage" {
		fmt.Fprint(w, "<html>")
		return
	}
	_ = json.NewEncoder(w).Encode(out) // the client's loss
}

// TestServer: a prompt that goes on from an earlier answer finds all of it in the server's
// cache, whatever the server wrote there.
func TestServer(t *testing.T) {
	for _, extra := range []int{0, 2} {
		web := httptest.NewServer(&fake{extra: extra})
		s := &Server{URL: web.URL, Client: web.Client()}
		first := []int32{1, 2, 3, 4, 5}
		answer := []int32{50, 51, 52}
		second := slices.Concat(first, answer, []int32{6, 7})
		again := slices.Concat(first, answer[:1], []int32{9}) // as where tokens are joined otherwise
		s.Expect([][]int32{first, second, again})
		for i, want := range []llm.Usage{
			{Prompt: 5, Cached: 0, Generated: 3},
			{Prompt: 10, Cached: 8, Generated: 3},
			{Prompt: 7, Cached: 6, Generated: 3},
		} {
			got, err := s.Replay(t.Context(), nil, &RecordedAnswer{Tokens: answer})
			want.Prefill, want.Decode = 12500*time.Microsecond, 3*time.Second
			if err != nil || got != want {
				t.Errorf("request %d: %+v, %v; want %+v", i, got, err, want)
			}
		}
		if _, err := s.Replay(t.Context(), nil, &RecordedAnswer{Tokens: answer}); err == nil {
			t.Error("a request that was not expected is let through")
		}
		web.Close()
	}
}

func TestServerRefuses(t *testing.T) {
	for mode, want := range map[string]string{
		"error": "500 Internal Server Error: {\"error\":\"it is broken\"}", "garbage": "invalid character",
		"short": "wrote 2 tokens, wanted 3", "long": "wrote 8 tokens, wanted 3", "timings": "read 3 tokens of a prompt of 2",
	} {
		web := httptest.NewServer(&fake{mode: mode})
		s := &Server{URL: web.URL, Client: web.Client()}
		s.Expect([][]int32{{1, 2}})
		if _, err := s.Replay(t.Context(), nil, &RecordedAnswer{Tokens: []int32{1, 2, 3}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", mode, err, want)
		}
		web.Close()
	}
}

// TestStartServer starts this test's binary in place of llama-server, and plays a task with it.
func TestStartServer(t *testing.T) {
	t.Setenv("SPEED_TEST_SERVER", "good")
	dir, e := tinyExamples(t), tinyEngine(t)
	r, err := Record(t.Context(), e, dir, "hello")
	if err != nil {
		t.Fatal(err)
	}
	prompts, err := Prompts(t.Context(), r, e, dir)
	if err != nil {
		t.Fatal(err)
	}
	c, err := StartServer(t.Context(), os.Args[0], ServerArgs("m.gguf", 2, 2048))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Warm(t.Context(), e.Vocabulary()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		c.Expect(prompts)
		w, err := Play(t.Context(), r, &c.Server, dir)
		if err != nil || w.Requests != 1 || w.Usage.Prompt != len(prompts[0]) {
			t.Errorf("%+v, %v", w, err)
		}
	}
	c.Close() // twice is no harm
	if _, err := c.complete(t.Context(), []int32{1}, 1); err == nil {
		t.Error("the server goes on")
	}
}

func TestStartServerFails(t *testing.T) {
	t.Setenv("SPEED_TEST_SERVER", "broken")
	if _, err := StartServer(t.Context(), os.Args[0], nil); err == nil || !strings.Contains(err.Error(), "the model is damaged") {
		t.Errorf("one that ends at once: %v", err)
	}
	if _, err := StartServer(t.Context(), t.TempDir()+"/nothing", nil); err == nil {
		t.Error("a program that there is not is started")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := StartServer(ctx, os.Args[0], nil); err == nil {
		t.Error("it starts although nobody waits")
	}
}

func TestServerArgs(t *testing.T) {
	args := ServerArgs("m.gguf", 3, 512)
	for _, want := range []string{"-m m.gguf", "-t 3", "-tb 3", "-c 512"} {
		if !strings.Contains(strings.Join(args, " "), want) {
			t.Errorf("%v has no %s", args, want)
		}
	}
	if port, err := freePort(); err != nil {
		t.Error(err)
	} else if n, err := strconv.Atoi(port); err != nil || n < 1 {
		t.Errorf("port %q", port)
	}
}

func TestTail(t *testing.T) {
	var l tail
	for i := range 5000 {
		fmt.Fprintf(&l, "line %d\n", i)
	}
	if s := l.String(); len(s) > maxTail || !strings.HasSuffix(s, "line 4999") {
		t.Errorf("%d bytes, %q", len(s), s)
	}
}
