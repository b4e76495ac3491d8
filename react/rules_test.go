package react_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/llmtest"
	"github.com/qwen-agent/qwen-agent/react"
	"github.com/qwen-agent/qwen-agent/tools"
	"github.com/qwen-agent/qwen-agent/tools/calc"
)

type (
	turn  = llmtest.Turn
	event = react.Event
)

var (
	call = llmtest.Call
	g4   = react.Profile{Format: "turn", Redecode: 3}
	g1   = react.Profile{Format: "turn"}
)

// bench is a set of tools that count their runs.
type bench struct {
	runs []string
	fail map[string]bool // files that cannot be read yet
}

func (b *bench) tools() []tools.Tool {
	type path struct {
		Path string `json:"path"`
	}
	type text struct {
		Path string `json:"path"`
		Text string `json:"text"`
	}
	return []tools.Tool{
		calc.New(),
		tools.New("read_file", "Reads a file.", func(_ context.Context, a path) (string, error) {
			b.runs = append(b.runs, "read_file "+a.Path)
			if b.fail[a.Path] {
				return "", fmt.Errorf("there is no file %s", a.Path)
			}
			return "text of " + a.Path, nil
		}),
		tools.New("write_file", "Writes a file.", func(_ context.Context, a text) (string, error) {
			b.runs = append(b.runs, "write_file "+a.Path)
			delete(b.fail, a.Path)
			return "written", nil
		}, tools.Changes()),
		tools.New("panic", "Breaks.", func(context.Context, struct{}) (string, error) { panic("ouch") }),
		tools.New("exit", "Ends its goroutine.", func(context.Context, struct{}) (string, error) { runtime.Goexit(); return "", nil }),
	}
}

// collect runs a task and returns its events without the last one, and that.
func collect(t *testing.T, loop *react.Loop, task react.Task) ([]event, react.End, error) {
	t.Helper()
	if task.Question == "" {
		task.Question = "How much?"
	}
	var events []event
	var failure error
	for e, err := range loop.Run(t.Context(), task) {
		if err != nil {
			failure = err
			continue
		}
		events = append(events, e)
	}
	if len(events) == 0 {
		return nil, react.End{}, failure
	}
	end, ok := events[len(events)-1].(react.End)
	if !ok {
		t.Fatalf("the last event is %#v, want an End", events[len(events)-1])
	}
	return events[:len(events)-1], end, failure
}

// of returns the events of one type.
func of[E event](events []event) []E {
	var found []E
	for _, e := range events {
		if e, ok := e.(E); ok {
			found = append(found, e)
		}
	}
	return found
}

func answer(t *testing.T, events []event) string {
	t.Helper()
	answers := of[react.Answer](events)
	if len(answers) != 1 || events[len(events)-1] != event(answers[0]) {
		t.Fatalf("events %v, want one Answer at the end", events)
	}
	return answers[0].Text
}

// choice says what a request allowed: "all", or the names of the tools.
func choice(r *llm.Request) string {
	if r.Choice == nil {
		return "all"
	}
	return strings.Join(r.Choice.Tools, " ")
}

func last(r *llm.Request) llm.Message { return r.Messages[len(r.Messages)-1] }

// TestRepeatForced: without a second decoding, a call that was already made is answered by
// words, and the next turn must answer.
func TestRepeatForced(t *testing.T) {
	b := &bench{}
	model := llmtest.New(
		turn{Calls: call("read_file", `{"path": "a"}`)},
		turn{Calls: call("read_file", ` { "path" : "a" } `)},
		turn{Text: "It is a."},
	)
	events, end, err := collect(t, &react.Loop{Model: model, Tools: b.tools(), Profile: g1}, react.Task{Question: "What is it?"})
	if err != nil || answer(t, events) != "It is a." || end.Reason != react.Answered || end.Forced != "repeat" || end.Steps != 3 || end.Calls != 1 {
		t.Errorf("end %+v, %v", end, err)
	}
	if len(b.runs) != 1 {
		t.Errorf("the call ran %d times", len(b.runs))
	}
	if got := of[react.Observation](events)[1]; got.Failed || !strings.Contains(got.Text, "already made") {
		t.Errorf("observation %+v", got)
	}
	r := model.Requests[2]
	if choice(r) != "" || last(r).Role != llm.User || last(r).Text != "Now answer the task from the results above: What is it?" {
		t.Errorf("the last request allows %q and ends with %+v", choice(r), last(r))
	}
	if before := r.Messages[len(r.Messages)-2]; before.Role != llm.Observer {
		t.Errorf("before the last message stands %+v", before)
	}
	if choice(model.Requests[1]) != "all" {
		t.Errorf("the second request allows %q", choice(model.Requests[1]))
	}
}

