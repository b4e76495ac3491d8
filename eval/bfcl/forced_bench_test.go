package bfcl

import (
	"cmp"
	"os"
	"strconv"
	"testing"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/engine"
)

// BenchmarkForced has calls of simple_python written under a grammar, with forced text
// appended and with all of its tokens chosen, and counts the passes through the model behind
// the prompt. QWEN_AGENT_LIMIT is how many items, 60 unless it is set, and QWEN_AGENT_MODEL
// another model's file.
func BenchmarkForced(b *testing.B) {
	items, err := Load(cmp.Or(os.Getenv("QWEN_AGENT_DATA"), "../../../shared/data")+"/bfcl", "simple_python")
	if err != nil {
		b.Skip(err)
	}
	limit, _ := strconv.Atoi(cmp.Or(os.Getenv("QWEN_AGENT_LIMIT"), "60"))
	items = items[:min(limit, len(items))]
	path := os.Getenv("QWEN_AGENT_MODEL")
	if path == "" {
		path = testmodel.Path(b)
	}
	e, err := engine.Open(b.Context(), path, engine.Options{Context: 4096, Lookup: -1})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	slow, err := engine.Open(b.Context(), path, engine.Options{Context: 4096, Lookup: -1, OneByOne: true})
	if err != nil {
		b.Fatal(err)
	}
	defer slow.Close()
	for b.Loop() {
		var forced, one llm.Usage
		same := 0
		for _, it := range items {
			r := &llm.Request{Messages: it.Messages, Tools: it.Tools, Format: "turn", Choice: &llm.Choice{NoText: true}, MaxTokens: maxTokens}
			x, y := written(b, e, r), written(b, slow, r)
			forced, one = forced.Add(x.Usage), one.Add(y.Usage)
			if x.Message.Raw == y.Message.Raw {
				same++
			} else {
				b.Logf("%s: %s\ntoken by token: %s", it.ID, x.Message.Raw, y.Message.Raw)
			}
		}
		n := float64(len(items))
		b.ReportMetric(float64(one.Generated)/n, "steps-one-by-one/call")
		b.ReportMetric(float64(forced.Generated-forced.Forced)/n, "steps/call")
		b.ReportMetric(100*(1-float64(forced.Generated-forced.Forced)/float64(one.Generated)), "%-saved")
		b.ReportMetric(100*float64(same)/n, "%-same-text")
	}
}

func written(b *testing.B, e *engine.Engine, r *llm.Request) *llm.End {
	b.Helper()
	var end *llm.End
	for c, err := range e.Generate(b.Context(), r) {
		if err != nil {
			b.Fatal(err)
		}
		if c.End != nil {
			end = c.End
		}
	}
	return end
}
