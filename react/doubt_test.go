package react_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/llmtest"
	"github.com/qwen-agent/qwen-agent/react"
	"github.com/qwen-agent/qwen-agent/tools"
	"github.com/qwen-agent/qwen-agent/tools/calc"
)

// doubting are tools for questions about a.md, which has 6 in it, and about others. Programs print 5.
func doubting() []tools.Tool {
	type path struct {
		Path string `json:"path"`
	}
	type source struct {
		Code string `json:"code"`
	}
	return []tools.Tool{
		calc.New(),
		tools.New("read_file", "Reads a file.", func(_ context.Context, a path) (string, error) {
			if a.Path == "gone.md" {
				return "", fmt.Errorf("there is no file %s", a.Path)
			}
			return "6 g", nil
		}),
		tools.New("python", "Runs a program.", func(context.Context, source) (string, error) { return "5", nil }, tools.Code("python", "code")),
	}
}

// TestDoubt: a turn that leaves out what the question names, or a number without a source, is thrown away, each kind
// once in a run; a file is read in its place, or another turn has to call a tool that helps.
func TestDoubt(t *testing.T) {
	founded := react.Profile{Format: "turn", Founded: true}
	runs := func(program string) turn {
		code, err := json.Marshal(map[string]string{"code": program})
		if err != nil {
			t.Fatal(err)
		}
		return turn{Calls: call("python", string(code))}
	}
	adds := func(expr string) turn { return turn{Calls: call("calc", fmt.Sprintf(`{"expr": %q}`, expr))} }
	says := func(text string) turn { return turn{Text: text} }
	read := turn{Calls: call("read_file", `{"path": "a.md"}`)}
	const (
		thing  = "What is in a.md?"
		both   = "Of what in a.md does b.csv say more?"
		unread = "no call was about a.md yet"
	)
	type turns = []turn
	for _, c := range []struct {
		name, question string
		turns          turns
		why            []string
	}{
		{"a number from nowhere", "Add them.", turns{adds("6 * 7"), says("It is 84."), adds("42 * 2"), says("It is 84.")}, []string{"84 is in none of the results"}},
		{"only once", "Add them.", turns{adds("6 * 7"), says("It is 84."), adds("6 * 8"), says("It is 85.")}, []string{"84 is in none of the results"}},
		{"from the question", "What is 12 times 12?", turns{says("It is 144."), adds("12 * 12"), says("It is 144.")}, []string{"144 is in none of the results"}},
		{"known", "How many days has a year?", turns{says("365.")}, nil},
		{"in a result", "Add them.", turns{adds("6 * 7"), says("It is 42.0.")}, nil},

		{"a program with made up figures", thing, turns{runs("# a.md\nprint(5)"), runs("print(5)"), says("5")}, []string{unread}},
		{"it opens what it has not seen", thing, turns{runs(`open("a.md")`), runs(`open("a.md")`), says("5")}, []string{unread}},
		{"in a folder", "What is in gone.md?", turns{runs(`open('data/gone.md')`), says("5")}, nil},
		{"made up, and not there", "What is in gone.md?", turns{runs("print(5)"), runs("print(6)"), says("5")}, []string{"no call was about gone.md yet"}},
		{"another file", thing, turns{runs(`open('data.md')`), says("none"), says("none")}, []string{unread}},
		{"one of two files", both, turns{read, runs(`open('a.md')`), runs(`open('b.csv')`), says("5")}, nil},
		{"only one of two files", both, turns{runs(`open('a.md')`), runs(`open('a.md')`), says("5")}, []string{unread}},
		{"only one that is there", "Copy a.md into gone.md.", turns{read, runs(`open('a.md')`), runs(`open('a.md')`), says("5")}, []string{"no call was about gone.md yet"}},
		{"read before", thing, turns{read, runs("print(5)"), says("5")}, nil},
		{"answered at once", thing, turns{says("none"), says("none")}, []string{unread}},
		{"a file that is not there", "What is in gone.md?", turns{says("none"), read, says("6")}, []string{"no call was about gone.md yet"}},
		{"no file", "What is it?", turns{runs("print(5)"), says("5")}, nil},
		{"a mail", "Who is a@b.example.com?", turns{says("nobody")}, nil},

		{"a number is not used", "a.md is for 6 people. How many grams for 15?", turns{read, says("6 people need 6 g."), adds("6 * 7"), says("42 for 15.")},
			[]string{"no calculation has used 15, which the task has"}},
		{"it is used", "How much is 6 times 7?", turns{adds("6 * 7"), says("42")}, nil},
		{"it is in a name of a file", "How much was a.md of 2024, by b-2024.txt?", turns{read, runs(`open("b-2024.txt"), 2024`), says("5")}, nil},
		{"the last result is left out", "How much did she earn?", turns{adds("6 * 7"), runs("rate"), says("She worked 42 hours."), runs("42 * 5"), says("5")},
			[]string{"the last result, 5, is not in the answer"}},
		{"rounded", "How much did she earn?", turns{runs("rate"), says("About 5.0.")}, nil},
		{"nothing is calculated", "By how many is it longer than that?", turns{read, says("6 longer."), adds("6 * 7"), says("42")}, []string{"nothing was calculated"}},
		{"what is read is enough", "How many are there?", turns{read, says("There are 6.")}, nil},
		{"no number", "How much is it by a.md?", turns{read, says("It is the same."), runs("x"), says("The same 5.")}, []string{"the task asks for a number, and the answer has none"}},
		{"nothing is found", "How many are there?", turns{adds("6 - 6"), says("There are 0."), adds("1 - 1"), says("There are 0.")}, []string{"what was calculated found nothing"}},
		{"no quantity", "Who was it?", turns{read, says("She.")}, nil},

		{"an intention", "Who was it?", turns{says("I will read the file."), read, says("She.")}, []string{"the answer only says what is to be done"}},
		{"a program again", "Who was it?", turns{runs("x"), runs("x"), runs("y"), says("She.")}, []string{"this program ran already"}},
		{"and again", "Who was it?", turns{runs("x"), runs("x"), runs("x"), says("She.")}, []string{"this program ran already"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			model := llmtest.New(c.turns...)
			events, end, err := collect(t, &react.Loop{Model: model, Tools: doubting(), Profile: founded}, react.Task{Question: c.question})
			if err != nil || end.Reason != react.Answered {
				t.Fatalf("%v, %v", end.Reason, err)
			}
			if got := answer(t, events); got != c.turns[len(c.turns)-1].Text {
				t.Errorf("answered %q", got)
			}
			var why []string
			for _, r := range of[react.Retry](events) {
				why = append(why, r.Why)
			}
			if !slices.Equal(why, c.why) {
				t.Errorf("doubted %q, want %q", why, c.why)
			}
			for _, m := range end.Messages { // what was thrown away is not told
				for i, r := range c.why {
					if strings.Contains(m.Text, r) {
						t.Errorf("doubt %d stands in %q", i, m.Text)
					}
				}
			}
		})
	}
}