// TestRepeatRedecoded: with it, the turn is thrown away and decoded without that tool; the
// third time without any.
func TestRepeatRedecoded(t *testing.T) {
	b := &bench{}
	again := turn{Thought: "once more", Calls: call("read_file", `{"path": "a"}`)}
	model := llmtest.New(
		turn{Calls: call("read_file", `{"path": "a"}`)},
		again,
		turn{Calls: call("calc", `{"expr": "6*7"}`)}, // in place of the second turn
		again,
		turn{Calls: call("calc", `{"expr": "6 * 7"}`)}, // another expression to the loop
		again,
		turn{Text: "42"},
	)
	events, end, err := collect(t, &react.Loop{Model: model, Tools: b.tools(), Profile: g4}, react.Task{Question: "What is it?"})
	if err != nil || answer(t, events) != "42" || end.Retries != 3 || end.Forced != "repeat" || end.Steps != 4 || end.Calls != 3 {
		t.Errorf("end %+v, %v", end, err)
	}
	if len(b.runs) != 1 {
		t.Errorf("the call ran %d times", len(b.runs))
	}
	if got := of[react.Retry](events); len(got) != 3 || !strings.Contains(got[0].Why, "read_file") {
		t.Errorf("retries %v", got)
	}
	var allowed []string
	for _, r := range model.Requests {
		allowed = append(allowed, choice(r))
		for _, m := range r.Messages {
			if m.Thought == "once more" {
				t.Error("a turn that was thrown away is in the history")
			}
		}
		if len(r.Tools) != 5 {
			t.Errorf("a request names %d tools, want all 5 at every turn", len(r.Tools))
		}
	}
	without := "calc write_file panic exit"
	if want := []string{"all", "all", without, "all", without, "all", ""}; !slices.Equal(allowed, want) {
		t.Errorf("allowed %q, want %q", allowed, want)
	}
	if r := model.Requests[6]; last(r).Text != "Now answer the task from the results above: What is it?" {
		t.Errorf("the forced request ends with %+v", last(r))
	}
	if len(end.Messages) != 9 { // question, 3 calls with results, the demand, the answer
		t.Errorf("%d messages: %+v", len(end.Messages), end.Messages)
	}
}

// TestRepeatTwiceInOneTurn: within a step, every tool that was repeated stays left out.
func TestRepeatTwiceInOneTurn(t *testing.T) {
	b := &bench{}
	model := llmtest.New(
		turn{Calls: call("read_file", `{"path": "a"}`)},
		turn{Calls: call("calc", `{"expr": "1"}`)},
		turn{Calls: call("read_file", `{"path": "a"}`)},
		turn{Calls: call("calc", `{"expr": "1"}`)},
		turn{Text: "1"},
	)
	_, end, err := collect(t, &react.Loop{Model: model, Tools: b.tools(), Profile: g4}, react.Task{})
	if err != nil || end.Retries != 2 || end.Forced != "" || end.Steps != 3 {
		t.Errorf("end %+v, %v", end, err)
	}
	if got := choice(model.Requests[4]); got != "write_file panic exit" {
		t.Errorf("allowed %q", got)
	}
}

