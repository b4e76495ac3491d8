package react_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/llmtest"
	"github.com/qwen-agent/qwen-agent/react"
	"github.com/qwen-agent/qwen-agent/tools"
)

// modelFunc is a model that is a function.
type modelFunc func(ctx context.Context, r *llm.Request, yield func(llm.Chunk, error) bool)

func (f modelFunc) Info() llm.Info { return llm.Info{Architecture: "script"} }
func (f modelFunc) Generate(ctx context.Context, r *llm.Request) iter.Seq2[llm.Chunk, error] {
	return func(yield func(llm.Chunk, error) bool) { f(ctx, r, yield) }
}

func TestToolCallLimit(t *testing.T) {
	b := &bench{}
	read := func(n string) []llm.Call { return call("read_file", `{"path": "`+n+`"}`) }
	model := llmtest.New(turn{Calls: read("a")}, turn{Calls: append(read("b"), read("c")...)}, turn{Text: "done"})
	events, end, err := collect(t, &react.Loop{Model: model, Tools: b.tools(), Limits: react.Limits{ToolCalls: 2}}, react.Task{})
	if err != nil || end.Calls != 2 || len(b.runs) != 2 || end.Reason != react.Answered || end.Forced != "tool_calls" {
		t.Errorf("end %+v, %v", end, err)
	}
	if got := of[react.Observation](events)[2]; !got.Failed || !strings.Contains(got.Text, "no more tools can be called") {
		t.Errorf("the third call: %+v", got)
	}
	if got := of[react.Notice](events); len(got) != 1 || !strings.Contains(got[0].Text, "limit of 2 tool calls") {
		t.Errorf("notices %v", got)
	}
	if choice(model.Requests[2]) != "" {
		t.Errorf("after the limit %q is allowed", choice(model.Requests[2]))
	}

	model = llmtest.New(turn{Calls: read("a")}, turn{Calls: read("b")}, turn{Calls: read("c")})
	_, end, err = collect(t, &react.Loop{Model: model, Tools: (&bench{}).tools(), Limits: react.Limits{ToolCalls: 1}}, react.Task{})
	if err != nil || end.Reason != react.Limited || end.Limit != "tool_calls" || end.Partial == "" {
		t.Errorf("end %+v, %v", end, err)
	}
}

func TestTokenLimit(t *testing.T) {
	b := &bench{} // a scripted turn has 10 tokens
	model := llmtest.New(turn{Calls: call("read_file", `{"path": "a"}`)}, turn{Calls: call("read_file", `{"path": "b"}`)}, turn{Text: "done"})
	_, end, err := collect(t, &react.Loop{Model: model, Tools: b.tools(), Limits: react.Limits{Tokens: 15, Turn: 12}}, react.Task{})
	if err != nil || end.Reason != react.Limited || end.Limit != "tokens" || end.Usage.Generated != 20 || len(model.Requests) != 2 {
		t.Errorf("end %+v, %v", end, err)
	}
	if got := end.Partial; got != "read_file({\"path\": \"a\"}): text of a\nread_file({\"path\": \"b\"}): text of b" {
		t.Errorf("partial %q", got)
	}
	if a, b := model.Requests[0].MaxTokens, model.Requests[1].MaxTokens; a != 12 || b != 5 {
		t.Errorf("turns of %d and %d tokens, want 12 and the 5 that are left", a, b)
	}
}

// TestCutOff: a reply that ran into its limit gets one more turn; then its words are the
// partial answer.
func TestCutOff(t *testing.T) {
	long := turn{Text: "It is a long", Reason: llm.Length}
	model := llmtest.New(long, turn{Text: "It is 42."})
	events, end, err := collect(t, &react.Loop{Model: model}, react.Task{})
	if err != nil || answer(t, events) != "It is 42." || !strings.Contains(last(model.Requests[1]).Text, "cut off after 10 tokens") {
		t.Errorf("end %+v, %v", end, err)
	}
	model = llmtest.New(long, long)
	events, end, err = collect(t, &react.Loop{Model: model}, react.Task{})
	if err != nil || end.Reason != react.Limited || end.Limit != "tokens" || end.Partial != "It is a long" || len(of[react.Answer](events)) != 0 {
		t.Errorf("end %+v, %v", end, err)
	}
}

