package bfcl

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"regexp"
	"time"

	"github.com/qwen-agent/qwen-agent/llm"
)

// maxTokens of an answer: the longest right one of the data has about 300.
const maxTokens = 512

// Result is what a model made of one item.
type Result struct {
	ID        string     `json:"id"`
	OK        bool       `json:"ok"`
	Strict    bool       `json:"strict"` // right also if only <tool_call> tags count as calls
	Got       []llm.Call `json:"got"`
	Raw       string     `json:"raw"` // the answer as the model wrote it
	Want      []Want     `json:"want"`
	Why       string     `json:"why,omitempty"` // what is wrong
	Prompt    int        `json:"prompt_tokens"`
	Generated int        `json:"generated_tokens"`
	Seconds   float64    `json:"seconds"`
}

// Run asks model each item in turn, greedily and in the given chat format ("" is the
// model's own), and gives the results as they come. An error of the model ends it.
func Run(ctx context.Context, model llm.Model, items []Item, format string) iter.Seq2[Result, error] {
	return func(yield func(Result, error) bool) {
		for _, it := range items {
			r, err := ask(ctx, model, &it, format)
			if err != nil {
				yield(Result{}, fmt.Errorf("item %s: %w", it.ID, err))
				return
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

func ask(ctx context.Context, model llm.Model, it *Item, format string) (Result, error) {
	start := time.Now()
	var end *llm.End
	request := &llm.Request{Messages: it.Messages, Tools: it.Tools, Format: format, MaxTokens: maxTokens}
	for chunk, err := range model.Generate(ctx, request) {
		if err != nil {
			return Result{}, err
		}
		if chunk.End != nil {
			end = chunk.End
		}
	}
	if end == nil {
		return Result{}, fmt.Errorf("the answer has no end")
	}
	r := Result{
		ID: it.ID, Got: end.Message.Calls, Raw: end.Message.Raw, Want: it.Want,
		Prompt: end.Usage.Prompt, Generated: end.Usage.Generated, Seconds: time.Since(start).Seconds(),
	}
	r.OK, r.Why = it.Check(r.Got)
	r.Strict, _ = it.Check(tagged(r.Raw))
	return r, nil
}

var tag = regexp.MustCompile(`(?s)<tool_call>\n(.*?)\n</tool_call>`)

// tagged reads calls as a strict parser of the Hermes format does: only JSON between tags.
func tagged(raw string) (calls []llm.Call) {
	for _, m := range tag.FindAllStringSubmatch(raw, -1) {
		var c llm.Call
		if json.Unmarshal([]byte(m[1]), &c) == nil && c.Name != "" {
			calls = append(calls, c)
		}
	}
	return calls
}
