package golden

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/llm/engine"
)

func open(t *testing.T, path string) *engine.Engine {
	t.Helper()
	e, err := engine.Open(context.Background(), path, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// TestBars holds the engine against float32 arithmetic on real weights. llama.cpp has
// 98.24 % and 0.00072 here.
func TestBars(t *testing.T) {
	data := os.Getenv("QWEN_AGENT_DATA")
	if data == "" {
		data = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir := filepath.Join(data, "golden", "qwen2.5-coder-0.5b-instruct-q4_k_m")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no reference logits (QWEN_AGENT_DATA): %v", err)
	}
	e := open(t, testmodel.Path(t))
	r, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	report, err := Compare(t.Context(), e, r, func(row Row) { t.Logf("%+v", row) })
	if err != nil {
		t.Fatal(err)
	}
	report.Prompts = nil
	t.Logf("%+v", report)
	if report.Top1 < 98 || report.MeanKL > 0.0015 || report.Positions != 853 {
		t.Errorf("top-1 agreement is %.2f %% of %d, mean KL %.5f; want at least 98 %% of 853 and at most 0.0015", report.Top1, report.Positions, report.MeanKL)
	}
}

// write makes a reference of a model's own logits, changed by edit.
func write(t *testing.T, e *engine.Engine, edit func(*Reference, [][]float32)) string {
	t.Helper()
	r := Reference{Model: "self", Vocabulary: e.Vocabulary()}
	var last [][]float32
	for _, text := range []string{"the thing", "thought and answer " + strings.Repeat("the other tool ", 12)} {
		p := Prompt{Name: text, IDs: e.Tokenizer().Encode(nil, text)}
		if len(last) > 0 {
			p.PositionsFrom = 10
		}
		seq, err := e.BeginPrivate(t.Context(), len(p.IDs)+6)
		if err != nil {
			t.Fatal(err)
		}
		defer seq.Close()
		next := func(id int32) []float64 {
			logits := make([]float32, e.Vocabulary())
			if err := seq.Append(t.Context(), []int32{id}, logits); err != nil {
				t.Fatal(err)
			}
			last = append(last, logits)
			return logSoftmax(logits)
		}
		var x []float64
		for i, id := range p.IDs {
			if x = next(id); i < p.PositionsFrom {
				continue
			}
			ids, logprobs := top(x, 10)
			p.TopIDs, p.TopLogprobs = append(p.TopIDs, ids), append(p.TopLogprobs, logprobs)
		}
		end := last[len(last)-1]
		for range 6 {
			p.Greedy = append(p.Greedy, int32(argmax(x)))
			x = next(int32(argmax(x)))
		}
		r.Prompts = append(r.Prompts, p)
		last = append(last[:len(r.Prompts)-1], end)
	}
	if edit != nil {
		edit(&r, last)
	}
	dir := t.TempDir()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var logits []byte
	for _, row := range last {
		for _, v := range row {
			logits = binary.LittleEndian.AppendUint32(logits, math.Float32bits(v))
		}
	}
	for name, b := range map[string][]byte{"prompts.json": data, "last_logits.f32": logits} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// top returns the n likeliest tokens, the likeliest first.
func top(x []float64, n int) (ids []int32, logprobs []float64) {
	x = append([]float64(nil), x...)
	for range n {
		i := argmax(x)
		ids, logprobs = append(ids, int32(i)), append(logprobs, x[i])
		x[i] = math.Inf(-1)
	}
	return ids, logprobs
}

// TestCompare compares a tiny model with itself, and with references that are wrong in a
// known way.
func TestCompare(t *testing.T) {
	e := open(t, testmodel.Write(t, testmodel.Shape{}))
	compare := func(edit func(*Reference, [][]float32)) *Report {
		t.Helper()
		r, err := Read(write(t, e, edit))
		if err != nil {
			t.Fatal(err)
		}
		report, err := Compare(t.Context(), e, r, nil)
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	self := compare(nil)
	if self.Top1 != 100 || self.MeanKL > 1e-9 || self.MaxKL > 1e-9 || self.GreedySame != 2 || self.Prompts[1].FullKL > 1e-9 || self.Prompts[1].Greedy != 6 {
		t.Errorf("against itself: %+v", self)
	}
	wrong := compare(func(r *Reference, last [][]float32) {
		p := &r.Prompts[1]
		ids := p.TopIDs[3]
		ids[0], ids[1] = ids[1], ids[0] // another likeliest token, and another distribution
		p.Greedy[2] = (p.Greedy[2] + 1) % 256
		last[1][7] += 3
	})
	if wrong.Agree != self.Positions-1 || !(wrong.MaxKL > 0) || wrong.Prompts[0].MeanKL > 1e-9 {
		t.Errorf("one position differs: %+v", wrong)
	}
	if want := wrong.MaxKL / float64(wrong.Positions); math.Abs(wrong.MeanKL-want) > 1e-9 {
		t.Errorf("the mean is %g, want the one that differs spread over all, %g", wrong.MeanKL, want)
	}
	if wrong.GreedySame != 1 || wrong.Prompts[1].Greedy != 2 || !(wrong.Prompts[1].FullKL > 0) || wrong.Prompts[0].FullKL > 1e-9 {
		t.Errorf("the second prompt: %+v", wrong.Prompts)
	}
	other := open(t, testmodel.Write(t, testmodel.Shape{}))
	r, err := Read(write(t, e, nil))
	if err != nil {
		t.Fatal(err)
	}
	r.Vocabulary++
	if _, err := Compare(t.Context(), other, r, nil); err == nil {
		t.Error("a reference of another vocabulary is compared")
	}
}

func TestKL(t *testing.T) {
	// Two outcomes and the rest: p = (0.5, 0.25, 0.25), q = (0.25, 0.5, 0.25).
	got := topKL([]int32{1, 0}, []float64{math.Log(0.5), math.Log(0.25)}, []float64{math.Log(0.5), math.Log(0.25), math.Log(0.125), math.Log(0.125)})
	if want := 0.25 * math.Ln2; math.Abs(got-want) > 1e-12 {
		t.Errorf("topKL is %v, want %v", got, want)
	}
	if got, want := fullKL([]float64{math.Log(0.75), math.Log(0.25)}, []float64{math.Log(0.5), math.Log(0.5)}), 0.75*math.Log(1.5)+0.25*math.Log(0.5); math.Abs(got-want) > 1e-12 {
		t.Errorf("fullKL is %v, want %v", got, want)
	}
	x := logSoftmax([]float32{1000, 1000, 998})
	if sum := math.Exp(x[0]) + math.Exp(x[1]) + math.Exp(x[2]); math.Abs(sum-1) > 1e-12 || math.Abs(x[0]-x[2]-2) > 1e-12 {
		t.Errorf("logSoftmax is %v", x)
	}
	for _, q := range []struct{ q, want float64 }{{0, 1}, {0.5, 3}, {0.99, 9.76}, {1, 10}} { // as numpy.quantile has it
		if got := quantile([]float64{10, 1, 4, 2, 3}, q.q); math.Abs(got-q.want) > 1e-9 {
			t.Errorf("quantile %v is %v, want %v", q.q, got, q.want)
		}
	}
}

const goodJSON = `{"vocabulary":4,"prompts":[{"name":"x","ids":[1,2],"positions_from":1,"top_ids":[[3,0]],"top_logprobs":[[-0.1,-3]],"greedy":[1]}]}`

func TestParse(t *testing.T) {
	if _, err := parse([]byte(goodJSON)); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ old, new, want string }{
		{`"vocabulary":4`, `"vocabulary":0`, "vocabulary of 0"},
		{`"ids":[1,2]`, `"ids":[1,4]`, "token 4"},
		{`"ids":[1,2]`, `"ids":[-1,2]`, "token -1"},
		{`[[3,0]]`, `[[3,9]]`, "token 9"},
		{`[[3,0]]`, `[[3]]`, "1 tokens and 2"},
		{`"positions_from":1`, `"positions_from":2`, "from position 2"},
		{`"positions_from":1`, `"positions_from":-1`, "from position -1"},
		{`"greedy":[1]`, `"greedy":[7]`, "token 7"},
		{`{"vocabulary"`, `["vocabulary"`, "invalid"},
	} {
		if _, err := parse([]byte(strings.Replace(goodJSON, test.old, test.new, 1))); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error is %v, want %q in it", test.new, err, test.want)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "prompts.json"), []byte(goodJSON), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "last_logits.f32"), make([]byte, 15), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), "found 15 bytes, wanted 16") {
		t.Errorf("logits cut short: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(goodJSON))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := parse(data)
		if err != nil {
			return
		}
		for _, p := range r.Prompts { // what Compare relies on
			if len(p.TopIDs) == 0 || len(p.TopIDs) != len(p.IDs)-p.PositionsFrom {
				t.Fatalf("prompt %+v was let through", p)
			}
		}
	})
}