// TestFailedAgain: a call that failed is run again only after another one succeeded.
func TestFailedAgain(t *testing.T) {
	b := &bench{fail: map[string]bool{"a": true}}
	read := turn{Calls: call("read_file", `{"path": "a"}`)}
	model := llmtest.New(
		read, read, // the second one is not run, and the third turn decoded in its place
		turn{Calls: call("write_file", `{"path": "a", "text": "x"}`)},
		read,
		turn{Text: "done"},
	)
	events, end, err := collect(t, &react.Loop{Model: model, Tools: b.tools(), Profile: g4}, react.Task{})
	if err != nil || answer(t, events) != "done" || end.Retries != 1 {
		t.Errorf("end %+v, %v", end, err)
	}
	if want := []string{"read_file a", "write_file a", "read_file a"}; !slices.Equal(b.runs, want) {
		t.Errorf("ran %q, want %q", b.runs, want)
	}

	b = &bench{fail: map[string]bool{"a": true}}
	model = llmtest.New(read, read, turn{Text: "I cannot read it."})
	events, end, err = collect(t, &react.Loop{Model: model, Tools: b.tools(), Profile: g1}, react.Task{})
	if err != nil || end.Forced != "repeat" || len(b.runs) != 1 {
		t.Errorf("end %+v, %v, runs %q", end, err, b.runs)
	}
	if got := of[react.Observation](events)[1]; !got.Failed || !strings.Contains(got.Text, "already made and failed") {
		t.Errorf("observation %+v", got)
	}
}

// TestChangedWorld: after a tool that changes things, an earlier call may be made again.
func TestChangedWorld(t *testing.T) {
	b := &bench{}
	read := turn{Calls: call("read_file", `{"path": "a"}`)}
	model := llmtest.New(read, turn{Calls: call("write_file", `{"path": "a", "text": "x"}`)}, read, turn{Text: "done"})
	_, end, err := collect(t, &react.Loop{Model: model, Tools: b.tools(), Profile: g4}, react.Task{})
	if err != nil || end.Retries != 0 || len(b.runs) != 3 {
		t.Errorf("end %+v, %v, runs %q", end, err, b.runs)
	}
}

// TestLastStep: the last step allows only an answer, and says so.
func TestLastStep(t *testing.T) {
	b := &bench{}
	model := llmtest.New(
		turn{Calls: call("read_file", `{"path": "a"}`)},
		turn{Calls: call("read_file", `{"path": "b"}`)},
		turn{Text: "It is b."},
	)
	events, end, err := collect(t, &react.Loop{Model: model, Tools: b.tools(), Profile: g4, Limits: react.Limits{Steps: 3}}, react.Task{})
	if err != nil || answer(t, events) != "It is b." || end.Reason != react.Answered || end.Forced != "steps" {
		t.Errorf("end %+v, %v", end, err)
	}
	if r := model.Requests[2]; choice(r) != "" || !strings.HasPrefix(last(r).Text, "Now answer the task") {
		t.Errorf("the last step allows %q and ends with %+v", choice(r), last(r))
	}
	if got := of[react.Step](events); len(got) != 3 || got[2] != (react.Step{N: 3, Of: 3}) {
		t.Errorf("steps %v", got)
	}

	model = llmtest.New(turn{Text: "I know it."}) // a single step has no results to answer from
	_, _, err = collect(t, &react.Loop{Model: model, Tools: b.tools(), Limits: react.Limits{Steps: 1}}, react.Task{Question: "What?"})
	if r := model.Requests[0]; err != nil || choice(r) != "" || r.Choice == nil || last(r).Text != "What?" {
		t.Errorf("%v, a single step allows %q and ends with %+v", err, choice(r), last(r))
	}
}

// TestDisobedience: a model that calls tools where only an answer is allowed is told once
// more, and then the run ends at its limit with what is known.
func TestDisobedience(t *testing.T) {
	b := &bench{}
	model := llmtest.New(
		turn{Calls: call("read_file", `{"path": "a"}`)},
		turn{Calls: call("read_file", `{"path": "b"}`)},
		turn{Calls: call("read_file", `{"path": "c"}`)},
	)
	events, end, err := collect(t, &react.Loop{Model: model, Tools: b.tools(), Limits: react.Limits{Steps: 2}}, react.Task{})
	if err != nil || end.Reason != react.Limited || end.Limit != "steps" || len(of[react.Answer](events)) != 0 {
		t.Errorf("end %+v, %v", end, err)
	}
	if end.Partial != `read_file({"path": "a"}): text of a` {
		t.Errorf("partial %q", end.Partial)
	}
	if len(b.runs) != 1 || !strings.Contains(last(model.Requests[2]).Text, "no more tools") {
		t.Errorf("runs %q, last message %+v", b.runs, last(model.Requests[2]))
	}
	checkHistory(t, end.Messages)
}

