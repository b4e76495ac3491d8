package react

import (
	"encoding/json"
	"time"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/tools"
)

// Event is something that happened in a run: a Step, Thought, Text, Call, Observation,
// Retry, Notice, Answer or End.
type Event interface {
	// Kind names the event in logs: "step", "thought", "text", "call", "observation",
	// "retry", "notice", "answer" or "end".
	Kind() string
}

// Step begins a turn of the model.
type Step struct {
	N  int `json:"n"`  // from 1
	Of int `json:"of"` // how many there may be
}

// Thought is more of what the model reasons in this turn.
type Thought struct {
	Text string `json:"text"`
}

// Text is more of what the model says in this turn. It is the answer if an Answer follows.
type Text struct {
	Text string `json:"text"`
}

// Call is a call that the model makes. An Observation with its ID follows.
type Call struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"` // repaired, as the tool gets them, if they can be read
}

// Observation is what the model is told of a call, or of a reply that was not usable (ID
// and Name are then "").
type Observation struct {
	ID      string        `json:"id,omitempty"`
	Name    string        `json:"name,omitempty"`
	Text    string        `json:"text"`
	Failed  bool          `json:"failed,omitempty"` // Text says what to change
	Elapsed time.Duration `json:"elapsed"`          // of the tool; in nanoseconds

	Artefacts []tools.Artefact `json:"artefacts,omitempty"` // files that the call left for the user
}

// Retry takes back what the model thought and said since the Step: it was thrown away and
// the turn is decoded again.
type Retry struct {
	Why string `json:"why"`
}

// Notice tells the user, not the model, something.
type Notice struct {
	Text string `json:"text"`
}

// Answer is the answer to the task, complete. Only an End follows.
type Answer struct {
	Text string `json:"text"`
}

// Reason says why a run ended.
type Reason string

// The reasons.
const (
	Answered  Reason = "answered"
	Limited   Reason = "limit"     // Limit says which; Partial has what is known
	NoAnswer  Reason = "no_answer" // the model gave none, or none that fits Task.Schema, when it was asked again
	Cancelled Reason = "cancelled" // the context ended; its error follows
	Failed    Reason = "failed"    // the model failed; its error follows
)

// End is the last event of every run that is not abandoned by its reader.
type End struct {
	Reason Reason `json:"reason"`
	Limit  string `json:"limit,omitempty"` // Limited: "steps", "tokens", "tool_calls" or "time"

	// Forced says why tools were taken away before the answer, "" if they were not: "steps",
	// "tool_calls", "context", "repeat" for calls that were made again and again, or "form" for an answer that
	// did not have that of the task.
	Forced string `json:"forced,omitempty"`

	// Partial is what is known where there is no answer: the last results, and words that
	// were cut off.
	Partial string `json:"partial,omitempty"`

	Steps   int           `json:"steps"`
	Calls   int           `json:"calls"`   // tools that were run
	Retries int           `json:"retries"` // turns that were thrown away
	Usage   llm.Usage     `json:"usage"`
	Elapsed time.Duration `json:"elapsed"` // in nanoseconds

	// Artefacts are the files that the calls left for the user, each once, the newest last.
	Artefacts []tools.Artefact `json:"artefacts,omitempty"`

	// Messages is the conversation with this run at its end, as Task.History of the next
	// run wants it: without the instruction, every call answered.
	Messages []llm.Message `json:"messages"`
}

func (Step) Kind() string        { return "step" }
func (Thought) Kind() string     { return "thought" }
func (Text) Kind() string        { return "text" }
func (Call) Kind() string        { return "call" }
func (Observation) Kind() string { return "observation" }
func (Retry) Kind() string       { return "retry" }
func (Notice) Kind() string      { return "notice" }
func (Answer) Kind() string      { return "answer" }
func (End) Kind() string         { return "end" }
