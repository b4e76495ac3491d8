package react

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// turn has the model write one turn. A turn that is doubted, or only repeats calls, is thrown away and
// decoded again with other tools if the profile says so.
func (r *run) turn(ctx context.Context) (*llm.End, error) {
	var without, only []string // tools left out of this turn, and those of which it must call one
	sampling := r.loop.Sampling
	if d := r.beside(ctx); d.kind != "" {
		end := new(llm.End)
		return end, r.replace(end, d)
	}
	for {
		end, err := r.generate(ctx, r.choice(without, only), sampling)
		if err != nil || r.forced != "" {
			return end, err
		}
		calls := end.Message.Calls
		if d := r.doubt(ctx, end); d.kind != "" {
			r.doubted[d.kind] = true
			if err := r.emit(Retry{Why: d.why}); err != nil {
				return nil, err
			}
			if d.call != nil {
				return end, r.replace(end, d)
			}
			if d.only != nil {
				only = d.only
			}
			if sampling == nil {
				sampling = d.sampling
			}
			continue
		}
		if r.retries >= r.profile.Redecode || !r.isRepeat(calls) {
			return end, nil
		}
		r.retries++
		if err := r.emit(Retry{Why: fmt.Sprintf("%s was already called with these arguments", calls[0].Name)}); err != nil {
			return nil, err
		}
		if r.retries == r.profile.Redecode {
			r.force("repeat")
			continue
		}
		for _, c := range calls {
			without = append(without, c.Name)
		}
		if only = slices.DeleteFunc(only, func(name string) bool { return slices.Contains(without, name) }); len(only) == 0 {
			only = nil
		}
	}
}

// replace puts a call in the place of what the model wrote.
func (r *run) replace(end *llm.End, d doubt) error {
	r.given++
	end.Reason = llm.ToolCalls
	end.Message = llm.Message{Role: llm.Assistant, Thought: d.thought, Calls: r.name([]llm.Call{*d.call})}
	return r.emit(Thought{Text: d.thought})
}

// choice says what a turn may be.
func (r *run) choice(without, only []string) *llm.Choice {
	switch {
	case r.forced != "":
		return &llm.Choice{Tools: []string{}}
	case only != nil:
		return &llm.Choice{Tools: only, NoText: true}
	case len(without) == 0 && r.loop.CallAt == nil:
		return nil
	case len(without) == 0:
		return &llm.Choice{CallAt: r.loop.CallAt}
	}
	left := []string{}
	for _, s := range r.specs {
		if !slices.Contains(without, s.Name) {
			left = append(left, s.Name)
		}
	}
	return &llm.Choice{Tools: left, CallAt: r.loop.CallAt}
}

// generate asks the model once and passes its words on as they come.
func (r *run) generate(ctx context.Context, choice *llm.Choice, sampling *llm.Sampling) (*llm.End, error) {
	most, err := r.room()
	if err != nil {
		return nil, err
	}
	request := &llm.Request{
		Messages: r.prompt(), Tools: r.specs, Format: r.profile.request(), Choice: choice,
		Schema: r.task.Schema, MaxTokens: most, Sampling: sampling, Thinking: r.loop.Thinking, EndLoops: true,
	}
	if r.held() {
		request.Grammar = r.task.Grammar
	}
	var end *llm.End
	var thought, text strings.Builder
	var calls []llm.Call
	for chunk, err := range r.loop.Model.Generate(ctx, request) {
		if err != nil {
			return nil, err
		}
		switch {
		case chunk.Thought != "":
			thought.WriteString(chunk.Thought)
			err = r.emit(Thought{Text: chunk.Thought})
		case chunk.Text != "":
			text.WriteString(chunk.Text)
			err = r.emit(Text{Text: chunk.Text})
		case chunk.Call != nil:
			calls = append(calls, *chunk.Call)
		case chunk.End != nil:
			e := *chunk.End
			end = &e
		}
		if err != nil {
			return nil, err
		}
	}
	if end == nil {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return nil, errors.New("the model stopped without an end of its answer")
	}
	r.last = end.Usage
	r.usage = r.usage.Add(end.Usage)
	m := &end.Message
	m.Role = llm.Assistant
	if m.Thought == "" {
		m.Thought = thought.String()
	}
	if m.Text == "" {
		m.Text = text.String()
	}
	if len(m.Calls) == 0 {
		m.Calls = calls
	}
	m.Calls = r.name(m.Calls)
	return end, nil
}

// name gives every call an ID that no other call of the conversation has.
func (r *run) name(calls []llm.Call) []llm.Call {
	taken := make(map[string]bool)
	for _, m := range r.messages {
		for _, c := range m.Calls {
			taken[c.ID] = true
		}
	}
	named := slices.Clone(calls)
	for i := range named {
		for n := len(taken) + 1; named[i].ID == "" || taken[named[i].ID]; n++ {
			named[i].ID = fmt.Sprintf("call_%d", n)
		}
		taken[named[i].ID] = true
	}
	return named
}

// prompt is the conversation as the model is asked to go on with it.
func (r *run) prompt() []llm.Message {
	var messages []llm.Message
	if r.task.Instruction != "" {
		messages = append(messages, llm.Message{Role: llm.System, Text: r.task.Instruction})
	}
	return append(messages, r.messages...)
}

// room returns how many tokens the next turn may have, 0 for as many as fit.
func (r *run) room() (int, error) {
	most := r.limits.Turn
	if r.limits.Tokens > 0 {
		left := r.limits.Tokens - r.usage.Generated
		if left <= 0 {
			return 0, r.stop("tokens")
		}
		if most <= 0 || left < most {
			most = left
		}
	}
	return max(most, 0), nil
}

// spare returns how many bytes of observations the context has room for, besides a turn of
// the model. A byte is at most one token.
func (r *run) spare() int {
	const reply = 512 // tokens
	context := r.loop.Model.Info().Context
	if context <= 0 {
		return r.limits.Result
	}
	return context - r.last.Prompt - r.last.Generated - r.unread - reply
}

// recorded returns a turn as it is kept: with arguments that can be written as JSON, also
// where the model garbled them.
func recorded(m llm.Message) llm.Message {
	m.Calls = slices.Clone(m.Calls)
	for i := range m.Calls {
		m.Calls[i].Arguments = safeJSON(m.Calls[i].Arguments)
	}
	return m
}
