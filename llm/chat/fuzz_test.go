package chat

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-agent/qwen-agent/llm"
)

// fuzz checks of any answer whatever: it is read without a panic, the same in pieces of
// any length, with arguments that are JSON; and lost checks that nothing was lost.
func fuzz(f *testing.F, format string, lost func(t *testing.T, in, text, thought string, calls int)) {
	for _, s := range []string{
		"", "text", "<tool_call>\n{\"name\": \"calc\", \"arguments\": {\"expr\": \"6*7\"}}\n</tool_call>", "```json\n{\"name\": \"calc\", \"arguments\": {}}\n```",
		"[{\"name\": \"calc\", \"arguments\": {}}, {\"name\": \"x\"}]", "{\"name\": {\"name\": \"calc\", \"arguments\": {}", "A\nAction: calc\nAction Input: {}\nObservation: x",
		"Thought: A\nFinal Answer: 42\nFinal Answer: 43", "{\"thought\": \"T\\u00e9\", \"tool\": \"python\"}\n```python\nprint(1)\n```\nx",
		"{\"thought\": \"T \"x\" y\", \"answer\": \"4\\ud83d\\uddfc2\"}", "{'thought': 'T', 'answer': [1, {\"a\": 2,}", "Reply: ```json {}", "日本\xff\xe4",
		"<tool_call>\n<function=calc>\n<parameter=expr>\n6*7\n</parameter>\n</function>\n</tool_call>", "<function=calc>{\"expr\": 1}</function> x",
		"<function=calc>\n<parameter=expr>\n<b>\n</parameter>\n</parameter>\n<parameter=n>1</function>",
	} {
		f.Add(s, uint64(3))
	}
	requests := []*llm.Request{{Tools: tools}, {Tools: tools, Schema: json.RawMessage(`{}`)}, {Tools: tools, Choice: &llm.Choice{Tools: []string{}}}, {}}
	f.Fuzz(func(t *testing.T, s string, cuts uint64) {
		for _, r := range requests {
			chunks := parse(format, r, s)
			var pieces []string
			for rest, c := s, cuts; rest != ""; c = c*6364136223846793005 + 1442695040888963407 {
				n := min(len(rest), 1+int(c>>60))
				pieces = append(pieces, rest[:n])
				rest = rest[n:]
			}
			want, got := story(chunks), story(parse(format, r, pieces...))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%q: %q: %s", s, pieces, diff)
			}
			text, thought, calls := "", "", 0
			for _, c := range chunks {
				text += c.Text
				thought += c.Thought
				if c.Call != nil {
					calls++
					if !json.Valid(c.Call.Arguments) || c.Call.Name == "" {
						t.Fatalf("%q: call %q with %q", s, c.Call.Name, c.Call.Arguments)
					}
				}
			}
			lost(t, s, text, thought, calls)
		}
	})
}

func FuzzHermesParser(f *testing.F) {
	fuzz(f, "hermes", func(t *testing.T, in, text, thought string, calls int) {
		if calls == 0 && text != in {
			t.Fatalf("%q became %q", in, text)
		}
		if thought != "" {
			t.Fatalf("%q: thought %q", in, thought)
		}
		for _, word := range strings.Fields(text) {
			if !strings.Contains(in, word) {
				t.Fatalf("%q: text %q is not of it", in, word)
			}
		}
	})
}

func FuzzHermesQwen3Parser(f *testing.F) {
	f.Add("<think>\nA\n</think>\n\n<tool_call>{\"name\": \"calc\", \"arguments\": {}}</tool_call>", uint64(5))
	f.Add(" <think> a </thi b", uint64(7))
	fuzz(f, "hermes-qwen3", func(t *testing.T, in, text, thought string, calls int) {
		if calls == 0 && !strings.Contains(in, thinkOpen) && text != in {
			t.Fatalf("%q became %q", in, text)
		}
		for _, word := range strings.Fields(text + " " + thought) {
			if !strings.Contains(in, word) {
				t.Fatalf("%q: %q is not of it", in, word)
			}
		}
	})
}

func FuzzXMLParser(f *testing.F) {
	fuzz(f, "xml", func(t *testing.T, in, text, thought string, calls int) {
		if calls == 0 && text != in {
			t.Fatalf("%q became %q", in, text)
		}
		for _, word := range strings.Fields(text) {
			if !strings.Contains(in, word) {
				t.Fatalf("%q: text %q is not of it", in, word)
			}
		}
	})
}

func FuzzXMLQwen35Parser(f *testing.F) {
	f.Add("A\n</think>\n\n<tool_call><function=calc></function></tool_call>", uint64(5))
	fuzz(f, "xml-qwen3.5", func(t *testing.T, in, text, thought string, calls int) {
		for _, word := range strings.Fields(text + " " + thought) {
			if !strings.Contains(in, word) {
				t.Fatalf("%q: %q is not of it", in, word)
			}
		}
	})
}

func FuzzQwenParser(f *testing.F) {
	f.Add("A\n✿FUNCTION✿: calc\n✿ARGS✿: {\"expr\": 1}\n✿FUNCTION✿: python\n✿ARGS✿:\n```py\n1\n```", uint64(5))
	f.Add(": ✿ ✿FUNCTION✿: calc ✿ARGS✿ ✿ARGS✿: {", uint64(7))
	fuzz(f, "qwen", func(t *testing.T, in, text, thought string, calls int) {
		begun := func(s string) string { return strings.TrimLeft(strings.TrimPrefix(s, ":"), blank) }
		if calls == 0 && begun(in) != text && in != text && !strings.Contains(in, markFunction) {
			t.Fatalf("%q became %q", in, text)
		}
		for _, word := range strings.Fields(text + thought) {
			if !strings.Contains(in, word) {
				t.Fatalf("%q: %q is not of it", in, word)
			}
		}
	})
}

func FuzzReactParser(f *testing.F) {
	fuzz(f, "react", func(t *testing.T, in, text, thought string, calls int) {
		all := text + thought
		if strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(in), "Thought:")) != "" && all == "" && calls == 0 && !strings.Contains(in, "Final Answer:") {
			t.Fatalf("%q: nothing is left", in)
		}
		if calls == 0 && !strings.Contains(in, "Action:") && !strings.Contains(in, "Final Answer:") {
			if want := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(in), "Thought:")); strings.TrimSpace(text) != want && text != in {
				t.Fatalf("%q became %q, want %q", in, text, want)
			}
		}
	})
}

func FuzzTurnParser(f *testing.F) {
	fuzz(f, "turn", func(t *testing.T, in, text, thought string, calls int) {
		if strings.Trim(in, " \t\r\n") != "" && text+thought == "" && calls == 0 && !strings.Contains(in, `"thought"`) && !strings.Contains(in, `"answer"`) &&
			!strings.Contains(in, "answer") && !strings.Contains(in, "Reply:") && !strings.Contains(in, "```json") {
			t.Fatalf("%q: nothing is left", in)
		}
	})
}
