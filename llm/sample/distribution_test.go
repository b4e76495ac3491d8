package sample

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// ways are options that reach every path through filter.
var ways = []Options{
	{Temperature: 1},
	{Temperature: 0.7},
	{Temperature: 1, TopK: 5},
	{Temperature: 0.7, TopK: 20, TopP: 0.8},
	{Temperature: 1.5, TopP: 0.9},
	{Temperature: 1, MinP: 0.05},
	{Temperature: 2, TopK: 50, TopP: 0.95, MinP: 0.1},
	{Temperature: 1.2, TopP: 0.7, MinP: 0.2},
}

// grammars are sets of allowed tokens; every one is over 200 tokens.
var grammars = []struct {
	name   string
	allows func(id int32) bool
}{
	{"odd", func(id int32) bool { return id%2 == 1 }},
	{"few", func(id int32) bool { return id == 17 || id == 60 || id == 199 }},
	{"one", func(id int32) bool { return id == 150 }},
	{"most", func(id int32) bool { return id%10 != 0 }},
}

func maskOf(allows func(int32) bool, n int) func([]uint64) {
	return func(bits []uint64) {
		for id := range n {
			if allows(int32(id)) {
				bits[id/64] |= 1 << (id % 64)
			}
		}
	}
}

// expected returns the probabilities by the definition: take out what is not allowed,
// divide by the temperature, sort everything, filter.
func expected(logits []float32, o Options, allows func(int32) bool) map[int32]float64 {
	type token struct {
		id int32
		p  float64
	}
	var all []token
	for id, x := range logits {
		if allows == nil || allows(int32(id)) {
			all = append(all, token{int32(id), math.Exp(float64(x) / o.Temperature)})
		}
	}
	slices.SortStableFunc(all, func(a, b token) int {
		switch {
		case a.p > b.p:
			return -1
		case a.p < b.p:
			return 1
		}
		return 0
	})
	if o.TopK > 0 && o.TopK < len(all) {
		n := o.TopK
		for n < len(all) && all[n].p == all[o.TopK-1].p {
			n++
		}
		all = all[:n]
	}
	sum := func() (s float64) {
		for _, t := range all {
			s += t.p
		}
		return s
	}
	if o.TopP > 0 && o.TopP < 1 {
		total, above := sum(), 0.0
		for i, t := range all {
			if above >= o.TopP*total {
				all = all[:i]
				break
			}
			above += t.p
		}
	}
	out := map[int32]float64{}
	for _, t := range all {
		if t.p >= o.MinP*all[0].p {
			out[t.id] = t.p
		}
	}
	total := 0.0
	for _, p := range out {
		total += p
	}
	for id := range out {
		out[id] /= total
	}
	return out
}

// Draws with a fixed seed are distributed as the definition says, with and without
// constraints, with and without a mask. Chi-square; the bound is six standard deviations
// above its mean.
func TestDistribution(t *testing.T) {
	const n = 200
	draws := 10000
	if testing.Short() {
		draws = 2000
	}
	logits := normal(n, 5)
	logits[60], logits[17] = logits[16], logits[16] // ties
	for _, o := range ways {
		for _, g := range append(grammars, struct {
			name   string
			allows func(int32) bool
		}{"all", nil}) {
			for _, masked := range []bool{false, true} {
				if masked && g.allows == nil {
					continue
				}
				var mask func([]uint64)
				if masked {
					mask = maskOf(g.allows, n)
				}
				t.Run(fmt.Sprintf("%+v/%s/mask=%v", o, g.name, masked), func(t *testing.T) {
					want := expected(logits, o, g.allows)
					o.Seed = 7
					s := New(o)
					counts := map[int32]int{}
					work := make([]float32, n)
					for range draws {
						copy(work, logits)
						id, err := s.Sample(work, nil, g.allows, mask)
						if err != nil {
							t.Fatal(err)
						}
						counts[id]++
					}
					chi, bins, rest, restWant := 0.0, 0, 0.0, 0.0
					for id, c := range counts {
						if want[id] == 0 {
							t.Fatalf("token %d was drawn %d times, want never", id, c)
						}
					}
					add := func(got, want float64) {
						chi += (got - want) * (got - want) / want
						bins++
					}
					for id, p := range want {
						if p*float64(draws) < 10 { // too rare for a bin of its own
							rest += float64(counts[id])
							restWant += p * float64(draws)
							continue
						}
						add(float64(counts[id]), p*float64(draws))
					}
					if restWant >= 5 {
						add(rest, restWant)
					}
					free := float64(bins - 1)
					if bound := free + 6*math.Sqrt(2*free) + 1e-9; chi > bound {
						t.Errorf("chi-square %.1f of %d bins, want at most %.1f", chi, bins, bound)
					}
				})
			}
		}
	}
}

