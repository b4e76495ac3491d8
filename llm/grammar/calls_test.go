package grammar

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
)

func takes(t *testing.T, g *Grammar, text string) bool {
	t.Helper()
	m := g.Matcher(NewVocabulary(nil))
	return m.AcceptBytes([]byte(text)) == nil && m.Done()
}

func callTool(name, properties string) llm.Tool {
	return llm.Tool{Name: name, Parameters: json.RawMessage(`{"type":"object","properties":{` + properties + `},"required":["a"],"$defs":{"n":{"type":"integer"},"s":{"type":"string"}}}`)}
}

func TestCallsJSON(t *testing.T) {
	spec := CallsSpec{Most: 2}
	for _, tool := range []llm.Tool{callTool("f", `"a":{"type":"integer"},"b":{"type":"string"}`), callTool("g", `"a":{"enum":["x"]}`), {Name: "h"}} {
		spec.Calls = append(spec.Calls, Call{Tool: tool, Open: "<c>", Name: tool.Name, Separator: ": ", Close: "</c>", Next: "\n<c>"})
	}
	g, err := Calls(spec)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		`<c>f: {"a": 1}</c>`:                             true,
		`<c>f: {"a": 1, "b": "</c>"}</c>`:                true,
		"<c>f: {\"a\": 1}</c>\n<c>g: {\"a\": \"x\"}</c>": true,
		`<c>h: {}</c>`:                                   true,
		`<c>f: {"b": "x"}</c>`:                           false,
		`<c>f: {"a": "1"}</c>`:                           false,
		`<c>g: {"a": "y"}</c>`:                           false,
		`<c>k: {}</c>`:                                   false,
		`<c>f: {"a": 1}`:                                 false,
		`f: {"a": 1}</c>`:                                false,
		`<c>f: {"a": 1}</c> `:                            false,
		``:                                               false,
		"<c>h: {}</c>\n<c>h: {}</c>\n<c>h: {}</c>":       false,
		"<c>h: {}</c><c>h: {}</c>":                       false,
	} {
		if got := takes(t, g, text); got != want {
			t.Errorf("%q is taken: %v", text, got)
		}
	}
}

