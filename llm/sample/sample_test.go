package sample

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// golden is testdata/golden.json: what transformers leaves of logits.
type golden struct {
	History  []int32     `json:"history"`
	Vectors  [][]float32 `json:"vectors"`
	Filters  []left      `json:"filters"`
	Generate []left      `json:"generate"`
	Greedy   []left      `json:"greedy"`
}

type left struct {
	Vector  int `json:"vector"`
	Options struct {
		Temperature float64 `json:"temperature"`
		TopK        int     `json:"top_k"`
		TopP        float64 `json:"top_p"`
		MinP        float64 `json:"min_p"`
		Repetition  float64 `json:"repetition"`
	} `json:"options"`
	History []int32   `json:"history"`
	Logits  []float32 `json:"logits"`
	IDs     []int32   `json:"ids"`
	Scores  []float64 `json:"scores"`
	Token   int32     `json:"token"`
}

func (l left) sampler() *Sampler {
	o := Options{Temperature: l.Options.Temperature, TopK: l.Options.TopK, TopP: l.Options.TopP,
		MinP: l.Options.MinP, Repetition: l.Options.Repetition}
	if o.Temperature == 0 {
		o.Temperature = 1 // in transformers, a temperature that is not given
	}
	return New(o)
}

func read(t *testing.T) golden {
	t.Helper()
	b, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	if len(g.Filters) < 100 || len(g.Generate) < 20 || len(g.Greedy) < 10 {
		t.Fatalf("golden.json has %d, %d and %d cases", len(g.Filters), len(g.Generate), len(g.Greedy))
	}
	return g
}

// compare checks that the same tokens are left, with the same scores: the logits after
// the penalties and the temperature, within a few float32 roundings. Which tokens top-p
// keeps of those that are equally likely is not compared, only how many: torch's sort is
// not stable.
func compare(t *testing.T, s *Sampler, want left) {
	t.Helper()
	slices.SortFunc(s.kept, func(a, b candidate) int { return int(a.id - b.id) })
	var ids []int32
	var scores []float64
	for _, c := range s.kept {
		ids = append(ids, c.id)
		scores = append(scores, float64(c.logit)/s.o.Temperature)
	}
	if want.Options.TopP == 0 || distinct(want.Scores) {
		if !slices.Equal(ids, want.IDs) {
			t.Errorf("vector %d, %+v: tokens left\n%v, want\n%v", want.Vector, want.Options, ids, want.IDs)
			return
		}
	} else {
		slices.Sort(scores)
		slices.Sort(want.Scores)
	}
	if len(scores) != len(want.Scores) {
		t.Errorf("vector %d, %+v: %d tokens left, want %d", want.Vector, want.Options, len(scores), len(want.Scores))
		return
	}
	for i, score := range scores {
		if d := math.Abs(score - want.Scores[i]); d > 3e-7*(1+math.Abs(score)) {
			t.Errorf("vector %d, %+v: score %d is %v, want %v", want.Vector, want.Options, i, score, want.Scores[i])
		}
	}
}

func distinct(x []float64) bool {
	x = slices.Clone(x)
	slices.Sort(x)
	return len(slices.Compact(x)) == len(x)
}

func TestFiltersGolden(t *testing.T) {
	g := read(t)
	for _, want := range g.Filters {
		s := want.sampler()
		logits := slices.Clone(g.Vectors[want.Vector])
		s.penalize(logits, g.History)
		if !s.filter(logits, nil) {
			t.Fatalf("%+v: the filter wants a mask", want.Options)
		}
		compare(t, s, want)
	}
}

func TestGenerateGolden(t *testing.T) {
	g := read(t)
	for _, want := range g.Generate {
		s := want.sampler()
		s.penalize(want.Logits, want.History)
		s.filter(want.Logits, nil)
		compare(t, s, want)
	}
	for _, want := range g.Greedy {
		s := New(Options{Repetition: want.Options.Repetition})
		if got, err := s.Sample(want.Logits, want.History, nil, nil); err != nil || got != want.Token {
			t.Errorf("greedy, repetition %v: token %d, %v, want %d", want.Options.Repetition, got, err, want.Token)
		}
	}
}

// The weights are the probabilities of the scores that transformers leaves.
func TestWeights(t *testing.T) {
	for _, want := range read(t).Generate {
		s := want.sampler()
		s.penalize(want.Logits, want.History)
		s.filter(want.Logits, nil)
		slices.SortFunc(s.kept, func(a, b candidate) int { return int(a.id - b.id) })
		var ours, theirs float64
		for i, c := range s.kept {
			ours += c.weight
			theirs += math.Exp(want.Scores[i])
		}
		for i, c := range s.kept {
			if p, q := c.weight/ours, math.Exp(want.Scores[i])/theirs; math.Abs(p-q) > 1e-6 {
				t.Errorf("%+v: token %d has probability %v, want %v", want.Options, c.id, p, q)
			}
		}
	}
}

