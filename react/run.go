package react

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
