package engine

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
)

// callFormats are those whose calls follow a schema in all its parts: arguments that are written one by one do
// not.
func callFormats(t *testing.T) (names []string) {
	for _, name := range chat.Names() {
		f, err := chat.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		if calls := callsOf(f, toolbox, false); len(calls) > 0 && calls[0].Parameter == nil {
			names = append(names, name)
		}
	}
	if len(names) < 3 {
		t.Fatalf("only %v have a grammar of calls", names)
	}
	return names
}

// checkCalls holds calls against the tools.
func checkCalls(t *testing.T, calls []llm.Call, raw string) {
	t.Helper()
	for _, c := range calls {
		i := slices.IndexFunc(toolbox, func(t llm.Tool) bool { return t.Name == c.Name })
		if i < 0 {
			t.Fatalf("%q is no tool: %q", c.Name, raw)
		}
		args, err := jsonschema.UnmarshalJSON(strings.NewReader(string(c.Arguments)))
		if err != nil {
			t.Fatalf("%v in %q", err, raw)
		}
		if len(toolbox[i].Parameters) == 0 {
			continue
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(toolbox[i].Parameters)))
		if err != nil {
			t.Fatal(err)
		}
		compiler := jsonschema.NewCompiler()
		if err := compiler.AddResource("p.json", doc); err != nil {
			t.Fatal(err)
		}
		if err := compiler.MustCompile("p.json").Validate(args); err != nil {
			t.Fatalf("%v in %q", err, raw)
		}
	}
}

// TestForcedCall has a model that knows nothing call tools in every format: there is a call, and
// each is valid.
func TestForcedCall(t *testing.T) {
	e := tiny(t, Options{Threads: 2})
	hot := 1.5
	for _, format := range callFormats(t) {
		several := 0
		for seed := range uint64(10) {
			for _, choice := range []*llm.Choice{{NoText: true}, {Tools: []string{"the_tool"}, NoText: true}} {
				r := ask("the thing")
				r.Format, r.Tools, r.Choice, r.MaxTokens = format, toolbox, choice, 0
				r.Thinking = &llm.Thinking{Off: true}
				r.Sampling = &llm.Sampling{Temperature: &hot, Seed: &seed}
				end := collect(t, e, r)
				if end.Reason != llm.ToolCalls || len(end.Message.Calls) == 0 {
					t.Fatalf("%s: no call in %q, reason %s", format, end.Message.Raw, end.Reason)
				}
				if len(end.Message.Calls) > 1 {
					several++
				}
				checkCalls(t, end.Message.Calls, end.Message.Raw)
				if choice.Tools != nil && end.Message.Calls[0].Name != "the_tool" {
					t.Errorf("%s: %q is called, which is not allowed", format, end.Message.Calls[0].Name)
				}
			}
		}
		t.Logf("%s: %d answers with several calls", format, several)
	}
}

