package react_test

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm/llmtest"
	"github.com/qwen-agent/qwen-agent/react"
	"github.com/qwen-agent/qwen-agent/tools"
)

// TestArtefacts: the files that calls leave stand in their observations and, each once, in
// the end, also those of a call that failed.
func TestArtefacts(t *testing.T) {
	type in struct {
		Path string `json:"path"`
		N    int    `json:"n,omitempty"`
	}
	draw := tools.New("draw", "Draws.", func(_ context.Context, a in) (tools.Result, error) {
		r := tools.Result{Text: "drawn", Artefacts: []tools.Artefact{{Path: a.Path, MediaType: "image/png", Title: string(rune('0' + a.N))}}}
		if a.N == 3 {
			return r, errors.New("the pen broke")
		}
		return r, nil
	}, tools.Changes())
	model := llmtest.New(
		turn{Calls: call("draw", `{"path": "a.png", "n": 1}`)},
		turn{Calls: call("draw", `{"path": "b.png", "n": 3}`)},
		turn{Calls: call("draw", `{"path": "a.png", "n": 2}`)},
		turn{Text: "done"},
	)
	events, end, err := collect(t, &react.Loop{Model: model, Tools: []tools.Tool{draw}}, react.Task{})
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, o := range of[react.Observation](events) {
		if len(o.Artefacts) != 1 || o.Failed != (o.Artefacts[0].Path == "b.png") {
			t.Fatalf("observation %+v", o)
		}
		titles = append(titles, o.Artefacts[0].Title)
	}
	if want := []string{"1", "3", "2"}; !reflect.DeepEqual(titles, want) {
		t.Errorf("titles %q, want %q", titles, want)
	}
	want := []tools.Artefact{{Path: "b.png", MediaType: "image/png", Title: "3"}, {Path: "a.png", MediaType: "image/png", Title: "2"}}
	if !reflect.DeepEqual(end.Artefacts, want) {
		t.Errorf("at the end %+v, want %+v", end.Artefacts, want)
	}
}
