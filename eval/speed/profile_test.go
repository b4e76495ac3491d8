package speed

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/llm/engine"
)

func TestProfile(t *testing.T) {
	var r Recorder
	e, err := engine.Open(t.Context(), testmodel.Write(t, testmodel.Shape{Context: 8192}), engine.Options{Context: Context + 1, Threads: 2, Observe: r.Observe})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for _, j := range ProfileJobs {
		p, err := r.Profile(t.Context(), e, j)
		if err != nil {
			t.Fatal(err)
		}
		var sum time.Duration
		names := map[string]int{}
		for _, q := range p.Parts {
			sum += q.Wall
			names[q.Name] = q.Count
			if q.Wall < 0 || q.Busy > time.Duration(p.Threads)*q.Wall {
				t.Errorf("%s, %s: %v, in which the workers computed for %v", j.Name, q.Name, q.Wall, q.Busy)
			}
		}
		if sum != p.Wall || p.Wall <= 0 {
			t.Errorf("%s: the parts take %v, all %v", j.Name, sum, p.Wall)
		}
		// 512 tokens are read in two passes, of which only the last wants logits; of its last layer
		// the others compute no more than keys and values.
		want := map[string]int{"embed": 2, "product, 64 → 64 + 32 + 32": 4, "attend": 3, "product, 64 → 256 + 256": 3, "product, 64 → 320 (output layer)": 1, "pack": 0}
		if j.Write > 0 {
			want = map[string]int{"embed": 64, "sampling": 64, "attend": 128, "product, 64 → 320 (output layer)": 64, "pack": 0}
		}
		for name, n := range want {
			if names[name] != n {
				t.Errorf("%s: %d steps of %q, want %d: %v", j.Name, names[name], name, n, names)
			}
		}
		if table := p.Markdown(Roof{Threads: 2, Bandwidth: 1e9, Ops: 1e9}); strings.Count(table, "\n") != len(p.Parts)+3 || !strings.Contains(table, "| all | 100.0 % |") {
			t.Errorf("%s:\n%s", j.Name, table)
		}
	}
}

func TestMarkdown(t *testing.T) {
	p := Profile{Job: Job{Name: "tg64@512", Prompt: 512, Write: 4}, Threads: 2, Tokens: 4, Wall: 100 * time.Millisecond, Parts: []Part{
		{Name: "product, 8 → 16", Count: 8, Wall: 80 * time.Millisecond, Busy: 120 * time.Millisecond, Bytes: 40e6, Ops: 8e9, Shared: true},
		{Name: "sampling", Count: 4, Wall: 20 * time.Millisecond, Busy: 20 * time.Millisecond},
	}}
	const want = `| writing at 512 tokens, 40.0 a second | share | ms a token | steps | workers idle | GB/s | of 2.0 | GOPS | of 200 |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| product, 8 → 16 | 80.0 % | 20.000 | 2 | 25 % | 0.5 | 25 % | 100 | 50 % |
| sampling | 20.0 % | 5.000 | 1 | | | | | |
| all | 100.0 % | 25.000 | 1 | 30 % | 0.4 | 20 % | 80 | 40 % |
`
	if got := p.Markdown(Roof{Threads: 2, Bandwidth: 2e9, Ops: 200e9}); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestMeasureRoof(t *testing.T) {
	if testing.Short() {
		t.Skip("reads and multiplies for half a second")
	}
	if r := MeasureRoof(2); r.Threads != 2 || !(r.Bandwidth > 1e8 && r.Bandwidth < 1e13) || !(r.Ops > 1e8 && r.Ops < 1e14) {
		t.Errorf("%+v", r)
	}
}

func TestTogether(t *testing.T) {
	ran := make([]bool, 3)
	if took := together(3, func(i int) { ran[i] = true; time.Sleep(time.Millisecond) }); took < time.Millisecond || slices.Contains(ran, false) {
		t.Errorf("%v in %v", ran, took)
	}
}
