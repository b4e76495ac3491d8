package ppl

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/eval"
	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/llm/engine"
	"github.com/qwen-agent/qwen-agent/llm/llmtest"
)

// TestSpans: every token but the first is judged once, and none sees more than a window.
func TestSpans(t *testing.T) {
	for _, o := range []Options{{2, 1}, {8, 7}, {8, 4}, {8, 3}, {100, 10}} {
		for n := 2; n < 40; n++ {
			next := 1
			for _, s := range spans(n, o) {
				if s.judged != next || s.end <= s.judged || s.end-s.begin > o.Window || s.begin < 0 || s.end > n {
					t.Fatalf("%+v over %d tokens: %+v after %d", o, n, s, next)
				}
				if s.begin > s.judged-1 {
					t.Fatalf("%+v over %d tokens: %+v sees nothing before what it judges", o, n, s)
				}
				next = s.end
			}
			if next != n {
				t.Fatalf("%+v over %d tokens ends at %d", o, n, next)
			}
		}
	}
	if _, err := (Options{Window: 4, Stride: 4}).Fill(); err == nil {
		t.Error("a stride of a whole window is let through")
	}
}

// TestAgainstOneByOne computes every token's probability in a sequence of its own.
func TestAgainstOneByOne(t *testing.T) {
	e, err := engine.Open(t.Context(), testmodel.Write(t, testmodel.Shape{}), engine.Options{Context: 512})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	tokens := e.Tokenizer().Encode(nil, "The model reads this text, and then it reads some more of this text. "+
		"What it thinks of it means nothing, because its weights are random numbers, but it has to think the same of it twice.")
	o := Options{Window: 24, Stride: 10}
	cases, err := Cases(tokens, o)
	if err != nil {
		t.Fatal(err)
	}
	results, err := eval.Run(t.Context(), e, cases, eval.Options{Parallel: 3})
	if err != nil {
		t.Fatal(err)
	}
	want, logits := 0.0, make([]float32, e.Vocabulary())
	for _, s := range spans(len(tokens), o) {
		for i := s.judged; i < s.end; i++ {
			seq, err := e.BeginPrivate(t.Context(), o.Window)
			if err != nil {
				t.Fatal(err)
			}
			if err := seq.Append(t.Context(), tokens[s.begin:i], logits); err != nil {
				t.Fatal(err)
			}
			seq.Close()
			sum := 0.0
			for _, v := range logits {
				sum += math.Exp(float64(v))
			}
			want -= math.Log(math.Exp(float64(logits[tokens[i]])) / sum)
		}
	}
	want /= float64(len(tokens) - 1)
	got := eval.Summarize(eval.Settings{Measures: true}, results)[0]
	if math.Abs(got.Scores["nll"]-want) > 1e-3*want || math.Abs(got.Scores["perplexity"]-math.Exp(want)) > 2e-3*math.Exp(want)*want {
		t.Errorf("%v, wanted nll %v and perplexity %v", got.Scores, want, math.Exp(want))
	}
}

// TestAgainstTransformers: the mean over the tokens of the reference whose probability it has
// (the next token is among its ten likeliest) is transformers'.
func TestAgainstTransformers(t *testing.T) {
	path := testmodel.Path(t)
	dir := os.Getenv("QWEN_AGENT_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	data, err := os.ReadFile(filepath.Join(dir, "golden/qwen2.5-coder-0.5b-instruct-q4_k_m/prompts.json"))
	if err != nil {
		t.Skipf("no data: set QWEN_AGENT_DATA (%v)", err)
	}
	var reference struct {
		Prompts []struct {
			Name   string      `json:"name"`
			IDs    []int32     `json:"ids"`
			From   int         `json:"positions_from"`
			TopIDs [][]int32   `json:"top_ids"`
			Top    [][]float64 `json:"top_logprobs"`
		}
	}
	if err := json.Unmarshal(data, &reference); err != nil {
		t.Fatal(err)
	}
	e, err := engine.Open(t.Context(), path, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	n, got, want := 0, 0.0, 0.0
	for _, p := range reference.Prompts[:4] {
		for i := p.From + 1; i < min(len(p.IDs), p.From+40); i++ {
			k := slices.Index(p.TopIDs[i-1-p.From], p.IDs[i])
			if k < 0 {
				continue
			}
			nll, err := judge(t.Context(), e, p.IDs[:i+1], i)
			if err != nil {
				t.Fatal(err)
			}
			n, got, want = n+1, got+nll, want-p.Top[i-1-p.From][k]
		}
	}
	if n < 30 {
		t.Fatalf("%d tokens of the reference can be compared, wanted 30", n)
	}
	if got, want = got/float64(n), want/float64(n); math.Abs(got-want) > 0.01 {
		t.Errorf("mean %.4f over %d tokens, transformers has %.4f", got, n, want)
	}
	t.Logf("mean %.4f over %d tokens, transformers has %.4f", got, n, want)
}

func TestRefuses(t *testing.T) {
	if _, err := Cases([]int32{1}, Options{}); err == nil {
		t.Error("one token has a perplexity")
	}
	cases, err := Cases([]int32{1, 2, 3}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := eval.Run(t.Context(), llmtest.New(), cases, eval.Options{}); err == nil || !strings.Contains(err.Error(), ErrModel.Error()) {
		t.Errorf("a script has a perplexity: %v", err)
	}
}