// TestDoubtAsks: what is asked for in place of a turn.
func TestDoubtAsks(t *testing.T) {
	founded := react.Profile{Format: "turn", Founded: true}
	program := turn{Calls: call("python", `{"code": "x"}`)}
	model := llmtest.New(turn{Text: "It is 84."}, turn{Calls: call("calc", `{"expr": "6 * 7"}`)}, program, program, turn{Calls: call("python", `{"code": "y"}`)}, turn{Text: "It is 5."})
	_, _, err := collect(t, &react.Loop{Model: model, Tools: doubting(), Profile: founded}, react.Task{Question: "What is 6 times 7 in a.md?"})
	if err != nil {
		t.Fatal(err)
	}
	read := model.Requests[1].Messages
	if m := read[len(read)-2]; len(m.Calls) != 1 || m.Calls[0].Name != "read_file" || string(m.Calls[0].Arguments) != `{"path":"a.md"}` || m.Calls[0].ID == "" || read[len(read)-1].Text != "6 g" {
		t.Errorf("the file was not read in place of the answer: %+v", read)
	}
	warm := model.Requests[4]
	if s := warm.Sampling; s == nil || *s.Temperature == 0 || warm.Choice != nil {
		t.Errorf("a program that ran already: %+v, %+v, want chance", warm.Sampling, warm.Choice)
	}

	model = llmtest.New(turn{Text: "It is 84."}, turn{Calls: call("calc", `{"expr": "6 * 7"}`)}, turn{Text: "It is 42."})
	if _, _, err := collect(t, &react.Loop{Model: model, Tools: doubting(), Profile: founded}, react.Task{Question: "What is 6 times 7?"}); err != nil {
		t.Fatal(err)
	}
	if c := model.Requests[1].Choice; c == nil || !c.NoText || !slices.Equal(c.Tools, []string{"calc", "python"}) {
		t.Errorf("in place of a number from nowhere: %+v, want a calculation", c)
	}
}

// TestBeside: once one of the files that the question names was read, the planner reads the others, unless they are still to be written.
func TestBeside(t *testing.T) {
	reads := func(path string) turn { return turn{Calls: call("read_file", fmt.Sprintf(`{"path":%q}`, path))} }
	said := turn{Text: "There are none."}
	for name, c := range map[string]struct {
		question string
		first    turn
		format   react.Profile
		want     []string
	}{
		"two":             {"Of what in a.md does b.csv say more?", reads("a.md"), react.Profile{Format: "turn", Founded: true}, []string{"a.md", "b.csv"}},
		"three":           {"What do a.md, b.csv and c.txt say?", reads("b.csv"), react.Profile{Format: "turn", Founded: true}, []string{"b.csv", "a.md", "c.txt"}},
		"to be written":   {"Copy a.md into gone.md.", reads("a.md"), react.Profile{Format: "turn", Founded: true}, []string{"a.md", "gone.md"}},
		"not named":       {"Of what in a.md does b.csv say more?", reads("c.txt"), react.Profile{Format: "turn", Founded: true}, []string{"c.txt", "a.md", "b.csv"}},
		"failed":          {"Of what in gone.md does b.csv say more?", reads("gone.md"), react.Profile{Format: "turn", Founded: true}, []string{"gone.md", "b.csv"}},
		"one":             {"What does a.md say?", reads("a.md"), react.Profile{Format: "turn", Founded: true}, []string{"a.md"}},
		"another profile": {"Of what in a.md does b.csv say more?", reads("a.md"), react.Profile{Format: "turn"}, []string{"a.md"}},
	} {
		model := llmtest.New(c.first, said, said, said)
		events, end, err := collect(t, &react.Loop{Model: model, Tools: doubting(), Profile: c.format}, react.Task{Question: c.question})
		if err != nil || end.Reason != react.Answered {
			t.Errorf("%s: %v, %v", name, end.Reason, err)
		}
		var got []string
		for _, e := range of[react.Call](events) {
			var a struct{ Path string }
			if err := json.Unmarshal(e.Arguments, &a); err != nil {
				t.Fatal(err)
			}
			got = append(got, a.Path)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: read %q, want %q", name, got, c.want)
		}
		if retries := len(of[react.Retry](events)); name == "two" && (retries > 0 || len(model.Requests) != 2) || name == "to be written" && retries != 1 {
			t.Errorf("%s: %d requests and %d turns thrown away", name, len(model.Requests), retries)
		}
	}
}

