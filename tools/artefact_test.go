package tools_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/tools"
)

func ExampleResult() {
	type in struct {
		Path string `json:"path"`
	}
	draw := tools.New("draw", "Draws a circle.", func(_ context.Context, a in) (tools.Result, error) {
		// a.Path is written here
		return tools.Result{
			Text:      "The circle is in " + a.Path + ".",
			Artefacts: []tools.Artefact{{Path: a.Path, MediaType: "image/png", Title: "a circle"}},
		}, nil
	}, tools.Changes())

	result, err := tools.Run(context.Background(), draw, json.RawMessage(`{"path": "circle.png"}`))
	fmt.Println(result.Text, result.Artefacts, err)
	// Output: The circle is in circle.png. [{circle.png image/png a circle}] <nil>
}

// plain is a tool that is no Runner.
type plain struct{}

func (plain) Spec() llm.Tool { return llm.Tool{Name: "plain"} }
func (plain) Call(context.Context, json.RawMessage) (string, error) {
	return "text", errors.New("wrong")
}

func TestRun(t *testing.T) {
	files := []tools.Artefact{{Path: "a.png", MediaType: "image/png"}}
	make := func(err error) tools.Tool {
		return tools.New("t", "", func(context.Context, struct{}) (tools.Result, error) {
			return tools.Result{Text: "done", Artefacts: files}, err
		})
	}
	wrong := errors.New("wrong")
	for _, c := range []struct {
		name string
		tool tools.Tool
		want tools.Result
		err  string
	}{
		{"result", make(nil), tools.Result{Text: "done", Artefacts: files}, ""},
		{"an error keeps the files", make(wrong), tools.Result{Artefacts: files}, "wrong"},
		{"no Runner", plain{}, tools.Result{Text: "text"}, "wrong"},
		{"a string", tools.New("t", "", func(context.Context, struct{}) (string, error) { return "s", nil }), tools.Result{Text: "s"}, ""},
		{"a string and an error", tools.New("t", "", func(context.Context, struct{}) (string, error) { return "s", wrong }), tools.Result{}, "wrong"},
		{"a panic", tools.New("t", "", func(context.Context, struct{}) (tools.Result, error) { panic("oh") }), tools.Result{}, "t: the tool itself broke: oh; try other arguments or go on without it"},
	} {
		got, err := tools.Run(t.Context(), c.tool, nil)
		if !reflect.DeepEqual(got, c.want) || fmt.Sprint(err) != c.err && (err != nil || c.err != "") {
			t.Errorf("%s: %+v, %v; want %+v, %s", c.name, got, err, c.want, c.err)
		}
	}
}
