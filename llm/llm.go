// Package llm has the words that everybody here shares: messages, calls, tools,
// requests, and the Model that answers them. It imports nothing of ours, so that an
// engine, a remote model and a script in a test are the same thing to an agent.
package llm

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"
)

// Model answers requests. The local engine is one; so is a remote server, and so is
// llmtest.Script.
type Model interface {
	Info() Info

	// Generate answers r. The chunks arrive as the model writes; the last one has End
	// set, unless an error ends the sequence first. Breaking out of the loop, or the end
	// of ctx, stops the model.
	Generate(ctx context.Context, r *Request) iter.Seq2[Chunk, error]
}

// Info says what a model is.
type Info struct {
	Name         string `json:"name"`         // such as "Qwen2.5 Coder 1.5B Instruct"
	Architecture string `json:"architecture"` // such as "qwen2"
	Parameters   int64  `json:"parameters"`   // how many weights
	Context      int    `json:"context"`      // how many tokens fit, prompt and answer together
}

// Request is one question to a model.
type Request struct {
	Messages []Message
	Tools    []Tool

	// Format names the chat format (llm/chat) that messages and calls are written in;
	// "" is the one that the model was trained on.
	Format string

	// Thinking says whether a model that may reason in a block of its own before it answers
	// does so; nil leaves it to the model.
	Thinking *Thinking

	Choice    *Choice         // what the answer may be; nil allows words and every tool
	Schema    json.RawMessage // JSON Schema that an answer in words must satisfy; nil is plain text. The end of MaxTokens cannot cut it
	Grammar   *Grammar        // what an answer in words must be otherwise; nil is anything. In formats but "turn", no tool may be called then
	Stop      []string        // strings that end the answer and are left out of it
	MaxTokens int             // of the answer; 0 is what the context has room for
	Sampling  *Sampling       // nil is greedy

	// EndLoops ends an answer that says the same few words over and over, as if there were
	// no room left. A model that cannot tell does not.
	EndLoops bool
}

// Thinking is about the block in which a model reasons before it answers. In formats that have
// no such block it changes nothing.
type Thinking struct {
	Off bool // the block stays empty

	// Budget is how many tokens the block may have. Then the model is told that it has thought
	// for long enough, and answers. 0 is as many as it wants.
	Budget int
}

// Check reports what is wrong with t, which may be nil.
func (t *Thinking) Check() error {
	switch {
	case t == nil:
		return nil
	case t.Budget < 0:
		return fmt.Errorf("a thinking budget of %d tokens, want 0 or more", t.Budget)
	case t.Off && t.Budget > 0:
		return fmt.Errorf("thinking is off and has a budget of %d tokens, want one of the two", t.Budget)
	}
	return nil
}

// Grammar is a set of texts, of which an answer is one. Exactly one of its fields is set.
type Grammar struct {
	Regex string // a regular expression of ECMA-262 that the whole answer matches
	GBNF  string // rules in the notation of llama.cpp, from the rule root on
}

// Choice narrows what an answer may be.
type Choice struct {
	Tools  []string // the tools that may be called; nil is all of them, empty is none
	NoText bool     // words are no answer: a tool must be called

	// CallAt decides between a call and words before the first token: the answer is calls if the
	// probability of one (End.Odds) is at least this, from 0, always, to 1, and words otherwise. CallFreely leaves it to what
	// the model begins. nil is DefaultCallAt where an answer to a user is written by a model whose probabilities were fitted,
	// and leaves it to the model elsewhere. In the format turn, where a thought comes first, a tool may be called from this on,
	// and is not below.
	CallAt *float64
}

const (
	// DefaultCallAt is the probability at which a model whose probabilities were fitted calls by default.
	DefaultCallAt = 0.5

	// CallFreely as CallAt leaves it to the model what an answer is.
	CallFreely = -1.0
)

// Sampling says how a token is chosen. A nil field is the model's own default; all of
// them nil is greedy.
type Sampling struct {
	Temperature *float64 // 0 is greedy
	TopK        *int     // 0 is off
	TopP        *float64 // 1 is off
	MinP        *float64 // 0 is off
	Repetition  *float64 // 1 is off
	Presence    *float64 // 0 is off
	Frequency   *float64 // 0 is off
	Seed        *uint64
}