// Asking about single tokens leads to the token that the mask leads to.
func TestGreedyConstrained(t *testing.T) {
	const n = 200
	for seed := range uint64(50) {
		for _, g := range grammars {
			logits := normal(n, seed)
			want := int32(-1)
			for id, x := range logits {
				if g.allows(int32(id)) && (want < 0 || x > logits[want]) {
					want = int32(id)
				}
			}
			asked, masks := 0, 0
			allows := func(id int32) bool { asked++; return g.allows(id) }
			mask := func(bits []uint64) { masks++; maskOf(g.allows, n)(bits) }
			got, err := New(Options{}).Sample(logits, nil, allows, mask)
			if err != nil || got != want {
				t.Errorf("seed %d, %s: token %d, %v, want %d", seed, g.name, got, err, want)
			}
			if asked > tries || masks > 1 || masks == 1 && asked < tries {
				t.Errorf("seed %d, %s: asked %d times and for %d masks", seed, g.name, asked, masks)
			}
		}
	}
}

func TestSeed(t *testing.T) {
	draw := func(seed uint64) (ids []int32) {
		s := New(Options{Temperature: 2, Seed: seed})
		for i := range uint64(50) {
			id, err := s.Sample(normal(1000, i), nil, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		return ids
	}
	if a, b := draw(1), draw(1); !slices.Equal(a, b) {
		t.Errorf("seed 1 drew %v and %v", a, b)
	}
	if a, b := draw(1), draw(2); slices.Equal(a, b) {
		t.Errorf("seeds 1 and 2 drew the same: %v", a)
	}
}

func TestAllocations(t *testing.T) {
	const n = 10000
	logits, work := normal(n, 1), make([]float32, n)
	history := []int32{1, 2, 3, 3, 9000}
	allows := func(id int32) bool { return id%3 == 0 }
	never := func(id int32) bool { return id == 9000 }
	mask := maskOf(never, n)
	for _, o := range append(ways, Options{}, Options{Repetition: 1.1, Presence: 1}, Options{Temperature: 1, TopK: 5, Repetition: 1.1}) {
		for _, g := range []struct {
			allows func(int32) bool
			mask   func([]uint64)
		}{{nil, nil}, {allows, maskOf(allows, n)}, {never, mask}} {
			s := New(o)
			step := func() {
				copy(work, logits)
				if _, err := s.Sample(work, history, g.allows, g.mask); err != nil {
					t.Fatal(err)
				}
			}
			for range 3 {
				step()
			}
			if got := testing.AllocsPerRun(3, step); got != 0 {
				t.Errorf("%+v: %v allocations a token, want none", o, got)
			}
		}
	}
}

func BenchmarkSample(b *testing.B) {
	const vocabulary = 151936 // of Qwen2.5
	logits, work := normal(vocabulary, 1), make([]float32, vocabulary)
	for _, o := range append([]Options{{}}, ways...) {
		b.Run(fmt.Sprintf("%+v", o), func(b *testing.B) {
			s := New(o)
			b.ReportAllocs()
			b.SetBytes(vocabulary * 4)
			for b.Loop() {
				b.StopTimer()
				copy(work, logits)
				b.StartTimer()
				if _, err := s.Sample(work, nil, nil, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
