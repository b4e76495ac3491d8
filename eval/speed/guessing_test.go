package speed

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/engine"
)

// writePrograms makes a small file of HumanEval's form with the programs that are edited.
func writePrograms(t *testing.T, dir string, leaveOut int) {
	t.Helper()
	var lines strings.Builder
	for _, e := range edits {
		if e.task != leaveOut {
			fmt.Fprintf(&lines, "{\"task_id\":\"HumanEval/%d\",\"prompt\":\"\\n\\ndef f():\\n\",\"canonical_solution\":\"    return %d\\n\\n\"}\n", e.task, e.task)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "python.jsonl"), []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestEdits(t *testing.T) {
	dir := t.TempDir()
	writePrograms(t, dir, -1)
	texts, err := Edits(dir)
	if err != nil || len(texts) != 14 {
		t.Fatalf("%d texts, %v; want ten edits and four calls", len(texts), err)
	}
	if q := texts[1].Request.Messages[0].Text; !strings.Contains(q, "```python\ndef f():\n    return 1\n```\nRename the variable") {
		t.Errorf("a question is %q", q)
	}
	if r := texts[10].Request; texts[10].Set != SetCalls || r.Messages[2].Text != "def f():\n    return 0\n" || r.Format != "turn" {
		t.Errorf("an edit by a call is %+v", texts[10])
	}
	writePrograms(t, dir, 17)
	if _, err := Edits(dir); err == nil || !strings.Contains(err.Error(), "HumanEval/17") {
		t.Errorf("a program is missing: %v", err)
	}
}

// TestCompareGuessing compares an engine with itself, and with one that answers otherwise.
func TestCompareGuessing(t *testing.T) {
	path := testmodel.Write(t, testmodel.Shape{})
	open := func(o engine.Options) *engine.Engine {
		e, err := engine.Open(t.Context(), path, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { e.Close() })
		return e
	}
	plain, guessing := open(engine.Options{Lookup: -1}), open(engine.Options{})
	texts := New()[:2]
	for _, fresh := range []bool{false, true} {
		n := 0
		for row, err := range CompareGuessing(t.Context(), plain, guessing, texts, 2, fresh) {
			if err != nil {
				t.Fatal(err)
			}
			if row.Name != texts[n].Name || row.Tokens == 0 || row.Plain <= 0 || row.Seconds <= 0 || row.Ratio != row.Plain/row.Seconds {
				t.Errorf("row %d is %+v", n, row)
			}
			n++
		}
		if n != len(texts) {
			t.Errorf("%d rows, want %d", n, len(texts))
		}
	}
	for _, err := range CompareGuessing(t.Context(), plain, otherwise{plain}, texts, 1, false) {
		if err == nil || !strings.Contains(err.Error(), `"another"`) {
			t.Errorf("another answer: %v", err)
		}
	}
}

// otherwise gives another answer than the model.
type otherwise struct{ llm.Model }

func (m otherwise) Generate(ctx context.Context, r *llm.Request) iter.Seq2[llm.Chunk, error] {
	return func(yield func(llm.Chunk, error) bool) {
		for c, err := range m.Model.Generate(ctx, r) {
			if c.End != nil {
				c.End.Message.Raw = "another"
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

func TestTranscripts(t *testing.T) {
	texts, err := Transcripts(t.Context(), twoSteps{}, "../../examples", []string{"hello", "fix"})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, x := range texts {
		names = append(names, x.Name)
	}
	if want := []string{"hello/1", "hello/2", "fix/1", "fix/2"}; !slices.Equal(names, want) {
		t.Fatalf("texts %v, want %v", names, want)
	}
	if a, b := texts[0].Request, texts[1].Request; len(a.Messages) >= len(b.Messages) {
		t.Errorf("the second step has %d messages, the first %d", len(b.Messages), len(a.Messages))
	}
	if _, err := Transcripts(t.Context(), twoSteps{}, "../../examples", []string{"nowhere"}); err == nil {
		t.Error("a task that is not there")
	}
}

// twoSteps lists files, and then answers.
type twoSteps struct{}

func (twoSteps) Info() llm.Info { return llm.Info{Name: "two steps", Context: 8192} }

func (twoSteps) Generate(_ context.Context, r *llm.Request) iter.Seq2[llm.Chunk, error] {
	m := llm.Message{Role: llm.Assistant, Calls: []llm.Call{{ID: "1", Name: "list_files", Arguments: []byte(`{}`)}}}
	if slices.ContainsFunc(r.Messages, func(m llm.Message) bool { return m.Role == llm.Observer }) {
		m = llm.Message{Role: llm.Assistant, Text: "That is all."}
	}
	return func(yield func(llm.Chunk, error) bool) {
		for i := range m.Calls {
			if !yield(llm.Chunk{Call: &m.Calls[i]}, nil) {
				return
			}
		}
		if m.Text != "" && !yield(llm.Chunk{Text: m.Text}, nil) {
			return
		}
		reason := llm.Stop
		if m.Text == "" {
			reason = llm.ToolCalls
		}
		yield(llm.Chunk{End: &llm.End{Reason: reason, Message: m, Usage: llm.Usage{Decode: time.Second}}}, nil)
	}
}

func TestTotals(t *testing.T) {
	sums := Totals([]Guessing{
		{Set: SetTasks, Tokens: 10, Plain: 3, Seconds: 1}, {Set: SetEdits, Tokens: 5, Plain: 1, Seconds: 1}, {Set: SetNew, Plain: 1, Seconds: 2},
	})
	want := map[string]float64{SetTasks: 3, SetEdits: 1, SetNew: 0.5, SetTasks + "+" + SetEdits: 2}
	for _, s := range sums {
		if want[s.Set] != s.Ratio {
			t.Errorf("%s: ratio %v, want %v", s.Set, s.Ratio, want[s.Set])
		}
	}
	if len(sums) != len(want) {
		t.Errorf("%d sums, want %d", len(sums), len(want))
	}
}