func TestPenalties(t *testing.T) {
	logits := []float32{2, -2, 1, 0, 5}
	New(Options{Repetition: 2, Presence: 0.5, Frequency: 0.25}).penalize(logits, []int32{0, 1, 1, 3, -1, 5, 1 << 30})
	want := []float32{2.0/2 - 0.75, -2*2 - 0.5 - 0.5, 1, -0.75, 5}
	if !slices.Equal(logits, want) {
		t.Errorf("logits %v, want %v", logits, want)
	}
}

func TestGreedyTies(t *testing.T) {
	if got, err := New(Options{}).Sample([]float32{1, 3, 2, 3, 3}, nil, nil, nil); err != nil || got != 1 {
		t.Errorf("token %d, %v, want 1", got, err)
	}
}

func TestBadLogits(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, o := range []Options{{}, {Temperature: 1}, {Temperature: 1, TopK: 2}, {Temperature: 1, TopP: 0.5}, {Temperature: 1, MinP: 0.5}} {
		for _, tt := range []struct {
			logits []float32
			want   string
		}{
			{[]float32{1, 2, nan}, "sampling: logit 2 of 3 is NaN, want a number"},
			{[]float32{nan, 2, 3}, "sampling: logit 0 of 3 is NaN"},
			{[]float32{5, nan, inf}, "sampling: logit 1 of 3 is NaN"},
			{[]float32{5, inf, 7}, "sampling: logit 1 of 3 is +Inf"},
			{[]float32{-inf, -inf}, "sampling: none of the 2 tokens can follow"},
			{nil, "sampling: none of the 0 tokens can follow"},
		} {
			if _, err := New(o).Sample(slices.Clone(tt.logits), nil, nil, nil); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("%+v, %v: error %v, want %s", o, tt.logits, err, tt.want)
			}
		}
		for range 20 { // -Inf is a token that cannot be
			if got, err := New(o).Sample([]float32{-inf, 1, -inf}, nil, nil, nil); err != nil || got != 1 {
				t.Errorf("%+v: token %d, %v, want 1", o, got, err)
			}
		}
		refuse := func(int32) bool { return false }
		for _, mask := range []func([]uint64){nil, func([]uint64) {}} {
			if got, err := New(o).Sample([]float32{1, 2, 3}, nil, refuse, mask); err == nil {
				t.Errorf("%+v: token %d though all are refused", o, got)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	if err := (Options{Temperature: 0.7, TopK: 20, TopP: 0.8, Repetition: 1.1}).Check(); err != nil {
		t.Error(err)
	}
	for want, o := range map[string]Options{
		"sampling: temperature is -1, want 0 to 100": {Temperature: -1},
		"sampling: temperature is NaN":               {Temperature: math.NaN()},
		"sampling: top_p is 1.5, want 0 to 1":        {TopP: 1.5},
		"sampling: top_k is -3":                      {TopK: -3},
		"sampling: min_p is 2":                       {MinP: 2},
	} {
		if err := o.Check(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%+v: error %v, want %s", o, err, want)
		}
	}
}

// normal returns n logits like a model's.
func normal(n int, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64() * 3)
	}
	return x
}

// likeliest against sorting everything.
func TestLikeliest(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 2))
		x := normal(1+r.IntN(300), seed)
		for i := range x {
			switch seed % 3 {
			case 1:
				x[i] = float32(math.Round(float64(x[i])))
			case 2:
				if r.IntN(2) == 0 {
					x[i] = float32(math.Inf(-1))
				}
			}
		}
		var want []candidate
		for i, v := range x {
			if !math.IsInf(float64(v), -1) {
				want = append(want, candidate{id: int32(i), logit: v})
			}
		}
		slices.SortStableFunc(want, func(a, b candidate) int {
			switch {
			case a.logit > b.logit:
				return -1
			case a.logit < b.logit:
				return 1
			}
			return 0
		})
		n := 1 + r.IntN(len(x)+10)
		got, tied := likeliest(nil, x, n)
		m := min(n, len(want))
		if !slices.Equal(got, want[:m]) {
			t.Fatalf("seed %d, n %d: %v, want %v", seed, n, got, want[:m])
		}
		if wantTied := m < len(want) && want[m].logit == want[m-1].logit; m > 0 && tied != wantTied {
			t.Fatalf("seed %d, n %d: tied %v, want %v", seed, n, tied, wantTied)
		}
	}
}

func TestExp(t *testing.T) {
	for x := 0.0; x > -750; x -= 0.0137 {
		if got, want := exp(x), math.Exp(x); math.Abs(got-want) > 1e-9*want+1e-300 {
			t.Fatalf("exp(%v) = %v, want %v", x, got, want)
		}
	}
}

// argmax looks at eight logits at a time; every place and every tail.
func TestArgmax(t *testing.T) {
	for n := range 70 {
		for at := range n {
			x := make([]float32, n)
			x[at] = 1
			for i := at + 1; i < n; i += 3 {
				x[i] = 1
			}
			if got, err := argmax(x); err != nil || got != int32(at) {
				t.Fatalf("%d of %d: token %d, %v", at, n, got, err)
			}
			x[at] = float32(math.NaN())
			if got, err := argmax(x); err == nil {
				t.Fatalf("NaN at %d of %d: token %d", at, n, got)
			}
		}
	}
}