// TestWatch gives free text in random pieces: from the beginning of a call on there is a grammar, and nowhere
// else.
func TestWatch(t *testing.T) {
	e := tiny(t, Options{Threads: 1})
	random := rand.New(rand.NewPCG(1, 2))
	for _, test := range []struct{ format, text, want string }{ // want is how the text goes on by force, "" if it is free
		{"hermes", "I will look.\n<tool_call>\n{\"name\": \"oth", `er", "arguments": {}}` + "\n</tool_call>"},
		{"hermes", "I will look. <tool_call>{ \"name\" : \"other\", ", `"arguments": {}}` + "\n</tool_call>"},
		{"hermes", "```json\n{\"name\": \"", "-"},
		{"hermes", "Like this:\n\n```json\n{\n  \"name\": \"the_tool", `", "arguments": {"thing": "`},
		{"hermes", "```\n{\"name\":\"other\", \"arguments\": {}}", "\n```"},
		{"hermes", `{"name": "the`, `_tool", "arguments": {"thing": "`},
		{"hermes", "One:\n{\"name\": \"other", `", "arguments": {}}`},
		{"hermes", `{"name": "Ada", "born": 1815}`, ""},
		{"hermes", `The object {"name": "other" is what I mean`, ""},
		{"hermes", "```go\nx := m{\"name\": \"other\"}\n```", ""},
		{"hermes", "{\"name\": \"Ada\"}\n{\"name\": \"oth", `er", "arguments": {}}`},
		{"hermes-qwen3", "<think>\n<tool_call>\n{\"name\": \"oth", ""},
		{"hermes-qwen3", "<think>\nWell.\n</think>\n\n<tool_call>\n{\"name\": \"oth", `er", "arguments": {}}` + "\n</tool_call>"},
		{"react", "Thought: I look.\nAction: oth", "er\nAction Input: {}\n"},
		{"react", "Thought: Action: oth", ""},
	} {
		f, err := chat.Get(test.format)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			w, err := e.newWatch(f, &llm.Request{Tools: toolbox})
			if err != nil {
				t.Fatal(err)
			}
			a := &answer{e: e, watch: w}
			for rest := test.text; rest != ""; {
				n := min(len(rest), 1+random.IntN(12))
				if strings.Contains(test.text, "Ada") { // a name that is no tool's must come with the beginning
					n = len(rest)
				}
				piece := rest[:n]
				rest = rest[n:]
				if a.matcher != nil {
					if err := a.matcher.AcceptBytes([]byte(piece)); err != nil {
						t.Fatalf("%s: %q: %v", test.format, test.text, err)
					}
				} else if err := a.notice(piece); err != nil {
					t.Fatal(err)
				}
			}
			if (a.matcher != nil) != (test.want != "") {
				t.Fatalf("%s: %q: a grammar is %v", test.format, test.text, a.matcher != nil)
			}
			if a.matcher == nil || test.want == "-" {
				continue
			}
			if got := string(a.matcher.Forced()); got != test.want {
				t.Fatalf("%s: after %q comes %q, want %q", test.format, test.text, got, test.want)
			}
		}
	}
	long := strings.Repeat("{\"name\": \"x\"}\n", 200) // never more than a window of it is kept
	f, err := chat.Get("hermes")
	if err != nil {
		t.Fatal(err)
	}
	w, err := e.newWatch(f, &llm.Request{Tools: toolbox})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.SplitAfter(long, "\n") {
		for _, _, begun := w.write(line); begun; _, _, begun = w.write("") {
		}
		if len(w.text) > watched+len(line) {
			t.Fatalf("%d bytes are kept", len(w.text))
		}
	}
}

// TestCallAt decides by a bound that is always met, never, and just met.
func TestCallAt(t *testing.T) {
	e := tiny(t, Options{Threads: 2})
	at := func(p float64) llm.End {
		r := ask("the thing")
		r.Format, r.Tools, r.Choice, r.MaxTokens = "hermes", toolbox, &llm.Choice{CallAt: &p}, 300
		return collect(t, e, r)
	}
	always, never := at(0), at(1)
	if len(always.Message.Calls) == 0 || always.Reason != llm.ToolCalls {
		t.Errorf("at 0 the answer is %q", always.Message.Raw)
	}
	checkCalls(t, always.Message.Calls, always.Message.Raw)
	p := always.Odds.Call
	if p <= 0 || p >= 1 || never.Odds.Call != p {
		t.Fatalf("the probabilities are %v and %v", p, never.Odds.Call)
	}
	f, err := chat.Get("hermes")
	if err != nil {
		t.Fatal(err)
	}
	w, err := e.newWeighing(f, &llm.Request{Tools: toolbox, Choice: &llm.Choice{CallAt: &p}})
	if err != nil {
		t.Fatal(err)
	}
	if len(never.Message.Calls) > 0 || w.begins(never.Tokens[0]) || !w.begins(always.Tokens[0]) {
		t.Errorf("at 1 the answer is %q, at 0 %q", never.Message.Raw, always.Message.Raw)
	}
	if just := at(p); just.Message.Raw != always.Message.Raw {
		t.Errorf("at %v the answer is %q", p, just.Message.Raw)
	}
	if over := at(p * 1.001); over.Message.Raw != never.Message.Raw {
		t.Errorf("above %v the answer is %q", p, over.Message.Raw)
	}
	r := ask("the thing")
	bad := math.NaN()
	r.Choice = &llm.Choice{CallAt: &bad}
	if _, err := answerTo(t.Context(), e, r); err == nil || !strings.Contains(err.Error(), "CallAt") {
		t.Errorf("NaN: %v", err)
	}

	r.Format, r.Tools, r.MaxTokens = "react", toolbox, 300 // its answers begin with a thought
	for p, want := range map[float64]string{0.5: "a CallAt of 0.5 in the format react", 0: "", llm.CallFreely: ""} {
		r.Choice = &llm.Choice{CallAt: &p}
		if _, err := answerTo(t.Context(), e, r); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v in the format react: %v", p, err)
		}
	}
}