// TestCutOffInForm: what a grammar brought to an end at the limit is not run if it is a call,
// whose arguments are cut, and is an answer if it fits the schema.
func TestCutOffInForm(t *testing.T) {
	b := &bench{}
	model := llmtest.New(turn{Calls: call("read_file", `{"path": ""}`), Reason: llm.Length}, turn{Text: "It is 42."})
	events, end, err := collect(t, &react.Loop{Model: model, Tools: b.tools()}, react.Task{})
	if err != nil || end.Calls != 0 || len(b.runs) != 0 || answer(t, events) != "It is 42." || !strings.Contains(last(model.Requests[1]).Text, "cut off") {
		t.Errorf("end %+v, %v, runs %v", end, err, b.runs)
	}
	schema := json.RawMessage(`{"type": "object", "properties": {"total": {"type": "number"}}, "required": ["total"]}`)
	model = llmtest.New(turn{Text: `{"total": 4}`, Reason: llm.Length})
	if events, _, err := collect(t, &react.Loop{Model: model}, react.Task{Schema: schema}); err != nil || answer(t, events) != `{"total": 4}` {
		t.Errorf("%v, %v", events, err)
	}
	model = llmtest.New(turn{Text: `{"total`, Reason: llm.Length}, turn{Text: `{"total": 42}`})
	if _, _, err := collect(t, &react.Loop{Model: model}, react.Task{Schema: schema}); err != nil || !strings.Contains(last(model.Requests[1]).Text, "cut off") {
		t.Errorf("the model is told %+v, %v", last(model.Requests[1]), err)
	}
}

func TestDefaults(t *testing.T) {
	model := llmtest.New(turn{Text: "1"}, turn{Text: "1"})
	_, _, err := collect(t, &react.Loop{Model: model}, react.Task{})
	if got := model.Requests[0].MaxTokens; err != nil || got != 1024 {
		t.Errorf("a turn of %d tokens, %v", got, err)
	}
	_, _, err = collect(t, &react.Loop{Model: model, Limits: react.Limits{Tokens: -1, Turn: -1, Steps: -1, Result: -1}}, react.Task{})
	if got := model.Requests[1].MaxTokens; err != nil || got != 0 {
		t.Errorf("without limits a turn of %d tokens, %v", got, err)
	}
}

func TestTimeLimit(t *testing.T) {
	b := &bench{}
	n := 0
	model := modelFunc(func(ctx context.Context, r *llm.Request, yield func(llm.Chunk, error) bool) {
		if n++; n == 1 {
			c := call("read_file", `{"path": "a"}`)[0]
			_ = yield(llm.Chunk{Call: &c}, nil) && yield(llm.Chunk{End: &llm.End{Reason: llm.ToolCalls}}, nil)
			return
		}
		<-ctx.Done()
		yield(llm.Chunk{}, fmt.Errorf("decode: %w", ctx.Err()))
	})
	begun := time.Now()
	_, end, err := collect(t, &react.Loop{Model: model, Tools: b.tools(), Limits: react.Limits{Time: 50 * time.Millisecond}}, react.Task{})
	if err != nil || end.Reason != react.Limited || end.Limit != "time" || end.Partial != `read_file({"path": "a"}): text of a` {
		t.Errorf("end %+v, %v", end, err)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}

	// A tool that does not look at its context is left behind.
	release := make(chan struct{})
	defer close(release)
	stuck := tools.New("stuck", "", func(context.Context, struct{}) (string, error) { <-release; return "", nil })
	_, end, err = collect(t, &react.Loop{Model: llmtest.New(turn{Calls: call("stuck", `{}`)}), Tools: []tools.Tool{stuck}, Limits: react.Limits{Time: 20 * time.Millisecond}}, react.Task{})
	if err != nil || end.Limit != "time" {
		t.Errorf("end %+v, %v", end, err)
	}
	checkHistory(t, end.Messages)
	if m := end.Messages[len(end.Messages)-1]; m.Role != llm.Observer || !strings.Contains(m.Text, "before the result of this call was known") {
		t.Errorf("the open call is answered by %+v", m)
	}
}

