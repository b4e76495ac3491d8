package hfagent

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/eval"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
	"github.com/qwen-agent/qwen-agent/llm/llmtest"
)

func open(t *testing.T) *Runner {
	t.Helper()
	r, err := Open(t.Context(), sandbox.Strict)
	if err != nil {
		t.Skipf("no sandbox for Python: %v", err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func TestSize(t *testing.T) {
	s, err := load()
	if err != nil {
		t.Fatal(err)
	}
	run, dialogues, steps := 0, 0, 0
	for _, p := range s.Run {
		run += len(p.Tasks)
	}
	for _, d := range s.Chat {
		dialogues += len(d[0].Tasks)
		for _, p := range d {
			steps += len(p.Tasks)
		}
	}
	if len(s.Tools) != 14 || run != 27 || dialogues != 24 || steps != 47 {
		t.Errorf("%d tools, %d tasks, %d dialogues of %d steps; the original has 14, 27, 24 and 47", len(s.Tools), run, dialogues, steps)
	}
}

// answers are what a model says that always knows best.
func answers(t *testing.T, mode string) (turns []llmtest.Turn) {
	s, err := load()
	if err != nil {
		t.Fatal(err)
	}
	say := func(p problem) {
		var names []string
		for name := range s.named(p.Answers[0], "") {
			names = append(names, "`"+name+"`")
		}
		turns = append(turns, llmtest.Turn{Text: fmt.Sprintf(" tools: %s.\n\nAnswer:\n```py\n%s\n```\n", strings.Join(names, ", "), p.Answers[0])})
	}
	if mode == "run" {
		for _, p := range s.Run {
			for range p.Tasks {
				say(p)
			}
		}
		return turns
	}
	for _, d := range s.Chat {
		for range d[0].Tasks {
			for _, p := range d {
				say(p)
			}
		}
	}
	return turns
}

// TestBest: right answers have full marks; answers without code have 30 for it, as in the original.
func TestBest(t *testing.T) {
	r := open(t)
	for mode, n := range map[string]int{"run": 27, "chat": 24} {
		cases, err := Cases(r, Prompts{Run: runPrompt, Chat: chatPrompt}, "", mode)
		if err != nil || len(cases) != n {
			t.Fatalf("%d cases, %v", len(cases), err)
		}
		turns := answers(t, mode)
		if testing.Short() { // each case starts a Python
			n, turns = 4, turns[:8]
			cases = cases[:n]
		}
		model := llmtest.New(turns...)
		results, err := eval.Run(t.Context(), model, cases, eval.Options{})
		if err != nil {
			t.Fatal(err)
		}
		sum := eval.Summarize(eval.Settings{}, results)[0]
		if sum.Right != n {
			t.Errorf("%s: %d of %d right", mode, sum.Right, n)
			for _, r := range results {
				if !r.OK {
					t.Log(r.Why)
				}
			}
		}
		for _, name := range []string{"selection", "used", "code"} {
			if v := sum.Scores[name]; v < 1-1e-9 {
				t.Errorf("%s: %s is %v", mode, name, v)
			}
		}
		// A dialogue's second prompt has its first answer; another dialogue's has not.
		q := model.Requests
		if mode == "chat" && !strings.HasPrefix(q[1].Messages[0].Text, q[0].Messages[0].Text+strings.TrimSpace(turns[0].Text)+"\n\nHuman: ") {
			t.Errorf("the second prompt of a dialogue is %s", q[1].Messages[0].Text)
		}
		if text := q[0].Messages[0].Text; strings.Contains(text, "<<") && !strings.Contains(text, "<<text>>") || !strings.Contains(text, "- text_qa: This is a tool that answers questions") {
			t.Errorf("the prompt is %s", text)
		}

		opening := map[string]string{"run": "I will use the following", "chat": chatOpening}[mode]
		if g := q[0].Grammar; g == nil || g.Regex != opening+`[\s\S]*` || strings.HasSuffix(q[0].Messages[0].Text, opening) {
			t.Errorf("%s: the answer is begun with %+v, the prompt ends with %q", mode, g, q[0].Messages[0].Text[len(q[0].Messages[0].Text)-40:])
		}

		silent := llmtest.New()
		for range turns {
			silent.Turns = append(silent.Turns, llmtest.Turn{Text: "I do not know."})
		}
		results, err = eval.Run(t.Context(), silent, cases, eval.Options{})
		if err != nil {
			t.Fatal(err)
		}
		sum = eval.Summarize(eval.Settings{}, results)[0]
		if v := sum.Scores["code"]; sum.Right != 0 || v < 0.3-1e-9 || v > 0.3+1e-9 {
			t.Errorf("%s without code: %d right, %v", mode, sum.Right, sum.Scores)
		}
	}
}

func TestScore(t *testing.T) {
	s, err := load()
	if err != nil {
		t.Fatal(err)
	}
	text := func(s string) *string { return &s }
	answers := []string{"text_reader(image_captioner(image))", "text_reader(image_qa(image, question='?'))"}
	want := []outcome{{Value: text("a")}, {Value: text("b")}}
	for _, c := range []struct {
		name, explanation, code string
		got                     outcome
		want                    Scores
	}{
		{"first answer", "`text_reader` and `image_captioner`", "text_reader(image_captioner(i))", outcome{Value: text("a")}, Scores{1, 1, 1}},
		{"second answer's tools", "`text_reader` and `image_qa`", "text_reader(image_qa(i))", outcome{Value: text("b")}, Scores{1, 1, 1}},
		{"first answer's tools, second's result", "`text_reader` and `image_captioner`", "", outcome{Value: text("b")}, Scores{0.5, 0.5, 1}},
		{"not in backticks", "text_reader and `image_captioner`", "text_reader(image_captioner(i))", outcome{Value: text("c")}, Scores{0.75, 1, 0.3}},
		{"one too many", "`text_reader`, `image_captioner`, `translator`", "", outcome{}, Scores{0.75, 0.5, 0.3}},
		{"all wrong", "`translator`, `summarizer`, `image_qa`", "", outcome{Error: "x"}, Scores{0, 0.5, 0.3}},
		{"in a dict", "", "image_captioner text_reader", outcome{Values: []string{"x", "a"}}, Scores{0.5, 1, 0.75}},
	} {
		if got := s.score(c.explanation, c.code, c.got, want, answers); got != c.want {
			t.Errorf("%s: %+v, wanted %+v", c.name, got, c.want)
		}
	}
}

func TestSplit(t *testing.T) {
	for _, c := range []struct{ answer, explanation, code string }{
		{"tools: `a`.\n\nAnswer:\n```py\nx = a()\n```\nMore.", "tools: `a`.\n\nAnswer:", "x = a()"},
		{"I use `a`.\n```python\nx = a()\ny = 1\n```", "I use `a`.", "x = a()\ny = 1"},
		{"`a`\nAnswer: x = a()", "`a`", "x = a()"},
		{"```\nx = a()", "", "x = a()"},
		{"nothing", "nothing", ""},
	} {
		if explanation, code := split(c.answer, true); explanation != c.explanation || code != c.code {
			t.Errorf("%q: %q and %q", c.answer, explanation, code)
		}
	}
	if _, code := split("`a`\nAnswer: x", false); code != "" {
		t.Errorf("chat mode takes %q for code", code)
	}
}

// TestInterpreter: what the restricted Python does, and what it refuses.
func TestInterpreter(t *testing.T) {
	r := open(t)
	s, err := r.session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i, c := range []struct{ code, want string }{
		{"x = summarizer(text)\nprint(x)", "summary of (<<text>>)"},
		{"summarizer(txt)", "summary of (<<text>>)"}, // the nearest variable is taken
		{"a = [text, 'b']\na[1]", "b"},
		{"d = {'key': text}\nd['keys']", "<<text>>"},
		{"f'{text} and {1 + 2 * 3}'", "<<text>> and 7"},
		{"a, b = ['x', 'y']\nb", "y"},
		{"for i in range(3):\n    s = str(i)\ns", "2"},
		{"if 1 < 2:\n    'yes'\nelse:\n    'no'", "yes"},
		{"image_captioner(text)", "error: ValueError: <<text>> is no image"},
		{"image_captioner(image_generator(text))", "description of (image of (<<text>>))"},
		{"document_qa(document=text, question='?')", "error: TypeError"},
		{"import os", "error: Refused: Import is not supported"},
		{"text.upper()", "error: Refused: only the tools can be called"},
		{"open('/etc/passwd')", "error: Refused: there is no tool `open`"},
		{"(lambda: 1)()", "error: Refused"},
		{"qqqqq", "error: Refused: the variable `qqqqq` is not defined"},
		{"for i in range(1000000000):\n    i", "error: Refused: the program runs too long"},
		{"'a' * 1000000000", "error: Refused: only small numbers"},
		{"x = (", "error: SyntaxError"},
		{"1 < 2 < 3", "error: Refused: only one comparison"},
		{"", ""},
	} {
		o, err := execute(t.Context(), s, fmt.Sprint(i), c.code, map[string]string{"text": "<<text>>"})
		if err != nil {
			t.Fatal(err)
		}
		if got := o.String(); got != c.want && (c.want == "" || !strings.HasPrefix(got, c.want)) {
			t.Errorf("%s: %q, wanted %q", c.code, got, c.want)
		}
	}
	o, err := execute(t.Context(), s, "dict", "{'a': summarizer(text)}", map[string]string{"text": "t"})
	if err != nil || len(o.Values) != 1 || o.Values[0] != "summary of (t)" {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestBegun(t *testing.T) {
	for _, c := range []struct{ prompt, asked, opening string }{
		{"Task: a\n\nI will use the following", "Task: a\n\n", "I will use the following"},
		{"I will use `a`.\n\nTask: b\n", "I will use `a`.\n\nTask: b\n", ""},
		{"Assistant: ", "Assistant: ", ""},
	} {
		if asked, opening := begun(c.prompt); asked != c.asked || opening != c.opening {
			t.Errorf("%q: %q and %q", c.prompt, asked, opening)
		}
	}
}

func TestPrompts(t *testing.T) {
	dir := t.TempDir()
	if p, err := ReadPrompts(dir); err != nil || p.Original || p.Run != runPrompt {
		t.Errorf("%+v, %v", p, err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("run_prompt_template.txt", "R <<all_tools>> <<prompt>>")
	if _, err := ReadPrompts(dir); err == nil {
		t.Error("half of the prompts is let through")
	}
	write("chat_prompt_template.txt", "C")
	if _, err := ReadPrompts(dir); err == nil || !strings.Contains(err.Error(), "<<all_tools>>") {
		t.Error(err)
	}
	write("chat_prompt_template.txt", "C <<all_tools>>")
	if p, err := ReadPrompts(dir); err != nil || !p.Original || !strings.HasPrefix(p.Chat, "C") || !strings.HasPrefix(p.Run, "R") {
		t.Errorf("%+v, %v", p, err)
	}
}