// TestEmptyAnswer: an empty answer gets one more turn, and only one.
func TestEmptyAnswer(t *testing.T) {
	model := llmtest.New(turn{Thought: "hm", Text: " \n"}, turn{Text: "42"})
	events, end, err := collect(t, &react.Loop{Model: model}, react.Task{})
	if err != nil || answer(t, events) != "42" || end.Reason != react.Answered || end.Steps != 2 {
		t.Errorf("end %+v, %v", end, err)
	}
	if m := last(model.Requests[1]); m.Role != llm.Observer || !m.Failed || !strings.Contains(m.Text, "neither a call nor an answer") {
		t.Errorf("the model is told %+v", m)
	}

	if got := of[react.Step](events); got[0].Of != 8 || got[1].Of != 9 {
		t.Errorf("steps %v, want one more after the empty answer", got)
	}

	model = llmtest.New(turn{}, turn{}, turn{Text: "too late"})
	events, end, err = collect(t, &react.Loop{Model: model}, react.Task{})
	if err != nil || end.Reason != react.NoAnswer || len(of[react.Answer](events)) != 0 || len(model.Requests) != 2 {
		t.Errorf("end %+v, %v", end, err)
	}

	model = llmtest.New(turn{}, turn{Text: "42"}) // at the last step too
	events, end, err = collect(t, &react.Loop{Model: model, Limits: react.Limits{Steps: 1}}, react.Task{})
	if err != nil || answer(t, events) != "42" || end.Steps != 2 {
		t.Errorf("end %+v, %v", end, err)
	}
	if m := last(model.Requests[1]); !strings.Contains(m.Text, "the answer was empty") {
		t.Errorf("the model is told %+v", m)
	}
}

// TestMistakes: whatever is wrong with a call, the model is told what to change, and the
// run goes on.
func TestMistakes(t *testing.T) {
	for _, c := range []struct{ name, tool, arguments, want string }{
		{"unknown tool", "readfile", `{"path": "a"}`, `error: there is no tool "readfile". Did you mean read_file? The tools are: calc, read_file, write_file, panic, exit`},
		{"tool out of nowhere", "get_weather", `{}`, `error: there is no tool "get_weather". The tools are: calc, read_file`},
		{"invalid JSON", "read_file", `{"path": "a`, `error: read_file: the arguments are not valid JSON: they end too early. Call read_file again like this: {"path": "..."}`},
		{"words for arguments", "write_file", `the file a`, `error: write_file: the arguments are not valid JSON`},
		{"missing argument", "write_file", `{"path": "a"}`, `error: write_file: "text" is missing. Call write_file again like this: {"path": "a", "text": "..."}`},
		{"wrong type", "read_file", `{"path": {"type": "string"}}`, `error: read_file: "path" must be a text, not an object`},
		{"extra argument", "read_file", `{"path": "a", "mode": "r"}`, `error: read_file: "mode" is not an argument of read_file, which takes path. Call read_file again like this: {"path": "a"}`},
		{"no arguments taken", "panic", `{"a": 1}`, `error: panic: panic takes no arguments`},
		{"tool error", "calc", `{"expr": "x"}`, `error: calc: cannot read "x" at character 1: calc sees no files`},
		{"panic", "panic", `{}`, `error: panic: the tool itself broke: ouch; try other arguments or go on without it`},
		{"ended goroutine", "exit", `{}`, `error: exit: the tool ended without a result`},
		{"no name", "", `{}`, `error: there is no tool "". The tools are`},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := &bench{}
			model := llmtest.New(turn{Calls: call(c.tool, c.arguments)}, turn{Text: "sorry"})
			events, end, err := collect(t, &react.Loop{Model: model, Tools: b.tools(), Profile: g4}, react.Task{})
			if err != nil || answer(t, events) != "sorry" {
				t.Fatalf("end %+v, %v", end, err)
			}
			got := of[react.Observation](events)[0]
			if !got.Failed || !strings.HasPrefix(got.Text, c.want) {
				t.Errorf("told %q\nwant %q", got.Text, c.want)
			}
			if m := last(model.Requests[1]); m.Text != got.Text || !m.Failed || m.Role != llm.Observer {
				t.Errorf("the model got %+v", m)
			}
			if _, err := json.Marshal(events); err != nil {
				t.Errorf("the events cannot be logged: %v", err)
			}
			checkHistory(t, end.Messages)
		})
	}
}

