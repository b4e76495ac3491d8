package bfcl

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"sync"

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
	Both   bool     // each question is asked freely and forced, which is one answer where the free one calls
	CallAt *float64 // as in llm.Choice
}

// forcedMark is what the ids and the groups of forced answers have behind them, with Options.Both.
const forcedMark = " forced"

// Cases makes a case of each item: the model is asked, greedily, and the calls that it makes
// are checked. Scores of a result:
//
//	valid   1 if there are calls and each fits the schema of a function there is; left out
//	        where the answer makes none
//	call, first, name, several, more
//	        the probabilities of llm.Odds, as far as they were asked; more is that after the first call
//	strict  1 if the answer is also right when only JSON in <tool_call> tags counts as a call
func Cases(items []Item, o Options) []eval.Case {
	var cases []eval.Case
	for i := range items {
		it := &items[i]
		add := func(mark string, ask func(context.Context, llm.Model) (*llm.End, error)) {
			cases = append(cases, eval.Case{ID: it.ID + mark, Group: o.Group + mark, Run: func(ctx context.Context, m llm.Model) (eval.Result, error) {
				r := eval.Result{Want: it.Want}
				end, err := ask(ctx, m)
				if err == nil {
					it.judge(end, &r)
				}
				return r, err
			}})
		}
		if !o.Both {
			add("", func(ctx context.Context, m llm.Model) (*llm.End, error) { return it.ask(ctx, m, o) })
			continue
		}
		p := &pair{it: it, o: o}
		add("", p.free)
		add(forcedMark, p.forced)
	}
	return cases
}

// pair asks one question freely and forced.
type pair struct {
	it *Item
	o  Options

	mu  sync.Mutex // the second waits for the first, if that is under way
	end *llm.End   // what the free answer was, if it was asked in this run
}

func (p *pair) free(ctx context.Context, m llm.Model) (*llm.End, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var err error
	p.end, err = p.it.ask(ctx, m, p.o)
	return p.end, err
}

// forced is the free answer where it was decided that this is a call: what follows is the same.
func (p *pair) forced(ctx context.Context, m llm.Model) (*llm.End, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.end != nil && p.end.Odds.Call > 0 && len(p.end.Message.Calls) > 0 {
		return p.end, nil
	}
	o := p.o
	o.Forced = true
	return p.it.ask(ctx, m, o)
}

func (it *Item) ask(ctx context.Context, m llm.Model, o Options) (*llm.End, error) {
	request := &llm.Request{Messages: it.Messages, Tools: it.Tools, Format: o.Format, MaxTokens: maxTokens}
	switch {
	case o.Forced:
		request.Choice = &llm.Choice{NoText: true}
	case o.CallAt != nil:
		request.Choice = &llm.Choice{CallAt: o.CallAt}
	}
	return eval.Ask(ctx, m, request)
}

// judge says what an answer is worth.
func (it *Item) judge(end *llm.End, r *eval.Result) {
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
	if len(end.Odds.More) > 0 {
		r.Scores["more"] = end.Odds.More[0]
	}
	if len(calls) > 0 {
		err := it.valid(calls)
		r.Scores["valid"] = number(err == nil)
		if err != nil {
			r.Why += "; invalid: " + err.Error()
		}
	}
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
