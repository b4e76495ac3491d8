package main

import (
	"encoding/json"
	"io"
	"time"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/react"
	"github.com/qwen-agent/qwen-agent/tools"
)

// writeJSON writes one value and a newline, with <, > and & as they are.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// runInfo is what is known of a run before it begins.
type runInfo struct {
	Task     string     `json:"task,omitempty"`
	File     string     `json:"file"`
	Model    string     `json:"model"`
	Question string     `json:"question"`
	Tools    []llm.Tool `json:"-"`
}

// runEnd is what every machine-readable form says of the end of a run.
type runEnd struct {
	Reason  react.Reason `json:"reason"`
	Limit   string       `json:"limit,omitempty"`
	Forced  string       `json:"forced,omitempty"`
	Partial string       `json:"partial,omitempty"`
	Error   string       `json:"error,omitempty"`
	Steps   int          `json:"steps"`
	Calls   int          `json:"calls"`
	Retries int          `json:"retries"`
	Usage   runUsage     `json:"usage"`
	Seconds float64      `json:"seconds"`

	Artefacts []tools.Artefact `json:"artefacts,omitempty"`
}

type runUsage struct {
	Prompt         int     `json:"prompt"`
	Cached         int     `json:"cached"`
	Generated      int     `json:"generated"`
	Forced         int     `json:"forced"`
	Guessed        int     `json:"guessed"`
	Accepted       int     `json:"accepted"`
	PrefillSeconds float64 `json:"prefill_seconds"`
	DecodeSeconds  float64 `json:"decode_seconds"`
}

func newRunEnd(end react.End, err error) runEnd {
	u := end.Usage
	e := runEnd{
		Reason: end.Reason, Limit: end.Limit, Forced: end.Forced, Partial: end.Partial,
		Steps: end.Steps, Calls: end.Calls, Retries: end.Retries, Seconds: seconds(end.Elapsed),
		Usage:     runUsage{u.Prompt, u.Cached, u.Generated, u.Forced, u.Guessed, u.Accepted, seconds(u.Prefill), seconds(u.Decode)},
		Artefacts: end.Artefacts,
	}
	if err != nil && end.Reason != react.Cancelled {
		e.Error = err.Error()
	}
	return e
}

// seconds keeps milliseconds.
func seconds(d time.Duration) float64 { return float64(d.Milliseconds()) / 1000 }

// jsonReporter prints one object at the end.
type jsonReporter struct {
	w          io.Writer
	info       runInfo
	structured bool // the answer is JSON

	turns  []turn
	answer string
}

// turn is one turn of the model in the object.
type turn struct {
	Step    int        `json:"step"`
	Thought string     `json:"thought,omitempty"`
	Text    string     `json:"text,omitempty"`
	Calls   []turnCall `json:"calls,omitempty"`
	Note    string     `json:"note,omitempty"` // what the model was told of a reply that was not usable
}

type turnCall struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
	Result    string          `json:"result"`
	Failed    bool            `json:"failed,omitempty"`
	Seconds   float64         `json:"seconds"`

	Artefacts []tools.Artefact `json:"artefacts,omitempty"`
}

func (r *jsonReporter) start() error { return nil }

func (r *jsonReporter) event(e react.Event) error {
	if s, ok := e.(react.Step); ok {
		r.turns = append(r.turns, turn{Step: s.N})
		return nil
	}
	if len(r.turns) == 0 {
		return nil
	}
	t := &r.turns[len(r.turns)-1]
	switch e := e.(type) {
	case react.Thought:
		t.Thought += e.Text
	case react.Text:
		t.Text += e.Text
	case react.Retry: // what was taken back is not told
		t.Thought, t.Text = "", ""
	case react.Call:
		t.Calls = append(t.Calls, turnCall{ID: e.ID, Name: e.Name, Arguments: e.Arguments})
	case react.Observation:
		for i := range t.Calls {
			if c := &t.Calls[i]; e.ID != "" && c.ID == e.ID {
				c.Result, c.Failed, c.Seconds, c.Artefacts = e.Text, e.Failed, seconds(e.Elapsed), e.Artefacts
				return nil
			}
		}
		t.Note = e.Text
	case react.Answer:
		r.answer, t.Text = e.Text, ""
	}
	return nil
}

func (r *jsonReporter) finish(end react.End, err error) error {
	var answer *string
	if end.Reason == react.Answered {
		answer = &r.answer
	}
	return writeJSON(r.w, struct {
		Answer *string         `json:"answer"` // null if there is none
		Output json.RawMessage `json:"output,omitempty"`
		runEnd
		runInfo
		Turns []turn `json:"turns"`
	}{answer, structuredOutput(r.structured, answer), newRunEnd(end, err), r.info, append([]turn{}, r.turns...)})
}

// structuredOutput is the answer to a task with an output schema, as JSON.
func structuredOutput(structured bool, answer *string) json.RawMessage {
	if !structured || answer == nil || !json.Valid([]byte(*answer)) {
		return nil
	}
	return json.RawMessage(*answer)
}

// eventReporter prints every event as an object on a line of its own.
type eventReporter struct {
	w          io.Writer
	info       runInfo
	structured bool
}

func (r *eventReporter) start() error {
	names := make([]string, len(r.info.Tools))
	for i, t := range r.info.Tools {
		names[i] = t.Name
	}
	return writeJSON(r.w, struct {
		Event string `json:"event"`
		runInfo
		Tools []string `json:"tools"`
	}{"start", r.info, names})
}

func (r *eventReporter) event(e react.Event) error {
	var line any
	switch e := e.(type) {
	case react.Step:
		line = struct {
			Event string `json:"event"`
			react.Step
		}{e.Kind(), e}
	case react.Thought:
		line = struct {
			Event string `json:"event"`
			react.Thought
		}{e.Kind(), e}
	case react.Text:
		line = struct {
			Event string `json:"event"`
			react.Text
		}{e.Kind(), e}
	case react.Call:
		line = struct {
			Event string `json:"event"`
			react.Call
		}{e.Kind(), e}
	case react.Observation:
		line = struct {
			Event   string  `json:"event"`
			ID      string  `json:"id,omitempty"`
			Name    string  `json:"name,omitempty"`
			Text    string  `json:"text"`
			Failed  bool    `json:"failed"`
			Seconds float64 `json:"seconds"`

			Artefacts []tools.Artefact `json:"artefacts,omitempty"`
		}{e.Kind(), e.ID, e.Name, e.Text, e.Failed, seconds(e.Elapsed), e.Artefacts}
	case react.Retry:
		line = struct {
			Event string `json:"event"`
			react.Retry
		}{e.Kind(), e}
	case react.Notice:
		line = struct {
			Event string `json:"event"`
			react.Notice
		}{e.Kind(), e}
	case react.Answer:
		line = struct {
			Event  string          `json:"event"`
			Text   string          `json:"text"`
			Output json.RawMessage `json:"output,omitempty"`
		}{e.Kind(), e.Text, structuredOutput(r.structured, &e.Text)}
	default:
		return nil
	}
	return writeJSON(r.w, line)
}

func (r *eventReporter) finish(end react.End, err error) error {
	return writeJSON(r.w, struct {
		Event string `json:"event"`
		runEnd
	}{"end", newRunEnd(end, err)})
}