func TestCallsTagged(t *testing.T) {
	const properties = `"a":{"type":"string"},"b":{"type":"integer"},"e":{"enum":["x y",2,true,null]},"o":{"type":"object","properties":{"k":{"type":"string"}},"required":["k"],"additionalProperties":false},` +
		`"r":{"$ref":"#/$defs/n"},"s":{"$ref":"#/$defs/s"},"u":{"anyOf":[{"type":"null"},{"type":"string"}]},"v":{"anyOf":[{"type":"null"},{"type":"boolean"}]},"m":{"type":"string","maxLength":3}`
	g, err := Calls(CallsSpec{Calls: []Call{{
		Tool: callTool("f", properties), Open: "<f=", Name: "f", Separator: ">\n", Close: "</f>", Parameter: &Parameter{"<p=", ">\n", "\n</p>\n"},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	a := func(s string) string { return "<f=f>\n<p=a>\n" + s + "\n</p>\n</f>" }
	with := func(name, s string) string {
		return strings.Replace(a("x"), "</f>", "<p="+name+">\n"+s+"\n</p>\n</f>", 1)
	}
	for text, want := range map[string]bool{
		a(""): true, a("x"): true, a("\n\n"): true, a("a\n<b>\n</b> < </ </q>\n</pp>\n"): true, a("日本\t\"\\"): true, a("</f>\n<p=b>\n1"): true,
		a("\n</p"): true, a("</p"): true, a("<</q>"): true, a("<\n<\n</"): true,
		a("x</p>y"): false, a("x\n</p>y"): false, a("<</p>"): false, a("\n<</p>"): false, a("<\n</p>"): false, a("x\x07"): false,
		with("b", "12"): true, with("b", `"12"`): false, with("b", "x"): false,
		with("e", "x y"): true, with("e", "2"): true, with("e", "true"): true, with("e", "null"): true, with("e", "x"): false,
		with("o", `{"k": "</p>"}`): true, with("o", `{}`): false,
		with("r", "7"): true, with("r", "x"): false, with("s", "x"): true, with("u", "x\ny"): true, with("v", "true"): true, with("v", "x"): false,
		with("m", "abc"): true, with("m", "abcd"): false, with("m", "\nabc"): true,
		with("nope", "x"): false, "<f=f>\n</f>": false, "<f=f>\n<p=b>\n1\n</p>\n</f>": false,
		with("b", "1") + "\n" + a("x"): false,
	} {
		if got := takes(t, g, text); got != want {
			t.Errorf("%q is taken: %v", text, got)
		}
	}
}

// TestCallsFirst: the first call may be bound to a tool.
func TestCallsFirst(t *testing.T) {
	form := func(name string) Call {
		return Call{Tool: llm.Tool{Name: name}, Open: "<", Name: name, Separator: ":", Close: ">", Next: " <"}
	}
	g, err := Calls(CallsSpec{Calls: []Call{form("f"), form("g")}, First: "g", Most: 2})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"<g:{}>": true, "<g:{}> <f:{}>": true, "<g:{}> <g:{}>": true, "<f:{}>": false, "<f:{}> <g:{}>": false} {
		if got := takes(t, g, text); got != want {
			t.Errorf("%q is taken: %v", text, got)
		}
	}
	if _, err := Calls(CallsSpec{Calls: []Call{form("f")}, First: "g"}); err == nil || !strings.Contains(err.Error(), `"g"`) {
		t.Errorf("a first call of no tool: %v", err)
	}
}

// TestCallsReferred: the parameters of a tool may stand elsewhere in its schema.
func TestCallsReferred(t *testing.T) {
	var wide strings.Builder // 40 to the eighth ways to an integer
	for i := range 8 {
		fmt.Fprintf(&wide, `"d%d": {"anyOf": [%s{"type": "null"}]}, `, i, strings.Repeat(fmt.Sprintf(`{"$ref": "#/$defs/d%d"}, `, i+1), 40))
	}
	schema := `{"$ref": "#/$defs/p", "$defs": {` + wide.String() + `"d8": {"type": "integer"}, "p": {"$ref": "#/$defs/q~1r"},
		"q/r": {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"$ref": "#/$defs/d0"}}, "required": ["a"]}}}`
	g, err := Calls(CallsSpec{Calls: []Call{{
		Tool: llm.Tool{Name: "f", Parameters: json.RawMessage(schema)}, Open: "<f=", Name: "f", Separator: ">\n", Close: "</f>", Parameter: &Parameter{"<p=", ">\n", "\n</p>\n"},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"<f=f>\n<p=a>\n1\n</p>\n</f>": true, "<f=f>\n<p=a>\nx\n</p>\n</f>": false, "<f=f>\n</f>": false} {
		if got := takes(t, g, text); got != want {
			t.Errorf("%q is taken: %v", text, got)
		}
	}
}

func TestCallsRefused(t *testing.T) {
	tagged := &Parameter{"<p=", ">", "\n</p>"}
	for want, calls := range map[string][]Call{
		"grammar: calls: there is no tool":                                                           nil,
		`grammar: calls: tool "f": parameters: `:                                                     {{Tool: llm.Tool{Name: "f", Parameters: json.RawMessage(`[`)}}},
		`grammar: calls: two tools are called "f"`:                                                   {{Tool: callTool("f", `"a":{}`)}, {Tool: callTool("f", `"b":{}`)}},
		`grammar: calls: tool "f": parameters: want the schema of an object`:                         {{Tool: llm.Tool{Name: "f", Parameters: json.RawMessage(`{"type":"array"}`)}, Parameter: tagged}},
		`grammar: calls: tool "f": parameters: unsupported keyword "anyOf" at the top`:               {{Tool: llm.Tool{Name: "f", Parameters: json.RawMessage(`{"properties":{"a":{},"b":{}},"anyOf":[{"required":["a"]},{"required":["b"]}]}`)}, Parameter: tagged}},
		`grammar: calls: tool "f": parameters: the name "a>" does not fit into a tag`:                {{Tool: callTool("f", `"a>":{}`), Parameter: tagged}},
		`grammar: calls: tool "f": the close "</p>" of an argument does not begin with a line break`: {{Tool: callTool("f", `"a":{}`), Parameter: &Parameter{"<p=", ">", "</p>"}}},
	} {
		if _, err := Calls(CallsSpec{Calls: calls}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
