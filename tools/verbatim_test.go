package tools_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/qwen-agent/qwen-agent/tools"
)

// TestVerbatim: an argument that takes any value has it as it was written, the order of its
// keys kept; the model is told of the type that the tag shown names.
func TestVerbatim(t *testing.T) {
	type in struct {
		Name  string          `json:"name,omitempty"`
		Value json.RawMessage `json:"value" jsonschema:"a value" shown:"string"`
		More  json.RawMessage `json:"more,omitempty"`
	}
	tool := tools.New("t", "", func(_ context.Context, a in) (string, error) { return string(a.Value) + "|" + string(a.More), nil })
	want := `{"type":"object","properties":{"name":{"type":"string"},"value":{"type":"string","description":"a value"},"more":true},"required":["value"]}`
	if got := string(tool.Spec().Parameters); got != want {
		t.Errorf("schema\n%s\nwant\n%s", got, want)
	}
	for _, c := range []struct{ arguments, prepared, want string }{
		{`{"value": {"b": 1, "a": 1.50}}`, `{"value":{"b":1,"a":1.50}}`, `{"b":1,"a":1.50}|`},
		{`{"VALUE": ["x", "y"], "more": 12345678901234567890}`, `{"value":["x","y"],"more":12345678901234567890}`, `["x","y"]|12345678901234567890`},
		{`{"value": "<text>", "name": 5}`, `{"name":"5","value":"<text>"}`, `"<text>"|`},
		{`{"value": false, "more": null}`, `{"value":false}`, `false|`},
		{`"{\"value\": {\"b\": 1, \"a\": 2}}"`, `{"value":{"b":1,"a":2}}`, `{"b":1,"a":2}|`},
	} {
		prepared, err := tool.(tools.Preparer).Prepare(json.RawMessage(c.arguments))
		if err != nil || string(prepared) != c.prepared {
			t.Errorf("%s is prepared as %s, %v; want %s", c.arguments, prepared, err, c.prepared)
		}
		if got, err := tool.Call(t.Context(), prepared); err != nil || got != c.want {
			t.Errorf("%s: %s, %v; want %s", c.arguments, got, err, c.want)
		}
	}
	if _, err := tool.Call(t.Context(), json.RawMessage(`{"name": "x"}`)); err == nil {
		t.Error("a value that has to be there is missing, and nobody says so")
	}
	defer func() {
		if recover() == nil {
			t.Error("a field of one type is shown as another")
		}
	}()
	type wrong struct {
		N int `json:"n" shown:"string"`
	}
	tools.New("t", "", func(context.Context, wrong) (string, error) { return "", nil })
}
