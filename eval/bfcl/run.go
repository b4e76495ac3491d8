package bfcl

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/qwen-agent/qwen-agent/eval"
	"github.com/qwen-agent/qwen-agent/llm"
)

// maxTokens of an answer: the longest right one of the data has about 300.
const maxTokens = 512

// Options says how the questions are asked. The zero value asks as an application would that
// knows nothing of what will come.
type Options struct {
	Group  string   // of the cases, such as the category
	Format string   // of the chat; "" is the model's own
	Forced bool     // words are no answer: a function must be called
	CallAt *float64 // as in llm.Choice
}

// Cases makes a case of each item: the model is asked, greedily, and the calls that it makes
// are checked. Scores of a result:
//
//	valid   1 if there are calls and each fits the schema of a function there is; left out
//	        where the answer makes none
//	calling the probability that the model gave to beginning a call, with CallAt
//	strict  1 if the answer is also right when only JSON in <tool_call> tags counts as a call
func Cases(items []Item, o Options) []eval.Case {
	cases := make([]eval.Case, len(items))
	for i := range items {
		it := &items[i]
		cases[i] = eval.Case{ID: it.ID, Group: o.Group, Run: func(ctx context.Context, m llm.Model) (eval.Result, error) {
			return it.ask(ctx, m, o)
		}}
	}
	return cases
}

func (it *Item) ask(ctx context.Context, m llm.Model, o Options) (eval.Result, error) {
	r := eval.Result{Want: it.Want}
	request := &llm.Request{Messages: it.Messages, Tools: it.Tools, Format: o.Format, MaxTokens: maxTokens}
	if o.Forced {
		request.Choice = &llm.Choice{NoText: true}
	}
	if o.CallAt != nil {
		request.Choice = &llm.Choice{CallAt: o.CallAt}
	}
	end, err := eval.Ask(ctx, m, request)
	if err != nil {
		return r, err
	}
	calls := end.Message.Calls
	r.Got, r.Raw = calls, end.Message.Raw
	r.Count(end.Usage)
	r.OK, r.Why = it.Check(calls)
	if !r.OK && end.Reason == llm.Length {
		r.Why += fmt.Sprintf("; cut off at %d tokens", maxTokens)
	}
	strict, _ := it.Check(tagged(r.Raw))
	r.Scores = map[string]float64{"strict": number(strict)}
	for name, p := range map[string]float64{"call": end.Odds.Call, "first": end.Odds.First, "name": end.Odds.Name, "several": end.Odds.Several} {
		if p > 0 {
			r.Scores[name] = p
		}
	}
	for i, p := range end.Odds.More {
		r.Scores[fmt.Sprintf("more_%d", i+1)] = p
	}
	if len(calls) > 0 {
		err := it.valid(calls)
		r.Scores["valid"] = number(err == nil)
		if err != nil {
			r.Why += "; invalid: " + err.Error()
		}
	}
	return r, nil
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// valid says what is wrong with the form of calls, by the schemas that the model was shown.
func (it *Item) valid(calls []llm.Call) error {
	for _, c := range calls {
		schema, err := it.schema(c.Name)
		if err != nil {
			return err
		}
		var args any
		if err = json.Unmarshal(c.Arguments, &args); err == nil {
			err = schema.Validate(args)
		}
		if err != nil {
			return fmt.Errorf("arguments of %s: %w", c.Name, err)
		}
	}
	return nil
}

func (it *Item) schema(name string) (*jsonschema.Resolved, error) {
	for _, t := range it.Tools {
		if t.Name != name {
			continue
		}
		var schema jsonschema.Schema
		if err := json.Unmarshal(t.Parameters, &schema); err != nil {
			return nil, err
		}
		return schema.Resolve(nil)
	}
	return nil, fmt.Errorf("there is no function %q", name)
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