// Role says who speaks.
type Role string

// The four speakers.
const (
	System    Role = "system"
	User      Role = "user"
	Assistant Role = "assistant"
	Observer  Role = "tool" // a tool's result
)

// Message is one turn of a conversation.
type Message struct {
	Role    Role   `json:"role"`
	Text    string `json:"text,omitempty"`
	Thought string `json:"thought,omitempty"` // Assistant: what it reasoned before it spoke
	Calls   []Call `json:"calls,omitempty"`   // Assistant: the tools it calls, in order

	// Raw is an assistant's turn exactly as the model wrote it. A renderer of the same
	// format repeats it byte for byte, so that what the model has read stays read.
	Raw string `json:"raw,omitempty"`

	Name   string `json:"name,omitempty"`    // Observer: the tool
	CallID string `json:"call_id,omitempty"` // Observer: the call that this answers
	Failed bool   `json:"failed,omitempty"`  // Observer: the call did not work; Text says what to change
}

// Call asks for a tool to be run.
type Call struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"` // a JSON object
}

// Tool is what a model is told of a tool.
type Tool struct {
	Name        string `json:"name"`
	Description string `json:"description"`

	// Parameters is the JSON Schema of the arguments, an object; its keys keep their order
	// in prompts. nil is an object without properties.
	Parameters json.RawMessage `json:"parameters"`

	// Code, if set, says that one string parameter is a program, which some formats let
	// the model write as a block of lines in place of a JSON string.
	Code *Code `json:"code,omitempty"`
}

// Code is a parameter that holds a program.
type Code struct {
	Language  string `json:"language"`  // the word after the fence, such as "python"
	Parameter string `json:"parameter"` // its name, such as "code"
}

// Chunk is a part of an answer. One of its fields is set.
type Chunk struct {
	Thought string // more of the reasoning
	Text    string // more of the answer
	Call    *Call  // a call, complete
	End     *End   // the end of the answer
}

// End closes an answer.
type End struct {
	Reason  Reason
	Message Message // the whole answer, with Raw
	Tokens  []int32 // of the answer, without one that ends it; nil if the model does not tell
	Usage   Usage

	// Odds are the probabilities by which it was decided what the answer is, as far as that was
	// done: see Choice.CallAt.
	Odds Odds
}

// Odds are what a model gives, at the places where an answer is decided.
type Odds struct {
	Call    float64   // to a call in place of words
	First   float64   // of what that is made from: to tokens that begin a call; in the format turn, to needing something
	Name    float64   // and to the names of tools in place of others, where one would stand; 0 if that was not asked
	Several float64   // to a list of calls in place of one
	More    []float64 // to another call, after each
}

// Reason says why an answer ended.
type Reason string

// The reasons.
const (
	Stop      Reason = "stop"       // the model was done, or a stop string came
	ToolCalls Reason = "tool_calls" // it was done and calls tools
	Length    Reason = "length"     // no room was left; what a Schema binds is valid all the same, if the shortest such answer had room
)

// Usage counts tokens and time.
type Usage struct {
	Prompt    int // tokens of the prompt, the cached ones included
	Cached    int // of these, how many were in the cache
	Generated int // tokens of the answer, the forced ones included
	Forced    int // of these, how many a grammar left no choice about: each is a pass through the model saved
	Guessed   int // tokens that were computed ahead, in case they come
	Accepted  int // of these, how many came: each is a pass through the model saved

	Prefill time.Duration // reading the prompt
	Decode  time.Duration // writing the answer
}

// Add returns the sum of two usages.
func (u Usage) Add(v Usage) Usage {
	return Usage{
		Prompt: u.Prompt + v.Prompt, Cached: u.Cached + v.Cached,
		Generated: u.Generated + v.Generated, Forced: u.Forced + v.Forced,
		Guessed: u.Guessed + v.Guessed, Accepted: u.Accepted + v.Accepted,
		Prefill: u.Prefill + v.Prefill, Decode: u.Decode + v.Decode,
	}
}