func TestNoTools(t *testing.T) {
	model := llmtest.New(turn{Calls: call("calc", `{}`)}, turn{Text: "1"})
	events, _, err := collect(t, &react.Loop{Model: model}, react.Task{})
	if got := of[react.Observation](events)[0].Text; err != nil || got != `error: there is no tool "calc", and no other. Answer without tools` {
		t.Errorf("%q, %v", got, err)
	}
}

// TestApprove: the hook sees the call as the tool will get it; what it refuses is not run
// and the model is told why.
func TestApprove(t *testing.T) {
	b := &bench{}
	var seen []string
	loop := &react.Loop{Tools: b.tools(), Profile: g4, Approve: func(_ context.Context, c llm.Call) error {
		seen = append(seen, c.Name+" "+string(c.Arguments))
		if strings.Contains(string(c.Arguments), "secret") {
			return errors.New("secret files are not for you")
		}
		return nil
	}}
	model := llmtest.New(
		turn{Calls: call("read_file", `{"Path": "secret"}`)},
		turn{Calls: call("read_file", `{"path": "a"}`)},
		turn{Calls: call("read_file", `{"pfad": "a"}`)}, // never asked about: it cannot run
		turn{Text: "done"},
	)
	loop.Model = model
	events, end, err := collect(t, loop, react.Task{})
	if err != nil || end.Calls != 1 || !slices.Equal(b.runs, []string{"read_file a"}) {
		t.Errorf("end %+v, %v, runs %q", end, err, b.runs)
	}
	if want := []string{`read_file {"path":"secret"}`, `read_file {"path":"a"}`}; !slices.Equal(seen, want) {
		t.Errorf("asked about %q, want %q", seen, want)
	}
	if got := of[react.Observation](events)[0]; !got.Failed || got.Text != "error: read_file was not allowed: secret files are not for you. Go on without this call, or answer" {
		t.Errorf("told %+v", got)
	}
}

// TestSeveralCalls: the calls of one turn run in order; one that was made is not run
// again, and the others are.
func TestSeveralCalls(t *testing.T) {
	b := &bench{}
	read := func(names ...string) []llm.Call {
		var calls []llm.Call
		for _, n := range names {
			calls = append(calls, call("read_file", `{"path": "`+n+`"}`)...)
		}
		return calls
	}
	model := llmtest.New(turn{Calls: read("a", "b", "a")}, turn{Calls: read("b", "c")}, turn{Text: "done"})
	events, end, err := collect(t, &react.Loop{Model: model, Tools: b.tools(), Profile: react.Profile{Format: "hermes"}}, react.Task{})
	if err != nil || end.Calls != 3 || end.Forced != "" {
		t.Errorf("end %+v, %v", end, err)
	}
	if want := []string{"read_file a", "read_file b", "read_file c"}; !slices.Equal(b.runs, want) {
		t.Errorf("ran %q, want %q", b.runs, want)
	}
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, e.Kind())
	}
	want := "step call observation call observation call observation step call observation call observation step text answer"
	if got := strings.Join(kinds, " "); got != want {
		t.Errorf("events %s\nwant   %s", got, want)
	}
	calls, observations := of[react.Call](events), of[react.Observation](events)
	for i, c := range calls {
		if o := observations[i]; o.ID != c.ID || o.Name != c.Name {
			t.Errorf("call %+v is followed by %+v", c, o)
		}
	}
	checkHistory(t, end.Messages)
}

// checkHistory checks that a conversation can be gone on with: every call has a name of its
// own and one result, and all of it can be written as JSON.
func checkHistory(t *testing.T, messages []llm.Message) {
	t.Helper()
	open := make(map[string]bool)
	seen := make(map[string]bool)
	for _, m := range messages {
		if m.Role == llm.System {
			t.Error("the instruction is in the history")
		}
		for _, c := range m.Calls {
			if c.ID == "" || seen[c.ID] {
				t.Errorf("call %q is not named once", c.ID)
			}
			open[c.ID], seen[c.ID] = true, true
		}
		if m.Role == llm.Observer && m.CallID != "" {
			if !open[m.CallID] {
				t.Errorf("a result for %q, which waits for none", m.CallID)
			}
			delete(open, m.CallID)
		}
	}
	if len(open) > 0 {
		t.Errorf("calls without a result: %v", open)
	}
	if _, err := json.Marshal(messages); err != nil {
		t.Error(err)
	}
}
