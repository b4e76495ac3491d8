package agent

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/llmtest"
	"github.com/qwen-agent/qwen-agent/react"
)

// TestPlot: a model draws a chart of a file, and the run ends with the picture. Who may
// draw is who may write.
func TestPlot(t *testing.T) {
	yes := func(context.Context, llm.Call) error { return nil }
	for _, c := range []struct {
		name, rules string
		ask         func(context.Context, llm.Call) error
		told        string
	}{
		{"agreed to", "", yes, `out/chart.png was drawn: a bar chart "Amount by region"`},
		{"nobody there", "", nil, `there is no tool "plot"`},
		{"allowed there", "permissions: {allow: ['plot:path=out/*']}\n", nil, `out/chart.png was drawn`},
		{"allowed elsewhere", "permissions: {allow: ['plot:path=in/*']}\n", nil, "plot was not allowed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "work"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "work", "sales.csv"), []byte("region,amount\nnorth,3\nsouth,5\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			task, err := Parse(filepath.Join(dir, "t.yaml"), []byte(head+"workspace: work\ntools: [plot]\n"+c.rules))
			if err != nil {
				t.Fatal(err)
			}
			model := llmtest.New(
				llmtest.Turn{Calls: llmtest.Call("plot", `{"kind": "bar", "file": "sales.csv", "x": "region", "y": "amount", "path": "./in/../out/chart.png"}`)},
				llmtest.Turn{Text: "It is drawn."},
			)
			var told string
			var end react.End
			for e, err := range Run(t.Context(), task, nil, model, Options{Ask: c.ask}) {
				if err != nil {
					t.Fatal(err)
				}
				switch e := e.(type) {
				case react.Observation:
					told = e.Text
				case react.End:
					end = e
				}
			}
			if !strings.Contains(told, c.told) {
				t.Errorf("the model is told %q, want %q", told, c.told)
			}
			_, err = os.Stat(filepath.Join(dir, "work", "out", "chart.png"))
			drawn := strings.Contains(c.told, "was drawn")
			if (err == nil) != drawn || (len(end.Artefacts) == 1) != drawn {
				t.Errorf("the picture: %v; artefacts %v", err, end.Artefacts)
			}
		})
	}
}