// TestCancel: the end of the context ends a run at once, wherever it is.
func TestCancel(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	for name, where := range map[string]struct {
		model llm.Model
		tool  func(context.Context, struct{}) (string, error)
		hook  func(context.Context, llm.Call) error
	}{
		"in the model": {model: modelFunc(func(ctx context.Context, _ *llm.Request, yield func(llm.Chunk, error) bool) {
			if yield(llm.Chunk{Thought: "go"}, nil) {
				<-ctx.Done()
				yield(llm.Chunk{}, ctx.Err())
			}
		})},
		"in a tool": {
			model: llmtest.New(turn{Thought: "go", Calls: call("tool", `{}`)}),
			tool:  func(ctx context.Context, _ struct{}) (string, error) { <-ctx.Done(); return "", ctx.Err() },
		},
		"in a tool that does not listen": {
			model: llmtest.New(turn{Thought: "go", Calls: call("tool", `{}`)}),
			tool:  func(context.Context, struct{}) (string, error) { <-release; return "", nil },
		},
		"while asking": {
			model: llmtest.New(turn{Thought: "go", Calls: call("tool", `{}`)}),
			tool:  func(context.Context, struct{}) (string, error) { t.Error("the tool ran"); return "", nil },
			hook:  func(ctx context.Context, _ llm.Call) error { <-ctx.Done(); return ctx.Err() },
		},
	} {
		t.Run(name, func(t *testing.T) {
			loop := &react.Loop{Model: where.model, Approve: where.hook}
			if where.tool != nil {
				loop.Tools = []tools.Tool{tools.New("tool", "", where.tool)}
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var at time.Time
			var end react.End
			var failure error
			for e, err := range loop.Run(ctx, react.Task{Question: "?", Instruction: "be quick"}) {
				switch e := e.(type) {
				case react.Thought:
					time.AfterFunc(20*time.Millisecond, func() { at = time.Now(); cancel() })
				case react.End:
					end = e
				}
				if err != nil {
					failure = err
				}
			}
			if took := time.Since(at); took > time.Second || at.IsZero() {
				t.Errorf("it ended %v after the cancellation", took)
			}
			if !errors.Is(failure, context.Canceled) || end.Reason != react.Cancelled {
				t.Errorf("end %+v, %v", end, failure)
			}
			checkHistory(t, end.Messages)
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	n := 0
	for _, err := range (&react.Loop{Model: llmtest.New()}).Run(ctx, react.Task{Question: "?"}) {
		if n++; n == 2 && !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	}
	if n != 2 { // End and the error: the model was not even asked
		t.Errorf("%d events of a run that was cancelled before", n)
	}
}

// TestAbandon: who breaks out of the events stops the model and leaves nothing running.
func TestAbandon(t *testing.T) {
	for stop := range 7 {
		stopped := false
		model := modelFunc(func(_ context.Context, r *llm.Request, yield func(llm.Chunk, error) bool) {
			defer func() { stopped = true }()
			c := call("calc", fmt.Sprintf(`{"expr": "%d"}`, len(r.Messages)))[0]
			_ = yield(llm.Chunk{Thought: "a"}, nil) && yield(llm.Chunk{Call: &c}, nil) && yield(llm.Chunk{End: &llm.End{}}, nil)
		})
		n := 0
		for range (&react.Loop{Model: model, Tools: (&bench{}).tools()}).Run(t.Context(), react.Task{Question: "?"}) {
			if n == stop {
				break
			}
			n++
		}
		if n != stop || stop > 1 && !stopped {
			t.Errorf("broke out after %d events, want %d; the model stopped: %v", n, stop, stopped)
		}
	}
}

// TestModelFails: only then a run ends with an error, after an End with what there is.
func TestModelFails(t *testing.T) {
	broken := errors.New("the model file is gone")
	model := llmtest.New(turn{Calls: call("read_file", `{"path": "a"}`)}, turn{Thought: "now", Err: broken})
	events, end, err := collect(t, &react.Loop{Model: model, Tools: (&bench{}).tools()}, react.Task{})
	if !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "step 2: ") || end.Reason != react.Failed || end.Partial == "" {
		t.Errorf("end %+v, %v", end, err)
	}
	if len(of[react.Thought](events)) != 1 {
		t.Error("what came before the error was not passed on")
	}
	silent := modelFunc(func(context.Context, *llm.Request, func(llm.Chunk, error) bool) {})
	if _, _, err := collect(t, &react.Loop{Model: silent}, react.Task{}); err == nil || !strings.Contains(err.Error(), "without an end") {
		t.Errorf("a model that says nothing: %v", err)
	}
}

func TestCannotRun(t *testing.T) {
	for want, c := range map[string]struct {
		loop react.Loop
		task react.Task
	}{
		"has no model":                   {react.Loop{}, react.Task{Question: "?"}},
		"has no question":                {react.Loop{Model: llmtest.New()}, react.Task{Question: " "}},
		`two tools have the name "calc"`: {react.Loop{Model: llmtest.New(), Tools: append((&bench{}).tools(), (&bench{}).tools()...)}, react.Task{Question: "?"}},
		"a schema and a grammar":         {react.Loop{Model: llmtest.New()}, react.Task{Question: "?", Schema: json.RawMessage(`{}`), Grammar: &llm.Grammar{Regex: "x"}}},
		"the schema of the answer":       {react.Loop{Model: llmtest.New()}, react.Task{Question: "?", Schema: json.RawMessage(`{"type": 1}`)}},
	} {
		n := 0
		for e, err := range c.loop.Run(t.Context(), c.task) {
			if n++; e != nil || err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, %v; want %q", e, err, want)
			}
		}
		if n != 1 {
			t.Errorf("%s: %d events, want the error alone", want, n)
		}
	}
}

// TestForm: where a model may call tools it is free, so that its answer is written once more under the task's
// grammar or schema; in the turn format, or without tools, the first one is under it.
func TestForm(t *testing.T) {
	g := &llm.Grammar{Regex: "[0-9]+"}
	calc := llmtest.Turn{Calls: llmtest.Call("double", `{"n": 21}`)}
	double := tools.New("double", "Doubles.", func(_ context.Context, a struct {
		N int `json:"n"`
	}) (int, error) {
		return 2 * a.N, nil
	})
	kit := []tools.Tool{double}
	model := llmtest.New(calc, llmtest.Turn{Text: "It is 42."}, llmtest.Turn{Text: "42"})
	events, end, err := collect(t, &react.Loop{Model: model, Tools: kit}, react.Task{Grammar: g})
	if err != nil || answer(t, events) != "42" || end.Forced != "form" || end.Steps != 3 {
		t.Errorf("answer %q, %+v, error %v", answer(t, events), end, err)
	}
	for i, r := range model.Requests {
		if free := r.Choice == nil; free == (i == 2) || (r.Grammar == nil) != free {
			t.Errorf("request %d: choice %+v, grammar %+v", i+1, r.Choice, r.Grammar)
		}
	}
	for _, loop := range []*react.Loop{
		{Model: llmtest.New(llmtest.Turn{Text: "42"})},
		{Model: llmtest.New(llmtest.Turn{Text: "42"}), Tools: kit, Profile: react.Profile{Format: "turn"}},
	} {
		events, _, err := collect(t, loop, react.Task{Grammar: g})
		if r := loop.Model.(*llmtest.Script).Requests; err != nil || answer(t, events) != "42" || len(r) != 1 || r[0].Grammar != g {
			t.Errorf("%d requests, error %v", len(r), err)
		}
	}
	model = llmtest.New(llmtest.Turn{Text: "It is 42."}, llmtest.Turn{Text: `{"total": 42}`})
	schema := json.RawMessage(`{"type": "object", "required": ["total"]}`)
	if _, end, err := collect(t, &react.Loop{Model: model, Tools: kit}, react.Task{Schema: schema}); err != nil || end.Reason != react.Answered || model.Requests[1].Choice == nil {
		t.Errorf("schema: %+v, error %v: want a second turn without tools", end, err)
	}
}

// TestSchema: an answer that does not fit gets one more turn.
func TestSchema(t *testing.T) {
	schema := json.RawMessage(`{"type": "object", "properties": {"total": {"type": "number"}}, "required": ["total"]}`)
	model := llmtest.New(turn{Text: "The total is 42."}, turn{Text: `{"total": 42}`})
	events, _, err := collect(t, &react.Loop{Model: model}, react.Task{Schema: schema})
	if err != nil || answer(t, events) != `{"total": 42}` || string(model.Requests[0].Schema) != string(schema) {
		t.Errorf("%v, %v", events, err)
	}
	if m := last(model.Requests[1]); !strings.Contains(m.Text, "does not fit") || !strings.Contains(m.Text, string(schema)) {
		t.Errorf("the model is told %+v", m)
	}
	model = llmtest.New(turn{Text: `{"total": "42"}`}, turn{Text: `{}`})
	if _, end, err := collect(t, &react.Loop{Model: model}, react.Task{Schema: schema}); err != nil || end.Reason != react.NoAnswer {
		t.Errorf("end %+v, %v", end, err)
	}
}

// TestPromptGrows: every request extends the one before, so that what a model has read
// stays read; the history of a run is where the next one goes on.
func TestPromptGrows(t *testing.T) {
	b := &bench{fail: map[string]bool{"x": true}}
	model := llmtest.New(
		turn{Calls: call("read_file", `{"path": "x"}`)}, turn{}, turn{Calls: call("read_file", `{"path": "a"}`)},
		turn{Calls: call("read_file", `{"path": "a"}`)}, turn{Calls: call("calc", `{"expr": "1+1"}`)}, turn{Text: "2"},
		turn{Calls: call("calc", `{"expr": "1+1"}`)}, turn{Text: "still 2"},
	)
	loop := &react.Loop{Model: model, Tools: b.tools(), Profile: g4}
	_, first, err := collect(t, loop, react.Task{Question: "How much?", Instruction: "Be exact."})
	if err != nil {
		t.Fatal(err)
	}
	_, second, err := collect(t, loop, react.Task{Question: "And now?", Instruction: "Be exact.", History: first.Messages})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range model.Requests {
		if m := r.Messages[0]; m.Role != llm.System || m.Text != "Be exact." {
			t.Errorf("request %d begins with %+v", i, m)
		}
		if i == 0 {
			continue
		}
		before := model.Requests[i-1].Messages
		if len(r.Messages) < len(before) {
			t.Fatalf("request %d is shorter than the one before", i)
		}
		for j, m := range before {
			if a, b := mustJSON(t, m), mustJSON(t, r.Messages[j]); a != b {
				t.Errorf("request %d has %s where the one before had %s", i, b, a)
			}
		}
	}
	checkHistory(t, second.Messages)
	if second.Calls != 1 || second.Retries != 0 { // a new task may make the calls of the last one
		t.Errorf("end %+v", second)
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestStreaming: words are passed on as they come, before the model has ended.
func TestStreaming(t *testing.T) {
	var got []string
	model := modelFunc(func(_ context.Context, _ *llm.Request, yield func(llm.Chunk, error) bool) {
		for _, c := range []llm.Chunk{{Thought: "a"}, {Thought: "b"}, {Text: "4"}, {Text: "2"}} {
			n := len(got)
			if !yield(c, nil) {
				return
			}
			if len(got) != n+1 {
				t.Errorf("the event of %+v came late", c)
			}
		}
		yield(llm.Chunk{End: &llm.End{Reason: llm.Stop, Usage: llm.Usage{Prompt: 3, Generated: 4}}}, nil)
	})
	var end react.End
	for e, err := range (&react.Loop{Model: model}).Run(t.Context(), react.Task{Question: "?"}) {
		if err != nil {
			t.Fatal(err)
		}
		switch e := e.(type) {
		case react.Thought:
			got = append(got, "thought "+e.Text)
		case react.Text:
			got = append(got, "text "+e.Text)
		case react.Answer:
			got = append(got, "answer "+e.Text)
		case react.End:
			end = e
		}
	}
	if want := "thought a,thought b,text 4,text 2,answer 42"; strings.Join(got, ",") != want {
		t.Errorf("%q, want %q", got, want)
	}
	if m := end.Messages[1]; m.Role != llm.Assistant || m.Thought != "ab" || m.Text != "42" || end.Usage.Generated != 4 {
		t.Errorf("end %+v", end)
	}
}

// TestContextFull: when the context of a model has no more room, it has to answer.
func TestContextFull(t *testing.T) {
	long := tools.New("long", "", func(context.Context, struct{}) (string, error) { return strings.Repeat("0123456789\n", 1000), nil })
	model := llmtest.New(turn{Calls: call("long", `{}`)}, turn{Text: "done"})
	model.About.Context = 3000
	events, end, err := collect(t, &react.Loop{Model: model, Tools: []tools.Tool{long}}, react.Task{})
	if err != nil || end.Forced != "context" || len(of[react.Notice](events)) != 1 {
		t.Errorf("end %+v, %v", end, err)
	}
	if got := of[react.Observation](events)[0].Text; len(got) > 3000-512 || !strings.Contains(got, "lines are left out here]") {
		t.Errorf("a result of %d bytes", len(got))
	}
}

// TestContextCounted: what the model has read is counted once: by the model.
func TestContextCounted(t *testing.T) {
	page := tools.New("page", "", func(_ context.Context, a struct {
		N int `json:"n"`
	}) (string, error) {
		return strings.Repeat("x", 1000), nil
	})
	model := modelFunc(func(_ context.Context, r *llm.Request, yield func(llm.Chunk, error) bool) {
		if choice(r) == "" && r.Choice != nil {
			_ = yield(llm.Chunk{Text: "done"}, nil) && yield(llm.Chunk{End: &llm.End{Reason: llm.Stop}}, nil)
			return
		}
		used := 0
		for _, m := range r.Messages {
			used += len(m.Text)
		}
		c := call("page", fmt.Sprintf(`{"n": %d}`, used))[0]
		_ = yield(llm.Chunk{Call: &c}, nil) && yield(llm.Chunk{End: &llm.End{Usage: llm.Usage{Prompt: used}}}, nil)
	})
	_, end, err := collect(t, &react.Loop{Model: withContext{model, 5000}, Tools: []tools.Tool{page}, Limits: react.Limits{Steps: 20}}, react.Task{})
	if err != nil || end.Forced != "context" || end.Calls != 5 { // 4 pages and 512 tokens fit; the fifth is cut
		t.Errorf("end %+v, %v", end, err)
	}
}

type withContext struct {
	llm.Model
	tokens int
}

func (m withContext) Info() llm.Info { return llm.Info{Context: m.tokens} }

// TestAtOnce: one Loop may work on several tasks.
func TestAtOnce(t *testing.T) {
	model := modelFunc(func(_ context.Context, r *llm.Request, yield func(llm.Chunk, error) bool) {
		if len(r.Messages) > 2 {
			_ = yield(llm.Chunk{Text: last(r).Text}, nil) && yield(llm.Chunk{End: &llm.End{Reason: llm.Stop}}, nil)
			return
		}
		c := call("calc", `{"expr": "`+r.Messages[0].Text+`"}`)[0]
		_ = yield(llm.Chunk{Call: &c}, nil) && yield(llm.Chunk{End: &llm.End{Reason: llm.ToolCalls}}, nil)
	})
	loop := &react.Loop{Model: model, Tools: (&bench{}).tools()[:1]}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for e, err := range loop.Run(context.Background(), react.Task{Question: fmt.Sprintf("%d*2", i)}) {
				if err != nil {
					t.Error(err)
				}
				if a, ok := e.(react.Answer); ok && a.Text != fmt.Sprint(2*i) {
					t.Errorf("%d*2 is answered by %s", i, a.Text)
				}
			}
		})
	}
	group.Wait()
}
