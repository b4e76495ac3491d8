package react

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qwen-agent/qwen-agent/internal/cut"
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/tools"
)

// act runs the calls of a turn in order. Each gets its observation.
func (r *run) act(ctx context.Context, calls []llm.Call) error {
	repeat := r.isRepeat(calls) // before they are made
	for _, c := range calls {
		if err := r.do(ctx, c); err != nil {
			return err
		}
	}
	switch {
	case repeat:
		r.force("repeat")
	case r.limits.ToolCalls > 0 && r.calls >= r.limits.ToolCalls:
		r.force("tool_calls")
		return r.emit(Notice{Text: fmt.Sprintf("the limit of %d tool calls is reached: the next turn has to answer", r.limits.ToolCalls)})
	case r.spare() < leastResult:
		r.force("context")
		return r.emit(Notice{Text: "the context of the model is nearly full: the next turn has to answer"})
	}
	return nil
}

// do runs one call, or says why not.
func (r *run) do(ctx context.Context, c llm.Call) error {
	t, arguments, fault := r.prepare(c)
	c.Arguments = arguments
	if err := r.emit(Call{ID: c.ID, Name: c.Name, Arguments: safeJSON(arguments)}); err != nil {
		return err
	}
	k := key(c.Name, arguments)
	switch {
	case r.memory.repeats(k) && r.memory.made[k].ok:
		return r.observe(c, repeatedCall, false, 0)
	case r.memory.repeats(k):
		return r.observe(c, repeatedError, true, 0)
	case r.limits.ToolCalls > 0 && r.calls >= r.limits.ToolCalls:
		return r.observe(c, toolsAreOver, true, 0)
	}
	a, attempted := r.attempts[k]
	if attempted = attempted && a.err == nil; attempted {
		delete(r.attempts, k)
	} else if fault == nil {
		fault = r.allow(ctx, c)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if fault != nil {
		r.memory.note(k, false, false)
		return r.observe(c, errorText(fault), true, 0)
	}
	r.calls++
	if !attempted {
		if a = attemptOf(ctx, t, c); ctx.Err() != nil {
			return ctx.Err()
		}
	}
	changer, ok := t.(tools.Changer)
	r.memory.note(k, a.err == nil, !ok || changer.Changes()) // one that says nothing may change anything
	r.left(a.result.Artefacts)
	if a.err != nil {
		return r.observe(c, errorText(a.err), true, a.elapsed, a.result.Artefacts...)
	}
	return r.observe(c, a.result.Text, false, a.elapsed, a.result.Artefacts...)
}

// allow says why a call may not run.
func (r *run) allow(ctx context.Context, c llm.Call) error {
	if r.loop.Approve == nil {
		return nil
	}
	if err := r.loop.Approve(ctx, c); err != nil {
		return denied(c.Name, err)
	}
	return nil
}

// attempt is what came of a call.
type attempt struct {
	result  tools.Result
	err     error
	elapsed time.Duration
}

func attemptOf(ctx context.Context, t tools.Tool, c llm.Call) (a attempt) {
	begun := time.Now()
	a.result, a.err = call(ctx, t, c)
	a.elapsed = time.Since(begun)
	return a
}

// attempt says whether a call works, of which nobody is told if it does not. If it does, do has its result. It runs as any
// call: if it is allowed, and once.
func (r *run) attempt(ctx context.Context, c llm.Call) bool {
	t, arguments, err := r.prepare(c)
	c.Arguments = arguments
	k := key(c.Name, arguments)
	a, made := r.attempts[k]
	if !made {
		if err == nil {
			err = r.allow(ctx, c)
		}
		if a.err = err; err == nil {
			a = attemptOf(ctx, t, c)
		}
		r.attempts[k] = a
	}
	return a.err == nil
}

// left remembers the files that a call left, each at its last call.
func (r *run) left(files []tools.Artefact) {
	for _, f := range files {
		r.artefacts = slices.DeleteFunc(r.artefacts, func(old tools.Artefact) bool { return old.Path == f.Path })
		r.artefacts = append(r.artefacts, f)
	}
}

// observe tells the model, and the reader of the events, what came of a call.
func (r *run) observe(c llm.Call, text string, failed bool, elapsed time.Duration, files ...tools.Artefact) error {
	text = cut.Middle(clean(text), max(leastResult, min(r.limits.Result, r.spare())))
	if text == "" {
		text = noOutput
	}
	r.messages = append(r.messages, llm.Message{Role: llm.Observer, Name: c.Name, CallID: c.ID, Text: text, Failed: failed})
	r.unread += len(text)
	return r.emit(Observation{ID: c.ID, Name: c.Name, Text: text, Failed: failed, Elapsed: elapsed, Artefacts: files})
}

// leastResult is how many bytes of a result are shown however full the context is.
const leastResult = 200

// grace is how long a tool may take to notice that the run is over.
const grace = 50 * time.Millisecond

// call runs a tool. It comes back when ctx ends, also if the tool does not.
func call(ctx context.Context, t tools.Tool, c llm.Call) (tools.Result, error) {
	type outcome struct {
		result tools.Result
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		r := outcome{err: errors.New(c.Name + ": the tool ended without a result; try other arguments or go on without it")}
		defer func() {
			if p := recover(); p != nil {
				r = outcome{err: tools.NewPanicError(c.Name, p)}
			}
			done <- r
		}()
		result, err := tools.Run(ctx, t, c.Arguments)
		r = outcome{result, err}
	}()
	select {
	case r := <-done:
		return r.result, r.err
	case <-ctx.Done():
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case r := <-done:
		return r.result, r.err
	case <-timer.C:
		return tools.Result{}, ctx.Err()
	}
}

// safeJSON returns text if it is JSON and else a JSON string of it, so that a call that a
// model garbled can still be logged.
func safeJSON(text json.RawMessage) json.RawMessage {
	if json.Valid(text) {
		return text
	}
	quoted, err := json.Marshal(string(text))
	if err != nil {
		return json.RawMessage("null")
	}
	return quoted
}
