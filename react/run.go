package react

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/tools"
)

// run is one task under way.
type run struct {
	loop    *Loop
	caller  context.Context // of Run; the run's own has the time limit as well
	task    Task
	profile Profile
	limits  Limits
	tools   map[string]tools.Tool
	specs   []llm.Tool
	schema  *jsonschema.Resolved // of the answer; nil is text
	emit    func(Event) error

	messages []llm.Message // the conversation, without the instruction
	memory   memory
	started  time.Time
	usage    llm.Usage
	last     llm.Usage // of the last turn
	unread   int       // bytes of the observations since
	steps    int
	calls    int
	retries  int
	given    int                // turns beyond the limit of steps, for calls that were put in the place of one
	extra    int                // turns beyond the limit of steps, for an answer that was not usable
	doubted  map[string]bool    // what was doubted so far; each doubt comes once
	attempts map[string]attempt // calls that were tried for the planner and not made yet, by their keys
	forced   string             // why only an answer is allowed; "" while tools are
	limit    string             // the limit that ended the run
	said     string             // words of an answer that was cut off

	artefacts []tools.Artefact // in the order of End.Artefacts
}

var (
	errLimit    = errors.New("react: a limit was reached")
	errNoAnswer = errors.New("react: no answer")
)

// run takes turns until there is an answer (nil), or says why it ends without.
func (r *run) run(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if r.steps >= r.most() {
			return r.stop("steps")
		}
		r.steps++
		if err := r.emit(Step{N: r.steps, Of: r.most()}); err != nil {
			return err
		}
		if r.steps == r.most() {
			r.force("steps")
		}
		end, err := r.turn(ctx)
		if err != nil {
			return err
		}
		m := end.Message
		r.messages = append(r.messages, recorded(m))
		r.unread = 0
		if len(m.Calls) > 0 && r.forced == "" && end.Reason != llm.Length { // at the limit its arguments are cut short
			if err := r.act(ctx, m.Calls); err != nil {
				return err
			}
			continue
		}
		complaint := r.complaint(end)
		if complaint == "" && (r.task.Grammar == nil || r.held()) {
			return r.emit(Answer{Text: strings.TrimSpace(m.Text)})
		}
		if complaint == "" {
			r.hold()
			continue
		}
		if err := r.complain(m, end.Reason, complaint); err != nil {
			return err
		}
		if r.schema != nil && len(m.Calls) == 0 && !r.held() {
			r.forced = "form"
		}
	}
}

// most is how many turns there may be.
func (r *run) most() int { return r.limits.Steps + r.extra + r.given }

// held reports whether what is written now has the form of the task's answer, should it be one. Only the turn
// format tells an answer from a call from the first byte on; in others a model that may call tools is free.
func (r *run) held() bool {
	return len(r.specs) == 0 || r.forced != "" || r.profile.Format == "turn"
}

// hold has the model write its answer once more, with no tools and so in the task's form. It was free before, so
// that there is a step left.
func (r *run) hold() {
	r.forced = "form"
	r.messages = append(r.messages, llm.Message{Role: llm.User, Text: onlyAnswer(r.task.Question)})
}

// stop ends the run at a limit.
func (r *run) stop(limit string) error {
	r.limit = limit
	return errLimit
}

// force takes the tools away, and says so to the model if it has results to answer from.
func (r *run) force(why string) {
	if r.forced != "" {
		return
	}
	r.forced = why
	if n := len(r.messages); n > 0 && r.messages[n-1].Role == llm.Observer {
		r.messages = append(r.messages, llm.Message{Role: llm.User, Text: answerNow(r.task.Question)})
	}
}

// complaint says what is wrong with a turn that should have been an answer, or "".
func (r *run) complaint(end *llm.End) string {
	m := end.Message
	text := strings.TrimSpace(m.Text)
	switch {
	case len(m.Calls) > 0 && r.forced != "":
		return toolsAreOver
	case end.Reason == llm.Length && (r.schema == nil || len(m.Calls) > 0 || r.misfit(text) != nil): // an engine ends what a schema binds in time
		return cutOff(end.Usage.Generated)
	case text == "" && r.forced != "":
		return emptyAnswer
	case text == "":
		return emptyReply
	case r.schema != nil:
		if err := r.misfit(text); err != nil {
			return wrongAnswer(err, r.task.Schema)
		}
	}
	return ""
}

// misfit says why text is not an answer that the task's schema describes.
func (r *run) misfit(text string) error {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return err
	}
	return r.schema.Validate(v)
}

// complain gives the model one more turn after a reply that was no answer; the second time
// it ends the run.
func (r *run) complain(m llm.Message, reason llm.Reason, complaint string) error {
	r.said = ""
	if reason == llm.Length {
		r.said = m.Text
	}
	var answered bool
	for _, c := range m.Calls {
		answered = true
		if err := r.observe(c, complaint, true, 0); err != nil {
			return err
		}
	}
	if !answered {
		if err := r.observe(llm.Call{}, complaint, true, 0); err != nil {
			return err
		}
	}
	if r.extra > 0 {
		switch {
		case reason == llm.Length:
			return r.stop("tokens")
		case len(m.Calls) > 0 && (r.forced == "steps" || r.forced == "tool_calls"):
			return r.stop(r.forced)
		}
		return errNoAnswer
	}
	r.extra = 1
	return nil
}

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

// settle answers the calls that a run has left open, so that the conversation can go on.
func (r *run) settle() {
	for i := len(r.messages) - 1; i >= 0; i-- {
		m := r.messages[i]
		if m.Role == llm.Observer {
			continue
		}
		done := len(r.messages) - 1 - i
		for _, c := range m.Calls[min(done, len(m.Calls)):] {
			r.messages = append(r.messages, llm.Message{Role: llm.Observer, Name: c.Name, CallID: c.ID, Text: unfinished, Failed: true})
		}
		return
	}
}

// end makes the last event. err is nil, or what ended the run; what remains of it is
// returned for the caller of Run.
func (r *run) end(ctx context.Context, err error) (End, error) {
	r.settle()
	e := End{
		Reason: Answered, Forced: r.forced, Steps: r.steps, Calls: r.calls, Retries: r.retries,
		Usage: r.usage, Elapsed: time.Since(r.started), Artefacts: r.artefacts, Messages: r.messages,
	}
	if err == nil {
		return e, nil
	}
	e.Partial = partial(r.messages, r.said)
	switch {
	case errors.Is(err, errLimit):
		e.Reason, e.Limit, err = Limited, r.limit, nil
	case errors.Is(err, errNoAnswer):
		e.Reason, err = NoAnswer, nil
	case r.caller.Err() != nil:
		e.Reason, err = Cancelled, r.caller.Err()
	case ctx.Err() != nil: // only the limit of time ends it before the caller's context
		e.Reason, e.Limit, err = Limited, "time", nil
	default:
		e.Reason, err = Failed, fmt.Errorf("step %d: %w", r.steps, err)
	}
	return e, err
}