// TestReadsAsAllowed: the planner reads nothing that may not be read, and what it reads it reads once.
func TestReadsAsAllowed(t *testing.T) {
	for name, c := range map[string]struct {
		denied string
		asked  []string // what leave was asked for
		read   []string
	}{
		"all":        {"", []string{"a.md", "b.csv", "gone.md"}, []string{"a.md", "b.csv", "gone.md"}},
		"b.csv not":  {"b.csv", []string{"a.md", "b.csv", "gone.md"}, []string{"a.md", "gone.md"}},
		"nothing of": {"a.md", []string{"b.csv", "a.md", "gone.md"}, []string{"b.csv", "gone.md"}},
	} {
		var asked, read []string
		set := doubting()
		for i, tool := range set {
			if tool.Spec().Name == "read_file" {
				set[i] = tools.New("read_file", "Reads a file.", func(_ context.Context, a struct {
					Path string `json:"path"`
				}) (string, error) {
					read = append(read, a.Path)
					if a.Path == "gone.md" {
						return "", errors.New("there is no such file")
					}
					return "6 g", nil
				})
			}
		}
		program := turn{Calls: call("python", `{"code": "open('a.md'), open('b.csv'), open('gone.md')"}`)}
		first := turn{Calls: call("read_file", `{"path":"a.md"}`)}
		if c.denied == "a.md" {
			first = turn{Calls: call("read_file", `{"path":"b.csv"}`)}
		}
		loop := react.Loop{Model: llmtest.New(first, program, turn{Text: "Done."}), Tools: set, Profile: react.Profile{Format: "turn", Founded: true}}
		loop.Approve = func(_ context.Context, made llm.Call) error {
			var a struct{ Path string }
			if err := json.Unmarshal(made.Arguments, &a); err != nil {
				return err
			}
			if a.Path != "" {
				asked = append(asked, a.Path)
			}
			if a.Path != "" && a.Path == c.denied {
				return errors.New("no")
			}
			return nil
		}
		events, end, err := collect(t, &loop, react.Task{Question: "Put what a.md and b.csv say into gone.md."})
		if err != nil || end.Reason != react.Answered {
			t.Errorf("%s: %v, %v", name, end.Reason, err)
		}
		if !slices.Equal(asked, c.asked) || !slices.Equal(read, c.read) {
			t.Errorf("%s: asked for %q and read %q, want %q and %q", name, asked, read, c.asked, c.read)
		}
		for _, o := range of[react.Observation](events) {
			if o.Name == "read_file" && o.Failed {
				t.Errorf("%s: an attempt is told of: %+v", name, o)
			}
		}
	}
}

// TestNoDoubt: answers are taken as they are at the last step, in a form of their own, and under another profile.
func TestNoDoubt(t *testing.T) {
	founded := react.Profile{Format: "turn", Founded: true}
	for name, c := range map[string]struct {
		loop react.Loop
		task react.Task
		text string
	}{
		"the last step":   {react.Loop{Profile: founded, Limits: react.Limits{Steps: 1}}, react.Task{}, "It is 84."},
		"a schema":        {react.Loop{Profile: founded}, react.Task{Schema: json.RawMessage(`{"type": "integer"}`)}, "84"},
		"a grammar":       {react.Loop{Profile: founded}, react.Task{Grammar: &llm.Grammar{Regex: "[0-9]+"}}, "84"},
		"another profile": {react.Loop{Profile: react.Profile{Format: "turn"}}, react.Task{}, "It is 84."},
	} {
		c.loop.Model, c.loop.Tools = llmtest.New(turn{Text: c.text}), doubting()
		c.task.Question = "What is 12 times 12 of a.md?"
		events, _, err := collect(t, &c.loop, c.task)
		if err != nil || answer(t, events) != c.text || len(of[react.Retry](events)) > 0 {
			t.Errorf("%s: %v, %v", name, events, err)
		}
	}
}
